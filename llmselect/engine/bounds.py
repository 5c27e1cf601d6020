"""The most that options can score, from what is known of them without their speed and their whole bill.

A model's options are bounded together, then those at each of its places, then each alone: of most models nothing needs
a closer look than the first.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from llmselect.engine.costs import least_usd, least_usd_at_effort
from llmselect.engine.criteria import (
    UNKNOWN_UTILITY,
    can_be_ranked,
    cost_scale,
    headroom,
    openness_utility,
    promise_of,
    quality_scale,
    safety_utility,
    utility,
    value_of,
)
from llmselect.engine.entrants import Entrant
from llmselect.engine.options import Option, offerings_of
from llmselect.engine.places import Place
from llmselect.engine.rules import passing
from llmselect.engine.rules_fit import limit_fact
from llmselect.engine.situation import Situation
from llmselect.engine.speeds import may_be_known

if TYPE_CHECKING:
    from llmselect.catalog.schema import Model
    from llmselect.catalog.words import CriterionName
    from llmselect.engine.score import Weights

Utilities = Sequence[float]  # by criterion, in the order of the weights
Most = Callable[[Option, Situation], float]


class Part(NamedTuple):
    """Some of a model's options: the most that the utilities of any can be, and the parts that these consist of.

    Where it is one option, that is `option`, and there are no smaller parts. `sample` stands for what runs at one
    place, in all that the place decides.
    """

    model: str
    most: Utilities
    sample: Option | None
    option: Option | None
    parts: Callable[[], list[Part]]


class Bounds:
    """Bounds by the criteria that have a weight; those of the others are one."""

    def __init__(self, weights: Weights, situation: Situation) -> None:
        self._situation, self._weights = situation, weights
        self._places = {name: at for at, name in enumerate(weights)}
        self._ones = [1.0] * len(weights)
        names = [(at, name) for at, (name, weight) in enumerate(weights.items()) if weight]
        self._of_model = [(at, _OF_MODEL[name]) for at, name in names if name in _OF_MODEL]
        self._of_place = [(at, _OF_PLACE[name]) for at, name in names if name in _OF_PLACE]
        self._served = [(at, _SERVED[name]) for at, name in names if name in _SERVED]
        self._of_effort = [(at, _OF_EFFORT[name]) for at, name in names if name in _OF_EFFORT]
        self._quality_at = next((at for at, name in names if name == "quality"), None)

    def of_model(self, entrant: Entrant) -> Part:
        """All that competes of a model that can be ranked."""
        sample = entrant.first
        assert sample is not None
        most = self._changed(self._ones, self._of_model, sample)
        if self._quality_at is not None:
            most[self._quality_at] = max(self._quality(entrant.model, effort) for effort in entrant.efforts)
        if not entrant.downloadable:
            return self._at_hosts(entrant, most)
        return Part(entrant.model.id, most, None, None, lambda: self._here_or_not(entrant, most))

    def of_option(self, option: Option) -> Part:
        """One option that competes."""
        most = self._changed(self._changed(self._ones, self._of_model, option), self._of_place, option)
        return self._at_effort(option, most)

    def place(self, name: CriterionName) -> int:
        """Where a criterion stands among utilities."""
        return self._places[name]

    def utility(self, part: Part, name: CriterionName) -> float:
        """The most that a utility of a part's options can be, by a criterion with or without a weight."""
        if self._weights[name] or part.sample is None:
            return part.most[self._places[name]]
        return (_OF_MODEL | _OF_PLACE).get(name, _one)(part.sample, self._situation)

    def _here_or_not(self, entrant: Entrant, of_model: Utilities) -> list[Part]:
        here = self._at_places(entrant, of_model, served=False)
        return [*here, self._at_hosts(entrant, of_model)] if entrant.served else here

    def _at_hosts(self, entrant: Entrant, of_model: Utilities) -> Part:
        """All that hosts have of a model."""
        assert entrant.first is not None
        most = self._changed(of_model, self._served, entrant.first)
        return Part(entrant.model.id, most, None, None, lambda: self._at_places(entrant, most, served=True))

    def _at_places(self, entrant: Entrant, before: Utilities, *, served: bool) -> list[Part]:
        return [self._at_place(place, before) for place in entrant.places(served=served)]

    def _at_place(self, place: Place, of_model: Utilities) -> Part:
        most = self._changed(of_model, self._of_place, place.sample)
        return Part(place.sample.model.id, most, place.sample, None, lambda: self._options(place, most))

    def _options(self, place: Place, of_place: Utilities) -> list[Part]:
        situation = self._situation
        admitted = (option for efforts in place.fitting() for option in passing(efforts, situation))
        return [self._at_effort(option, of_place) for option in admitted if can_be_ranked(option, situation)]

    def _at_effort(self, option: Option, of_place: Utilities) -> Part:
        most = self._changed(of_place, self._of_effort, option)
        if self._quality_at is not None:
            most[self._quality_at] = self._quality(option.model, option.effort)
        return Part(option.model.id, most, option, option, list)

    def _changed(self, before: Utilities, found: Sequence[tuple[int, Most]], sample: Option) -> list[float]:
        most = list(before)
        for at, find in found:
            most[at] = find(sample, self._situation)
        return most

    def _quality(self, model: Model, effort: str) -> float:
        """That of the weights as released: quantisation gives nothing."""
        found = promise_of(model, effort, self._situation)
        return 0.0 if found is None else utility(quality_scale(self._situation), found[1])


def _one(sample: Option, situation: Situation) -> float:
    return 1.0


def _adaptability(sample: Option, situation: Situation) -> float:
    return value_of("adaptability", sample, situation).utility


def _most_latency_at_hosts(sample: Option, situation: Situation) -> float:
    """One, where anything was measured."""
    return 1.0 if situation.machine.own_speeds.measurements else UNKNOWN_UTILITY


def _most_latency(sample: Option, situation: Situation) -> float:
    """One, where anything may be known of the speed."""
    return 1.0 if sample.deployment == "self-host" or may_be_known(sample, situation) else UNKNOWN_UTILITY


def _most_cost(sample: Option, situation: Situation) -> float:
    """That of the least bill at a place."""
    return _of_bill(least_usd(sample, situation), situation)


def _most_cost_at_effort(option: Option, situation: Situation) -> float:
    return _of_bill(least_usd_at_effort(option, situation), situation)


def _of_bill(usd: float | None, situation: Situation) -> float:
    return UNKNOWN_UTILITY if usd is None else utility(cost_scale(situation), usd)


def _most_paid(sample: Option, situation: Situation) -> float:
    """That of a prompt and an answer without thinking, at the lowest prices that any host of the model has had."""
    prices = [price for _, offering in offerings_of(sample.model.id, situation) for price in offering.prices]
    rates = [(0.0, 0.0) if row.free else (row.input_usd_per_mtok, row.output_usd_per_mtok) for row in prices]
    read, written = [usd for usd, _ in rates if usd is not None], [usd for _, usd in rates if usd is not None]
    if not read or not written:
        return UNKNOWN_UTILITY
    tokens = situation.total_tokens
    fresh, shown = tokens.prompt - tokens.cached - tokens.cache_write, tokens.output - tokens.thinking
    usd = (fresh * min(read) + shown * min(written)) / 1e6 / tokens.requests
    return max(UNKNOWN_UTILITY, utility(cost_scale(situation), usd * (situation.needs.monthly_requests or 1000)))


def _context(sample: Option, situation: Situation) -> float:
    return headroom(limit_fact(sample, "context_tokens")[1], situation).utility


_OF_MODEL: dict[CriterionName, Most] = {"safety": safety_utility, "openness": openness_utility}
_OF_PLACE: dict[CriterionName, Most] = {
    "context": _context,
    "adaptability": _adaptability,
    "latency": _most_latency,
    "cost": _most_cost,
}
_SERVED: dict[CriterionName, Most] = {"latency": _most_latency_at_hosts, "cost": _most_paid}  # of all hosts together
_OF_EFFORT: dict[CriterionName, Most] = {"cost": _most_cost_at_effort}
