"""The result of a probe, the same for every runtime."""

from collections.abc import Callable
from typing import NamedTuple

from llmselect.estimate.own_speeds import ProbedRates
from llmselect.probe.load import Load


class Progress(NamedTuple):
    """A probe's progress: the share of its work that is done, 0 to 1, and what it is doing."""

    share: float
    doing: str


Report = Callable[[Progress], None]


class Outcome(NamedTuple):
    """The result of probing one runtime on one device.

    `versions` are the packages or programs used, by name. `bytes_written` went to temporary files.
    `bytes_read_per_step` is the largest amount of weights that a timed step read, which must exceed `cache_bytes`,
    the last-level cache (None if unknown). `samples` counts timed runs. `load` is the machine's other work, None if
    it was not observed; `left_out` names timings for which there was no time.
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
