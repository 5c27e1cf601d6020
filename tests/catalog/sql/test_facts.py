"""A fact in a column is the fact in the record beside it, both ways."""

import json
import random
import sqlite3
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest

from llmselect.catalog.load import load, open_catalog
from llmselect.catalog.schema import Catalog
from llmselect.catalog.sql.table import MODALITIES

DRAWN = 50


@pytest.fixture(scope="module")
def file() -> Iterator[sqlite3.Connection]:
    connection = open_catalog()
    connection.row_factory = sqlite3.Row
    yield connection
    connection.close()


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return load()


def _value(fact: Any) -> Any:
    found = fact.value if fact is not None else None
    return ", ".join(found) if isinstance(found, tuple) else found.isoformat() if isinstance(found, date) else found


Fact = tuple[str, Callable[[Any], Any]]
OF_MODEL: tuple[Fact, ...] = (
    ("name", lambda model: model.name),
    ("developer", lambda model: _value(model.developer)),
    ("release_date", lambda model: _value(model.release_date)),
    ("license", lambda model: _value(model.license)),
    ("modalities_in", lambda model: _value(model.modalities_in)),
    ("capabilities", lambda model: _value(model.capabilities)),
    ("languages", lambda model: _value(model.languages)),
    ("context_tokens", lambda model: _value(model.limits.context_tokens)),
    ("weights", lambda model: _value(model.weights)),
    ("open_weights", lambda model: model.open_weights),
    ("predecessor", lambda model: _value(model.predecessor)),
)
OF_OFFERING: tuple[Fact, ...] = (
    ("api_id", lambda row: _value(row.api_id)),
    ("deployment", lambda row: row.deployment),
    ("output_tokens", lambda row: _value(row.limits.output_tokens)),
    ("last_seen_date", lambda row: _value(row.lifecycle.last_seen)),
    ("shutdown_date", lambda row: _value(row.lifecycle.shutdown)),
)
OF_PRICE: tuple[Fact, ...] = (
    ("input_usd_per_mtok", lambda row: row.input_usd_per_mtok),
    ("output_usd_per_mtok", lambda row: row.output_usd_per_mtok),
    ("cached_input_usd_per_mtok", lambda row: row.cached_input_usd_per_mtok),
    ("above_input_tokens", lambda row: row.above_input_tokens or 0),
    ("from_date", lambda row: row.from_.isoformat()),
    ("to_date", lambda row: row.to.isoformat() if row.to else None),
    ("kind", lambda row: "batch" if row.batch else "peak" if row.peak_hours else "standard"),
    ("source", lambda row: json.dumps(list(row.source), separators=(",", ":"))),
)


def _same(found: sqlite3.Row, record: Any, facts: tuple[Fact, ...]) -> None:
    for column, told in facts:
        assert found[column] == told(record), column


def test_facts_of_models(file: sqlite3.Connection, catalog: Catalog) -> None:
    for model in random.Random(1).sample(list(catalog.models.values()), DRAWN):
        _same(file.execute("SELECT * FROM models WHERE model = ?", (model.id,)).fetchone(), model, OF_MODEL)


def test_facts_of_offerings_and_prices(file: sqlite3.Connection, catalog: Catalog) -> None:
    rows = [(host, number) for host in catalog.hosts.values() for number in range(len(host.offerings))]
    for host, number in random.Random(2).sample(rows, DRAWN):
        offering, key = host.offerings[number], f"{host.id}#{number}"
        found = file.execute("SELECT * FROM offerings WHERE offering = ?", (key,)).fetchone()
        assert (found["model"], found["host"], found["file"]) == (offering.model, host.id, f"hosts/{host.id}")
        _same(found, offering, OF_OFFERING)
        prices = file.execute("SELECT * FROM prices WHERE offering = ? ORDER BY price_no", (key,)).fetchall()
        assert len(prices) == len(offering.prices)
        for row, price in zip(prices, offering.prices, strict=True):
            _same(row, price, OF_PRICE)


def test_facts_back_from_the_columns(file: sqlite3.Connection, catalog: Catalog) -> None:
    drawn = file.execute("SELECT * FROM scores").fetchall()
    for row in random.Random(3).sample(drawn, DRAWN):
        alike = [
            score.value
            for score in catalog.models[row["model"]].scores
            if (score.benchmark, score.harness, score.shots, score.effort)
            == (row["benchmark"], row["harness"], row["shots"], row["effort"])
        ]
        assert row["value"] in alike
        sources = catalog.models[row["model"]].sources
        assert set(json.loads(row["source"])) <= sources.keys()
    for row in file.execute("SELECT * FROM rentals").fetchall():
        rental = catalog.hardware.rentals[row["rental_no"] - 1]
        assert (row["device"], row["provider"], row["usd_per_gpu_hour"], row["from_date"]) == (
            *(rental.device, rental.provider, rental.usd_per_gpu_hour, rental.from_.isoformat()),
        )


def test_whole_records_stand_beside_them(file: sqlite3.Connection, catalog: Catalog) -> None:
    kinds = dict(file.execute("SELECT kind, count(*) FROM records GROUP BY kind").fetchall())
    offered = sum(len(host.offerings) for host in catalog.hosts.values())
    assert (kinds["model"], kinds["host"], kinds["offering"]) == (len(catalog.models), len(catalog.hosts), offered)
    model = next(iter(catalog.models.values()))
    (text,) = file.execute("SELECT json FROM records WHERE kind = 'model' AND id = ?", (model.id,)).fetchone()
    assert json.loads(text)["release_date"]["value"] == _value(model.release_date)
    (title,) = file.execute(
        "SELECT title FROM sources WHERE file = ? AND key = ?", (f"models/{model.id}", model.access.source[0])
    ).fetchone()
    assert title == model.sources[model.access.source[0]].title


def test_days_stand_twice_and_bits_have_their_words(file: sqlite3.Connection) -> None:
    for table, name in (("models", "release"), ("offerings", "shutdown"), ("prices", "from"), ("rentals", "to")):
        for day, number in file.execute(f"SELECT DISTINCT {name}_date, {name}_day FROM {table}"):
            assert (date.fromisoformat(day).toordinal() if day else None) == number
    words = json.loads(file.execute("SELECT value FROM meta WHERE key = 'modalities'").fetchone()[0])
    assert tuple(words) == MODALITIES
    for text, bits in file.execute("SELECT DISTINCT modalities_in, modalities_in_bits FROM models"):
        assert {word for place, word in enumerate(words) if bits & 1 << place} == set(text.split(", "))


def test_what_a_host_says_goes_before_what_it_says_of_all(file: sqlite3.Connection, catalog: Catalog) -> None:
    said = "SELECT offering, host, zero_retention, zero_retention_said_by AS by FROM offerings"
    seen = set()
    for row in file.execute(said).fetchall():
        host = catalog.hosts[row["host"]]
        own = host.offerings[int(row["offering"].partition("#")[2].partition("/")[0])].data
        fact = own.zero_retention if own else None
        general = host.data.zero_retention
        varies = "zero_retention" in host.varies
        expected = "offering" if fact else None if general is None else "host, of some" if varies else "host"
        assert (row["zero_retention"], row["by"]) == (_value(fact or general), expected)
        seen.add(row["by"])
    assert {"host", "host, of some", None} <= seen


def test_names_lead_to_what_they_name(file: sqlite3.Connection) -> None:
    found = "SELECT DISTINCT kind, id FROM names WHERE folded = ?"
    assert [tuple(row) for row in file.execute(found, ("gpt4o",))] == [("model", "openai/gpt-4o")]
    assert ("device", "rtx-3090") in [tuple(row) for row in file.execute(found, ("rtx3090",))]
