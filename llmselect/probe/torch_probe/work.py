"""The small decoders that the torch probe times, each of which isolates one cost; no torch here."""

import math
from dataclasses import replace
from statistics import median
from typing import Literal, NamedTuple

from llmselect.probe.decoder.shape import DecoderShape

Depth = Literal["quick", "default", "thorough"]
CACHE_MULTIPLE = 4  # weights that must be read from memory are this many times the last-level cache
MAX_BYTES = 4 * 2**30  # an upper bound for any cache
# The wide decoder has this many times the short one's layers.
WIDE_OVER_SHORT: dict[Depth, int] = {"quick": 2, "default": 3, "thorough": 3}


Role = Literal["shallow", "deep", "attentive", "short", "wide", "prompt", "experts", "held-out"]
REQUIRED_ROLES: frozenset[Role] = frozenset(
    ("shallow", "deep", "attentive", "short", "wide", "prompt")
)  # no rates without these
BUILDING_BYTES = 2e9  # the cost of the smallest decoder, in bytes read


class Run(NamedTuple):
    """One forward pass to time: `batch` sequences of `tokens` new tokens after `depth_tokens` earlier ones."""

    batch: int
    tokens: int
    depth_tokens: int = 0

    @property
    def decodes(self) -> bool:
        """Whether this is a decoding step and not a prompt."""
        return self.tokens == 1


class TimedDecoder(NamedTuple):
    """A decoder and the runs to time on it. `role` says which cost it isolates:

    `shallow` and `deep` are so narrow that their times are overhead and differ only by their layers; `attentive` is
    as narrow and attends to a long context; `short` reads much, `wide` reads more; `prompt` computes much; `experts`
    is wide with a mixture of experts; `held-out` has a different shape and checks the rates of the others.
    """

    role: Role
    shape: DecoderShape
    runs: tuple[Run, ...]

    def cost(self, precision: str) -> float:
        """The duration relative to other decoders, roughly: bytes that are created, read and computed with."""
        tokens = sum(10 + run.batch * run.tokens for run in self.runs)
        return BUILDING_BYTES + self.shape.weight_bytes(ELEMENT_BYTES[precision]) * (20 + tokens)


class RunCounts(NamedTuple):
    """The minimum number of runs after warming up, of steps also the minimum seconds."""

    step_runs: int
    steps_s: float
    prompt_runs: int


class RunTimings(NamedTuple):
    """Seconds of each repetition of a run in one visit; `disturbed` if other processes were busy.

    `pace_s` are the seconds of a fixed computation at that time, 0 if unknown.
    """

    role: str
    shape: DecoderShape
    run: Run
    precision: str
    seconds: tuple[float, ...]
    disturbed: bool = False
    pace_s: float = 0.0

    @property
    def typical_s(self) -> float:
        """The median, or if disturbed the fastest, since disturbances only slow runs down."""
        return min(self.seconds) if self.disturbed else median(self.seconds)


# Visits to each decoder, spread over the probe's time because a machine's pace changes.
VISITS: dict[Depth, int] = {"quick": 1, "default": 2, "thorough": 3}
RUN_COUNTS: dict[Depth, RunCounts] = {
    "quick": RunCounts(3, 0.03, 1),
    "default": RunCounts(3, 0.08, 1),
    "thorough": RunCounts(5, 0.25, 2),
}
ELEMENT_BYTES = {"fp32": 4, "bf16": 2, "fp16": 2}

_NARROW = DecoderShape(
    layers=2, hidden_size=64, attention_heads=4, kv_heads=2, head_size=16, ffn_size=128, vocabulary_size=64
)
_ATTENTIVE = replace(_NARROW, layers=4, attention_heads=16, kv_heads=4, head_size=128)
_WIDE = {
    "cpu": DecoderShape(1, 2048, 16, 4, 128, 5632, 2048),
    "mps": DecoderShape(2, 2048, 16, 4, 128, 5632, 2048),
    "cuda": DecoderShape(2, 4096, 32, 8, 128, 14336, 4096),
}
_LENGTHS: dict[Depth, tuple[int, ...]] = {"quick": (16, 64), "default": (32, 128), "thorough": (32, 64, 128, 256)}
_PROMPT_MULTIPLE = {"cpu": 1, "mps": 4, "cuda": 16}  # a GPU needs longer prompts to be busy
_BATCHES: dict[Depth, tuple[int, ...]] = {"quick": (1,), "default": (1,), "thorough": (1, 2, 4, 8)}


def _with_experts(shape: DecoderShape) -> DecoderShape:
    return replace(shape, layers=1, experts=16, experts_per_token=4, expert_ffn_size=768)


def _held_out_shape(shape: DecoderShape) -> DecoderShape:
    """A narrower shape with a wider feed-forward network and multi-head attention."""
    heads = 3 * shape.hidden_size // (4 * 64)
    width = heads * 64
    return replace(
        shape, hidden_size=width, attention_heads=heads, kv_heads=heads, head_size=64, ffn_size=6 * width, layers=1
    )


def timed_decoders(kind: str, depth: Depth, element_bytes: int, cache_bytes: int) -> tuple[TimedDecoder, ...]:
    """The decoders for a kind of device, in order; those that measure reading are larger than its cache."""
    prompts = tuple(Run(1, length * _PROMPT_MULTIPLE[kind]) for length in _LENGTHS[depth])
    batches = tuple(Run(batch, 1) for batch in _BATCHES[depth])
    wide = _WIDE[kind]

    def large(shape: DecoderShape) -> DecoderShape:
        return _enlarge(shape, element_bytes, min(CACHE_MULTIPLE * cache_bytes, MAX_BYTES))

    found = [
        TimedDecoder("shallow", _NARROW, (Run(1, 1),)),
        TimedDecoder("deep", replace(_NARROW, layers=10), (Run(1, 1),)),
        TimedDecoder("attentive", _ATTENTIVE, (Run(1, 1), Run(1, 1, 2048))),
        TimedDecoder("short", large(wide), (Run(1, 1),)),
        TimedDecoder("wide", _with_layers_times(large(wide), WIDE_OVER_SHORT[depth]), batches),
        TimedDecoder("prompt", wide, prompts),
    ]
    if depth != "quick":
        mixture, another = _with_experts(wide), _held_out_shape(wide)
        found.append(TimedDecoder("experts", large(mixture), (Run(1, 1),)))
        found.append(TimedDecoder("experts", mixture, prompts[-1:]))
        found.append(TimedDecoder("held-out", large(another), (Run(1, 1),)))
    if depth == "thorough":
        found.append(TimedDecoder("held-out", another, prompts[1:]))
    return tuple(found)


def _with_layers_times(shape: DecoderShape, times: int) -> DecoderShape:
    return replace(shape, layers=times * shape.layers)


def _enlarge(shape: DecoderShape, element_bytes: int, min_bytes: int) -> DecoderShape:
    """The shape with enough layers to reach `min_bytes` of weights, counting the head but not the embedding."""
    one = replace(shape, layers=1).parts
    missing = min_bytes / element_bytes - (one.head or one.embedding)
    return replace(shape, layers=max(shape.layers, math.ceil(missing / (one.layers - shape.hidden_size))))
