"""Rows of stored speeds: records as JSON objects and back, with every field's type and sense checked."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from llmselect.estimate.rates import Measurement, ProbedRates, Rates

_SPEEDS = ("decode_tok_s", "prefill_tok_s", "ttft_ms")
_COUNTS = ("depth_tokens", "concurrency")


def as_row(record: Any) -> Any:
    """A record of named fields as a mapping, with those in it."""
    if isinstance(record, tuple) and hasattr(record, "_asdict"):
        return {name: as_row(value) for name, value in record._asdict().items()}
    return list(record) if isinstance(record, tuple) else record


def probed_rates(row: Any) -> ProbedRates:
    """The record of a row; raises ValueError, TypeError or KeyError for another's."""
    _demand_fields(row, ProbedRates._fields)
    rates = {**Rates._field_defaults, **row["rates"]}  # rows from before a field was there
    _demand_fields(rates, Rates._fields)
    numbers: dict[str, Any] = {name: _number(value) for name, value in rates.items() if name != "evidence"}
    if (
        rates["evidence"] not in ("measured", "estimated")
        or min(numbers["decode_spread"], numbers["prefill_spread"]) < 1
    ):
        raise ValueError("no rates")
    return ProbedRates(**{**_texts(row, "rates"), "rates": Rates(**numbers, evidence=rates["evidence"])})


def measurement(row: Any) -> Measurement:
    """The record of a row; raises ValueError, TypeError or KeyError for another's."""
    _demand_fields(row, Measurement._fields)
    prompt = row["prompt_tokens"]
    fields: dict[str, Any] = {name: str(row[name]) for name in ("model", "host", "measured_on", "origin")}
    fields |= {name: None if row[name] is None else str(row[name]) for name in ("runtime", "quantization")}
    fields |= {name: _interval(row[name]) for name in _SPEEDS} | {name: _count(row[name]) for name in _COUNTS}
    return Measurement(prompt_tokens=None if prompt is None else _count(prompt), **fields)


def run_of(row: Any, fields: Sequence[str]) -> dict[str, Any]:
    """The fields of a stored run."""
    _demand_fields(row, fields)
    versions = {str(name): str(version) for name, version in row["versions"].items()}
    return {**_texts(row, "versions", "seconds"), "versions": versions, "seconds": _number(row["seconds"])}


def _demand_fields(row: Any, fields: Sequence[str]) -> None:
    if not isinstance(row, Mapping) or set(row) != set(fields):
        raise ValueError("not these fields")


def _texts(row: Mapping[str, Any], *others: str) -> dict[str, Any]:
    return {name: str(value) for name, value in row.items() if name not in others}


def _number(value: Any) -> float:
    """A number that is neither negative nor endless."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value) or value < 0:
        raise ValueError(f"{value!r} is no such number")
    return float(value)


def _count(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise ValueError(f"{value!r} is no count")
    return value


def _interval(value: Any) -> tuple[float, float, float] | None:
    if value is None:
        return None
    low, middle, high = map(_number, value)
    if not low <= middle <= high:
        raise ValueError("an interval out of order")
    return low, middle, high
