"""Made-up visits to the same decoders, some of them in slow moments."""

import math

import pytest

from llmselect.probe.torch_probe.visits import UNKNOWN_VISIT_ERROR, TypicalTimes
from llmselect.probe.torch_probe.work import ELEMENT_BYTES, Run, RunTimings, timed_decoders

SUBJECTS = timed_decoders("cpu", "default", ELEMENT_BYTES["fp32"], 32 * 2**20)
SHORT = next(one.shape for one in SUBJECTS if one.role == "short")


def visit(*seconds: float, pace_s: float = 0.0, disturbed: bool = False, batch: int = 1, tokens: int = 1) -> RunTimings:
    return RunTimings("short", SHORT, Run(batch, tokens), "fp32", seconds, disturbed, pace_s)


def step_s(*visits: RunTimings) -> float:
    return TypicalTimes(visits).step("short")[1]


def test_visits_count_alike_however_many_repeats_each_has() -> None:
    assert step_s(visit(1.0, 1.0, 9.0), visit(2.0)) == pytest.approx(1.5)
    assert step_s(visit(1.0), visit(2.0), visit(9.0)) == 2.0
    assert step_s(visit(1.0, 3.0, 2.0)) == 2.0


def test_each_visit_is_brought_to_the_usual_pace() -> None:
    slow, fast = visit(4.0, pace_s=0.008), visit(1.0, pace_s=0.0005)
    usual = visit(2.0, pace_s=0.002)
    assert step_s(slow, usual, fast) == pytest.approx(2.0)
    assert TypicalTimes([slow, usual, fast]).error(prompt=False) == pytest.approx(0.0, abs=1e-9)


def test_a_disturbed_visit_counts_only_where_no_other_is() -> None:
    assert step_s(visit(5.0, 4.0, disturbed=True), visit(2.0, 3.0, 2.0)) == 2.0
    assert step_s(visit(5.0, 4.0, disturbed=True), visit(6.0, 3.0, disturbed=True)) == 3.0
    calm = TypicalTimes([visit(9.0, disturbed=True), visit(2.0), visit(2.0)])
    assert calm.error(prompt=False) == 0.0


def test_the_error_is_what_visits_differ_by() -> None:
    """Two values a and b have the standard deviation |a - b| / sqrt(2); their mean adds half its variance."""
    apart = 0.2
    found = [visit(1.0), visit(math.exp(apart))]
    expected = apart / math.sqrt(2) * math.sqrt(1.5)
    assert TypicalTimes(found).error(prompt=False) == pytest.approx(expected)
    narrow = [visit(seconds)._replace(role="deep") for seconds in (1.0, 9.0)]
    assert TypicalTimes([*found, *narrow]).error(prompt=False) == pytest.approx(expected)
    with_prompt = [*found, visit(1.0, tokens=32), visit(1.0, tokens=32)]
    assert TypicalTimes(with_prompt).error(prompt=True) == 0.0
    assert TypicalTimes(with_prompt).error(prompt=False) == pytest.approx(expected)


def test_what_was_visited_once_says_less() -> None:
    once, twice = [visit(1.0)], [visit(1.0), visit(1.1)]
    assert TypicalTimes(once).error(prompt=False) == pytest.approx(UNKNOWN_VISIT_ERROR * math.sqrt(2))
    other = visit(3.0, batch=2)
    assert TypicalTimes([*twice, other]).error(prompt=False) > TypicalTimes(twice).error(prompt=False)
