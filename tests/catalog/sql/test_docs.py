"""The queries of docs/catalog.md answer something, and its table of tables is complete."""

import re
import sqlite3
from pathlib import Path

import pytest

from llmselect.catalog.load import open_catalog
from llmselect.catalog.sql.write import TABLES

PAGE = (Path(__file__).parents[3] / "docs" / "catalog.md").read_text(encoding="utf-8")
QUERIES = re.findall(r"```sql\n(.*?)```", PAGE, re.DOTALL)


@pytest.mark.parametrize("query", QUERIES, ids=range(1, len(QUERIES) + 1))
def test_queries(query: str) -> None:
    connection = open_catalog()
    connection.row_factory = sqlite3.Row
    rows = connection.execute(query).fetchall()
    assert len(rows) >= 3
    assert all(row[name] is not None for row in rows for name in row.keys() if name != "replacement")  # noqa: SIM118


def test_there_are_five() -> None:
    assert len(QUERIES) == 5


def test_every_table_is_described() -> None:
    section = PAGE[PAGE.index("## One file that anybody can open") : PAGE.index("Units stand in the names. `NULL`")]
    rows = [line.split("|")[1] for line in section.splitlines() if line.startswith("| `")]
    assert sorted(re.findall(r"`(\w+)`", "".join(rows))) == sorted(kind.table for kind in TABLES)
