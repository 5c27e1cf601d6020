"""What the torch probe times: a few small decoders, each to tell one cost apart; no torch here."""

from dataclasses import replace
from typing import Literal, NamedTuple

from llmselect.probe.decoder.shape import DecoderShape

Depth = Literal["quick", "default", "thorough"]
CACHES = 4  # weights read from memory are this many times the last cache


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
    and looks back over a long context; `wide` reads and computes much; `experts` is wide with a mixture of experts;
    `held-out` has another shape than all of these and tells how far they mislead.
    """

    role: Literal["shallow", "deep", "attentive", "wide", "experts", "held-out"]
    shape: DecoderShape
    runs: tuple[Run, ...]


class Pace(NamedTuple):
    """How long each thing is timed: at least so many runs and seconds, after warming up."""

    least_runs: int
    least_s: float


class Timed(NamedTuple):
    """Seconds of each repetition of one run, at one precision."""

    role: str
    shape: DecoderShape
    run: Run
    precision: str
    seconds: tuple[float, ...]


PACES: dict[Depth, Pace] = {"quick": Pace(3, 0.03), "default": Pace(5, 0.1), "thorough": Pace(7, 0.5)}
ELEMENT_BYTES = {"fp32": 4, "bf16": 2, "fp16": 2}

_NARROW = DecoderShape(
    layers=2, hidden_size=64, attention_heads=4, kv_heads=2, head_size=16, ffn_size=128, vocabulary_size=64
)
_ATTENTIVE = replace(_NARROW, layers=4, attention_heads=16, kv_heads=4, head_size=128)
_WIDE = {
    "cpu": DecoderShape(2, 2048, 16, 4, 128, 5632, 2048),
    "mps": DecoderShape(2, 2048, 16, 4, 128, 5632, 2048),
    "cuda": DecoderShape(4, 4096, 32, 8, 128, 14336, 4096),
}
_EXPERTS = {"experts": 16, "experts_per_token": 4, "expert_ffn_size": 768}
_HELD_OUT = {"hidden_size": 1536, "attention_heads": 24, "kv_heads": 24, "head_size": 64, "ffn_size": 8960}


def subjects(kind: str, depth: Depth, element_bytes: int, cache_bytes: int) -> tuple[Subject, ...]:
    """The decoders that are timed on a kind of device, in order, those read from memory larger than its cache."""
    wide = _enlarged(_WIDE[kind], element_bytes, cache_bytes)
    lengths = {"quick": (32,), "default": (32, 128), "thorough": (32, 128, 512)}[depth]
    batches = {"quick": (1,), "default": (1, 4), "thorough": (1, 2, 4, 8)}[depth]
    prefills = tuple(Run(1, length) for length in lengths)
    found = [
        Subject("shallow", _NARROW, (Run(1, 1),)),
        Subject("deep", replace(_NARROW, layers=10), (Run(1, 1),)),
        Subject("attentive", _ATTENTIVE, (Run(1, 1), Run(1, 1, 2048))),
        Subject("wide", wide, (*(Run(batch, 1) for batch in batches), *prefills)),
    ]
    if depth != "quick":
        found.append(Subject("experts", replace(wide, layers=1, **_EXPERTS), (Run(1, 1), prefills[-1])))
        held_out = _enlarged(replace(wide, **_HELD_OUT), element_bytes, cache_bytes)
        found.append(Subject("held-out", held_out, (Run(1, 1), prefills[-1])))
    return tuple(found)


def _enlarged(shape: DecoderShape, element_bytes: int, cache_bytes: int) -> DecoderShape:
    """The shape with as many more layers as its weights need to outgrow the cache."""
    one = replace(shape, layers=1).dense_parameters * element_bytes
    return replace(shape, layers=max(shape.layers, -(-CACHES * cache_bytes // one)))
