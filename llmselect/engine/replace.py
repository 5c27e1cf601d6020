"""What to do when a model ends: what its facts ask of a successor, and how the candidates differ from it."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from llmselect.catalog.lookup import offering_status, offerings
from llmselect.engine.facts import Facts
from llmselect.engine.implied import implied
from llmselect.engine.machine.machines import Detected
from llmselect.engine.quality import best_quality
from llmselect.engine.recommend import recommend
from llmselect.requirements import Requirements, parse
from llmselect.results.recommendation import RecommendedModel
from llmselect.results.replacement import Candidate, Life, Replacement

if TYPE_CHECKING:
    from llmselect.catalog.schema import Model, Offering


def replace(
    model: Model,
    given: Mapping[str, Any],
    facts: Facts,
    detected: Detected | None = None,
    top: int = 5,
    found_in: Mapping[str, str] = MappingProxyType({}),
) -> Replacement:
    """Successors of a model; `given` are the user's own requirements, which go over the implied ones.

    `found_in` names the file of each of those that stood in one which nobody named.
    Raises LlmselectError for bad requirements.
    """
    asked = implied(model)
    needs = parse({**asked, **given}).model_copy(update={"found_in": found_in})
    answer = recommend(needs, facts, detected, top, without=model.id)
    lives = tuple(_life(host, offering, needs) for host, offering in offerings(facts.catalog, model.id))
    candidates = tuple(_candidate(row, model, lives, facts, needs) for row in answer.recommendations)
    return Replacement(model.id, model.name, lives, asked, candidates, answer)


def _life(host: str, offering: Offering, needs: Requirements) -> Life:
    dates = offering.lifecycle
    ends = dates.shutdown.value if dates.shutdown else None
    price = next(
        (p for p in reversed(offering.prices) if p.above_input_tokens is None and not p.batch and not p.peak_hours),
        None,
    )
    return Life(
        host=host,
        api_id=offering.api_id.value if offering.api_id else None,
        status=offering_status(offering, needs.as_of),
        ends=ends.isoformat() if ends else None,
        replacement=dates.replacement.value if dates.replacement else None,
        input_usd_per_mtok=price.input_usd_per_mtok if price else None,
        output_usd_per_mtok=price.output_usd_per_mtok if price else None,
    )


def _candidate(
    row: RecommendedModel, old: Model, lives: tuple[Life, ...], facts: Facts, needs: Requirements
) -> Candidate:
    catalog = facts.catalog
    new = catalog.models[row.model]
    served = [_life(host, offering, needs) for host, offering in offerings(catalog, new.id) if host == row.host]
    had, has = _capabilities(old), _capabilities(new)
    return Candidate(
        recommendation=row,
        quality_points=_quality_points(row, old, facts, needs),
        price_ratio=_ratio(_token_price(served), _token_price(list(lives))),
        context_ratio=_ratio(new.max_context_tokens, old.max_context_tokens),
        gained=tuple(sorted(has - had)),
        lost=tuple(sorted(had - has)),
        ends=next((life.ends for life in served if life.ends), None),
    )


def _capabilities(model: Model) -> set[str]:
    return set(model.capabilities.value or ()) if model.capabilities else set()


def _quality_points(row: RecommendedModel, old: Model, facts: Facts, needs: Requirements) -> float | None:
    """The candidate at its own effort against the old model at its best one."""
    ours = best_quality(facts, needs.task, old.id, needs.effort)
    theirs = best_quality(facts, needs.task, row.model, row.effort or "default")
    return theirs.score.value - ours.score.value if ours and theirs else None


def _token_price(lives: list[Life]) -> float | None:
    """USD per million input and output tokens added, at the first host that states both."""
    for life in lives:
        if life.input_usd_per_mtok is not None and life.output_usd_per_mtok is not None:
            return life.input_usd_per_mtok + life.output_usd_per_mtok
    return None


def _ratio(new: float | None, old: float | None) -> float | None:
    return new / old if new is not None and old else None
