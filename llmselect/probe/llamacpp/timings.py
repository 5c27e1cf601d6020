"""Tasks for a runtime to time, and their timings."""

from collections.abc import Sequence
from statistics import median
from typing import NamedTuple

import numpy as np

from llmselect.probe.drift import Drift, Repeats

TYPICAL_QUANTILE = 0.25


class TimingTask(NamedTuple):
    """Times either reading `prompt_tokens`, or writing `decode_tokens` after `depth_tokens`; the other is 0."""

    prompt_tokens: int = 0
    decode_tokens: int = 0
    depth_tokens: int = 0
    repeats: int = 3


class Timing(NamedTuple):
    """Seconds of each repeat of a task: of the whole prompt, or of one decoding step.

    `paces` are the seconds of a fixed computation at each repeat; empty if they were not measured.
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
        """The repeats as input for the processor's drift."""
        return Repeats(self.prompt_tokens > 0, self.seconds, self.paces)

    def at_typical_pace(self, drift: Drift) -> "Timing":
        """The timing as if each repeat had run at the typical pace."""
        paces = self.paces or (0.0,) * len(self.seconds)
        slowdown = (drift.slowdown(pace, prompt=self.prompt_tokens > 0) for pace in paces)
        return self._replace(seconds=tuple(one / factor for one, factor in zip(self.seconds, slowdown, strict=True)))

    @property
    def typical_s(self) -> float:
        """The lower quartile of the repeats, since disturbances only make them slower."""
        return float(np.quantile(self.seconds, TYPICAL_QUANTILE))


class FileTimings(NamedTuple):
    """All timings of one file, with build and device; CPU seconds and peak memory are None if unknown."""

    timings: tuple[Timing, ...]
    build: str
    device: str
    cpu_s: float | None = None
    peak_rss_bytes: int | None = None


def merge_rounds(rounds: Sequence[FileTimings]) -> FileTimings:
    """One file's timings from several rounds of the same tasks."""
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
