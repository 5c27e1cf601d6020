"""Corrects timings for a processor whose speed drifts during a run.

On a virtual machine the same work may take a third longer one minute later. So each timing comes with the pace: the
seconds that a fixed computation took at the same moment. The repeats of one timing do the same work, and from them
follows how strongly prompts (compute-bound) and decoding steps (which also read memory) slow down with the pace.
"""

import math
from collections.abc import Iterable, Sequence
from statistics import fmean, median, pstdev
from typing import NamedTuple

# Prior exponents of the pace, and the log variance of pace that they are worth as evidence.
PROMPT_POWER, STEP_POWER = 1.0, 0.5
PRIOR_WEIGHT = 0.05


class Repeats(NamedTuple):
    """Seconds of each repeat of the same prompt or decoding step, and the pace at each repeat."""

    prompt: bool
    seconds: tuple[float, ...]
    paces: tuple[float, ...]


class Drift(NamedTuple):
    """A run's typical pace in seconds (0 if unknown), and the exponents with which timings grow with the pace.

    `deviation` is the standard deviation of the logarithm of the pace.
    """

    typical_pace_s: float
    prompt_power: float = PROMPT_POWER
    step_power: float = STEP_POWER
    deviation: float = 0.0

    def error(self, *, prompt: bool) -> float:
        """The standard error, as a logarithm, that a change of pace adds to a speed measured at another time."""
        return self.deviation * (self.prompt_power if prompt else self.step_power)

    def slowdown(self, pace_s: float, *, prompt: bool) -> float:
        """How many times longer a prompt or step takes at `pace_s` than at the typical pace; 1 if either is unknown."""
        if not self.typical_pace_s or not pace_s:
            return 1.0
        return float((pace_s / self.typical_pace_s) ** (self.prompt_power if prompt else self.step_power))


def drift_of_paces(paces: Iterable[float]) -> Drift:
    """The drift with the median of the known paces as the typical pace, and prior exponents."""
    known = [pace for pace in paces if pace]
    if not known:
        return Drift(0.0)
    return Drift(median(known), deviation=pstdev(math.log(pace) for pace in known))


def drift_of_repeats(timings: Sequence[Repeats]) -> Drift:
    """The drift with the typical pace and the exponents fitted to a run's repeats."""
    known = [timing for timing in timings if timing.paces and all(timing.paces)]
    prompts, steps = ([timing for timing in known if timing.prompt == prompt] for prompt in (True, False))
    drift = drift_of_paces(pace for timing in known for pace in timing.paces)
    return drift._replace(prompt_power=_power(prompts, PROMPT_POWER), step_power=_power(steps, STEP_POWER))


def _power(timings: Sequence[Repeats], prior: float) -> float:
    """The regression slope of log seconds on log pace within repeats, shrunk towards the prior, within 0 to 1."""
    products, squares = PRIOR_WEIGHT * prior, PRIOR_WEIGHT
    for timing in timings:
        seconds, paces = _centred_logs(timing.seconds), _centred_logs(timing.paces)
        products += sum(second * pace for second, pace in zip(seconds, paces, strict=True))
        squares += sum(pace * pace for pace in paces)
    return min(1.0, max(0.0, products / squares))


def _centred_logs(values: Sequence[float]) -> list[float]:
    logs = [math.log(value) for value in values]
    return [log - fmean(logs) for log in logs]
