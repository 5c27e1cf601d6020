"""The probe itself, on decoders of a few thousand weights: what it hands back, not how fast they are."""

import time
from dataclasses import replace
from itertools import cycle
from typing import Any

import pytest

torch = pytest.importorskip("torch")

from llmselect.errors import Exit, LlmselectError  # noqa: E402
from llmselect.probe.decoder.shape import DecoderShape  # noqa: E402
from llmselect.probe.load import Load  # noqa: E402
from llmselect.probe.outcome import Progress  # noqa: E402
from llmselect.probe.torch_probe import probe, runs  # noqa: E402
from llmselect.probe.torch_probe.devices import Device  # noqa: E402
from llmselect.probe.torch_probe.work import Pace, Run, Subject, subjects  # noqa: E402

SMALL = DecoderShape(2, 32, 4, 2, 8, 64, 64)
CPU = Device("cpu", "cpu", 2**16, True)
QUIET = Load(1.0, 2, 0.0, "", 0.0, 0.0, 0)


def small(kind: str, depth: Any, element_bytes: int, cache_bytes: int) -> tuple[Subject, ...]:
    """The subjects of the processor, their shapes shrunk and their contexts short."""

    def shrunk(shape: DecoderShape) -> DecoderShape:
        layers = min(shape.layers, 4)
        experts = {"experts": 4, "experts_per_token": 2, "expert_ffn_size": 16} if shape.experts else {}
        return replace(SMALL, layers=layers, **experts)

    return tuple(
        Subject(
            one.role, shrunk(one.shape), tuple(run._replace(depth_tokens=min(run.depth_tokens, 64)) for run in one.runs)
        )
        for one in subjects(kind, depth, element_bytes, cache_bytes)
    )


@pytest.fixture
def small_work(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probe, "subjects", small)
    monkeypatch.setattr(probe, "PACES", {depth: Pace(2, 0.0, 2) for depth in ("quick", "default", "thorough")})
    monkeypatch.setattr(probe, "REPEAT_S", dict.fromkeys(("quick", "default", "thorough"), -1.0))
    monkeypatch.setattr(probe, "wait_for_quiet", lambda *_: QUIET)


@pytest.mark.usefixtures("small_work")
@pytest.mark.parametrize("depth", ["quick", "default"])
def test_it_hands_back_rates_of_each_precision_and_what_they_rest_on(depth: Any) -> None:
    said: list[Progress] = []
    found = probe.probe_torch("cpu", depth, said.append)
    outcome = found.outcome
    assert [(one.precision, one.runtime, one.device) for one in outcome.rates] == [
        ("fp32", "transformers", "cpu"),
        ("bf16", "transformers", "cpu"),
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
    assert set(found.checks) == {"fp32", "bf16"}
    shares = [step.share for step in said]
    assert shares == sorted(shares)
    assert (shares[0], shares[-1]) == (0.0, 1.0)
    assert any("bf16" in step.doing for step in said)


def test_weights_are_random_whole_and_of_the_precision_asked() -> None:
    decoder = runs.built(replace(SMALL, vocabulary_size=5000), torch.bfloat16, "cpu")
    for weights in decoder.parameters():
        assert weights.dtype == torch.bfloat16
        assert 0.01 < weights.float().std() < 0.04
        assert not weights.requires_grad
    assert not torch.equal(*decoder.embedding.weight[:2])
    assert torch.isfinite(decoder(torch.zeros(1, 3, dtype=torch.long))).all()


def test_tied_weights_stay_tied() -> None:
    decoder = runs.built(replace(SMALL, tied_embeddings=True), torch.float32, "cpu")
    assert decoder.head.weight is decoder.embedding.weight


def test_a_step_starts_from_a_context_of_its_depth_each_time() -> None:
    decoder = runs.built(SMALL, torch.float32, "cpu")
    seen: list[tuple[int, tuple[int, ...]]] = []
    decoder.register_forward_pre_hook(lambda _, given: seen.append((given[1].tokens, tuple(given[0].shape))))
    with torch.inference_mode():
        step = runs.Step(decoder, Run(3, 1, 40), CPU)
        for _ in range(4):
            step()
    assert seen == [(40, (3, 1))] * 4
    held = step.contexts[0].append(0, *(torch.zeros(3, 2, 1, 8) for _ in range(2)))[0]
    assert held.shape == (3, 2, 41, 8)
    assert len(step.contexts) > 1  # together they outgrow the cache
    assert len(runs.Step(decoder, Run(1, 1), CPU).contexts) == 1


@pytest.mark.usefixtures("small_work")
def test_a_device_without_memory_is_an_error_with_a_way_out(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise torch.OutOfMemoryError("CUDA out of memory")

    monkeypatch.setattr(probe, "timed", full)
    with pytest.raises(LlmselectError, match=r"cpu has no memory left for a decoder of [\d,]+ bytes") as caught:
        probe.probe_torch("cpu", "quick", lambda _: None)
    assert caught.value.exit == Exit.MISSING


def loads(*others_cpus: float) -> Any:
    """Watches that see other processes keep so many processors busy, one after the other."""
    found = cycle(others_cpus)

    class Watching:
        def __enter__(self) -> "Watching":
            return self

        def __exit__(self, *_: object) -> None:
            self.load = QUIET._replace(others_cpus=next(found))

    return Watching


@pytest.mark.parametrize(
    ("seen", "patience_s", "ran", "kept"),
    [((0.0,), 60, 1, 1), ((1.5, 0.7, 0.0), 60, 3, 3), ((1.5, 0.0), -1, 1, 1)],
)
def test_what_was_disturbed_is_timed_again(seen: tuple[float, ...], patience_s: float, ran: int, kept: int) -> None:
    counted: list[int] = []

    def run() -> int:
        counted.append(1)
        return len(counted)

    result, load = probe.undisturbed(run, time.monotonic() + patience_s, loads(*seen))
    assert (len(counted), result, load.others_cpus) == (ran, kept, seen[kept - 1])


def test_the_least_disturbed_is_kept_when_patience_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter([0.0, 1.0, 2.0, 3.0])
    monkeypatch.setattr(probe.time, "monotonic", lambda: next(clock))
    results = iter("abcd")
    result, load = probe.undisturbed(lambda: next(results), 2.0, loads(1.5, 0.7, 1.2))
    assert (result, load.others_cpus) == ("b", 0.7)
