"""Repeats whose pace changes."""

import pytest

from llmselect.probe.llamacpp.drift import PROMPT_POWER, STEP_POWER, Drift, drift_of
from llmselect.probe.llamacpp.timings import Timing

PACES = (0.005, 0.006, 0.008, 0.010)


def _timing(prompt_tokens: int, seconds: float, power: float, paces: tuple[float, ...] = PACES) -> Timing:
    """A timing that takes so long at a pace of 5 ms, and grows with a power of the pace."""
    slower = tuple(seconds * (pace / 0.005) ** power for pace in paces)
    return Timing(prompt_tokens, 0 if prompt_tokens else 8, 0, slower, paces)


def test_powers_are_found_again_for_prompts_and_for_steps() -> None:
    found = drift_of([_timing(128, seconds, 0.9) for seconds in (1.0, 3.0)] * 9 + [_timing(0, 0.02, 0.4)] * 9)
    assert found.usual_s == pytest.approx(0.007)
    assert found.prompt_power == pytest.approx(0.9, abs=0.02)
    assert found.step_power == pytest.approx(0.4, abs=0.02)


def test_at_the_usual_pace_all_repeats_take_the_same() -> None:
    drift = Drift(0.010, 1.0, 0.5)
    assert drift.at_usual(_timing(128, 1.0, 1.0)).seconds == pytest.approx((2.0,) * 4)
    assert drift.at_usual(_timing(0, 1.0, 0.5)).seconds == pytest.approx((2.0**0.5,) * 4)


def test_few_repeats_and_a_steady_machine_leave_what_is_known_of_others() -> None:
    steady = drift_of([_timing(128, 1.0, 1.0, (0.005,) * 3), _timing(0, 1.0, 1.0, (0.005,) * 3)])
    assert (steady.prompt_power, steady.step_power) == (PROMPT_POWER, STEP_POWER)
    assert steady.at_usual(_timing(0, 1.0, 1.0, (0.005,))).seconds == (1.0,)


@pytest.mark.parametrize("paces", [(), (0.0, 0.0)])
def test_without_a_pace_nothing_changes(paces: tuple[float, ...]) -> None:
    timing = Timing(0, 8, 0, (1.0, 2.0), paces)
    assert drift_of([timing]).at_usual(timing) == timing


def test_a_machine_is_never_taken_to_gain_by_a_slower_pace() -> None:
    assert drift_of([_timing(0, 1.0, -0.5)] * 9).step_power == 0.0
    assert drift_of([_timing(0, 1.0, 2.0)] * 9).step_power == 1.0
