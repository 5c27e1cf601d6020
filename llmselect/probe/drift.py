"""How a processor's changing pace moved the timings of a run, and what they would be at one pace.

On a virtual machine the same work takes a third more or less from one minute to the next. Beside what is timed the pace
is taken, the seconds of a fixed computation. Within a timing all repeats do the same work, so that they tell how much
slower a prompt, which computes, and a step, which reads too, get with the pace.
"""

import math
from collections.abc import Iterable, Sequence
from statistics import fmean, median, pstdev
from typing import NamedTuple

# Powers of the pace that are taken before anything was seen, and how much log variance they count for.
PROMPT_POWER, STEP_POWER = 1.0, 0.5
PRIOR_WEIGHT = 0.05


class Repeats(NamedTuple):
    """Seconds of the same work done several times, of a prompt or of a step, and the pace beside each."""

    prompt: bool
    seconds: tuple[float, ...]
    paces: tuple[float, ...]


class Drift(NamedTuple):
    """The usual pace of a run in seconds (0: unknown), and the powers of the pace with which timings grow.

    `deviation` is the standard deviation of the logarithm of the pace.
    """

    usual_s: float
    prompt_power: float = PROMPT_POWER
    step_power: float = STEP_POWER
    deviation: float = 0.0

    def error(self, *, prompt: bool) -> float:
        """How much a speed at another time may differ for the pace alone: a standard error, as a logarithm."""
        return self.deviation * (self.prompt_power if prompt else self.step_power)

    def slower(self, pace_s: float, *, prompt: bool) -> float:
        """How many times longer than at the usual pace a prompt or a step takes at another; 1 where one is unknown."""
        if not self.usual_s or not pace_s:
            return 1.0
        return float((pace_s / self.usual_s) ** (self.prompt_power if prompt else self.step_power))


def drift_of_paces(paces: Iterable[float]) -> Drift:
    """The usual pace is the median of the known ones; the powers are those of other machines."""
    known = [pace for pace in paces if pace]
    if not known:
        return Drift(0.0)
    return Drift(median(known), deviation=pstdev(math.log(pace) for pace in known))


def drift_of(found: Sequence[Repeats]) -> Drift:
    """What the repeats of a run tell of its drift."""
    known = [one for one in found if one.paces and all(one.paces)]
    prompts, steps = ([one for one in known if one.prompt == prompt] for prompt in (True, False))
    drift = drift_of_paces(pace for one in known for pace in one.paces)
    return drift._replace(prompt_power=_power(prompts, PROMPT_POWER), step_power=_power(steps, STEP_POWER))


def _power(found: Sequence[Repeats], prior: float) -> float:
    """The slope of log seconds over log pace within repeats, drawn towards the prior, between 0 and 1."""
    both, squares = PRIOR_WEIGHT * prior, PRIOR_WEIGHT
    for one in found:
        seconds, paces = _centred(one.seconds), _centred(one.paces)
        both += sum(second * pace for second, pace in zip(seconds, paces, strict=True))
        squares += sum(pace * pace for pace in paces)
    return min(1.0, max(0.0, both / squares))


def _centred(values: Sequence[float]) -> list[float]:
    logs = [math.log(value) for value in values]
    return [one - fmean(logs) for one in logs]
