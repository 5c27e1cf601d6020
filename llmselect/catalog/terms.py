"""Finds a term or benchmark by any of its names, and the models to which it applies."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from llmselect.errors import fold, unknown_name

if TYPE_CHECKING:
    from llmselect.catalog.glossary import Selector
    from llmselect.catalog.schema import Architecture, Catalog, Model


def find_term(catalog: Catalog, name: str) -> tuple[str, str]:
    """The kind (`term` or `benchmark`) and id for a name in English or Chinese.

    Case, spaces and dashes are ignored. Raises LlmselectError with close matches for an unknown name.
    """
    spellings = dict(_spellings(catalog))
    found = spellings.get(fold(name))
    if found is None:
        known = [*catalog.glossary.terms, *catalog.benchmarks.benchmarks]
        raise unknown_name("term", name, known, "`llmselect explain` lists all.")
    return found


def _spellings(catalog: Catalog) -> Iterator[tuple[str, tuple[str, str]]]:
    """Every folded spelling with its kind and id; terms come last, so that they override benchmarks."""
    for key, row in catalog.benchmarks.benchmarks.items():
        board = row.name.partition(",")[0]
        yield from ((fold(word), ("benchmark", key)) for word in (board, key, row.name))
    for key, term in catalog.glossary.terms.items():
        for word in (*term.aliases, term.name.en, term.name.zh_tw, key):
            yield fold(word), ("term", key)


def models_with(catalog: Catalog, selector: Selector) -> list[Model]:
    """The models whose facts satisfy every condition of a selector, newest first."""
    tests = [(check, wanted) for name, check in _CHECKS.items() if (wanted := getattr(selector, name)) is not None]
    found = [row for row in catalog.models.values() if all(check(row, wanted) for check, wanted in tests)]
    return sorted(found, key=lambda row: (str(row.release_date.value), row.id), reverse=True)


def models_scored(catalog: Catalog, benchmark: str) -> list[Model]:
    """The models that have a score of a benchmark, newest first."""
    found = [row for row in catalog.models.values() if any(score.benchmark == benchmark for score in row.scores)]
    return sorted(found, key=lambda row: (str(row.release_date.value), row.id), reverse=True)


def _value(fact: Any) -> Any:
    return fact.value if fact is not None else None


def _architecture(model: Model, kind: str) -> bool:
    shape = _value(model.architecture)
    return shape is not None and _KINDS[kind](shape)


_KINDS: dict[str, Callable[[Architecture], bool]] = {
    "experts": lambda shape: bool(shape.experts),
    "dense": lambda shape: not shape.experts,
    "multi-head": lambda shape: shape.mla_kv_rank is None and shape.kv_heads == shape.attention_heads,
    "grouped-query": lambda shape: shape.mla_kv_rank is None and shape.kv_heads < shape.attention_heads,
    "sliding-window": lambda shape: bool(shape.sliding_window_tokens),
    "latent-attention": lambda shape: shape.mla_kv_rank is not None,
}
_CHECKS: dict[str, Callable[[Model, Any], bool]] = {
    "architecture": _architecture,
    "alignment": lambda model, method: method in (getattr(_value(model.alignment), "methods", None) or ()),
    "tuning": lambda model, wanted: bool(model.tuning.value == wanted),
    "access": lambda model, wanted: bool(model.access.value == wanted),
    "capability": lambda model, wanted: wanted in (_value(model.capabilities) or ()),
    "family": lambda model, wanted: bool(model.family.value == wanted),
    "released_bits_below": lambda model, bits: (_value(model.weights_bits) or bits) < bits,
}
