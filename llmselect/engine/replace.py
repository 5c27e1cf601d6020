"""What to do when a model ends: what its facts ask of a successor, and how the candidates differ from it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from llmselect.catalog.lookup import offering_status, offerings
from llmselect.catalog.promises import task_aims
from llmselect.engine.machine import Detected
from llmselect.engine.quality import best_quality, quality_of
from llmselect.engine.recommend import recommend
from llmselect.requirements import Requirements, parse
from llmselect.results.recommendation import RecommendedModel
from llmselect.results.replacement import Candidate, Life, Replacement

if TYPE_CHECKING:
    from llmselect.catalog.schema import Catalog, Model, Offering, Price

IMPLIED_CAPABILITIES = ("tools", "structured-output", "reasoning")
MOST_IMPLIED_CONTEXT_TOKENS = 128_000  # larger windows are rarely filled; --context-tokens asks for more


def implied(model: Model) -> dict[str, Any]:
    """The requirements that a model's facts imply: context, modalities, capabilities, open weights."""
    window = model.max_context_tokens
    wanted = [name for name in IMPLIED_CAPABILITIES if model.capabilities and name in (model.capabilities.value or ())]
    found: dict[str, Any] = {
        "context_tokens": min(window, MOST_IMPLIED_CONTEXT_TOKENS) if window else None,
        "modality_in": tuple(model.modalities_in.value or ()),
        "modality_out": tuple(model.modalities_out.value or ()),
        "needs": tuple(wanted),
        "open_weights": model.open_weights or None,
    }
    return {name: value for name, value in found.items() if value}


def replace(
    model: Model,
    given: Mapping[str, Any],
    catalog: Catalog,
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
    others = catalog.model_copy(update={"models": {k: row for k, row in catalog.models.items() if k != model.id}})
    if needs.at_least is not None:
        others = catalog
    answer = recommend(needs, others, detected)
    rows = [row for row in answer.recommendations if row.model != model.id][:top]
    lives = tuple(_life(host, offering, needs) for host, offering in offerings(catalog, model.id))
    candidates = tuple(_candidate(row, model, lives, catalog, needs) for row in rows)
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


def _plain(price: Price, as_of: date) -> bool:
    """Whether it is the ordinary price per token that had begun by a day: the last one also after its end."""
    special = price.above_input_tokens is not None or price.batch or price.peak_hours
    return not special and price.input_usd_per_mtok is not None and price.from_ <= as_of


def _candidate(
    row: RecommendedModel, old: Model, lives: tuple[Life, ...], catalog: Catalog, needs: Requirements
) -> Candidate:
    new = catalog.models[row.model]
    served = [_life(host, offering, needs) for host, offering in offerings(catalog, new.id) if host == row.host]
    had, has = _capabilities(old), _capabilities(new)
    return Candidate(
        recommendation=row,
        quality_points=_quality_points(row, old, catalog, needs),
        price_ratio=_ratio(_token_price(served), _token_price(list(lives))),
        context_ratio=_ratio(new.max_context_tokens, old.max_context_tokens),
        gained=tuple(sorted(has - had)),
        lost=tuple(sorted(had - has)),
        ends=next((life.ends for life in served if life.ends), None),
    )


def _capabilities(model: Model) -> set[str]:
    return set(model.capabilities.value or ()) if model.capabilities else set()


def _quality_points(row: RecommendedModel, old: Model, catalog: Catalog, needs: Requirements) -> float | None:
    """The candidate at its own effort against the old model at its best one."""
    task, scale = catalog.tasks.tasks[needs.task], catalog.abilities
    ours = best_quality(old, task, catalog, needs.effort)
    theirs = quality_of(catalog.models[row.model], row.effort or "default", task_aims(scale, task), scale)
    return theirs.score.value - ours.score.value if ours and theirs else None


def _token_price(lives: list[Life]) -> float | None:
    """USD per million input and output tokens added, at the first host that states both."""
    for life in lives:
        if life.input_usd_per_mtok is not None and life.output_usd_per_mtok is not None:
            return life.input_usd_per_mtok + life.output_usd_per_mtok
    return None


def _ratio(new: float | None, old: float | None) -> float | None:
    return new / old if new is not None and old else None
