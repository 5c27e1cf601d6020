"""What a runtime is asked to time, and what it answers."""

from collections.abc import Sequence
from statistics import median
from typing import NamedTuple

import numpy as np

from llmselect.probe.drift import Drift, Repeats

TYPICAL = 0.25


class Ask(NamedTuple):
    """One timing: reading `prompt_tokens`, or writing `decode_tokens` behind `depth_tokens`; the other is 0."""

    prompt_tokens: int = 0
    decode_tokens: int = 0
    depth_tokens: int = 0
    repeats: int = 3


class Timing(NamedTuple):
    """Seconds that each repeat of an ask took: the whole prompt, or one step of decoding.

    `paces` are the seconds of a fixed computation beside each repeat, none where nobody looked.
    """

    prompt_tokens: int
    decode_tokens: int
    depth_tokens: int
    seconds: tuple[float, ...]
    paces: tuple[float, ...] = ()

    @property
    def median_s(self) -> float:
        """The median of the repeats."""
        return median(self.seconds)

    @property
    def repeats(self) -> Repeats:
        """What it tells of the drift of the processor."""
        return Repeats(self.prompt_tokens > 0, self.seconds, self.paces)

    def at_typical_pace(self, drift: Drift) -> "Timing":
        """The timing as if each repeat had run at the usual pace."""
        paces = self.paces or (0.0,) * len(self.seconds)
        slowdown = (drift.slowdown(pace, prompt=self.prompt_tokens > 0) for pace in paces)
        return self._replace(seconds=tuple(one / factor for one, factor in zip(self.seconds, slowdown, strict=True)))

    @property
    def typical_s(self) -> float:
        """Their lower quartile: what disturbs some of them makes them slower, never faster."""
        return float(np.quantile(self.seconds, TYPICAL))


class Timed(NamedTuple):
    """All timings of one file, by which build on which device; CPU seconds and peak memory are None where unknown."""

    timings: tuple[Timing, ...]
    build: str
    device: str
    cpu_s: float | None = None
    peak_rss_bytes: int | None = None


def together(rounds: Sequence[Timed]) -> Timed:
    """What one file gave in several rounds of the same asks."""
    timings = tuple(
        same[0]._replace(
            seconds=tuple(second for one in same for second in one.seconds),
            paces=tuple(pace for one in same for pace in one.paces),
        )
        for same in zip(*(one.timings for one in rounds), strict=True)
    )
    cpu = [one.cpu_s for one in rounds if one.cpu_s is not None]
    peaks = [one.peak_rss_bytes for one in rounds if one.peak_rss_bytes is not None]
    return rounds[0]._replace(timings=timings, cpu_s=sum(cpu) if cpu else None, peak_rss_bytes=max(peaks, default=None))
