"""A price file may be broken or hostile in any way: rows are left out and counted, or the file is refused."""

import json
import subprocess
import sys
from datetime import date
from typing import Any

import pytest

from llmselect.catalog.refresh.pricefile import MAX_BYTES, MAX_ROWS, parse
from llmselect.errors import Exit, LlmselectError
from tests.catalog.refresh.conftest import EXCERPT

IN_A_GIGABYTE = """
import sys
from llmselect.catalog.refresh.pricefile import parse
from llmselect.errors import LlmselectError
if sys.platform == "linux":  # where the limit holds
    import resource
    resource.setrlimit(resource.RLIMIT_AS, (10**9, 10**9))
try:
    parse(b"{" + b",".join(b'"%d":{}' % n for n in range(10**6)) + b"}", "prices.json")
except LlmselectError as error:
    print(error.message)
"""
GOOD = {"input_cost_per_token": 1e-06, "output_cost_per_token": 2e-06}


def _left_out(row: Any) -> dict[str, int]:
    raw = row if isinstance(row, str) else json.dumps(row)
    file = parse(f'{{"bad": {raw}, "good": {json.dumps(GOOD)}}}'.encode(), "prices.json")
    assert file.rows["good"].standard == {"input_usd_per_mtok": 1, "output_usd_per_mtok": 2}
    return dict(file.left_out)


def test_the_real_file_is_read() -> None:
    file = parse(EXCERPT.read_bytes(), "prices.json")
    assert file.left_out == {}
    assert len(file.rows) == len(json.loads(EXCERPT.read_bytes())) - 1 >= 60
    five = file.rows["gpt-5"]
    assert five.standard == {"input_usd_per_mtok": 1.25, "output_usd_per_mtok": 10, "cached_input_usd_per_mtok": 0.125}
    assert five.batch["output_usd_per_mtok"] == 5
    assert five.ends == date(2026, 12, 11)
    tiers = file.rows["gemini/gemini-2.5-pro"].tiers
    assert tiers == {200_000: {"input_usd_per_mtok": 2.5, "output_usd_per_mtok": 15, "cached_input_usd_per_mtok": 0.25}}


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ([], "a row is not a mapping"),
        ("null", "a row is not a mapping"),
        ("1e999", "a row is not a mapping"),
        (True, "a row is not a mapping"),
        *(({"input_cost_per_token": value}, "a price is not a number") for value in ("1", [], {}, True, [1], "NaN")),
        *(
            (f'{{"input_cost_per_token": {value}}}', "a price is not a number")
            for value in ("NaN", "-Infinity", "1e999")
        ),
        (f'{{"input_cost_per_token": {"9" * 5000}}}', "a price is not a number"),
        (f'{{"input_cost_per_token": {"9" * 18}}}', "a price is negative or beyond reason"),
        *(
            ({"output_cost_per_token": value}, "a price is negative or beyond reason")
            for value in (-1e-9, 1, 1e300, 1e-20)
        ),
        ({"input_cost_per_token_above_128k_tokens": -1}, "a price is negative or beyond reason"),
        ({"cache_read_input_token_cost_batches": "x"}, "a price is not a number"),
        *(({"deprecation_date": value}, "a date is not text") for value in (20261211, [], {}, True, 1.5)),
        *(
            ({"deprecation_date": value}, "a date is impossible")
            for value in ("9999-99-99", "2026-02-30", "", "soon", "20261211", "2026-W50-5", "0001-01-01", "9999-12-31")
        ),
        ({"deprecation_date": "٢٠٢٦-١٢-١١"}, "a date is impossible"),
        ({"deprecation_date": "2026-12-11\n"}, "a date is impossible"),
        ('{"input_cost_per_token": 1, "input_cost_per_token": 2}', "a key stands twice in a row"),
        ('{"a": 1}, "bad": {"a": 2}', "a row stands twice"),
    ],
)
def test_a_bad_row_is_left_out_and_counted(row: Any, reason: str) -> None:
    assert _left_out(row) == {reason: 1}


@pytest.mark.parametrize(
    "row", [{}, {"mode": []}, {"x": {"y": "\ud800"}}, {"input_cost_per_token_above_0k_tokens": -1}]
)
def test_what_is_not_asked_for_does_no_harm(row: Any) -> None:
    assert _left_out(row) == {}


def test_names_may_be_anything() -> None:
    names = ["", " ", "\u0000", "\ud800", "𝔾\u202egpt", "a" * 100_000, "../../etc/passwd", "{}", "é"]
    file = parse(json.dumps(dict.fromkeys(names, GOOD)).encode(), "prices.json")
    assert set(file.rows) == set(names)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b" ",
        b"null",
        b"[]",
        b"{}",
        b"1",
        b'"x"',
        b"<html>404</html>",
        b"\xff\xfe\x00",
        b"\x00" * 100,
        b"{" * 100_000,
        b'{"a":' * 100_000,
        b"[" * 1_000_000,
        b'{"a": 1}',
        b'{"sample_spec": {}}',
        b'{"a": {}, }',
        EXCERPT.read_bytes()[:-100],
        EXCERPT.read_bytes()[:1000],
        b'{"a": ' + b"1" * 10_000 + b"}",
        b"9" * 100_000,
        b'{"bad": ' + b"[" * 90_000 + b"]" * 90_000 + b', "good": {}}',
    ],
)
def test_what_is_no_price_file_is_refused(raw: bytes) -> None:
    with pytest.raises(LlmselectError) as caught:
        parse(raw, "prices.json")
    assert caught.value.code == "bad-price-file"
    assert caught.value.exit is Exit.USAGE
    assert caught.value.message.startswith("prices.json is no usable price file: ")
    assert len(caught.value.message) < 400
    assert "nothing was changed" in caught.value.hint


def test_a_huge_file_is_refused_quickly() -> None:
    with pytest.raises(LlmselectError, match="bytes"):
        parse(b" " * (MAX_BYTES + 1), "prices.json")
    rows = b",".join(b'"%d":{"input_cost_per_token":1e-6,"output_cost_per_token":1e-6}' % n for n in range(10**6))
    with pytest.raises(LlmselectError, match=f"more than {MAX_ROWS:,}|bytes"):
        parse(b"{" + rows + b"}", "prices.json")


def test_many_rows_are_refused_and_take_less_than_a_gigabyte() -> None:
    """In a process that has no more: tracing each allocation would take ten times as long as reading."""
    ran = subprocess.run([sys.executable, "-c", IN_A_GIGABYTE], capture_output=True, text=True, check=False)
    assert ran.stdout == f"prices.json is no usable price file: it has 1,000,000 rows, more than {MAX_ROWS:,}\n"
    assert (ran.returncode, ran.stderr) == (0, "")
