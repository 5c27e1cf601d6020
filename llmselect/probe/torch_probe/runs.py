"""Builds decoders with random weights on a device and times them."""

from collections.abc import Iterator

import torch
from torch import Tensor

from llmselect.probe.decoder.cache import KvCache
from llmselect.probe.decoder.model import Decoder
from llmselect.probe.decoder.shape import DecoderShape
from llmselect.probe.timing import samples
from llmselect.probe.torch_probe.devices import Device
from llmselect.probe.torch_probe.work import Pace, Run, Subject, Timed

DTYPES = {"fp32": torch.float32, "bf16": torch.bfloat16, "fp16": torch.float16}
TILE = 2**16 + 1  # weights repeat after so many: a full draw takes longer than all timing
MOST_CACHES = 16


def built(shape: DecoderShape, dtype: torch.dtype, device: str) -> Decoder:
    """A decoder with random weights on the device; nothing is drawn twice or copied there."""
    with torch.device("meta"):
        decoder = Decoder(shape).to(dtype)
    decoder = decoder.to_empty(device=device)
    decoder.tie()
    tile = (torch.randn(TILE) * 0.02).to(device, dtype)
    with torch.no_grad():
        for weights in decoder.parameters():
            _fill(weights.view(-1), tile)
    return decoder.eval().requires_grad_(False)


def _fill(weights: Tensor, tile: Tensor) -> None:
    whole = weights.numel() // tile.numel() * tile.numel()
    weights[:whole].view(-1, tile.numel()).copy_(tile)
    weights[whole:].copy_(tile[: weights.numel() - whole])


@torch.inference_mode()
def timed(subject: Subject, precision: str, device: Device, pace: Pace) -> Iterator[Timed]:
    """Times each run of a subject; the decoder goes when the last is done."""
    decoder = built(subject.shape, DTYPES[precision], device.kind)
    for run in subject.runs:
        step = Step(decoder, run, device)
        seconds = samples(step, least_runs=pace.least_runs, least_s=pace.least_s, sync=device.synchronise)
        yield Timed(subject.role, subject.shape, run, precision, seconds)


class Step:
    """One run, to be repeated: other tokens each time, after contexts that the processor's cache does not hold."""

    def __init__(self, decoder: Decoder, run: Run, device: Device) -> None:
        self.decoder, self.run = decoder, run
        shape = decoder.shape
        self.ids = torch.randint(0, shape.vocabulary_size, (64, run.batch, run.tokens)).to(device.kind)
        self.contexts = self._contexts(device)
        self.turn = 0

    def __call__(self) -> None:
        """Writes or reads the run's tokens once."""
        self.turn += 1
        context = self.contexts[self.turn % len(self.contexts)].copy()
        self.decoder(self.ids[self.turn % len(self.ids)], context, last_only=True)

    def _contexts(self, device: Device) -> list[KvCache]:
        """Random contexts of the run's depth, together larger than the cache of the device."""
        weight = self.decoder.embedding.weight
        size = self.decoder.shape.kv_bytes_per_token(weight.element_size()) * self.run.depth_tokens * self.run.batch
        count = min(MOST_CACHES, 1 + 2 * device.cache_bytes // size) if size else 1
        return [self._context(weight) for _ in range(count)]

    def _context(self, like: Tensor) -> KvCache:
        cache, shape, run = self.decoder.cache(), self.decoder.shape, self.run
        for layer in range(shape.layers if run.depth_tokens else 0):
            size = (run.batch, shape.kv_heads, run.depth_tokens, shape.head_size)
            keys, values = (torch.empty(size, dtype=like.dtype, device=like.device) for _ in range(2))
            cache.append(layer, keys.normal_(), values.normal_())
        cache.tokens = run.depth_tokens
        return cache
