"""The models that enter a request, each with its options, which are made and judged no further than somebody asks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from llmselect.engine.criteria import can_be_ranked, effort_can_be_ranked
from llmselect.engine.options import Option, id_at_effort
from llmselect.engine.places import Place, places_of
from llmselect.engine.rules import Against, Judge, Judgement, Row, judge_of
from llmselect.engine.situation import Situation

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

    @cached_property
    def home(self) -> Place | None:
        """The first place at which an option passes every rule; None where there is none."""
        for place in self._all:
            if not self._said(place).against and self._some(place):
                return place
        return None

    @property
    def first(self) -> Option | None:
        """What stands for the options there."""
        return self.home.sample if self.home is not None else None

    @cached_property
    def ranked(self) -> bool:
        """Whether some option passes every rule and can be ranked."""
        situation = self._situation
        if self.home is None or not any(effort_can_be_ranked(self.model, effort, situation) for effort in self.efforts):
            return False
        return not self._judge.asks_of_options or any(can_be_ranked(option, situation) for option in self.admitted)

    @cached_property
    def judged(self) -> Sequence[Row]:
        """All options, with what the rules say."""
        judged, situation = self._judge.judged, self._situation
        rows = ((efforts, self._said(place)) for place in self._all for efforts in place.options())
        return [row for efforts, said in rows for row in judged(efforts, situation, said)]

    @property
    def against(self) -> Iterator[Against]:
        """The same of what no place admits, those together that the rules cannot tell apart but by figures."""
        if self._judge.asks_of_options:
            return ((self.model, option.id, 1, judgement) for option, judgement in self.judged)
        return (row for place in self._all for row in self._alike(place))

    @property
    def admitted(self) -> Iterator[Option]:
        """The options that pass every rule."""
        passing, situation = self._judge.passing, self._situation
        together = (efforts for place in filter(self._admits, self._all) for efforts in place.fitting())
        return (option for efforts in together for option in passing(efforts, situation))

    @property
    def served(self) -> bool:
        """Whether a host has it."""
        return self._all[0].offering is not None

    @property
    def downloadable(self) -> bool:
        """Whether its weights can be had."""
        return self._all[-1].offering is None

    def places(self, *, served: bool) -> Iterator[Place]:
        """The places at hosts, or those on the machine with room for an option, that no rule excludes."""
        asked = [place for place in self._all if (place.offering is not None) == served]
        return (place for place in asked if self._admits(place) and place.fits)

    def _alike(self, place: Place) -> Iterator[Against]:
        said, last = self._said(place), self.efforts[-1]
        if place.offering is not None:
            yield self.model, id_at_effort(place.name, last), place.size, said
            return
        for base, levels in place.alike():
            judgement = self._judge.of_base(base, self._situation, said)
            yield self.model, id_at_effort(base.id, last), levels * len(self.efforts), judgement

    def _said(self, place: Place) -> Judgement:
        """All that the rules say of a place."""
        if place.said is None:
            place.said = self._judge.of_site(place, self._situation)
            place.passes = not place.said.against
        return place.said

    def _some(self, place: Place) -> bool:
        """Whether some option at a place that no rule excludes passes every rule."""
        if place.sized and not self._judge.asks_of_options:
            return place.fits
        return any(self._judge.passing(efforts, self._situation) for efforts in place.fitting())

    def _admits(self, place: Place) -> bool:
        """Whether no rule excludes a place."""
        if place.passes is None:
            place.passes = self._judge.admits(place, self._situation)
        return place.passes


def entrants(situation: Situation, models: Iterable[str] | None = None) -> list[Entrant]:
    """Every model of the catalogue, by id, or those of these ids."""
    known, judge = situation.catalog.models, judge_of(situation)
    return [Entrant(known[model], situation, judge) for model in (sorted(known) if models is None else models)]
