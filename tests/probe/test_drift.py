"""Repeats whose pace changes."""

import pytest

from llmselect.probe.drift import PROMPT_POWER, STEP_POWER, Drift, Repeats, drift_of_paces, drift_of_repeats
from llmselect.probe.llamacpp.timings import Timing

PACES = (0.005, 0.006, 0.008, 0.010)


def _repeats(prompt: bool, seconds: float, power: float, paces: tuple[float, ...] = PACES) -> Repeats:
    """Work that takes so long at a pace of 5 ms, and grows with a power of the pace."""
    return Repeats(prompt, tuple(seconds * (pace / 0.005) ** power for pace in paces), paces)


def test_powers_are_found_again_for_prompts_and_for_steps() -> None:
    found = drift_of_repeats(
        [_repeats(True, seconds, 0.9) for seconds in (1.0, 3.0)] * 9 + [_repeats(False, 0.02, 0.4)] * 9
    )
    assert found.typical_pace_s == pytest.approx(0.007)
    assert found.prompt_power == pytest.approx(0.9, abs=0.02)
    assert found.step_power == pytest.approx(0.4, abs=0.02)


def test_at_the_usual_pace_all_repeats_take_the_same() -> None:
    drift = Drift(0.010, 1.0, 0.5)
    prompt = Timing(128, 0, 0, *_repeats(True, 1.0, 1.0)[1:])
    assert prompt.at_typical_pace(drift).seconds == pytest.approx((2.0,) * 4)
    step = Timing(0, 8, 0, *_repeats(False, 1.0, 0.5)[1:])
    assert step.at_typical_pace(drift).seconds == pytest.approx((2.0**0.5,) * 4)
    assert drift_of_repeats([prompt.repeats, step.repeats]).typical_pace_s == pytest.approx(0.007)


def test_a_drifting_machine_widens_what_is_said_of_other_times() -> None:
    drift = drift_of_paces([0.005, 0.00605, 0.0, 0.0055])
    assert drift.typical_pace_s == 0.0055
    assert drift.error(prompt=True) == pytest.approx(0.0778, abs=1e-3)
    assert drift.error(prompt=False) == pytest.approx(drift.error(prompt=True) / 2)
    assert drift_of_paces([0.005, 0.005]).error(prompt=True) == 0.0


def test_a_steady_machine_tells_nothing_of_what_a_pace_does() -> None:
    steady = drift_of_repeats([_repeats(prompt, 1.0, 1.0, (0.005,) * 3) for prompt in (True, False)])
    assert steady == Drift(0.005, PROMPT_POWER, STEP_POWER)


@pytest.mark.parametrize("paces", [(), (0.0, 0.0)])
def test_without_a_pace_nothing_changes(paces: tuple[float, ...]) -> None:
    timing = Timing(0, 8, 0, (1.0, 2.0), paces)
    assert timing.at_typical_pace(drift_of_repeats([timing.repeats])) == timing
    assert drift_of_paces(paces) == Drift(0.0)


def test_a_machine_is_never_taken_to_gain_by_a_slower_pace() -> None:
    assert drift_of_repeats([_repeats(False, 1.0, -0.5)] * 9).step_power == 0.0
    assert drift_of_repeats([_repeats(False, 1.0, 2.0)] * 9).step_power == 1.0
