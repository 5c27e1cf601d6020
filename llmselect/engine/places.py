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
    from llmselect.engine.rules import Said


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
        self._made: list[list[Option]] | None = None
        self.passes: bool | None = None
        self.said: Said | None = None

    @property
    def sample(self) -> Option:
        """It stands for the options in all that depends neither on quantisation nor on effort."""
        if self._sample is None:
            name, own = name_at(self, self.situation), (self.model, self.deployment, self.host, self.offering)
            runtime = self.situation.machine.runtime if self.deployment == "self-host" else None
            self._sample = Option(name, *own, runtime=runtime)
        return self._sample

    @property
    def fits(self) -> bool | None:
        """Whether there is room for some option; None where nobody knows."""
        return None if self.deployment == "self-host" else True

    def options(self) -> Sequence[list[Option]]:
        """The options, those together that differ in their effort alone."""
        if self._made is None:
            self._made = [self._alike(self.sample)]
        return self._made

    def fitting(self) -> Iterator[list[Option]]:
        """The same without those for which there is no room, which are not made."""
        return iter(self.options())

    def _alike(self, base: Option) -> list[Option]:
        return [at_effort(base, effort) for effort in self.efforts]


class OwnPlace(Place):
    """A model's weights on the machine, at each level of quantisation, the one that needs the least memory last."""

    __slots__ = ("_at", "_held", "_levels")

    def __init__(self, model: Model, levels: Sequence[Level], efforts: tuple[str, ...], situation: Situation) -> None:
        super().__init__(model, "self-host", "self", None, efforts, situation)
        self.levels, self._levels = len(levels), levels
        self._held: dict[int, Held] = {}
        self._at: dict[int, list[Option]] = {}

    @property
    def fits(self) -> bool:
        """Whether the machine has room for some option."""
        return self._hold(self.levels - 1).plan.fits

    def options(self) -> Sequence[list[Option]]:
        """The options, those together that differ in their effort alone."""
        return [self._options(level) for level in range(self.levels)]

    def fitting(self) -> Iterator[list[Option]]:
        """The options for which the machine has room; no others are made."""
        if not self.fits:
            return iter(())
        return (self._options(level) for level in range(self.levels) if self._hold(level).plan.fits)

    def _options(self, level: int) -> list[Option]:
        if level not in self._at:
            self._at[level] = self._alike(option_of(self._hold(level), self.situation))
        return self._at[level]

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
