"""The catalogue's checks: every fault in a folder, with file, line and column.

`RULES` are the rules across keys and files; check_files.py validates single files.
"""

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

from llmselect.catalog.checks import ended as check_ended
from llmselect.catalog.checks import hosts as check_hosts
from llmselect.catalog.checks import models as check_models
from llmselect.catalog.checks import tables as check_tables
from llmselect.catalog.checks.files import TABLES, Fault, Files, days_read, id_of, read_files
from llmselect.catalog.schema import Catalog, Host, Model

__all__ = ["RULES", "Fault", "catalog_of", "check", "check_files"]

Rule = Callable[[Files], Iterator[Fault]]
RULES: tuple[Rule, ...] = (*check_models.RULES, *check_hosts.RULES, *check_ended.RULES, *check_tables.RULES)


def check(directory: Path, today: date | None = None) -> list[Fault]:
    """Every fault of the catalogue in a directory, in the order of files and lines; empty if it is valid.

    Dates are compared with `today`, by default the current day.
    """
    return check_files(directory, today)[1]


def check_files(directory: Path, today: date | None = None) -> tuple[Files, list[Fault]]:
    """The files as read, and every fault in them."""
    files = read_files(directory, today or date.today())
    if not directory.is_dir():
        hint = "name a catalogue's folder"
        return files, [Fault(str(directory), 1, 1, "no-catalog", "there is no such folder", hint)]
    faults = [*files.faults, *(fault for rule in RULES for fault in rule(files))]
    return files, sorted(set(faults))


def catalog_of(files: Files) -> Catalog:
    """The catalogue from files without faults."""
    known = [name for name in TABLES if name in files.records]
    tables: dict[str, Any] = {name.removesuffix(".yaml"): files.records[name] for name in known}
    models = {id_of(file): model for file, model in files.of(Model)}
    hosts = {id_of(file): host for file, host in files.of(Host)}
    day = max((day for parsed in files.parsed.values() for day in days_read(parsed.data)), default=date.min)
    return Catalog(date=day, models=models, hosts=hosts, **tables)
