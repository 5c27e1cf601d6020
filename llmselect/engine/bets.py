"""Best bets: options of models without a score, judged by what is expected of them and named apart from the ranking."""

from __future__ import annotations

from collections.abc import Sequence

from llmselect.engine.criteria import quality_value, values_of
from llmselect.engine.entrants import Entrant
from llmselect.engine.options import Option, at_effort
from llmselect.engine.provisional import Expected, expected_of
from llmselect.engine.score import Scored, Weights, ranked, score
from llmselect.engine.situation import Situation
from llmselect.results.recommendation import Provisional, Unrated

UNRATED = "no scores that say enough of this task"


def expectations(
    entrants: Sequence[Entrant], situation: Situation, weights: Weights
) -> tuple[tuple[Provisional, ...], tuple[Unrated, ...]]:
    """Of models that pass and cannot be ranked those of which something can be expected, best first, and the others."""
    found: list[Provisional] = []
    others: list[Unrated] = []
    for entrant in entrants:
        model = entrant.model
        expected = None if model.id in situation.catalog.abilities.models else expected_of(model, situation)
        if expected is None:
            others.append(Unrated(model.id, model.name, next(entrant.admitted).id, UNRATED))
        else:
            found.append(_best(entrant, expected, situation, weights))
    found.sort(key=lambda row: (-round(row.score, 12), row.option))
    return tuple(found), tuple(others)


def _best(entrant: Entrant, expected: Expected, situation: Situation, weights: Weights) -> Provisional:
    """A model's best option at the effort of its ancestor."""
    model = entrant.model
    options = [at_effort(option, expected.effort) for option in entrant.admitted]
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
        quality=interval,
        predecessor=expected.predecessor,
        successions=expected.successions,
    )


def _scored(option: Option, expected: Expected, situation: Situation, weights: Weights) -> Scored:
    values = values_of(option, situation)
    values["quality"] = quality_value(expected.quality, option, situation)
    return score(option, values, weights)
