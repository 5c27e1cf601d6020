"""Best bets: options of models without a score, judged by what is expected of them and named apart from the ranking."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from llmselect.engine.criteria import quality_value, values_of
from llmselect.engine.options import Option, at_effort
from llmselect.engine.provisional import Expected, expected_of
from llmselect.engine.result import Provisional, Unrated
from llmselect.engine.rules import Judgement
from llmselect.engine.score import Scored, Weights, ranked, score
from llmselect.engine.situation import Situation

if TYPE_CHECKING:
    from llmselect.catalog.schema import Model


def expectations(
    unrated: tuple[Unrated, ...],
    passing: Sequence[tuple[Option, Judgement]],
    situation: Situation,
    weights: Weights,
) -> tuple[tuple[Provisional, ...], tuple[Unrated, ...]]:
    """The unrated models of which something can be expected, best first, and the others."""
    models = {option.model.id: option.model for option, _ in passing}
    found: dict[str, Expected] = {}
    for row in unrated:
        if row.model not in situation.catalog.abilities.models:
            expected = expected_of(models[row.model], situation)
            if expected is not None:
                found[row.model] = expected
    rows = [_best(models[name], expected, passing, situation, weights) for name, expected in found.items()]
    rows.sort(key=lambda row: (-round(row.score, 12), row.option))
    return tuple(rows), tuple(row for row in unrated if row.model not in found)


def _best(
    model: Model,
    expected: Expected,
    passing: Sequence[tuple[Option, Judgement]],
    situation: Situation,
    weights: Weights,
) -> Provisional:
    """A model's best option at the effort of its ancestor."""
    options = [at_effort(option, expected.effort) for option, _ in passing if option.model.id == model.id]
    best = ranked([_scored(option, expected, situation, weights) for option in options])[0]
    interval = best.values["quality"].interval
    assert interval is not None
    return Provisional(
        model=model.id,
        name=model.name,
        option=best.option.id,
        host=best.option.host,
        effort=None if expected.effort == "default" else expected.effort,
        score=best.score,
        quality=(interval.low, interval.value, interval.high),
        predecessor=expected.predecessor,
        successions=expected.successions,
    )


def _scored(option: Option, expected: Expected, situation: Situation, weights: Weights) -> Scored:
    values = values_of(option, situation)
    values["quality"] = quality_value(expected.quality, option, situation)
    return score(option, values, weights)
