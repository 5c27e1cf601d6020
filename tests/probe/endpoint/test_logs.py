"""Logs of requests as measurements."""

import json
from typing import Any

import pytest

from llmselect.probe.endpoint.logs import LoggedRequest, group_requests, read_log, summarise


def _read(*records: Any) -> list[LoggedRequest | str]:
    return [one for _, one in read_log(json.dumps(one) for one in records)]


PLAIN = {"model": "m", "prompt_tokens": 500, "completion_tokens": 101, "ttft_ms": 200, "latency_ms": 2200}


@pytest.mark.parametrize(
    "record",
    [
        PLAIN,
        {"model": "m", "input_tokens": 500, "output_tokens": 101, "ttft_s": 0.2, "latency_s": 2.2},
        {"model": "m", "usage": {"prompt_tokens": 500, "completion_tokens": 101}, "ttft_ms": 200, "tpot_ms": 20},
        {"model": "m", "prompt_tokens": 500, "completion_tokens": 101, "startTime": 1000.0,
         "completionStartTime": 1000.2, "endTime": 1002.2},
    ],
)  # fmt: skip
def test_spellings_that_are_read(record: dict[str, Any]) -> None:
    (found,) = _read(record)
    assert isinstance(found, LoggedRequest)
    assert (found.model, found.prompt_tokens, found.output_tokens) == ("m", 500, 101)
    assert found.ttft_ms == pytest.approx(200)
    assert found.tpot_ms == pytest.approx(20)


@pytest.mark.parametrize(
    "change",
    [
        {"model": None},
        {"prompt_tokens": 0},
        {"prompt_tokens": True},
        {"ttft_ms": -1, "latency_ms": None},
        {"ttft_ms": "1"},
    ],
)
def test_lines_without_what_is_needed_are_no_requests(change: dict[str, Any]) -> None:
    assert _read({**PLAIN, **change}) == ["no latency"]


def test_an_answer_in_one_piece_has_no_first_token() -> None:
    whole = {"model": "m", "prompt_tokens": 5, "completion_tokens": 9, "startTime": 1.0, "completionStartTime": 3.0}
    assert _read({**whole, "endTime": 3.0}) == ["no latency"]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("oops", "no valid JSON"),
        ("[1]", "no JSON object"),
        ("[" * 200 + "]" * 200, "no valid JSON"),
        ('{"model": "m", "model": "n"}', "no valid JSON"),
        ('{"ttft_ms": NaN}', "no valid JSON"),
    ],
)
def test_other_lines_are_left_out_with_their_number(line: str, reason: str) -> None:
    request, fault = read_log([json.dumps(PLAIN), "", line])
    assert isinstance(request[1], LoggedRequest)
    assert fault == (3, reason)


def test_requests_of_a_length_make_a_row() -> None:
    near = [LoggedRequest("m", tokens, 100, 100.0 + tokens / 100, 20.0) for tokens in (480, 500, 520, 540, 560)]
    groups = group_requests(
        [*near, LoggedRequest("m", 4000, 100, 500.0, 21.0), LoggedRequest("other", 500, 100, 1.0, 1.0)]
    )
    assert [(name, power, len(group)) for (name, power), group in groups.items()] == [
        ("m", 9, 5), ("m", 12, 1), ("other", 9, 1),
    ]  # fmt: skip
    row = summarise(groups["m", 9])
    assert row is not None
    assert (row.prompt_tokens, row.requests, row.counted_by) == (520, 5, "log")
    assert row.ttft_ms[1] == pytest.approx(105.2)
    assert row.decode_tok_s == pytest.approx((50, 50, 50))
    assert summarise(groups["m", 12]) is None
