"""The catalogue's checks: everything that is wrong with a folder, each with file, line and column.

`RULES` lists the rules that look across keys and files; check_files.py holds those of single files.
"""

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

from llmselect.catalog import check_hosts, check_models, check_tables
from llmselect.catalog.check_files import TABLES, Fault, Files, as_json, days_read, id_of, read_files

__all__ = ["RULES", "Fault", "check", "check_files", "compiled"]

Rule = Callable[[Files], Iterator[Fault]]
RULES: tuple[Rule, ...] = (*check_models.RULES, *check_hosts.RULES, *check_tables.RULES)


def check(directory: Path, today: date | None = None) -> list[Fault]:
    """Every fault of the catalogue in a directory, in the order of files and lines; empty when it is valid.

    `today` is the day that dates are judged by, the present one unless given.
    """
    return check_files(directory, today)[1]


def check_files(directory: Path, today: date | None = None) -> tuple[Files, list[Fault]]:
    """The same, with the files as they were read."""
    files = read_files(directory, today or date.today())
    if not directory.is_dir():
        hint = "name a catalogue's folder"
        return files, [Fault(str(directory), 1, 1, "no-catalog", "there is no such folder", hint)]
    faults = [*files.faults, *(fault for rule in RULES for fault in rule(files))]
    return files, sorted(set(faults))


def compiled(files: Files) -> str:
    """The JSON of a `Catalog` from files without faults."""
    tables = {name.removesuffix(".yaml"): files.parsed[name].data for name in TABLES if name in files.parsed}
    models = {id_of(file): parsed.data for file, parsed in files.parsed.items() if file.startswith("models/")}
    hosts = {id_of(file): parsed.data for file, parsed in files.parsed.items() if file.startswith("hosts/")}
    day = max((day for parsed in files.parsed.values() for day in days_read(parsed.data)), default=date.min)
    return as_json({"date": day, "models": models, "hosts": hosts, **tables})
