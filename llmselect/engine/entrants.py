"""The models that enter a request, each with its options, which are made and judged no further than somebody asks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from llmselect.engine.criteria import can_be_ranked, effort_can_be_ranked
from llmselect.engine.options import Option, Place, places_of
from llmselect.engine.rules import Judgement, judge_efforts, passing, place_passes
from llmselect.engine.situation import Situation

if TYPE_CHECKING:
    from llmselect.catalog.schema import Model

Row = tuple[Option, Judgement]


class Entrant:
    """A model in a situation."""

    def __init__(self, model: Model, situation: Situation) -> None:
        self.model, self._situation = model, situation
        self._all = places_of(model, situation)
        self._passes: dict[Place, bool] = {}

    @property
    def efforts(self) -> Sequence[str]:
        """The efforts at which it was scored."""
        return self._all[0].efforts

    @property
    def size(self) -> int:
        """How many options it has."""
        return sum(place.size for place in self._all)

    @cached_property
    def first(self) -> Option | None:
        """An option that passes every rule, the first; None where there is none."""
        return next(self._passing(whole=True), None)

    @cached_property
    def ranked(self) -> bool:
        """Whether some option passes every rule and can be ranked."""
        situation, first = self._situation, self.first
        if first is None or not any(effort_can_be_ranked(self.model, effort, situation) for effort in self.efforts):
            return False
        return can_be_ranked(first, situation) or any(can_be_ranked(option, situation) for option in self._passing())

    @cached_property
    def judged(self) -> Sequence[Row]:
        """All options, with what the rules say."""
        situation = self._situation
        together = (efforts for place in self._all for efforts in place.options())
        return [row for efforts in together for row in judge_efforts(efforts, situation)]

    @property
    def admitted(self) -> Iterator[Option]:
        """The options that pass every rule."""
        return self._passing()

    @property
    def served(self) -> bool:
        """Whether a host has it."""
        return self._all[0].sample.offering is not None

    @property
    def downloadable(self) -> bool:
        """Whether its weights can be had."""
        return self._all[-1].sample.offering is None

    def places(self, *, served: bool) -> Iterator[Place]:
        """The places at hosts, or those on the machine with room for an option, that no rule excludes."""
        asked = [place for place in self._all if (place.sample.offering is not None) == served]
        return (place for place in asked if self._admits(place) and place.fits)

    def _passing(self, *, whole: bool = False) -> Iterator[Option]:
        """The options that pass every rule; with `whole` all is heard that is said of the places."""
        for place in self._all:
            if self._admits(place, whole=whole):
                for efforts in place.fitting():
                    yield from passing(efforts, self._situation)

    def _admits(self, place: Place, *, whole: bool = False) -> bool:
        if place not in self._passes:
            self._passes[place] = place_passes(place.sample, self._situation, whole=whole)
        return self._passes[place]


def entrants(situation: Situation) -> list[Entrant]:
    """Every model of the catalogue, by id."""
    return [Entrant(model, situation) for _, model in sorted(situation.catalog.models.items())]
