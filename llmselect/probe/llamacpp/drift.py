"""How a processor's changing pace moved the timings of a run, and what they would be at one pace.

On a virtual machine the same work takes a third more or less from one minute to the next. Beside each repeat the
pace was taken, the seconds of a fixed computation. Within a timing all repeats do the same work, so that they tell
how much slower a prompt, which computes, and a step, which reads too, get with the pace.
"""

import math
from collections.abc import Sequence
from statistics import fmean, median
from typing import NamedTuple

from llmselect.probe.llamacpp.timings import Timing

# Powers of the pace that are taken before anything was seen, and how much log variance they count for.
PROMPT_POWER, STEP_POWER = 1.0, 0.5
PRIOR_WEIGHT = 0.05


class Drift(NamedTuple):
    """The usual pace of a run in seconds (0: unknown), and the powers of the pace with which timings grow."""

    usual_s: float
    prompt_power: float
    step_power: float

    def at_usual(self, timing: Timing) -> Timing:
        """The timing as if each repeat had run at the usual pace."""
        if not (self.usual_s and timing.paces and all(timing.paces)):
            return timing
        factors = (self.slower(timing, pace) for pace in timing.paces)
        return timing._replace(
            seconds=tuple(one / factor for one, factor in zip(timing.seconds, factors, strict=True)), paces=()
        )

    def slower(self, timing: Timing, pace_s: float) -> float:
        """How many times longer than at the usual pace such a timing takes at another."""
        power = self.prompt_power if timing.prompt_tokens else self.step_power
        return float((pace_s / self.usual_s) ** power)


def drift_of(timings: Sequence[Timing]) -> Drift:
    """What the repeats of a run tell of its drift."""
    paces = [pace for timing in timings for pace in timing.paces]
    known = [timing for timing in timings if timing.paces and all(timing.paces)]
    prompts = [timing for timing in known if timing.prompt_tokens]
    steps = [timing for timing in known if not timing.prompt_tokens]
    return Drift(median(paces) if paces else 0.0, _power(prompts, PROMPT_POWER), _power(steps, STEP_POWER))


def _power(timings: Sequence[Timing], prior: float) -> float:
    """The slope of log seconds over log pace within timings, drawn towards the prior, between 0 and 1."""
    both, squares = PRIOR_WEIGHT * prior, PRIOR_WEIGHT
    for timing in timings:
        seconds, paces = _centred(timing.seconds), _centred(timing.paces)
        both += sum(one * pace for one, pace in zip(seconds, paces, strict=True))
        squares += sum(pace * pace for pace in paces)
    return min(1.0, max(0.0, both / squares))


def _centred(values: Sequence[float]) -> list[float]:
    logs = [math.log(value) for value in values]
    return [one - fmean(logs) for one in logs]
