"""YAML is read strictly, and every fault and node has its place."""

import json
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llmselect.catalog.reader import read


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a: null", None),
        ("a: true", True),
        ("a: false", False),
        ("a: 0", 0),
        ("a: -12", -12),
        ("a: 0.5", 0.5),
        ("a: 10.0", 10.0),
        ("a: 2024-02-26", date(2024, 2, 26)),
        ("a: 2022-09", "2022-09"),
        ("a: 1.10.2", "1.10.2"),
        ("a: 7B", "7B"),
        ("a: 1:30 pm", "1:30 pm"),
        ("a: not", "not"),
        ('a: "no"', "no"),
        ("a: '1e3'", "1e3"),
        ("a: |\n  no\n", "no\n"),
        ('a: "2024-02-26"', "2024-02-26"),
        ("a: [1, x]", [1, "x"]),
        ("a: {b: 1}", {"b": 1}),
        ("a: 更多", "更多"),
    ],
)
def test_plain_values(text: str, value: object) -> None:
    parsed = read(text)
    assert parsed.faults == ()
    assert parsed.data == {"a": value}
    assert type(parsed.data["a"]) is type(value)


@pytest.mark.parametrize(
    "word",
    [
        *("yes", "no", "on", "off", "y", "n", "No", "YES", "True", "FALSE", "~", "Null", "1e3", "1.5e-3", "1E6"),
        *("1_000", "1_000.5", "010", "0o17", "0x1F", "0b11", "1:30", "190:20:30", ".5", "5.", "+5", ".inf", ".NaN"),
        *("2024-02-30", "2024-2-6", "2024-02-26 10:00:00", "2024-02-26T10:00:00Z", "007.5", ""),
    ],
)
def test_traps(word: str) -> None:
    (fault,) = read(f"x: 1\na: {word}\n").faults
    assert fault.code == "yaml-trap"
    assert fault.line == 2
    assert fault.message


@pytest.mark.parametrize(
    ("text", "code", "place"),
    [
        ("a: 1\nb: 2\na: 3", "duplicate-key", (3, 1)),
        ("a:\n  b: 1\n  b: 2", "duplicate-key", (3, 3)),
        ("no: 1", "yaml-trap", (1, 1)),
        ("1: x", "yaml-key", (1, 1)),
        ("null: x", "yaml-key", (1, 1)),
        ("2024-01-01: x", "yaml-key", (1, 1)),
        ("[a]: x", "yaml-key", (1, 1)),
        ("a: 1\n<<: {b: 2}", "yaml-trap", (2, 1)),
        ("a: &x [1]\nb: *x", "yaml-alias", (1, 4)),
        ("a: &x [*x]", "yaml-alias", (1, 4)),
        ("a: !!python/name:os.system x", "yaml-tag", (1, 4)),
        ("a: !custom x", "yaml-tag", (1, 4)),
        ("a: 1\n---\nb: 2", "yaml-syntax", (2, 1)),
        ("a: 'x\x00'", "yaml-syntax", (1, 6)),
        ("a: 1\nb: @x", "yaml-syntax", (2, 4)),
        ("", "empty-file", (1, 1)),
        ("# nothing\n", "empty-file", (1, 1)),
    ],
)
def test_faults_have_their_place(text: str, code: str, place: tuple[int, int]) -> None:
    (fault,) = read(text).faults
    assert (fault.code, (fault.line, fault.column)) == (code, place)


def test_several_faults_are_all_told() -> None:
    assert [fault.line for fault in read("a: no\nb: 1\nc: 1e3\nb: 2\n").faults] == [1, 3, 4]


@pytest.mark.parametrize("depth", [200, 5000])
def test_deep_nesting_is_a_fault(depth: int) -> None:
    assert {fault.code for fault in read("[" * depth + "]" * depth).faults} == {"yaml-syntax"}


def test_positions() -> None:
    parsed = read("a:\n  b: 1\n  c:\n    - x\n    - {d: 2}\n")
    assert parsed.at(("a", "b")) == (2, 6)
    assert parsed.at(("a", "b"), key=True) == (2, 3)
    assert parsed.at(("a", "c", 0)) == (4, 7)
    assert parsed.at(("a", "c", 1, "d")) == (5, 11)
    assert parsed.at(("a",)) == (1, 1)
    assert parsed.at(("a", "missing")) == (1, 1)
    assert parsed.at(("a", "c", "missing", 3)) == (3, 3)


_text = st.text(st.characters(max_codepoint=0xFFFF, exclude_categories=["Cs"]), max_size=8)
_scalars = st.none() | st.booleans() | st.integers(-(10**15), 10**15) | _text
_values = st.recursive(_scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_text, inner, max_size=3))


@given(st.dictionaries(_text, _values, min_size=1, max_size=4))
def test_json_reads_as_what_it_says(data: dict[str, object]) -> None:
    parsed = read(json.dumps(data))
    assert parsed.faults == ()
    assert parsed.data == data


@given(st.text(max_size=40))
def test_any_text_is_read_without_a_crash(text: str) -> None:
    read(text)
