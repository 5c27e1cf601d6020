"""Where a fact stands in the catalogue, and the citations of its sources."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from llmselect.engine.facts import Facts
from llmselect.results.citations import Citation

# Tables whose rows name their sources themselves, and the column that numbers them.
_NUMBERED = {
    "prices": "price_no",
    "scores": "score_no",
    "rentals": "rental_no",
    "speed_constants": "fit_no",
    "api_speeds": "speed_no",
}


@dataclass(frozen=True, slots=True)
class Origin:
    """What a figure comes from: a fact of a record, by its path there, or a row of a table, by its number.

    An offering's fact that is missing is its host's. The `scores` of a model at an effort are those behind its quality.
    """

    kind: str
    id: str
    path: tuple[str, ...] = ()


def citations(facts: Facts, origin: Origin | None) -> tuple[Citation, ...]:
    """The sources of what an origin names, in order."""
    if origin is None:
        return ()
    if origin.kind in _NUMBERED:
        where = f"SELECT source, file FROM {origin.kind} WHERE {_NUMBERED[origin.kind]} = ?"
        [(text, file)] = facts.query(where, int(origin.id))
        return cited(facts, file, json.loads(text))
    if origin.kind == "scores of a model":
        return _of_scores(facts, origin.id, *origin.path)
    if origin.kind == "offering":
        return _of_offering(facts, origin)
    file, record = facts.record_in(origin.kind, origin.id)
    fact = _at(record, origin.path)
    return cited(facts, file, fact.get("source", ()) if isinstance(fact, dict) else ())


def _of_offering(facts: Facts, origin: Origin) -> tuple[Citation, ...]:
    """The sources of an offering's own fact, of the region that makes it one of its own, or of its host's fact."""
    key, _, region = origin.id.partition("/")
    file, record = facts.record_in("offering", key)
    fact = _at(record, origin.path)
    if region and origin.path == ("regions",):
        fact = next(row for row in record["regional"] if row["region"] == region)
    if fact is None:
        file, record = facts.record_in("host", key.partition("#")[0])
        fact = _at(record, origin.path)
    return cited(facts, file, fact.get("source", ()) if isinstance(fact, dict) else ())


def _at(record: Any, path: Sequence[str]) -> Any:
    """What stands in a record at a path; None where there is nothing."""
    for key in path:
        record = record.get(key) if isinstance(record, dict) else None
    return record


def _of_scores(facts: Facts, model: str, effort: str) -> tuple[Citation, ...]:
    """The sources of the scores at an effort, the newest first; those of other efforts where it has none."""
    rows = facts.query("SELECT effort, source, file FROM scores WHERE model = ? ORDER BY date DESC, score_no", model)
    own = [row for row in rows if row[0] == effort] or rows
    keys = dict.fromkeys(key for _, source, _ in own for key in json.loads(source))
    return cited(facts, own[0][2], list(keys)) if own else ()


def cited(facts: Facts, file: str, keys: Sequence[str]) -> tuple[Citation, ...]:
    """The sources that a file of the catalogue has under these keys."""
    where = "SELECT url, title, locator, retrieved_date FROM sources WHERE file = ? AND key = ?"
    return tuple(Citation(*row) for key in keys for row in facts.query(where, file, key))
