"""The models that enter a request, each with its options, which are made and judged no further than somebody asks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from llmselect.engine.criteria import can_be_ranked, effort_can_be_ranked
from llmselect.engine.options import Option
from llmselect.engine.places import Place, places_of
from llmselect.engine.rules import Judge, Row, judge_of
from llmselect.engine.situation import Situation
from llmselect.frozen import once

if TYPE_CHECKING:
    from llmselect.catalog.schema import Model


class Entrant:
    """A model in a situation."""

    def __init__(self, model: Model, situation: Situation, judge: Judge) -> None:
        self.model, self._situation, self._judge = model, situation, judge
        self._all = places_of(model, situation)

    @property
    def efforts(self) -> Sequence[str]:
        """The efforts at which it was scored."""
        return self._all[0].efforts

    @property
    def size(self) -> int:
        """How many options it has."""
        return sum([place.levels for place in self._all]) * len(self.efforts)

    @once
    def home(self) -> Place | None:
        """The first place at which an option passes every rule; None where there is none."""
        for place in self._all:
            if self._admits(place, whole=True) and self._some(place):
                return place
        return None

    @once
    def ranked(self) -> bool:
        """Whether some option passes every rule and can be ranked."""
        situation = self._situation
        if self.home is None or not any(effort_can_be_ranked(self.model, effort, situation) for effort in self.efforts):
            return False
        return not self._judge.asks_of_options or any(can_be_ranked(option, situation) for option in self.admitted)

    @once
    def judged(self) -> Sequence[Row]:
        """All options, with what the rules say."""
        judged = self._judge.judged
        return [row for place in self._all for efforts in place.options() for row in judged(efforts, place.said)]

    @property
    def admitted(self) -> Iterator[Option]:
        """The options that pass every rule."""
        return (
            option for place in self.places for efforts in place.fitting() for option in self._judge.passing(efforts)
        )

    @property
    def runs_here(self) -> bool:
        """Whether it may run on the machine."""
        own = (place for place in self._all if place.offering is None)
        return any(self._admits(place) and place.fits is not False for place in own)

    @property
    def places(self) -> Iterator[Place]:
        """The places that no rule excludes."""
        return filter(self._admits, self._all)

    def _some(self, place: Place) -> bool:
        """Whether some option at a place that no rule excludes passes every rule."""
        if self._judge.asks_of_options or place.fits is None:
            return any(self._judge.passing(efforts) for efforts in place.fitting())
        return place.fits

    def _admits(self, place: Place, *, whole: bool = False) -> bool:
        """Whether no rule excludes a place; with `whole` all is heard that is said of it."""
        if place.passes is None:
            if whole:
                place.said = self._judge.of_site(place)
                place.passes = not place.said.judgement.against
            else:
                place.passes = self._judge.admits(place)
        return place.passes


def entrants(situation: Situation, models: Iterable[str] | None = None) -> list[Entrant]:
    """Every model of the catalogue, by id, or those of these ids."""
    known, judge = situation.catalog.models, judge_of(situation)
    return [Entrant(known[model], situation, judge) for model in (sorted(known) if models is None else models)]
