"""CSV with one row per ranked model, or per option; column names are stable."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple, get_args

from llmselect.catalog.words import CriterionName
from llmselect.render.format import escape
from llmselect.results.recommendation import AlsoAt, Recommendation, RecommendedModel

CRITERIA: tuple[str, ...] = get_args(CriterionName)
COLUMNS = (
    "rank", "model", "name", "option", "host", "deployment", "quantization", "runtime", "placement", "hardware",
    "score", "score_low", "score_high", "win_share", "pareto", "gap_to_next",
    *(f"{name}{part}" for name in CRITERIA for part in ("", "_low", "_high", "_unit", "_evidence")),
    "decode_tok_s", "decode_tok_s_low", "decode_tok_s_high", "ttft_ms", "ttft_ms_low", "ttft_ms_high",
    "memory_needed_gib", "memory_available_gib", "unverified", "warnings", "usd_per_month", "usd_per_1k_requests",
    "price_as_of", "machines",
)  # fmt: skip


class Rows(NamedTuple):
    """A table as data: column names, which are stable, and rows; None means unknown."""

    columns: Sequence[str]
    rows: Sequence[Sequence[Any]]


def recommendation_csv(answer: Recommendation, all_options: bool = False) -> str:
    """The ranking; with `all_options`, each model is followed by its other options with fewer figures."""
    return table_csv(*recommendation_rows(answer, all_options))


def recommendation_rows(answer: Recommendation, all_options: bool = False) -> Rows:
    """The rows of the ranking's CSV."""
    rows = []
    for model in answer.recommendations:
        rows.append(_row(model))
        if all_options:
            rows += [_other(model, option) for option in model.also_at]
    return Rows(COLUMNS, [[row.get(column) for column in COLUMNS] for row in rows])


def table_csv(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """Any table as CSV; None is an empty cell."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(map(escape.csv_cell, columns))
    writer.writerows([escape.csv_cell(value) for value in row] for row in rows)
    return text.getvalue()


def _row(model: RecommendedModel) -> Mapping[str, Any]:
    row: dict[str, Any] = {name: getattr(model, name, None) for name in COLUMNS[:16]}
    row |= _triple("score", model.score_interval)
    for name, value in model.criteria.items():
        row[name], row[f"{name}_low"], row[f"{name}_high"] = value.value, value.low, value.high
        row[f"{name}_unit"], row[f"{name}_evidence"] = value.unit, value.evidence
    if model.speed is not None:
        row.update(_triple("decode_tok_s", model.speed.decode_tok_s))
        row.update(_triple("ttft_ms", model.speed.ttft_ms) if model.speed.ttft_ms else {})
    if model.memory is not None:
        row["memory_needed_gib"], row["memory_available_gib"] = model.memory.needed_gib, model.memory.available_gib
    if model.cost is not None:
        month, each = model.cost.usd_per_month, model.cost.usd_per_1k_requests
        row |= {"usd_per_month": month[1] if month else None, "usd_per_1k_requests": each[1] if each else None}
        row |= {"price_as_of": model.cost.price_as_of, "machines": model.cost.machines}
    return row | {"unverified": "; ".join(model.unverified), "warnings": "; ".join(model.warnings)}


def _triple(name: str, figures: tuple[float, float, float]) -> dict[str, float]:
    low, value, high = figures
    return {f"{name}_low": low, name: value, f"{name}_high": high}


def _other(model: RecommendedModel, option: AlsoAt) -> Mapping[str, Any]:
    return {
        "rank": model.rank,
        "model": model.model,
        "name": model.name,
        "option": option.option,
        "host": option.host,
        "deployment": option.deployment,
        "quantization": option.quantization,
        "score": option.score,
        "cost": option.cost,
        "cost_unit": option.cost_unit,
    }
