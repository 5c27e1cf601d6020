"""Which device torch computes on, and what is said of it."""

from typing import Any

import pytest

from llmselect.errors import Exit, LlmselectError

torch = pytest.importorskip("torch")

from llmselect.probe.torch_probe import devices  # noqa: E402


@pytest.fixture
def without_gpus(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: False)


class Properties:
    name = "NVIDIA H100 80GB HBM3"
    L2_cache_size = 50 * 2**20


@pytest.fixture
def with_gpu(monkeypatch: pytest.MonkeyPatch, without_gpus: None) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "get_device_properties", lambda _: Properties())
    monkeypatch.setattr(torch.version, "cuda", "12.6")


@pytest.mark.usefixtures("without_gpus")
def test_without_a_gpu_it_is_the_processor() -> None:
    device = devices.choose_device("auto")
    assert (device.kind, device.name, device.precisions) == ("cpu", "cpu", ("fp32", "bf16"))
    assert device == devices.choose_device("cpu")
    assert device.synchronise is None
    assert f"torch {torch.__version__}" in device.build
    assert "threads" in device.build


@pytest.mark.usefixtures("without_gpus")
@pytest.mark.parametrize("kind", ["cuda", "mps"])
def test_a_device_that_is_not_there_is_an_error_with_a_way_out(kind: Any) -> None:
    with pytest.raises(LlmselectError, match=f"sees no {kind} device") as caught:
        devices.choose_device(kind)
    assert caught.value.exit == Exit.MISSING
    assert "--device cpu" in caught.value.hint


@pytest.mark.usefixtures("with_gpu")
def test_a_gpu_is_named_synchronised_and_known_by_its_cache() -> None:
    device = devices.choose_device("auto")
    assert (device.kind, device.name, device.cache_bytes) == ("cuda", "NVIDIA H100 80GB HBM3", 50 * 2**20)
    assert device.synchronise is torch.cuda.synchronize
    assert device.precisions == ("fp32", "bf16", "fp16")
    assert "CUDA 12.6" in device.build


@pytest.mark.usefixtures("with_gpu")
def test_a_cache_that_torch_does_not_tell_is_assumed_and_marked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(Properties, "L2_cache_size")
    device = devices.choose_device("cuda")
    assert (device.cache_bytes, device.cache_known) == (devices.ASSUMED_GPU_CACHE_BYTES, False)


@pytest.mark.parametrize("bf16", [True, False])
def test_an_apple_gpu(monkeypatch: pytest.MonkeyPatch, without_gpus: None, bf16: bool) -> None:
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: True)
    monkeypatch.setattr(devices, "_supports", lambda *_: bf16)
    device = devices.choose_device("auto")
    assert (device.kind, device.name) == ("mps", "Apple GPU")
    assert ("bf16" in device.precisions) == bf16
    assert device.synchronise is torch.mps.synchronize


def test_what_a_device_cannot_add_up_it_is_not_asked_to() -> None:
    assert devices._supports("cpu", torch.bfloat16)
    assert not devices._supports("meta", "no dtype")
