"""Builds decoders with random weights on a device and times them."""

import math
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

import torch
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode

from llmselect.probe.decoder.cache import KvCache
from llmselect.probe.decoder.model import Decoder
from llmselect.probe.decoder.shape import DecoderShape
from llmselect.probe.jobs import Deadline
from llmselect.probe.pace import pace_s
from llmselect.probe.timing import timed_runs
from llmselect.probe.torch_probe.devices import Device
from llmselect.probe.torch_probe.work import Run, RunCounts, RunTimings, TimedDecoder

DTYPES = {"fp32": torch.float32, "bf16": torch.bfloat16, "fp16": torch.float16}
TILE = 2**16 + 1  # weights repeat after this many, because drawing all of them would take longer than the timing
MAX_CONTEXTS = 16
CONTEXT_VALUE = 0.1  # in keys and values of contexts; the value does not affect the time
Model = TypeVar("Model", bound=nn.Module)


def build_decoder(shape: DecoderShape, dtype: torch.dtype, device: str) -> Decoder:
    """A decoder with random weights, created on the device in its precision."""
    before = torch.get_default_dtype()
    torch.set_default_dtype(dtype)
    try:
        with torch.device(device), _SkipInitialisation():
            decoder = Decoder(shape)
    finally:
        torch.set_default_dtype(before)
    return with_random_weights(decoder)


class _SkipInitialisation(TorchFunctionMode):
    """Skips torch's initialisation of weights (as the meta device would, but that imports sympy)."""

    def __torch_function__(
        self, func: Callable[..., Any], types: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        if getattr(func, "__module__", None) == "torch.nn.init":
            return None
        return func(*args, **(kwargs or {}))


def with_random_weights(model: Model) -> Model:
    """The model with random weights and without gradients, ready to be timed."""
    model.eval().requires_grad_(False)
    tile = torch.randn(TILE) * 0.02
    for weights in model.parameters():
        _fill(weights.view(-1), tile.to(weights.device, weights.dtype))
    return model


def _fill(weights: Tensor, tile: Tensor) -> None:
    whole = weights.numel() // tile.numel() * tile.numel()
    weights[:whole].view(-1, tile.numel()).copy_(tile)
    weights[whole:].copy_(tile[: weights.numel() - whole])


@torch.inference_mode()
def time_decoder(
    case: TimedDecoder, precision: str, device: Device, pace: RunCounts, max_s: float = math.inf
) -> Iterator[RunTimings]:
    """Times each of a decoder's runs at least once, for about `max_s` in all; frees the decoder at the end."""
    deadline = Deadline(max_s)
    decoder = build_decoder(case.shape, DTYPES[precision], device.kind)
    look = pace_s if device.kind == "cpu" else _no_pace
    before_s = look()
    for done, run in enumerate(case.runs):
        runs, min_s = (pace.step_runs, pace.steps_s) if run.decodes else (pace.prompt_runs, 0.0)
        share_s = deadline.left_s / (len(case.runs) - done)
        seconds = timed_runs(
            RepeatedRun(decoder, run, device), min_runs=runs, min_s=min_s, max_s=share_s, sync=device.synchronise
        )
        after_s = look()
        yield RunTimings(case.role, case.shape, run, precision, seconds, pace_s=(before_s + after_s) / 2)
        before_s = after_s


def _no_pace() -> float:
    """0 (unknown), because the processor's pace says nothing about a GPU."""
    return 0.0


class RepeatedRun:
    """A run to repeat, with different tokens each time and contexts that together exceed the device's cache."""

    def __init__(self, decoder: Decoder, run: Run, device: Device) -> None:
        self.decoder, self.run = decoder, run
        shape = decoder.shape
        self.ids = torch.randint(0, shape.vocabulary_size, (64, run.batch, run.tokens)).to(device.kind)
        self.contexts = self._contexts(device)
        self.turn = 0

    def __call__(self) -> None:
        """Runs the decoder once on the run's tokens."""
        self.turn += 1
        context = self.contexts[self.turn % len(self.contexts)].copy()
        self.decoder(self.ids[self.turn % len(self.ids)], context, last_only=True)

    def _contexts(self, device: Device) -> list[KvCache]:
        """Contexts of the run's depth, together larger than the device's cache."""
        weight = self.decoder.embedding.weight
        size = self.decoder.shape.kv_bytes_per_token(weight.element_size()) * self.run.depth_tokens * self.run.batch
        count = min(MAX_CONTEXTS, 1 + device.cache_bytes // size) if size else 1
        return [self._context(weight) for _ in range(count)]

    def _context(self, like: Tensor) -> KvCache:
        cache, shape, run = self.decoder.cache(), self.decoder.shape, self.run
        for layer in range(shape.layers if run.depth_tokens else 0):
            size = (run.batch, shape.kv_heads, run.depth_tokens, shape.head_size)
            keys, values = (torch.empty(size, dtype=like.dtype, device=like.device) for _ in range(2))
            cache.append(layer, keys.fill_(CONTEXT_VALUE), values.fill_(CONTEXT_VALUE))
        cache.tokens = run.depth_tokens
        return cache
