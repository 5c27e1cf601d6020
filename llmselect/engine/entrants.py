"""The models that enter a request, each with its options, which are made and judged no further than somebody asks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from llmselect.engine.criteria import can_be_ranked, effort_can_be_ranked
from llmselect.engine.options import Option, Place, places_of
from llmselect.engine.quality import efforts_of
from llmselect.engine.rules import Judgement, judge_efforts, place_passes
from llmselect.engine.situation import Situation

if TYPE_CHECKING:
    from llmselect.catalog.schema import Model

Row = tuple[Option, Judgement]


class Entrant:
    """A model in a situation."""

    def __init__(self, model: Model, situation: Situation) -> None:
        self.model, self._situation = model, situation
        self._all = places_of(model, situation)
        self._judged: list[Row] = []
        self._coming = (
            row for place in self._all for efforts in place.options() for row in judge_efforts(efforts, situation)
        )

    @property
    def efforts(self) -> Iterator[str]:
        """The efforts at which it was scored."""
        return iter(efforts_of(self.model, self._situation.catalog.abilities))

    @property
    def size(self) -> int:
        """How many options it has."""
        return sum(place.size for place in self._all)

    @cached_property
    def first(self) -> Option | None:
        """An option that passes every rule, the first; None where there is none."""
        return next(self._passing(), None)

    @cached_property
    def ranked(self) -> bool:
        """Whether some option passes every rule and can be ranked."""
        situation = self._situation
        if not any(effort_can_be_ranked(self.model, effort, situation) for effort in self.efforts):
            return False
        return any(can_be_ranked(option, situation) for option in self._passing())

    @cached_property
    def judged(self) -> Sequence[Row]:
        """All options, with what the rules say."""
        return list(self._rows())

    @property
    def runs_here(self) -> bool:
        """Whether it may run on the machine."""
        return any(place.sample.offering is None and place_passes(place.sample, self._situation) for place in self._all)

    @property
    def places(self) -> Iterator[Place]:
        """The places that no rule excludes."""
        return (place for place in self._all if place_passes(place.sample, self._situation))

    def _passing(self) -> Iterator[Option]:
        return (option for option, judgement in self._rows() if judgement.passes)

    def _rows(self) -> Iterator[Row]:
        """What was judged before, and the others as they are judged."""
        yield from self._judged
        for row in self._coming:
            self._judged.append(row)
            yield row


def entrants(situation: Situation) -> list[Entrant]:
    """Every model of the catalogue, by id."""
    return [Entrant(model, situation) for _, model in sorted(situation.catalog.models.items())]
