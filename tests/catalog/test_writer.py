"""What is written reads back as the same data, and reads well."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from llmselect.catalog.load import load
from llmselect.catalog.reader import read
from llmselect.catalog.schema import Fact, Price, Source
from llmselect.catalog.writer import plain, same, text

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(10**17), 10**17)
    | st.decimals(-(10**6), 10**6, places=6).map(float)
    | st.dates(date(1, 1, 1))
    | st.text(st.characters(exclude_categories=("Cs",)), max_size=40)
    | st.sampled_from(
        ["no", "1e3", "010", "1:30", "2024-02-26", "~", "<<", "- a", "a: b", "a #b", " x", "x ", "0x1f", "é", "#"]
    )
)
KEYS = st.from_regex(r"[A-Za-z_][A-Za-z0-9_.-]{0,20}", fullmatch=True) | st.text(
    st.characters(exclude_categories=("Cs",)), min_size=1, max_size=9
)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4), max_leaves=20
)


def _same(data: Any, key: str = "") -> Any:
    """The data with what the writer tidies tidied."""
    if isinstance(data, dict):
        kept = {name: _same(value, name) for name, value in data.items()}
        return {
            name: value for name, value in kept.items() if (name, value) != ("confidence", "high") or "url" not in kept
        }
    if isinstance(data, list):
        return data[0] if key == "source" and len(data) == 1 else [_same(item) for item in data]
    return data


@settings(max_examples=150, deadline=None)
@given(st.dictionaries(KEYS, VALUES, min_size=1, max_size=5))
def test_it_reads_back(data: dict[str, Any]) -> None:
    written = text(data)
    parsed = read(written)
    assert parsed.faults == ()
    assert parsed.data == _same(data)
    assert text(parsed.data) == written


@settings(deadline=None)
@given(st.dictionaries(st.sampled_from(["value", "source", "note", "url"]), SCALARS | st.lists(SCALARS), min_size=1))
def test_facts_read_back(fact: dict[str, Any]) -> None:
    data = {"offerings": [{"model": "a/b", "terms": fact, "prices": [fact]}]}
    parsed = read(text(data))
    assert parsed.faults == ()
    assert parsed.data == _same(data)


FILES = ("hosts/openai.yaml", "hosts/vertex.yaml", "models/meta/llama-3.1-8b-instruct.yaml", "licenses.yaml")


@pytest.mark.parametrize("name", FILES)
def test_the_catalogues_own_files_keep_their_lines(name: str) -> None:
    before = (Path(__file__).parents[2] / "catalog" / name).read_text(encoding="utf-8")
    after = text(read(before).data, before)
    assert read(after).data == read(before).data
    assert [line for line in after.splitlines() if line] == [line for line in before.splitlines() if line]


def test_records_read_back(small_catalog: Path) -> None:
    catalog = load(small_catalog)
    for record in (*catalog.models.values(), *catalog.hosts.values()):
        parsed = read(text(plain(record)))
        assert parsed.faults == ()
        assert plain(type(record).model_validate(parsed.data)) == plain(record)


def test_it_reads_well() -> None:
    source = {"url": "https://a.test/x?y=1#z", "title": "A, B: a list", "kind": "primary", "confidence": "high"}
    price = {"from": date(2026, 1, 2), "checked": date(2026, 1, 3), "source": ["list"], "input_usd_per_mtok": 0.0000025}
    price |= {"output_usd_per_mtok": 15.0, "note": "a rather long note, " * 4}
    offering = {
        "model": "a/b",
        "api_id": {"value": "b-1:0", "source": ["list", "more"]},
        "prices": [price],
        "lifecycle": {"last_seen": {"value": date(2026, 1, 3), "source": "list"}},
    }
    data = {
        "id": "a",
        "sources": {"list": {**source, "retrieved": date(2026, 1, 3)}},
        "offerings": [offering, {"model": "c/d"}],
    }
    assert text(data) == (
        "id: a\n"
        "sources:\n"
        "  list:\n"
        "    url: https://a.test/x?y=1#z\n"
        '    title: "A, B: a list"\n'
        "    kind: primary\n"
        "    retrieved: 2026-01-03\n"
        "\n"
        "offerings:\n"
        "  - model: a/b\n"
        '    api_id: {value: "b-1:0", source: [list, more]}\n'
        "    prices:\n"
        "      - {from: 2026-01-02, checked: 2026-01-03, source: list, input_usd_per_mtok: 0.0000025,"
        " output_usd_per_mtok: 15,\n"
        f'         note: "{"a rather long note, " * 4}"}}\n'
        "    lifecycle:\n"
        "      last_seen: {value: 2026-01-03, source: list}\n"
        "\n"
        "  - model: c/d\n"
    )


def test_long_lists_are_broken() -> None:
    words = [f"word-{number}" for number in range(60)]
    written = text({"aliases": words, "languages": {"value": words, "source": "list"}})
    assert max(map(len, written.splitlines())) <= 140
    assert read(written).data == {"aliases": words, "languages": {"value": words, "source": "list"}}


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 10**18, -(10**30), b"x", {1}, Decimal(1)])
def test_what_has_no_place(value: Any) -> None:
    with pytest.raises(ValueError, match="has no place in a catalogue"):
        text({"a": value})


def test_defaults_are_left_out_but_not_undisclosed_facts() -> None:
    assert plain(Fact[int](value=None, source=("a",), disclosed=False)) == {
        "value": None,
        "source": "a",
        "disclosed": False,
    }
    price = Price.model_validate({"from": "2026-01-02", "checked": "2026-01-03", "source": ["a", "b"], "free": True})
    assert plain(price) == {"from": date(2026, 1, 2), "checked": date(2026, 1, 3), "source": ["a", "b"], "free": True}
    source = Source(url="https://a.test", title="A list", kind="primary", retrieved=date(2026, 1, 1))
    assert "confidence" not in plain(source)


STANDING = """\
# What the file is about

id: a  # as on the page
name: 'Quoted by hand'
sources:
  list: {url: "https://a.test", title: A list, kind: primary, retrieved: 2026-01-03}  # found by hand

offerings:
  # the cheap one
  - model: a/b
    prices:
      - {from: 2026-01-02, checked: 2026-01-03,
         source: list, input_usd_per_mtok: 2.50}
      # a price of spring
      - {from: 2026-04-02, checked: 2026-05-03, source: list, input_usd_per_mtok: 3.0}

  # the dear one
  - model: c/d
    api_id: {value: d, source: list}  # not D
"""


def _changed() -> tuple[dict[str, Any], dict[str, Any]]:
    data = read(STANDING).data
    return data, data["offerings"][0]


def test_what_stays_the_same_keeps_its_text() -> None:
    assert text(read(STANDING).data, STANDING) == STANDING


def test_a_change_leaves_everything_else_as_it_stands() -> None:
    data, cheap = _changed()
    cheap["prices"][1]["checked"] = date(2026, 6, 1)
    assert text(data, STANDING) == STANDING.replace("2026-05-03", "2026-06-01")


def test_what_is_new_stands_where_it_belongs() -> None:
    data, cheap = _changed()
    cheap["prices"].append({"from": date(2026, 7, 1), "checked": date(2026, 7, 2), "source": "list", "free": True})
    data["offerings"].append({"model": "e/f", "prices": []})
    new = "      - {from: 2026-07-01, checked: 2026-07-02, source: list, free: true}\n"
    expected = STANDING.replace("\n\n  # the dear one", f"\n{new}\n  # the dear one")
    expected = expected.replace("# not D\n", "# not D\n\n  - model: e/f\n    prices: []\n")
    assert text(data, STANDING) == expected


def test_what_goes_takes_no_more_than_the_comments_below_it() -> None:
    data, cheap = _changed()
    del cheap["prices"][0]
    written = text(data, STANDING)
    assert read(written).data == data
    gone = [line.strip() for line in STANDING.splitlines() if line not in written.splitlines()]
    assert gone[:1] == ["- {from: 2026-01-02, checked: 2026-01-03,"]
    assert gone[2:] in ([], ["# a price of spring"])


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(KEYS, VALUES, min_size=1, max_size=4), st.dictionaries(KEYS, VALUES, min_size=1, max_size=4))
def test_any_data_replaces_any_other(old: dict[str, Any], new: dict[str, Any]) -> None:
    parsed = read(text(new, text(old)))
    assert parsed.faults == ()
    assert parsed.data == _same(new)


def test_written_alike() -> None:
    assert same({"source": ["a"], "price": 2.0}, {"source": "a", "price": 2})
    assert same({"a": 1, "b": 2}, {"b": 2, "a": 1})
    assert not same({"a": [1, 2]}, {"a": [2, 1]})
    assert not same({"a": 1}, {"a": True})
