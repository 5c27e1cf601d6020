"""Where each model can run: at its hosts, and open weights on the machine; with its options there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from llmselect.engine.options import (
    Deployment,
    Held,
    Level,
    Option,
    Site,
    at_effort,
    base_of,
    hold,
    name_at,
    offerings_of,
    option_of,
    sizes_of,
    worth_levels,
)
from llmselect.engine.quality import efforts_of
from llmselect.engine.situation import Situation

if TYPE_CHECKING:
    from llmselect.catalog.schema import Model, Offering
    from llmselect.engine.rules import Judgement


class Place(Site):
    """A site with the model's options there, which are made when somebody asks for them.

    `levels` is at how many quantisations there are some. `said` is what the rules said of it, and `passes` whether
    they admit it, as far as somebody has asked.
    """

    __slots__ = ("_made", "_sample", "efforts", "levels", "passes", "said", "situation")

    def __init__(
        self,
        model: Model,
        deployment: Deployment,
        host: str,
        offering: Offering | None,
        efforts: tuple[str, ...],
        situation: Situation,
    ) -> None:
        self.model, self.deployment, self.host, self.offering = model, deployment, host, offering
        self.efforts, self.situation, self.levels = efforts, situation, 1
        self._sample: Option | None = None
        self._made: dict[int, list[Option]] | None = None
        self.passes: bool | None = None
        self.said: Judgement | None = None

    @property
    def name(self) -> str:
        """The options' id without quantisation and effort."""
        return name_at(self, self.situation)

    @property
    def sample(self) -> Option:
        """It stands for the options in all that depends neither on quantisation nor on effort."""
        if self._sample is None:
            runtime = self.situation.machine.runtime if self.deployment == "self-host" else None
            own = (self.model, self.deployment, self.host, self.offering)
            self._sample = Option(self.name, *own, None, runtime)
        return self._sample

    @property
    def size(self) -> int:
        """How many options there are."""
        return self.levels * len(self.efforts)

    @property
    def fits(self) -> bool:
        """Whether there may be room for some option."""
        return True

    @property
    def sized(self) -> bool:
        """Whether that is known: a host has room, and weights of a known size have it or not."""
        return self.deployment != "self-host"

    def options(self) -> Iterator[list[Option]]:
        """The options, those together that differ in their effort alone."""
        return map(self._at, range(self.levels))

    def fitting(self) -> Iterator[list[Option]]:
        """The same without those for which there is no room, which are not made."""
        return self.options()

    def alike(self) -> Iterator[tuple[Option, int]]:
        """Of the levels that are alike in whether there is room, what needs the least of it, and how many they are."""
        yield self._base(0), self.levels

    def _at(self, level: int) -> list[Option]:
        if self._made is None:
            self._made = {}
        if level not in self._made:
            base = self._base(level)
            self._made[level] = [at_effort(base, effort) for effort in self.efforts]
        return self._made[level]

    def _base(self, level: int) -> Option:
        return self.sample


class OwnPlace(Place):
    """A model's weights on the machine, at each level of quantisation, the one that needs the least memory last."""

    __slots__ = ("_held", "_levels")

    def __init__(self, model: Model, levels: Sequence[Level], efforts: tuple[str, ...], situation: Situation) -> None:
        super().__init__(model, "self-host", "self", None, efforts, situation)
        self.levels, self._levels = len(levels), levels
        self._held: dict[int, Held] = {}

    @property
    def sized(self) -> bool:
        """Whether it is known if there is room."""
        return True

    @property
    def fits(self) -> bool:
        """Whether the machine has room for some option."""
        return self._hold(self.levels - 1).plan.fits

    def fitting(self) -> Iterator[list[Option]]:
        """The options for which the machine has room; no others are made."""
        if not self.fits:
            return iter(())
        return (self._at(level) for level in range(self.levels) if self._hold(level).plan.fits)

    def alike(self) -> Iterator[tuple[Option, int]]:
        """Of the levels that are alike in whether there is room, what needs the least of it, and how many they are."""
        if not self.fits:
            yield base_of(self._at(self.levels - 1)), self.levels
            return
        groups: dict[bool, list[int]] = {}
        for level in range(self.levels):
            groups.setdefault(self._hold(level).plan.fits, []).append(level)
        for levels in groups.values():
            yield base_of(self._at(levels[-1])), len(levels)

    def _base(self, level: int) -> Option:
        return option_of(self._hold(level), self.situation)

    def _hold(self, level: int) -> Held:
        if level not in self._held:
            sizes = sizes_of(self.model, self.situation.machine.runtime, self.situation)
            self._held[level] = hold(sizes, *self._levels[level], self.situation)
        return self._held[level]


def expand(model: Model, situation: Situation) -> Iterator[Option]:
    """The options of a model: at each place, on a machine at each quantisation, at each effort that was scored.

    The effort is named at the end of the id unless it is `default`.
    """
    for found in places_of(model, situation):
        for efforts in found.options():
            yield from efforts


def places_of(model: Model, situation: Situation) -> list[Place]:
    """The places of a model; one that is neither served nor downloadable has one that no rule admits."""
    efforts = efforts_of(model, situation.catalog.abilities)
    places = [
        Place(model, offering.deployment, host, offering, efforts, situation)
        for host, offering in offerings_of(model.id, situation)
    ]
    if model.open_weights:
        sized = model.parameters is not None or model.architecture is not None
        levels = worth_levels(model, situation) if sized else []
        if levels:
            places.append(OwnPlace(model, levels, efforts, situation))
        elif not sized:
            places.append(Place(model, "self-host", "self", None, efforts, situation))
    return places or [Place(model, "none", "none", None, efforts, situation)]
