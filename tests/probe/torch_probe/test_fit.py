"""Rates come back out of times that were computed from them."""

import math
import random
from dataclasses import replace
from statistics import fmean, pstdev
from typing import Any

import pytest

from llmselect.estimate.own_speeds import DeviceRates
from llmselect.probe.torch_probe.fit import error_factor, fit_rates, predicted_s
from llmselect.probe.torch_probe.work import Depth, Run, RunTimings, timed_decoders

TRUE = DeviceRates(
    step_overhead_s=0.0012,
    layer_overhead_s=0.0003,
    read_gb_s=14.0,
    expert_read_gb_s=9.0,
    attention_s=0.12,
    prefill_tflops=0.055,
    expert_prefill_tflops=0.03,
    decode_spread=1.0,
    prefill_spread=1.0,
    evidence="measured",
    layout_s=0.4,
)
CACHE = 32 * 2**20


def times(depth: Depth, precision: str = "fp32", factor: dict[str, float] | None = None) -> list[RunTimings]:
    """What a machine with the true rates would take in one visit; a role's times may be multiplied."""
    size = {"fp32": 4, "bf16": 2}[precision]
    found = []
    for case in timed_decoders("cpu", depth, size, CACHE):
        for run in case.runs:
            seconds = predicted_s(case.shape, run, TRUE, precision) * (factor or {}).get(case.role, 1.0)
            found.append(RunTimings(case.role, case.shape, run, precision, (seconds * 3, seconds, seconds * 0.9)))
    return found


def noisy(deviation: float, visits: int, draw: random.Random) -> list[RunTimings]:
    """Visits whose every time is that of a moment of its own."""

    def moment(one: RunTimings) -> RunTimings:
        factor = math.exp(draw.gauss(0.0, deviation))
        return one._replace(seconds=tuple(second * factor for second in one.seconds))

    return [moment(one) for _ in range(visits) for one in times("default")]


def close(one: float, other: float, tolerance: float = 0.02) -> Any:
    return pytest.approx(other, rel=tolerance) == one


@pytest.mark.parametrize("precision", ["fp32", "bf16"])
@pytest.mark.parametrize("depth", ["default", "thorough"])
def test_known_rates_come_back(depth: Depth, precision: str) -> None:
    rates, checks = fit_rates(times(depth, precision))
    for name in ("read_gb_s", "expert_read_gb_s", "prefill_tflops", "expert_prefill_tflops"):
        assert close(getattr(rates, name), getattr(TRUE, name)), name
    assert close(rates.layer_overhead_s, TRUE.layer_overhead_s, 0.05)
    assert close(rates.step_overhead_s, TRUE.step_overhead_s, 0.05)
    assert close(rates.attention_s, TRUE.attention_s, 0.05)
    assert close(rates.layout_s, TRUE.layout_s, 0.05)
    assert max(abs(check.error) for check in checks) < 0.02
    assert rates.evidence == "measured"


def test_the_quick_probe_takes_experts_for_dense_weights_and_says_so_by_its_spread() -> None:
    quick, checks = fit_rates(times("quick"))
    thorough, _ = fit_rates(times("thorough"))
    assert quick.expert_read_gb_s == quick.read_gb_s
    assert quick.decode_spread > thorough.decode_spread
    assert checks == ()


def test_what_the_held_out_decoder_shows_widens_the_interval() -> None:
    sound, _ = fit_rates(times("default"))
    slow, checks = fit_rates(times("default", factor={"held-out": 1.4}))
    assert sound.read_gb_s / 1.4 < slow.read_gb_s < sound.read_gb_s
    assert slow.decode_spread > 1.4 > sound.decode_spread
    assert any(check.error == pytest.approx(-math.log(1.4), abs=0.02) for check in checks)


def test_experts_of_which_a_part_was_left_out_count_as_dense() -> None:
    whole = times("default")
    part = [one for one in whole if one.role != "experts" or one.run.decodes]
    rates, _ = fit_rates(part)
    assert rates.expert_read_gb_s == rates.read_gb_s
    assert rates.expert_prefill_tflops == rates.prefill_tflops


def test_a_prompt_that_noise_makes_no_slower_for_its_length_gives_rates_all_the_same() -> None:
    found = [one._replace(seconds=(0.5,)) if one.role == "prompt" else one for one in times("default")]
    rates, _ = fit_rates(found)
    assert math.isfinite(rates.prefill_tflops)
    assert rates.layout_s > 0


def test_noise_that_makes_more_weights_take_no_longer_gives_sane_rates() -> None:
    """The short decoder met a slow moment, or the wide one a fast one: their difference says nothing."""
    for factor in ({"short": 3.0}, {"wide": 1 / 3}, {"short": 1.5, "wide": 0.8}, {"short": 0.7, "wide": 1.3}):
        rates, _ = fit_rates(times("default", factor=factor))
        most = max(*factor.values(), *(1 / one for one in factor.values()))
        assert 1 / most < rates.read_gb_s / TRUE.read_gb_s < most
        assert close(rates.step_overhead_s, TRUE.step_overhead_s, 0.05)
        assert rates.expert_read_gb_s <= rates.read_gb_s


def test_experts_run_no_faster_than_dense_weights() -> None:
    """However much noise takes from the mixture's times."""
    rates, _ = fit_rates(times("default", factor={"experts": 0.3}))
    assert rates.expert_read_gb_s == rates.read_gb_s
    assert rates.expert_prefill_tflops == rates.prefill_tflops
    slow, _ = fit_rates(times("default", factor={"experts": 1.5}))
    assert slow.expert_read_gb_s < TRUE.expert_read_gb_s
    assert slow.expert_prefill_tflops < TRUE.expert_prefill_tflops


def test_overheads_are_part_of_a_step_that_reads() -> None:
    """A moment so slow that a narrow decoder took longer than one that reads."""
    found = times("default", factor={"shallow": 100.0, "deep": 100.0})
    short_s = next(one.typical_s for one in found if one.role == "short")
    rates, _ = fit_rates(found)
    assert rates.step_overhead_s + rates.layer_overhead_s <= 1.0001 * short_s


def test_moments_that_differ_by_a_sixth_move_predictions_little_and_intervals_hold() -> None:
    """A model of 16 layers, foretold by forty probes and then run in a moment of its own."""
    draw = random.Random(1)
    shape = replace(timed_decoders("cpu", "default", 4, CACHE)[3].shape, layers=16)
    true_s = {run: predicted_s(shape, run, TRUE, "fp32") for run in (Run(1, 1), Run(1, 128))}
    errors: dict[Run, list[float]] = {run: [] for run in true_s}
    inside: list[bool] = []
    for _ in range(40):
        rates, _ = fit_rates(noisy(0.15, 2, draw))
        for run, seconds in true_s.items():
            errors[run].append(math.log(predicted_s(shape, run, rates, "fp32") / seconds))
            spread_of = rates.decode_spread if run.decodes else rates.prefill_spread
            inside.append(abs(errors[run][-1] + draw.gauss(0.0, 0.15)) < math.log(spread_of))
    step, prompt = errors.values()
    assert pstdev(step) < 0.09
    assert pstdev(prompt) < 0.13
    assert abs(fmean(step)) < 0.03
    assert sum(inside) >= 0.9 * len(inside)


def test_medians_ignore_a_disturbed_run() -> None:
    """The times above hold one run in three that took three times as long."""
    rates, _ = fit_rates(times("default"))
    assert close(rates.read_gb_s, TRUE.read_gb_s)


def test_of_disturbed_runs_the_fastest_counts() -> None:
    slowed = [
        one._replace(seconds=(one.seconds[1], *(one.seconds[1] * 4,) * 4), disturbed=True) for one in times("default")
    ]
    rates, _ = fit_rates(slowed)
    assert close(rates.read_gb_s, TRUE.read_gb_s)
    assert close(fit_rates([one._replace(disturbed=False) for one in slowed])[0].read_gb_s, TRUE.read_gb_s / 4)


def test_what_ran_at_a_slower_pace_counts_as_at_the_usual_one() -> None:
    """Prompts grow with the pace, steps with its root."""
    paces = [0.005, 0.005, 0.005, 0.008, 0.005]
    drifting = [
        one._replace(seconds=(one.seconds[1] * (pace / 0.005) ** (0.5 if one.run.decodes else 1.0),), pace_s=pace)
        for one, pace in zip(times("default"), paces * 9, strict=False)
    ]
    rates, _ = fit_rates(drifting)
    assert close(rates.read_gb_s, TRUE.read_gb_s)
    assert close(rates.prefill_tflops, TRUE.prefill_tflops)


def test_a_contended_machine_gives_wider_intervals() -> None:
    quiet, _ = fit_rates(times("default"))
    busy, _ = fit_rates(times("default"), contended=True)
    assert busy.read_gb_s == quiet.read_gb_s
    assert busy.decode_spread > 1.2 * quiet.decode_spread
    assert busy.prefill_spread > 1.2 * quiet.prefill_spread


def test_noise_larger_than_an_overhead_gives_rates_all_the_same() -> None:
    rates, _ = fit_rates(times("default", factor={"shallow": 200.0, "deep": 0.5, "attentive": 0.1}))
    assert all(value >= 0 and math.isfinite(value) for value in rates[:7])
    assert rates.read_gb_s > 0


def test_the_spread_is_that_of_a_normal_distribution() -> None:
    assert error_factor([0.0]) == pytest.approx(math.exp(1.645 * 0.10), rel=1e-3)
    assert error_factor([]) > error_factor([0.1]) > error_factor([0.05])
    assert error_factor([0.1, -0.1]) == pytest.approx(error_factor([0.1]))


@pytest.mark.parametrize("kind", ["cpu", "cuda", "mps"])
@pytest.mark.parametrize("size", [2, 4])
@pytest.mark.parametrize("cache", [2**20, 32 * 2**20, 256 * 2**20])
def test_what_is_read_from_memory_outgrows_the_cache(kind: str, size: int, cache: int) -> None:
    for case in timed_decoders(kind, "default", size, cache):
        if not case.runs[0].decodes:
            continue
        if case.role in ("short", "wide", "held-out"):
            assert case.shape.dense_parameters * size >= 4 * cache
        if case.role == "experts":
            assert case.shape.weight_bytes(size) >= 4 * cache


def test_depths_add_to_each_other() -> None:
    runs = {
        depth: {(case.role, run) for case in timed_decoders("cpu", depth, 4, CACHE) for run in case.runs}
        for depth in ("quick", "default", "thorough")
    }
    assert {run for run in runs["default"] if run[0] != "experts"} < runs["thorough"]
    assert {role for role, _ in runs["default"]} == {role for role, _ in runs["thorough"]}
    assert {role for role, _ in runs["quick"]} == {"shallow", "deep", "attentive", "short", "wide", "prompt"}
    assert any(run.batch > 1 for _, run in runs["thorough"])
    assert len({run.tokens for _, run in runs["default"] if not run.decodes}) >= 2


def test_a_window_and_a_context_are_part_of_the_prediction() -> None:
    shape = timed_decoders("cpu", "quick", 4, CACHE)[0].shape
    deep = predicted_s(shape, Run(1, 1, 4096), TRUE, "fp32")
    assert deep > predicted_s(shape, Run(1, 1), TRUE, "fp32")
    assert predicted_s(replace(shape, sliding_window_tokens=64), Run(1, 1, 4096), TRUE, "fp32") < deep
