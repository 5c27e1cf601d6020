"""What the torch probe times: a few small decoders, each to tell one cost apart; no torch here."""

import math
from dataclasses import replace
from statistics import median
from typing import Literal, NamedTuple

from llmselect.probe.decoder.shape import DecoderShape

Depth = Literal["quick", "default", "thorough"]
CACHES = 4  # weights read from memory are this many times the last cache
MOST_BYTES = 4 * 2**30  # and no more than this, whatever the cache
# Times the layers, so that a visit sees more of the rate of reading.
WIDE_OVER_SHORT: dict[Depth, int] = {"quick": 2, "default": 3, "thorough": 3}


Role = Literal["shallow", "deep", "attentive", "short", "wide", "prompt", "experts", "held-out"]
NEEDED: frozenset[Role] = frozenset(
    ("shallow", "deep", "attentive", "short", "wide", "prompt")
)  # no rates without these
BUILDING_BYTES = 2e9  # the cost of the smallest decoder beside bytes that are read


class Run(NamedTuple):
    """One thing to time on a decoder: `batch` sequences of `tokens` new tokens after `depth_tokens` others."""

    batch: int
    tokens: int
    depth_tokens: int = 0

    @property
    def decodes(self) -> bool:
        """Whether it is a step of writing, not the reading of a prompt."""
        return self.tokens == 1


class Subject(NamedTuple):
    """A decoder and what is timed on it. `role` says which cost it tells:

    `shallow` and `deep` are so narrow that their times are overhead, apart by their layers; `attentive` is as narrow
    and looks back over a long context; `short` reads much, `wide` reads more; `prompt` computes much; `experts` is
    wide with a mixture of experts; `held-out` has another shape than all of these and tells how far they mislead.
    """

    role: Role
    shape: DecoderShape
    runs: tuple[Run, ...]

    def cost(self, precision: str) -> float:
        """How long it takes beside others, roughly: bytes that are built, read, and computed with."""
        tokens = sum(10 + run.batch * run.tokens for run in self.runs)
        return BUILDING_BYTES + self.shape.weight_bytes(ELEMENT_BYTES[precision]) * (20 + tokens)


class Pace(NamedTuple):
    """How long each thing is timed after warming up: steps for so many runs and seconds at least, prompts for runs."""

    step_runs: int
    steps_s: float
    prompt_runs: int


class Timed(NamedTuple):
    """Seconds of each repetition of one run in one visit; `disturbed` when other processes were busy.

    `pace_s` are the seconds of a fixed computation beside it, 0 where that tells nothing.
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
        """The median; of disturbed runs the fastest, since a disturbance makes none faster than it is."""
        return min(self.seconds) if self.disturbed else median(self.seconds)


# So many visits to each decoder, apart in time because a machine's pace changes, each as long as the pace says.
VISITS: dict[Depth, int] = {"quick": 1, "default": 2, "thorough": 3}
PACES: dict[Depth, Pace] = {"quick": Pace(3, 0.03, 1), "default": Pace(3, 0.08, 1), "thorough": Pace(5, 0.25, 2)}
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
_LENGTHENED = {"cpu": 1, "mps": 4, "cuda": 16}  # a GPU has to be given more before it is busy
_BATCHES: dict[Depth, tuple[int, ...]] = {"quick": (1,), "default": (1,), "thorough": (1, 2, 4, 8)}


def _with_experts(shape: DecoderShape) -> DecoderShape:
    return replace(shape, layers=1, experts=16, experts_per_token=4, expert_ffn_size=768)


def _another(shape: DecoderShape) -> DecoderShape:
    """Narrower and with a wider feed-forward part, every head with keys of its own."""
    heads = 3 * shape.hidden_size // (4 * 64)
    width = heads * 64
    return replace(
        shape, hidden_size=width, attention_heads=heads, kv_heads=heads, head_size=64, ffn_size=6 * width, layers=1
    )


def subjects(kind: str, depth: Depth, element_bytes: int, cache_bytes: int) -> tuple[Subject, ...]:
    """The decoders that are timed on a kind of device, in order, those read from memory larger than its cache."""
    prompts = tuple(Run(1, length * _LENGTHENED[kind]) for length in _LENGTHS[depth])
    batches = tuple(Run(batch, 1) for batch in _BATCHES[depth])
    wide = _WIDE[kind]

    def large(shape: DecoderShape) -> DecoderShape:
        return _enlarged(shape, element_bytes, min(CACHES * cache_bytes, MOST_BYTES))

    found = [
        Subject("shallow", _NARROW, (Run(1, 1),)),
        Subject("deep", replace(_NARROW, layers=10), (Run(1, 1),)),
        Subject("attentive", _ATTENTIVE, (Run(1, 1), Run(1, 1, 2048))),
        Subject("short", large(wide), (Run(1, 1),)),
        Subject("wide", _longer(large(wide), WIDE_OVER_SHORT[depth]), batches),
        Subject("prompt", wide, prompts),
    ]
    if depth != "quick":
        mixture, another = _with_experts(wide), _another(wide)
        found.append(Subject("experts", large(mixture), (Run(1, 1),)))
        found.append(Subject("experts", mixture, prompts[-1:]))
        found.append(Subject("held-out", large(another), (Run(1, 1),)))
    if depth == "thorough":
        found.append(Subject("held-out", another, prompts[1:]))
    return tuple(found)


def _longer(shape: DecoderShape, times: int) -> DecoderShape:
    return replace(shape, layers=times * shape.layers)


def _enlarged(shape: DecoderShape, element_bytes: int, least_bytes: int) -> DecoderShape:
    """The shape with as many more layers as its weights need to reach a size; the head counts, the embedding not."""
    one = replace(shape, layers=1).parts
    missing = least_bytes / element_bytes - (one.head or one.embedding)
    return replace(shape, layers=max(shape.layers, math.ceil(missing / (one.layers - shape.hidden_size))))
