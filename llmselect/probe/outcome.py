"""What a probe hands back, whichever runtime it speaks of."""

from collections.abc import Callable
from typing import NamedTuple

from llmselect.estimate.own_speeds import ProbedRates
from llmselect.probe.load import Load


class Progress(NamedTuple):
    """Where a probe stands: the share of its work that is done, from 0 to 1, and what it does now."""

    share: float
    doing: str


Report = Callable[[Progress], None]


class Outcome(NamedTuple):
    """One probe of one runtime on one device.

    `versions` are the packages or programs that mattered, by name. `bytes_written` went to files that are gone
    again, `bytes_read_per_step` is the largest amount of weights that a timed step read, which had to exceed
    `cache_bytes`, the last-level cache (None where it is not known). `samples` counts timed runs. `load` is
    what else the machine did, None where nobody looked; `left_out` are timings that there was no time for.
    """

    runtime: str
    device: str
    build: str
    versions: dict[str, str]
    rates: tuple[ProbedRates, ...]
    bytes_written: int
    bytes_read_per_step: int
    cache_bytes: int | None
    samples: int
    seconds: float
    cpu_seconds: float
    peak_rss_bytes: int | None
    load: Load | None
    left_out: tuple[str, ...] = ()
