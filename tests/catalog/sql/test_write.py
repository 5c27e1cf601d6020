"""A catalogue in which rows are replaced is one that was written anew."""

import sqlite3
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from llmselect.catalog.load import load, open_catalog
from llmselect.catalog.schema import Catalog
from llmselect.catalog.sql.records import catalog_json
from llmselect.catalog.sql.write import TABLES, rewrite, write


@pytest.fixture
def catalog(small_catalog: Path) -> Catalog:
    return load(small_catalog)


def _content(connection: sqlite3.Connection) -> dict[str, list[tuple[Any, ...]]]:
    """Every table's rows in a fixed order, without the numbers of rows."""
    found = {}
    for kind in TABLES:
        columns = [name for name in kind.columns() if not name.endswith("_no")] + ["file"] * (not kind.derived)
        rows = connection.execute(f"SELECT {', '.join(columns)} FROM {kind.table}").fetchall()
        found[kind.table] = sorted(rows, key=repr)
    return found


def _written(catalog: Catalog) -> sqlite3.Connection:
    connection = sqlite3.connect(":memory:")
    write(connection, catalog)
    return connection


def _changed(catalog: Catalog) -> tuple[Catalog, set[str]]:
    """With another model, one that has lost its scores, a dearer price, a task with other skills, a later date."""
    models, hosts = dict(catalog.models), dict(catalog.hosts)
    models["acme/small-7b-chat"] = models["acme/small-7b-chat"].model_copy(update={"scores": (), "aliases": ("tiny",)})
    models["acme/new"] = models["acme/small-7b"].model_copy(update={"id": "acme/new", "name": "New"})
    offering, *others = hosts["globex"].offerings
    price = offering.prices[0].model_copy(update={"input_usd_per_mtok": 99.0})
    offering = offering.model_copy(update={"prices": (price,)})
    hosts["globex"] = hosts["globex"].model_copy(update={"offerings": (offering, *others)})
    tasks = dict(catalog.tasks.tasks)
    tasks["qa"] = tasks["qa"].model_copy(update={"skills": {"knowledge": 1.0}})
    file = catalog.tasks.model_copy(update={"tasks": tasks})
    update = {"models": models, "hosts": hosts, "tasks": file, "date": date(2026, 12, 24)}
    files = {"models/acme/small-7b-chat", "models/acme/new", "hosts/globex", "tasks"}
    return catalog.model_copy(update=update), files


def test_rows_that_are_replaced(catalog: Catalog) -> None:
    after, files = _changed(catalog)
    connection = _written(catalog)
    rewrite(connection, after, files)
    assert _content(connection) == _content(_written(after))
    assert _content(connection) != _content(_written(catalog))


def test_writing_the_same_again_changes_nothing(catalog: Catalog) -> None:
    connection = _written(catalog)
    rewrite(connection, catalog, {"models/acme/small-7b", "hosts/globex", "tasks"})
    assert _content(connection) == _content(_written(catalog))


def test_records_and_sources_are_the_catalogue(catalog: Catalog) -> None:
    assert Catalog.model_validate_json(catalog_json(_written(catalog))) == catalog
    whole = load()
    assert Catalog.model_validate_json(catalog_json(_written(whole))) == whole


def test_every_table_says_something() -> None:
    connection = open_catalog()
    empty = [kind.table for kind in TABLES if not connection.execute(f"SELECT 1 FROM {kind.table}").fetchone()]
    assert empty == []
    for kind in TABLES:
        assert kind.__doc__, kind
