import math

import pytest

from llmselect.estimate.own_speeds import DeviceRates
from llmselect.probe.llamacpp.fit import Sample, error_factor, file_work, fit_rates, predicted_s
from llmselect.probe.llamacpp.probe_files import ROLES, ProbeFile, levels, probe_files
from llmselect.probe.llamacpp.timings import FileTimings, Timing, TimingTask

CACHE = 32 * 2**20
TRUE = DeviceRates(
    step_overhead_s=0.0002,
    layer_overhead_s=0.0001,
    read_gb_s=12.0,
    expert_read_gb_s=9.0,
    attention_s=0.3,
    prefill_tflops=0.15,
    expert_prefill_tflops=0.10,
    decode_spread=1.0,
    prefill_spread=1.0,
    evidence="measured",
    lookup_s=0.1,
)


def _timing(
    probe_file: ProbeFile, task: TimingTask, rates: DeviceRates, factors: tuple[float, ...] = (0.99, 1.0, 1.02)
) -> Timing:
    exact = Timing(*task[:3], (1.0,))
    seconds = predicted_s(file_work(probe_file), exact, rates)
    return exact._replace(seconds=tuple(seconds * factor for factor in factors))


def _samples(depth: str, rates: DeviceRates, quantization: str | None = None, **slower: float) -> list[Sample]:
    """What a machine of known rates would take; `slower` multiplies the times of a role."""
    found = []
    for probe_file in probe_files(depth, quantization, CACHE):  # type: ignore[arg-type]
        factor = slower.get(probe_file.role.replace("-", "_").replace(" ", "_"), 1.0)
        timings = tuple(
            timing._replace(seconds=tuple(factor * one for one in timing.seconds))
            for timing in (_timing(probe_file, task, rates) for task in probe_file.tasks)
        )
        found.append(Sample(probe_file, FileTimings(timings, "a build", "cpu")))
    return found


@pytest.mark.parametrize("depth", ["default", "thorough"])
def test_known_rates_are_found_again(depth: str) -> None:
    rates, checks = fit_rates(_samples(depth, TRUE))
    dense = ("step_overhead_s", "layer_overhead_s", "read_gb_s", "prefill_tflops")
    experts = ("expert_read_gb_s", "expert_prefill_tflops")
    for level, found in rates.items():
        for name in (*dense, *experts):
            assert getattr(found, name) == pytest.approx(getattr(TRUE, name), rel=0.02), (level, name)
        assert found.evidence == "measured"
    assert all(abs(check.error) < 0.02 for check in checks)


def test_two_shapes_tell_what_a_flop_and_a_lookup_of_the_context_take() -> None:
    found = fit_rates(_samples("thorough", TRUE))[0]["q4"]
    assert found.attention_s == pytest.approx(TRUE.attention_s, rel=0.05)
    assert found.lookup_s == pytest.approx(TRUE.lookup_s, rel=0.1)


def test_of_one_shape_all_that_a_context_takes_counts_as_lookups() -> None:
    """The thin file: 4 x 16 heads x 64 FLOPs and 8 lookups for each position and layer."""
    found = fit_rates(_samples("default", TRUE))[0]["q4"]
    assert found.attention_s == 0.0
    assert found.lookup_s == pytest.approx(0.1 + 0.3 * 4.096e-6 / 8e-6, rel=0.05)


def test_a_look_costs_less_than_nothing_in_neither_way() -> None:
    for only in (TRUE._replace(attention_s=0.0), TRUE._replace(lookup_s=0.0)):
        found = fit_rates(_samples("thorough", only))[0]["q4"]
        assert found.attention_s == pytest.approx(only.attention_s, abs=0.02)
        assert found.lookup_s == pytest.approx(only.lookup_s, abs=0.02)
        assert min(found.attention_s, found.lookup_s) >= 0


def test_a_quick_probe_counts_layers_as_bytes() -> None:
    """Of the two files' layers each has 103 MB at 12 GB/s and 0.1 ms."""
    found = fit_rates(_samples("quick", TRUE))[0]["q4"]
    assert found.layer_overhead_s == 0.0
    assert found.read_gb_s == pytest.approx(12.0 / (1 + 0.0001 / (0.103 / 12)), rel=0.02)
    assert found.prefill_tflops == pytest.approx(TRUE.prefill_tflops, rel=0.02)


def test_without_a_mixture_its_experts_are_read_like_all_else() -> None:
    found = fit_rates(_samples("quick", TRUE))[0]["q4"]
    assert found.expert_read_gb_s == found.read_gb_s
    assert found.expert_prefill_tflops == found.prefill_tflops


def test_experts_are_never_read_faster_than_what_lies_in_a_row() -> None:
    slower = fit_rates(_samples("default", TRUE))[0]["q4"]
    assert slower.expert_read_gb_s == pytest.approx(TRUE.expert_read_gb_s, rel=0.02)
    hasty = fit_rates(_samples("default", TRUE._replace(expert_read_gb_s=20.0)))[0]["q4"]
    assert hasty.expert_read_gb_s == hasty.read_gb_s == pytest.approx(TRUE.read_gb_s, rel=0.02)


def test_noise_never_makes_a_layer_cost_less_than_nothing() -> None:
    found = fit_rates(_samples("default", TRUE, thin=0.5))[0]["q4"]
    assert found.layer_overhead_s == 0.0
    assert 12.0 < found.read_gb_s < 15.0


def test_noise_never_makes_the_context_or_the_experts_free() -> None:
    samples = _samples("default", TRUE, experts=0.2)
    quicker = [
        Timing(*timing[:3], tuple(0.1 * one for one in timing.seconds)) if timing.depth_tokens else timing
        for timing in samples[2].timed.timings
    ]
    samples[2] = samples[2]._replace(timed=samples[2].timed._replace(timings=tuple(quicker)))
    found = fit_rates(samples)[0]["q4"]
    assert found.attention_s == found.lookup_s == 0.0
    assert math.isfinite(found.expert_read_gb_s)
    assert found.expert_read_gb_s > 0


def test_the_spread_grows_with_what_held_out_files_took_beyond_the_prediction() -> None:
    rightly, _ = fit_rates(_samples("thorough", TRUE, "q4"))
    wrongly, checks = fit_rates(_samples("thorough", TRUE, "q4", held_out=1.3, held_out_experts=1.3))
    assert {check.role for check in checks} == {"held-out", "held-out experts"}
    assert wrongly["q4"].decode_spread > 1.3 > rightly["q4"].decode_spread > 1.0
    assert wrongly["q4"].prefill_spread > 1.3 > rightly["q4"].prefill_spread > 1.0


def test_without_a_check_the_interval_is_wider_than_with_a_good_one() -> None:
    assert error_factor([]) > error_factor([0.01, -0.01]) > 1.0
    assert error_factor([0.1]) == pytest.approx(error_factor([0.1, -0.1, 0.1]))


def test_all_levels_share_what_a_step_and_the_context_cost() -> None:
    rates, _ = fit_rates(_samples("thorough", TRUE))
    assert set(rates) == set(levels("thorough", None))
    assert len({(one.step_overhead_s, one.attention_s, one.lookup_s, one.decode_spread) for one in rates.values()}) == 1


def test_what_a_head_looks_at_and_what_the_cache_holds_cost_apart() -> None:
    """Of two files with the same heads, that with four times the keys and values is slower behind a context."""
    shared = next(one for one in probe_files("thorough", "q4", CACHE) if one.role == "held-out")
    own = shared._replace(decoder=shared.decoder._replace(kv_heads=4 * shared.decoder.kv_heads))
    deep = Timing(0, 8, 512, (1.0,))

    def look_s(probe_file: ProbeFile) -> float:
        work = file_work(probe_file)
        return predicted_s(work, deep, TRUE) - predicted_s(work, deep._replace(depth_tokens=0), TRUE)

    more_bytes = 8 * 512 * 2 * (16 - 4) * 64 * 2
    more_lookups = 8 * 512 * (16 - 4)
    assert look_s(own) - look_s(shared) == pytest.approx(more_bytes / 12e9 + more_lookups / 1e6 * TRUE.lookup_s)


def test_the_lower_quartile_of_the_repeats_counts() -> None:
    assert Timing(0, 8, 0, (1.0, 1.1, 1.2, 5.0, 1.3)).typical_s == pytest.approx(1.1)
    assert Timing(0, 8, 0, (2.0,)).typical_s == 2.0


def test_a_step_reads_several_times_the_cache() -> None:
    for cache in (2**20, CACHE, 256 * 2**20):
        for probe_file in probe_files("thorough", None, cache):
            assert probe_file.file_bytes > 3 * cache


def test_the_wide_file_is_larger_than_the_short_one_whatever_the_cache() -> None:
    for cache in (2**20, CACHE, 256 * 2**20):
        by_role = {
            (probe_file.level, probe_file.role): probe_file.step_bytes
            for probe_file in probe_files("thorough", None, cache)
        }
        assert all(by_role[level, "wide"] >= 2 * by_role[level, "short"] for level in levels("thorough", None))


def test_a_quick_probe_is_dense_and_a_thorough_one_sees_all_levels() -> None:
    quick = list(probe_files("quick", "q8", CACHE))
    assert [probe_file.role for probe_file in quick] == ["short", "wide"]
    assert {probe_file.artifact for probe_file in quick} == {"Q8_0"}
    thorough = list(probe_files("thorough", None, CACHE))
    assert len(thorough) == len(levels("thorough", None)) * len(ROLES["thorough"])
