"""What to do when a model ends: what its facts ask of a successor, and how the candidates differ from it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from llmselect.catalog.lookup import offering_status, offerings
from llmselect.catalog.names.ended import WRITES_TEXT, EndedId, EndedIdError
from llmselect.catalog.names.hosts import own_host
from llmselect.engine.facts import Facts
from llmselect.engine.implied import implied
from llmselect.engine.machine.machines import Detected
from llmselect.engine.quality import best_quality
from llmselect.engine.recommend import recommend
from llmselect.engine.successor import Successors
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
    of_window = "context_tokens" not in given
    needs = parse({**asked, **given}).model_copy(update={"found_in": found_in, "window_only": of_window})
    answer = recommend(needs, facts, detected, top, without=model.id)
    lives = tuple(_life(host, offering, needs) for host, offering in offerings(facts.catalog, model.id))
    candidates = tuple(_candidate(row, model, lives, facts, needs) for row in answer.recommendations)
    led_to = _successor(lives, facts, needs.as_of, own_host(model.id))
    return Replacement(model.id, model.name, lives, led_to, asked, candidates, answer)


def replace_ended(
    ended: Sequence[EndedId],
    given: Mapping[str, Any],
    facts: Facts,
    detected: Detected | None = None,
    top: int = 5,
    found_in: Mapping[str, str] = MappingProxyType({}),
) -> Replacement:
    """What could take the place of an id that has ended, and of which the catalogue knows no more than that.

    What it could do is not known, so that nothing is implied. Raises EndedIdError for what was no model that writes
    text.
    """
    as_of = parse(given).as_of
    if ended[0].kind not in WRITES_TEXT:
        raise EndedIdError(ended[0].api_id, tuple(ended), as_of)
    needs = parse(given).model_copy(update={"found_in": found_in})
    answer = recommend(needs, facts, detected, top)
    lives = tuple(_ended_life(one, as_of) for one in ended)
    candidates = tuple(_candidate(row, None, lives, facts, needs) for row in answer.recommendations)
    led_to = _successor(lives, facts, as_of)
    return Replacement(ended[0].api_id, ended[0].api_id, lives, led_to, {}, candidates, answer)


def _successor(lives: Sequence[Life], facts: Facts, as_of: date, own: str = "") -> str | None:
    """The model to which the hosts' words lead on a day: the developer's `own`, then those that end it first."""
    in_order = sorted((life for life in lives if life.ends), key=lambda life: (life.host != own, str(life.ends)))
    found = Successors(facts.catalog, as_of).of([(life.host, life.replacement) for life in in_order])
    return found.id if found else None


def _ended_life(one: EndedId, as_of: date) -> Life:
    status = "retired" if one.ended <= as_of else "active"
    return Life(one.host, one.api_id, status, one.ended.isoformat(), one.replacement, None, None)


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
    row: RecommendedModel, old: Model | None, lives: tuple[Life, ...], facts: Facts, needs: Requirements
) -> Candidate:
    """How a possible successor differs from the old model, of which nothing may be known."""
    catalog = facts.catalog
    new = catalog.models[row.model]
    served = [_life(host, offering, needs) for host, offering in offerings(catalog, new.id) if host == row.host]
    had, has = _capabilities(old) if old else None, _capabilities(new)
    return Candidate(
        recommendation=row,
        quality_points=_quality_points(row, old, facts, needs) if old else None,
        price_ratio=_ratio(_token_price(served), _token_price(list(lives))),
        context_ratio=_ratio(new.max_context_tokens, old.max_context_tokens if old else None),
        gained=tuple(sorted(has - had)) if had is not None else (),
        lost=tuple(sorted(had - has)) if had is not None else (),
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
