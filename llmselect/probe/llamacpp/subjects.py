"""Which files a probe times, and what it asks of each."""

from collections.abc import Iterator
from typing import Literal, NamedTuple

from llmselect.errors import LlmselectError
from llmselect.probe.llamacpp.mixes import file_bytes
from llmselect.probe.llamacpp.shapes import Decoder
from llmselect.probe.llamacpp.timings import Ask

Depth = Literal["quick", "default", "thorough"]
Role = Literal["wide", "short", "thin", "experts", "held-out", "held-out experts"]

# The artifacts of the catalogue's levels; Q4_0 is no level, but files of it are about.
ARTIFACTS = {
    "none": "F16",
    "q8": "Q8_0",
    "q6": "Q6_K",
    "q5": "Q5_K_M",
    "q4": "Q4_K_M",
    "q3": "Q3_K_M",
    "q2": "Q2_K",
    "q4_0": "Q4_0",
}
USUAL = "q4"
WORDS = 2048  # a small vocabulary
HEAD_WORDS = 4096  # as large a share of the file as real heads have, which are of a finer type than the layers
CPU = "cpu"
GPU_PROMPT_TOKENS = 512
CACHES = 3  # times the last cache that a step must read
WIDE_OVER_SHORT = 2.0  # times at least, since what the wide file takes more tells the rate
NEEDED: frozenset[Role] = frozenset(("short", "wide", "thin"))  # no rates without these
LOADING_TOKENS = 10  # the cost of writing and loading a file, as so many readings of it
# Real layers, fewer of them; 2, 4, 8, 16 layers give half of them the finer types, as deep models do.
SHAPES: dict[Role, Decoder] = {
    "wide": Decoder(4, 4096, 11008, 32, 8, 128, HEAD_WORDS),
    "short": Decoder(1, 4096, 11008, 32, 8, 128, WORDS),
    "thin": Decoder(16, 1024, 2816, 16, 8, 64, WORDS),
    "experts": Decoder(2, 2048, 1024, 16, 16, 128, WORDS, experts=64, experts_per_token=8),
    "held-out": Decoder(8, 2048, 5632, 32, 4, 64, HEAD_WORDS),
    "held-out experts": Decoder(4, 1024, 768, 16, 4, 128, WORDS, experts=64, experts_per_token=8),
}
ROLES: dict[Depth, tuple[Role, ...]] = {
    "quick": ("short", "wide"),
    "default": ("short", "wide", "thin", "experts"),
    "thorough": ("short", "wide", "thin", "experts", "held-out", "held-out experts"),
}
# Prompts before steps before contexts, so that the machine is warm when it decodes.
_ASKS: dict[Depth, dict[Role, tuple[Ask, ...]]] = {
    "quick": {
        "short": (Ask(decode_tokens=16, repeats=2), Ask(decode_tokens=8, depth_tokens=512, repeats=2)),
        "wide": (Ask(prompt_tokens=64, repeats=1), Ask(decode_tokens=8, repeats=2)),
    },
    "default": {
        "wide": (Ask(prompt_tokens=128, repeats=1), Ask(decode_tokens=16, repeats=2)),
        "short": (Ask(decode_tokens=16, repeats=3),),
        "thin": (Ask(decode_tokens=16, repeats=3), Ask(decode_tokens=8, depth_tokens=256, repeats=2)),
        "experts": (Ask(prompt_tokens=256, repeats=2), Ask(decode_tokens=16, repeats=4)),
    },
}
# Thorough probes ask all of this in several rounds.
_PROMPTS, _STEPS = Ask(prompt_tokens=128, repeats=2), Ask(decode_tokens=16, repeats=3)
_BEHIND = Ask(decode_tokens=8, depth_tokens=512, repeats=2)
_MIXED = (Ask(prompt_tokens=256, repeats=2), _STEPS)
_ASKS["thorough"] = {
    "wide": (_PROMPTS, _STEPS),
    "short": (_STEPS,),
    "thin": (_PROMPTS, _STEPS, _BEHIND),
    "experts": _MIXED,
    "held-out": (_PROMPTS, _STEPS, _BEHIND),
    "held-out experts": _MIXED,
}


class Subject(NamedTuple):
    """A file to write and to time; `level` is one of `ARTIFACTS`."""

    role: Role
    level: str
    decoder: Decoder
    asks: tuple[Ask, ...]

    @property
    def artifact(self) -> str:
        """The kind of weights, such as `Q4_K_M`."""
        return ARTIFACTS[self.level]

    @property
    def file_bytes(self) -> float:
        """What the file takes on disk, apart from its header."""
        return file_bytes(self.decoder, self.artifact).total

    @property
    def cost(self) -> float:
        """How long it takes beside other files, roughly: bytes that are written and read."""
        tokens = sum(max(ask.prompt_tokens / 4, ask.decode_tokens) * ask.repeats for ask in self.asks)
        behind = sum(ask.depth_tokens / 4 for ask in self.asks)
        return self.file_bytes * LOADING_TOKENS + self.step_bytes * (tokens + behind)

    @property
    def step_bytes(self) -> float:
        """What one decoding step reads."""
        return file_bytes(self.decoder, self.artifact).active

    def on(self, device: str | None) -> "Subject":
        """The same for a device: a GPU is asked for longer prompts, because short ones leave it idle."""
        if device in (None, CPU):
            return self
        longer = (ask._replace(prompt_tokens=GPU_PROMPT_TOKENS) if ask.prompt_tokens else ask for ask in self.asks)
        return self._replace(asks=tuple(longer))


def levels(depth: Depth, quantization: str | None) -> tuple[str, ...]:
    """The levels that a probe looks at; raises LlmselectError `unknown-quantization` for one without a file."""
    if quantization is not None and quantization not in ARTIFACTS:
        hint = f"It may be {', '.join(ARTIFACTS)}."
        raise LlmselectError("unknown-quantization", f"llama.cpp has no level {quantization}", hint)
    if quantization is None and depth == "thorough":
        return tuple(ARTIFACTS)
    return (quantization or USUAL,)


def subjects(depth: Depth, quantization: str | None, cache_bytes: int) -> Iterator[Subject]:
    """All files of a probe, those of each level together."""
    for level in levels(depth, quantization):
        for role in ROLES[depth]:
            least_bytes = float(CACHES * cache_bytes)
            if role == "wide":
                short = enlarged(SHAPES["short"], ARTIFACTS[level], least_bytes)
                least_bytes = WIDE_OVER_SHORT * file_bytes(short, ARTIFACTS[level]).active
            decoder = enlarged(_shape(role, depth), ARTIFACTS[level], least_bytes)
            yield Subject(role, level, decoder, _ASKS[depth][role])


def _shape(role: Role, depth: Depth) -> Decoder:
    """A role's decoder; the wide one has fewer layers where time is short."""
    return SHAPES[role]._replace(layers=3) if role == "wide" and depth != "thorough" else SHAPES[role]


def enlarged(decoder: Decoder, artifact: str, least_bytes: float) -> Decoder:
    """The decoder with its layers doubled until a step reads `least_bytes`.

    A mixture's steps take other experts each time, so all its experts count.
    """
    while True:
        size = file_bytes(decoder, artifact)
        if max(size.active, size.experts) >= least_bytes:
            return decoder
        decoder = decoder._replace(layers=2 * decoder.layers)
