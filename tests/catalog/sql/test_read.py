"""Columns are read into arrays by the names of a dataclass's fields."""

import sqlite3
from dataclasses import dataclass

import numpy as np
import pytest

from llmselect.catalog.load import load
from llmselect.catalog.sql.read import Flags, Integers, Numbers, Texts, positions, read
from llmselect.catalog.sql.shapes import shape_rows
from llmselect.estimate.parameters import kv_bytes_per_token_layer, parameter_parts


@dataclass(slots=True)
class Things:
    name: Texts
    size_gib: Numbers
    count: Integers
    open: Flags


@pytest.fixture
def file() -> sqlite3.Connection:
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE TABLE things (name TEXT, size_gib REAL, count INTEGER, open INTEGER, kind TEXT)")
    rows = [("b", 1.5, 2, 1, "x"), (None, None, 3, 0, "x"), ("a", 2, 4, 1, "y")]
    connection.executemany("INSERT INTO things VALUES (?, ?, ?, ?, ?)", rows)
    return connection


def test_null_is_nan_and_empty_text(file: sqlite3.Connection) -> None:
    found = read(file, Things, "things")
    assert found.name == ["b", "", "a"]
    np.testing.assert_array_equal(found.size_gib, [1.5, np.nan, 2.0])
    assert (found.count.tolist(), found.count.dtype) == ([2, 3, 4], np.int64)
    assert (found.open.tolist(), found.open.dtype) == ([True, False, True], np.bool_)


def test_rows_are_chosen_and_ordered(file: sqlite3.Connection) -> None:
    assert read(file, Things, "things", order="name").name == ["", "a", "b"]
    assert read(file, Things, "things", kind="y").count.tolist() == [4]
    none = read(file, Things, "things", kind="z")
    assert (none.name, none.size_gib.shape, none.count.dtype) == ([], (0,), np.int64)


def test_null_among_integers_is_refused(file: sqlite3.Connection) -> None:
    file.execute("UPDATE things SET count = NULL WHERE name = 'a'")
    with pytest.raises(TypeError):
        read(file, Things, "things")


def test_positions() -> None:
    assert positions(["a", "b", "c"], ["c", "x", "a"]).tolist() == [2, -1, 0]


def test_shapes_are_those_of_the_architectures_and_counts() -> None:
    """Of every model whose size is known: its numbers of weights, and what 10,000 tokens leave in its cache."""
    seen = set()
    for model in load().models.values():
        shape, count = (fact.value if fact else None for fact in (model.architecture, model.parameters))
        for row in shape_rows(model):
            seen.add(row.assumed)
            full = row.cached_layers - row.windowed_layers - row.linear_layers
            tokens = full * 10_000 + row.windowed_layers * min(10_000, row.window_tokens)
            if shape is None:
                assert (row.layer_params, row.active_layer_params) == (count.total, count.active)
                assert row.expert_params == max(0, count.total - count.active)
                continue
            parts = parameter_parts(shape)
            assert (row.embedding_params, row.head_params) == (parts.embedding, parts.head)
            assert (row.layer_params, row.expert_params) == (parts.layers, parts.expert_layers)
            assert row.active_layer_params == parts.active_layers
            assert row.active_expert_params <= row.expert_params
            assert row.last_dense_params + row.last_expert_params <= row.active_layer_params
            assert row.kv_bytes_per_token_layer * tokens >= kv_bytes_per_token_layer(shape) * full * 10_000
    assert seen == {True, False}
