"""Logs of every known writer, good and bad, and sums that are exact."""

import json
import random
from pathlib import Path
from typing import Any

import pytest

from llmselect.engine.cost.logged import Logged
from llmselect.errors import LlmselectError
from llmselect.usage.fields import Request, SkippedRowError, request_of
from llmselect.usage.log import read_log, with_shares
from tests.price_lists import row as price_row
from tests.price_lists import traffic_usd

USAGE = {
    "prompt_tokens": 1000,
    "completion_tokens": 200,
    "total_tokens": 1200,
    "prompt_tokens_details": {"cached_tokens": 600},
    "completion_tokens_details": {"reasoning_tokens": 150},
}
SAME = (1000, 600, 0, 200, 150)
WRITERS: dict[str, tuple[dict[str, Any], tuple[int, ...]]] = {
    "usage object": (USAGE, SAME),
    "chat completion": ({"model": "m", "created": 1_760_000_000, "usage": USAGE}, SAME),
    "batch output": ({"custom_id": "1", "response": {"body": {"model": "m", "usage": USAGE}}}, SAME),
    "responses": (
        {"model": "m", "created_at": 1, "usage": {
            "input_tokens": 1000, "output_tokens": 200, "input_tokens_details": {"cached_tokens": 600},
            "output_tokens_details": {"reasoning_tokens": 150}}},
        SAME,
    ),
    "messages": (
        {"model": "m", "usage": {"input_tokens": 300, "cache_read_input_tokens": 600,
                                 "cache_creation_input_tokens": 100, "output_tokens": 200}},
        (1000, 600, 100, 200, 0),
    ),
    "thinking beside the answer": (
        {"usage": {"prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 45,
                   "completion_tokens_details": {"reasoning_tokens": 30}}},
        (10, 0, 0, 35, 30),
    ),
    "deepseek": (
        {"usage": {"prompt_tokens": 10, "completion_tokens": 5, "prompt_cache_hit_tokens": 4}},
        (10, 4, 0, 5, 0),
    ),
    "litellm payload": (
        {"model": "m", "startTime": 1.76e9, "prompt_tokens": 1000, "completion_tokens": 200, "cache_hit": False,
         "metadata": {"usage_object": USAGE}},
        SAME,
    ),
    "litellm spend log in a table": (
        {"model": "m", "startTime": "2026-10-01 10:00:00", "prompt_tokens": "1000", "completion_tokens": "200",
         "cache_hit": "False", "metadata": json.dumps({"additional_usage_values": {"cache_read_input_tokens": 600}})},
        (1000, 600, 0, 200, 0),
    ),
    "langfuse": (
        {"type": "GENERATION", "model": "m", "startTime": "2026-10-01T10:00:00.000Z", "usageDetails": {
            "input": 400, "input_cached_tokens": 600, "output": 50, "output_reasoning_tokens": 150, "total": 1200}},
        SAME,
    ),
    "langfuse in a table": (
        {"type": "GENERATION", "providedModelName": "m", "usageDetails": '{"input": 7, "output": 3, "total": 10}'},
        (7, 0, 0, 3, 0),
    ),
    "langfuse of old": ({"usage": {"input": 7, "output": 3, "total": 10, "unit": "TOKENS"}}, (7, 0, 0, 3, 0)),
    "camel case": ({"promptTokens": 7, "completionTokens": 3}, (7, 0, 0, 3, 0)),
    "gemini": (
        {"usageMetadata": {"promptTokenCount": 10, "cachedContentTokenCount": 4, "candidatesTokenCount": 5,
                           "thoughtsTokenCount": 6}},
        (10, 4, 0, 11, 6),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", WRITERS)
def test_every_writers_counts_mean_the_same(name: str) -> None:
    row, counts = WRITERS[name]
    found = request_of(row)
    assert found[:5] == counts
    assert found.batch is (name == "batch output")


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (1_760_000_000, 1.76e9), ("1760000000", 1.76e9), (1_760_000_000_000, 1.76e9),
        ("2025-10-09T08:53:20Z", 1.76e9), ("2025-10-09 08:53:20", 1.76e9), ("2025-10-09T10:53:20+02:00", 1.76e9),
        ("yesterday", None), ("", None),
    ],
)  # fmt: skip
def test_times(value: Any, seconds: float | None) -> None:
    assert request_of({"prompt_tokens": 1, "completion_tokens": 1, "created": value}).time_s == seconds


BAD: list[tuple[Any, str]] = [
    ({"prompt_tokens": 5}, "completion_tokens is missing"),
    ({"prompt_tokens": -5, "completion_tokens": 1}, "prompt_tokens is negative"),
    ({"prompt_tokens": "many", "completion_tokens": 1}, "prompt_tokens is no number"),
    ({"prompt_tokens": True, "completion_tokens": 1}, "prompt_tokens is no number"),
    ({"prompt_tokens": 1.5, "completion_tokens": 1}, "prompt_tokens is no count of tokens"),
    ({"prompt_tokens": "nan", "completion_tokens": 1}, "prompt_tokens is no number"),
    ({"prompt_tokens": 10**12, "completion_tokens": 1}, "prompt_tokens is no count of tokens"),
    ({"prompt_tokens": 0, "completion_tokens": 0}, "no tokens"),
    ({"usage": {"prompt_tokens": 1, "completion_tokens": 1, "prompt_tokens_details": {"cached_tokens": 2}}},
     "more cached tokens than prompt tokens"),
    ({"usage": {"prompt_tokens": 1, "completion_tokens": 1, "completion_tokens_details": {"reasoning_tokens": 2}}},
     "more thinking tokens than output tokens"),
    ({"model": "m", "usage": None}, "no token counts"),
    ({}, "no token counts"),
    ({"usage": "{"}, "a cell that holds no valid JSON"),
    ({"usage": {"input": 5, "output": 5, "unit": "CHARACTERS"}}, "usage in another unit than tokens"),
    ({"type": "SPAN", "usageDetails": {"input": 1, "output": 1}}, "no model call (Langfuse SPAN or EVENT)"),
    ({"cache_hit": True, "prompt_tokens": 1, "completion_tokens": 1}, "answered from a gateway's cache"),
]  # fmt: skip


@pytest.mark.parametrize(("row", "why"), BAD, ids=[why for _, why in BAD])
def test_a_row_that_cannot_be_counted_says_why(row: Any, why: str) -> None:
    with pytest.raises(SkippedRowError, match=f"^{why.replace('(', '.').replace(')', '.')}$"):
        request_of(row)


def read(path: Path, thresholds: tuple[int, ...] = (0, 2000)) -> Logged:
    return read_log(path, thresholds, lambda name: name or None)


def write(path: Path, rows: list[Any]) -> Path:
    path.write_text("".join((row if isinstance(row, str) else json.dumps(row)) + "\n" for row in rows))
    return path


def test_a_bad_log_tells_what_was_used_and_what_was_not(tmp_path: Path) -> None:
    rows = [
        "{broken",
        *[row for row, _ in BAD],
        "[1]",
        "",
        '"text"',
        {"model": "a", "usage": USAGE},
        {"model": "b", "usage": USAGE},
    ]
    report = read(write(tmp_path / "log.jsonl", rows)).report
    assert (report.used, report.format) == (2, "JSON lines")
    assert report.models == {"a": 1, "b": 1}
    assert sum(row.rows for row in report.left_out) == len(BAD) + 3
    assert next(row for row in report.left_out if row.reason == "no valid JSON").first_line == 1
    assert {row.reason for row in report.left_out} >= {why for _, why in BAD}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "is empty"),
        ("hello\nworld\n", "neither JSON nor CSV"),
        ("a,b\n1,2\n", "no request that can be counted: no token counts"),
        ('{"prompt_tokens": -1, "completion_tokens": 2}\n', "is negative"),
        ('[{"x": 1}, {"y"', "no valid JSON"),
    ],
)
def test_a_file_without_requests_is_an_error(tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "log"
    path.write_text(text)
    with pytest.raises(LlmselectError, match=says):
        read(path)


def test_a_missing_file_is_an_error(tmp_path: Path) -> None:
    for path in (tmp_path / "none", tmp_path):
        with pytest.raises(LlmselectError, match="--usage"):
            read(path)


def test_bytes_that_are_no_text_are_left_out(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    path.write_bytes(b'\xff\xfe\x00\n{"prompt_tokens": 3, "completion_tokens": 4}\n')
    with pytest.raises(LlmselectError):
        read(path)  # its first letter is no bracket: read as a table
    path.write_bytes(b'{"prompt_tokens": 3, "completion_tokens": 4}\n{"a\xff\n')
    assert [row.reason for row in read(path).report.left_out] == ["no valid JSON"]


@pytest.mark.parametrize("form", ["lines", "list", "data", "table"])
def test_formats_hold_the_same(form: str, tmp_path: Path) -> None:
    rows = [{"prompt_tokens": 10 * k, "completion_tokens": k, "model": "m", "created": 1e9 + k} for k in range(1, 50)]
    path = tmp_path / "log"
    if form == "lines":
        write(path, rows)
    elif form == "table":
        write(path, [",".join(rows[0]), *(",".join(map(str, row.values())) for row in rows), "1,2"])
    else:
        path.write_text(json.dumps(rows if form == "list" else {"data": rows}, indent=1))
    found = read(path)
    assert found.report.used == 49
    assert found.traffic.total[:2] == (49, 10 * 49 * 25)
    assert [row.reason for row in found.report.left_out] == (["another number of cells"] if form == "table" else [])
    assert found.report.prompt_tokens == (found.report.prompt_tokens.__class__)(250.0, 250, 470, 490)


def test_the_bill_is_the_sum_of_the_requests_own(tmp_path: Path) -> None:
    """Random requests around the threshold: the sums by band against request by request."""
    chance = random.Random(7)
    rows = []
    for _ in range(500):
        prompt = chance.choice([1999, 2000, 2001, chance.randint(1, 5000)])
        details = {"cached_tokens": chance.randint(0, prompt)}
        rows.append(
            {
                "usage": {
                    "prompt_tokens": prompt,
                    "completion_tokens": chance.randint(0, 900),
                    "prompt_tokens_details": details,
                }
            }
        )
    tiers, expected = ((1.1, 2.3, 0.13), (2.2, 3.3, 0.26)), 0.0
    for row in rows:
        usage = row["usage"]
        read_usd, written_usd, cached_usd = tiers[usage["prompt_tokens"] > 2000]
        cached = usage["prompt_tokens_details"]["cached_tokens"]
        plain = usage["prompt_tokens"] - cached
        expected += (plain * read_usd + cached * cached_usd + usage["completion_tokens"] * written_usd) / 1e6
    found = read(write(tmp_path / "log.jsonl", rows))
    prices = price_row(*tiers[0]), price_row(*tiers[1], above=2000)
    assert traffic_usd(found.traffic, *prices) == pytest.approx(expected, rel=1e-12)


def test_stated_shares_replace_the_logs(tmp_path: Path) -> None:
    traffic = read(write(tmp_path / "log.jsonl", [USAGE, USAGE])).traffic
    assert (traffic.total.cached, traffic.batch_share) == (1200, 0)
    changed = with_shares(traffic, 0.1, 0.5, 0.25, thinking=False)
    assert changed.total.cached == pytest.approx(200)
    assert changed.total.thinking == 0
    assert changed.total.output == traffic.total.output
    assert (changed.batch_share, changed.peak_share) == (0.5, 0.25)
    assert with_shares(traffic, None, None, None, thinking=True) == traffic


def test_time_gives_days_and_the_peak(tmp_path: Path) -> None:
    day = 86_400
    rows = [{**USAGE, "created": 1e9 // day * day + hour * 3600} for hour in range(48)]
    rows += [{**USAGE, "created": 1e9 // day * day + 20 * 3600 + k} for k in range(48)]
    report = read(write(tmp_path / "log.jsonl", rows)).report
    assert report.days == pytest.approx(47 / 24)
    assert report.peak_to_mean == pytest.approx(49 / 2)
    assert read(write(tmp_path / "short.jsonl", rows[:5])).report.peak_to_mean is None
    assert read(write(tmp_path / "timeless.jsonl", [USAGE])).report.days is None


def test_a_request_is_a_plain_tuple() -> None:
    assert request_of({"prompt_tokens": 1, "completion_tokens": 2}) == Request(1, 0, 0, 2, 0, "", None, False)


@pytest.mark.parametrize(
    ("usage", "why"),
    [
        ({"input_tokens": 5, "output_tokens": 5, "cache_read_input_tokens": "x"},
         "cache_read_input_tokens is no number"),
        ({"input_tokens": 5, "output_tokens": 5, "input_tokens_details": {"cached_tokens": -1}},
         "cached_tokens is negative"),
        ({"input": 5, "output": 5, "output_reasoning_tokens": 1.5}, "output_reasoning_tokens is no count of tokens"),
        ({"promptTokens": "٣", "completionTokens": 1}, "promptTokens is no number"),
        ({"promptTokens": "9" * 400, "completionTokens": 1}, "promptTokens is no number"),
        ({"promptTokenCount": 5, "thoughtsTokenCount": 1e300}, "thoughtsTokenCount is no number"),
        ({"promptTokenCount": None, "candidatesTokenCount": 5}, "promptTokenCount is missing"),
    ],
)  # fmt: skip
def test_every_part_of_a_usage_is_checked(usage: dict[str, Any], why: str) -> None:
    with pytest.raises(SkippedRowError) as caught:
        request_of({"model": "m", "usage": usage})
    assert str(caught.value) == why
