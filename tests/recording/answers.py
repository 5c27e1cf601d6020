"""Today's answer to a recorded request, reduced to what decides: ids and figures, no wording.

`answer_of` is the one place that knows the types of results and the JSON of the commands.
"""

import io
import json
from collections.abc import Callable, Iterable, Mapping
from contextlib import redirect_stderr, redirect_stdout
from functools import cache
from pathlib import Path
from typing import Any

from llmselect.catalog.load import open_catalog
from llmselect.cli.app import run
from llmselect.engine.facts import Facts
from llmselect.engine.recommend import recommend
from llmselect.errors import LlmselectError
from llmselect.requirements import parse
from llmselect.results.recommendation import Exclusion, Recommendation, RecommendedModel
from tests.recording.requests import Request

HERE = Path(__file__).parent
DETAILED = 20  # rows of a ranking whose criteria, win shares and score bounds are kept
TIE = 1e-9  # scores nearer than that are equal
Data = dict[str, Any]


def answer_of(request: Request) -> Data:
    """What the program answers, as plain data; `error` holds the code where it refuses the request."""
    if request.words:
        return _command(request.words)
    try:
        return ranking_and_reasons(recommend(parse(request.fields or {}), _facts()))
    except LlmselectError as error:
        return {"error": error.code}


@cache
def _facts() -> Facts:
    return Facts(open_catalog(HERE.parent.parent / "catalog", own=False))


def ranking_and_reasons(answer: Recommendation) -> Data:
    rows, document = answer.recommendations, answer.document
    return {
        "ranking": [[row.model, row.option, row.score] for row in rows],
        "ties": {row.model: tied for row in rows if (tied := _tied(row))},
        "criteria": {row.model: _criteria(row) for row in rows[:DETAILED]},
        "win_share": {row.model: row.win_share for row in rows[:DETAILED]},
        "score_bounds": {row.model: [row.score_interval.low, row.score_interval.high] for row in rows[:DETAILED]},
        "pareto": [row.model for row in rows if row.pareto],
        "flip": [answer.flip.criterion, answer.flip.from_, answer.flip.to, answer.flip.winner] if answer.flip else None,
        "relaxations": [
            {"fields": {change.field: [_plain(change.from_), _plain(change.to)] for change in row.changes},
             "admits": list(row.admits)}
            for row in answer.relaxations
        ],
        "admitting_flag": answer.admitting_flag,
        "excluded": _excluded(answer.excluded),
        "unrated": sorted(row.model for row in answer.unrated),
        "provisional": {row.model: [row.option, row.score, *row.quality] for row in answer.provisional},
        "unverified": {row.rule: row.options for row in answer.unverified},
        "assumed": sorted(answer.assumed),
        "document": [document.answer, document.model, document.strategy, document.today] if document else None,
    }  # fmt: skip


def _tied(row: RecommendedModel) -> list[str]:
    """Other options of the model with the same score: which of them is shown may change."""
    return sorted(other.option for other in row.also_at if abs(other.score - row.score) <= TIE)


def _criteria(row: RecommendedModel) -> Data:
    """Utility, low, value and high of each criterion."""
    return {name: [each.utility, each.low, each.value, each.high] for name, each in row.criteria.items()}


def _excluded(rows: Iterable[Exclusion]) -> dict[str, list[str]]:
    """For each model the sets of rules that exclude its options; `?` marks a rule that lacks the fact."""
    return _rules((row.model, [(reason.rule, reason.unknown) for reason in row.reasons]) for row in rows)


def _rules(rows: Iterable[tuple[str, list[tuple[str, bool]]]]) -> dict[str, list[str]]:
    found: dict[str, set[str]] = {}
    for model, reasons in rows:
        found.setdefault(model, set()).add(" ".join(sorted(rule + "?" * unknown for rule, unknown in reasons)))
    return {model: sorted(sets) for model, sets in found.items()}


def _plain(value: Any) -> Any:
    return json.loads(json.dumps(value, default=str))


def _command(words: Iterable[str]) -> Data:
    """Runs a command line with `--json` and keeps what its reducer keeps; also its exit status."""
    arguments = [word.format(here=HERE) for word in words]
    out = io.StringIO()
    with redirect_stdout(out), redirect_stderr(io.StringIO()):
        status = int(run([*arguments, "--json"]))
    record = json.loads(out.getvalue())
    if record["errors"]:
        return {"status": status, "error": [error["code"] for error in record["errors"]]}
    return {"status": status, **REDUCERS[arguments[0]](record["data"])}


def _replace(data: Data) -> Data:
    return {
        **_kept(data, "model", "lives", "implied", "flip", "relaxations"),
        "candidates": [
            {
                **_kept(row, "quality_points", "price_ratio", "context_ratio", "gained", "lost", "ends"),
                **_kept(row["recommendation"], "rank", "model", "option", "score", "win_share", "pareto"),
            }
            for row in data["candidates"]
        ],
        "excluded": _excluded_data(data["excluded"]),
        "unrated": sorted(row["model"] for row in data["unrated"]),
        "provisional": [_kept(row, "model", "option", "score", "quality") for row in data["provisional"]],
        "assumed": sorted(data["assumed"]),
    }


def _cost(data: Data) -> Data:
    options = (
        "id", "option", "deployment", "effort", "usd_per_month", "usd_per_1k_requests", "output_tokens", "quality",
        "by_volume", "serving", "requests_over_context",
    )  # fmt: skip
    usage = data["usage"]
    return {
        **_kept(data, "requests_per_month", "omitted", "cheapest", "hybrids"),
        "break_even": [_break_even(row) for row in data["break_even"]],
        "options": [
            {**_kept(row, *options), "price": {name: value for name, value in row["price"].items() if name != "source"}}
            for row in data["options"]
        ],
        "excluded": _excluded_data(data["excluded"]),
        "assumed": sorted(data["assumed"]),
        "usage": usage and {name: value for name, value in usage.items() if name not in ("file", "format")},
    }


def _break_even(row: Data) -> Data:
    low, value, high = row["requests_per_month"]
    return {**_kept(row, "first", "then", "for_good_from"), "requests_per_month": value, "low": low, "high": high}


def _compare(data: Data) -> Data:
    return {
        "rows": [
            {"models": row["models"], "cells": {name: cell["value"] for name, cell in row["cells"].items()}}
            for row in data["rows"]
        ],
        "assumed": sorted(data["assumed"]),
    }


def _estimate(data: Data) -> Data:
    words = ("name", "steps", "basis", "check", "notes", "sources")
    return {
        **{name: _quantity(value) for name, value in data.items() if name not in words},
        "steps": [[step["value"], step["unit"], step["bound"]] for step in data["steps"]],
    }


def _quantity(value: Any) -> Any:
    """A speed of an estimate as it was recorded, value and ends apart."""
    if not isinstance(value, dict) or "interval" not in value:
        return value
    low, middle, high = value["interval"]
    return {"value": middle, "low": low, "high": high, "evidence": value["evidence"]}


def _recheck(data: Data) -> Data:
    kept = ("rank", "model", "option", "score", "win_share", "quality", "cost", "terms")
    return {
        **_kept(data, "decided_as_of", "as_of", "chosen"),
        "moved": [_kept(row, "what", "matters", "model", "before", "after", "change") for row in data["moved"]],
        "choices": [_kept(row, *kept) for row in data["now"]["choices"]],
    }


def _tree(data: Data) -> Data:
    keys = ("task", "compute", "response_time", "domain", "document", "document_model", "strategy", "today", "option")
    return {"rows": [_kept(row, *keys, "same") for row in data.get("rows", [data])]}


REDUCERS: dict[str, Callable[[Data], Data]] = {
    "replace": _replace, "cost": _cost, "compare": _compare, "estimate": _estimate, "recheck": _recheck, "tree": _tree,
}  # fmt: skip


def _kept(record: Mapping[str, Any], *names: str) -> Data:
    return {name: record[name] for name in names}


def _excluded_data(rows: Iterable[Data]) -> dict[str, list[str]]:
    return _rules((row["model"], [(reason["rule"], reason["unknown"]) for reason in row["reasons"]]) for row in rows)
