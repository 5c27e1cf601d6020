"""The probe itself, on decoders of a few thousand weights: what it hands back, not how fast they are."""

from collections import Counter
from dataclasses import replace
from typing import Any

import pytest

torch = pytest.importorskip("torch")

from llmselect.errors import Exit, LlmselectError  # noqa: E402
from llmselect.probe.decoder.shape import DecoderShape  # noqa: E402
from llmselect.probe.outcome import Progress  # noqa: E402
from llmselect.probe.torch_probe import probe, runs  # noqa: E402
from llmselect.probe.torch_probe.devices import Device  # noqa: E402
from llmselect.probe.torch_probe.work import Run, RunCounts, TimedDecoder, timed_decoders  # noqa: E402

SMALL = DecoderShape(2, 32, 4, 2, 8, 64, 64)
CPU = Device("cpu", "cpu", 2**16, True)


def small(kind: str, depth: Any, element_bytes: int, cache_bytes: int) -> tuple[TimedDecoder, ...]:
    """The decoders for the processor, their shapes shrunk and their contexts short."""

    def shrunk(shape: DecoderShape) -> DecoderShape:
        layers = min(shape.layers, 9)
        experts = {"experts": 4, "experts_per_token": 2, "expert_ffn_size": 16} if shape.experts else {}
        return replace(SMALL, layers=layers, **experts)

    return tuple(
        TimedDecoder(
            one.role, shrunk(one.shape), tuple(run._replace(depth_tokens=min(run.depth_tokens, 64)) for run in one.runs)
        )
        for one in timed_decoders(kind, depth, element_bytes, cache_bytes)
    )


@pytest.fixture
def small_work(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probe, "timed_decoders", small)
    monkeypatch.setattr(
        probe, "RUN_COUNTS", {depth: RunCounts(2, 0.0, 2) for depth in ("quick", "default", "thorough")}
    )
    monkeypatch.setattr(probe, "PATIENCE_S", dict.fromkeys(("quick", "default", "thorough"), 0.0))
    monkeypatch.setattr("llmselect.probe.timing.OBSERVE_S", 0.0)
    monkeypatch.setattr(runs, "pace_s", lambda: 0.005)


@pytest.mark.usefixtures("small_work")
@pytest.mark.parametrize("depth", ["quick", "default"])
def test_it_hands_back_rates_of_each_precision_and_what_they_rest_on(depth: Any) -> None:
    said: list[Progress] = []
    found = probe.probe_torch("cpu", depth, said.append)
    outcome = found.outcome
    precisions = ["bf16"] if depth == "quick" else ["fp32", "bf16"]
    assert [(one.precision, one.runtime, one.device) for one in outcome.rates] == [
        (name, "transformers", "cpu") for name in precisions
    ]
    for one in outcome.rates:
        assert one.rates.read_gb_s > 0
        assert one.rates.prefill_tflops > 0
        assert one.rates.decode_spread > 1
        assert one.build == outcome.build
    assert outcome.samples == sum(len(one.seconds) for one in found.timed) >= 2 * len(found.timed)
    assert outcome.seconds > 0
    assert outcome.cpu_seconds > 0
    assert (outcome.peak_rss_bytes or 0) > 2**20
    assert outcome.bytes_written == 0
    assert outcome.versions == {"torch": torch.__version__}
    assert list(found.checks) == precisions
    visits = Counter((one.role, one.shape, one.run, one.precision) for one in found.timed)
    assert set(visits.values()) == {probe.VISITS[depth]}
    places = [place for place, one in enumerate(found.timed) if (one.role, one.precision) == ("short", "bf16")]
    assert [place - places[0] for place in places] == [
        visit * len(found.timed) / probe.VISITS[depth] for visit in range(probe.VISITS[depth])
    ]
    shares = [step.share for step in said]
    assert shares == sorted(shares)
    assert (shares[0], shares[-1]) == (0.0, 1.0)
    assert any("bf16" in step.doing for step in said)


@pytest.mark.usefixtures("small_work")
def test_short_of_time_it_leaves_out_what_the_rates_can_do_without() -> None:
    found = probe.probe_torch("cpu", "default", lambda _: None, 0.0)
    assert {one.role for one in found.timed} == {"shallow", "deep", "attentive", "short", "wide", "prompt"}
    assert "torch fp32, held-out decoder" in found.outcome.left_out
    assert found.outcome.left_out[-1] == "another look at 18 torch decoders"
    assert len(set(found.outcome.left_out)) == 5
    assert [one.precision for one in found.outcome.rates] == ["fp32", "bf16"]


def test_weights_are_random_whole_and_of_the_precision_asked() -> None:
    decoder = runs.build_decoder(replace(SMALL, vocabulary_size=5000), torch.bfloat16, "cpu")
    for weights in decoder.parameters():
        assert weights.dtype == torch.bfloat16
        assert 0.01 < weights.float().std() < 0.04
        assert not weights.requires_grad
    assert not torch.equal(*decoder.embedding.weight[:2])
    assert torch.isfinite(decoder(torch.zeros(1, 3, dtype=torch.long))).all()


def test_tied_weights_stay_tied() -> None:
    decoder = runs.build_decoder(replace(SMALL, tied_embeddings=True), torch.float32, "cpu")
    assert decoder.head.weight is decoder.embedding.weight


def test_a_step_starts_from_a_context_of_its_depth_each_time() -> None:
    decoder = runs.build_decoder(SMALL, torch.float32, "cpu")
    seen: list[tuple[int, tuple[int, ...]]] = []
    decoder.register_forward_pre_hook(lambda _, given: seen.append((given[1].tokens, tuple(given[0].shape))))
    with torch.inference_mode():
        step = runs.RepeatedRun(decoder, Run(3, 1, 40), CPU)
        for _ in range(4):
            step()
    assert seen == [(40, (3, 1))] * 4
    held = step.contexts[0].append(0, *(torch.zeros(3, 2, 1, 8) for _ in range(2)))[0]
    assert held.shape == (3, 2, 41, 8)
    assert len(step.contexts) > 1  # together they outgrow the cache
    assert len(runs.RepeatedRun(decoder, Run(1, 1), CPU).contexts) == 1


@pytest.mark.usefixtures("small_work")
def test_a_device_without_memory_is_an_error_with_a_way_out(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise torch.OutOfMemoryError("CUDA out of memory")

    monkeypatch.setattr(probe, "time_decoder", full)
    with pytest.raises(LlmselectError, match=r"cpu has no memory left for a decoder of [\d,]+ bytes") as caught:
        probe.probe_torch("cpu", "quick", lambda _: None)
    assert caught.value.exit == Exit.MISSING
