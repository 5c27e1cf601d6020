"""Speed from bandwidth and compute, worked by hand."""

import pytest

from llmselect.estimate.interval import Interval
from llmselect.estimate.rough import BANDWIDTH_SHARE, COMPUTE_SHARE, STEP_OVERHEAD_S, Engine, prefill_s, step_s


def test_a_step_reads_the_weights_once() -> None:
    found, share = step_s(10e9, Engine("gpu", 1000), 0, None), BANDWIDTH_SHARE["gpu"]
    assert found.value == pytest.approx(STEP_OVERHEAD_S.value + 0.01 / share.value)
    assert found.low == pytest.approx(STEP_OVERHEAD_S.low + 0.01 / share.high)
    assert found.high == pytest.approx(STEP_OVERHEAD_S.high + 0.01 / share.low)


def test_each_memory_at_its_own_bandwidth() -> None:
    both = step_s(6e9, Engine("gpu", 1000), 4e9, Engine("cpu", 50))
    alone = step_s(6e9, Engine("gpu", 1000), 0, None)
    assert both.value - alone.value == pytest.approx(4 / 50 / BANDWIDTH_SHARE["cpu"].value)


@pytest.mark.parametrize("kind", sorted(BANDWIDTH_SHARE))
def test_no_runtime_beats_the_bus(kind: str) -> None:
    share = BANDWIDTH_SHARE[kind]
    assert 0 < share.low < share.value < share.high <= 1


def test_prefill_is_compute_bound_for_long_prompts() -> None:
    floor = Interval(0.01, 0.02, 0.03)
    found = prefill_s(1000, 7_000_000_000, 100, floor)
    assert found is not None
    assert found.value == pytest.approx(2 * 7e9 * 1000 / (100e12 * COMPUTE_SHARE.value))


def test_prefill_is_never_below_one_reading() -> None:
    floor = Interval(0.01, 0.02, 0.03)
    assert prefill_s(1, 7_000_000_000, 100, floor) == floor


def test_prefill_is_unknown_without_a_rate() -> None:
    assert prefill_s(1000, 7_000_000_000, None, Interval.exact(0.1)) is None
