"""The device that torch computes on."""

from collections.abc import Callable
from typing import Literal, NamedTuple

import torch

from llmselect.errors import Exit, LlmselectError
from llmselect.hardware.caches import ASSUMED_BYTES, last_cache_bytes

Kind = Literal["cpu", "cuda", "mps"]
ASSUMED_GPU_CACHE_BYTES = 64 * 2**20
HINTS = {
    "cuda": "--device cpu or auto; or a torch build for CUDA or ROCm, and its driver",
    "mps": "--device cpu or auto; MPS needs macOS 12.3 or newer on Apple silicon",
}


class Device(NamedTuple):
    """A device. `name` is `cpu` or the GPU's; `cache_bytes` is its last-level cache, assumed if not `cache_known`."""

    kind: Kind
    name: str
    cache_bytes: int
    cache_known: bool
    precisions: tuple[str, ...] = ("fp32", "bf16")

    @property
    def synchronise(self) -> Callable[[], object] | None:
        """A function that waits until the device has finished; None if calls are synchronous."""
        return {"cuda": torch.cuda.synchronize, "mps": torch.mps.synchronize}.get(self.kind)

    @property
    def build(self) -> str:
        """Torch's version and its backend."""
        if self.kind == "cpu":
            words = f"{torch.backends.cpu.get_cpu_capability()}, {torch.get_num_threads()} threads"
        else:
            words = {"cuda": f"CUDA {torch.version.cuda or torch.version.hip}", "mps": "MPS"}[self.kind]
        return f"torch {torch.__version__} ({words})"


def choose_device(asked: Literal["cpu", "cuda", "mps", "auto"]) -> Device:
    """The named device; with `auto` the first GPU, else the processor. Raises LlmselectError if torch has none."""
    there = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available(), "cpu": True}
    kind: Kind = next(kind for kind in _KINDS if there[kind]) if asked == "auto" else asked
    if not there[kind]:
        raise LlmselectError(
            "no-device", f"torch {torch.__version__} sees no {kind} device here", HINTS[kind], Exit.MISSING
        )
    return _describe(kind)


_KINDS: tuple[Kind, ...] = ("cuda", "mps", "cpu")


def _describe(kind: Kind) -> Device:
    if kind == "cuda":
        properties = torch.cuda.get_device_properties(0)
        cache = int(getattr(properties, "L2_cache_size", 0))
        return Device(kind, properties.name, cache or ASSUMED_GPU_CACHE_BYTES, bool(cache), ("fp32", "bf16", "fp16"))
    found = last_cache_bytes()
    if kind == "cpu":
        return Device(kind, "cpu", found or ASSUMED_BYTES, found is not None)
    bf16 = ("bf16",) if _supports(kind, torch.bfloat16) else ()
    return Device(kind, "Apple GPU", found or ASSUMED_BYTES, found is not None, ("fp32", *bf16, "fp16"))


def _supports(kind: Kind, dtype: torch.dtype) -> bool:
    """Whether a device can compute with a data type; MPS before macOS 14 has no bfloat16."""
    try:
        torch.ones(1, dtype=dtype, device=kind).add_(1)
    except (RuntimeError, TypeError):
        return False
    return True
