"""What the tests of the catalogue share."""

import sqlite3
from collections.abc import Iterator

import pytest

from llmselect.catalog.load import open_catalog


@pytest.fixture(scope="module")
def rows() -> Iterator[list[sqlite3.Row]]:
    """What is expected of every model at every task and effort."""
    connection = open_catalog()
    connection.row_factory = sqlite3.Row
    yield connection.execute("SELECT * FROM at_task").fetchall()
    connection.close()
