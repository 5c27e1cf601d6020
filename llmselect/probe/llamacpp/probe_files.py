"""The files that a probe writes, and what it times on each."""

from collections.abc import Iterator
from typing import Literal, NamedTuple

from llmselect.errors import LlmselectError
from llmselect.probe.llamacpp.mixes import file_bytes
from llmselect.probe.llamacpp.shapes import Decoder
from llmselect.probe.llamacpp.timings import TimingTask

Depth = Literal["quick", "default", "thorough"]
Role = Literal["wide", "short", "thin", "experts", "held-out", "held-out experts"]

# The artifact of each of the catalogue's levels; Q4_0 is not a level there, but such files are common.
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
DEFAULT_LEVEL = "q4"
VOCABULARY = 2048  # a small vocabulary
HEAD_VOCABULARY = 4096  # gives the head, which has a finer type than the layers, a realistic share of the file
CPU = "cpu"
GPU_PROMPT_TOKENS = 512
CACHE_MULTIPLE = 3  # a step must read this many times the last-level cache
MIN_WIDE_OVER_SHORT = 2.0  # the rate follows from the difference between the two files
REQUIRED_ROLES: frozenset[Role] = frozenset(("short", "wide", "thin"))  # without these there are no rates
LOADING_TOKENS = 10  # writing and loading a file costs as much as reading it this many times
# Layers as in real models, but fewer; with 2, 4, 8 or 16, half of them get the finer types, as in deep models.
SHAPES: dict[Role, Decoder] = {
    "wide": Decoder(4, 4096, 11008, 32, 8, 128, HEAD_VOCABULARY),
    "short": Decoder(1, 4096, 11008, 32, 8, 128, VOCABULARY),
    "thin": Decoder(16, 1024, 2816, 16, 8, 64, VOCABULARY),
    "experts": Decoder(2, 2048, 1024, 16, 16, 128, VOCABULARY, experts=64, experts_per_token=8),
    "held-out": Decoder(8, 2048, 5632, 32, 4, 64, HEAD_VOCABULARY),
    "held-out experts": Decoder(4, 1024, 768, 16, 4, 128, VOCABULARY, experts=64, experts_per_token=8),
}
ROLES: dict[Depth, tuple[Role, ...]] = {
    "quick": ("short", "wide"),
    "default": ("short", "wide", "thin", "experts"),
    "thorough": ("short", "wide", "thin", "experts", "held-out", "held-out experts"),
}
# Prompts first, then steps, then steps at a depth, so that the machine is warm when it decodes.
_TASKS: dict[Depth, dict[Role, tuple[TimingTask, ...]]] = {
    "quick": {
        "short": (TimingTask(decode_tokens=16, repeats=2), TimingTask(decode_tokens=8, depth_tokens=512, repeats=2)),
        "wide": (TimingTask(prompt_tokens=64, repeats=1), TimingTask(decode_tokens=8, repeats=2)),
    },
    "default": {
        "wide": (TimingTask(prompt_tokens=128, repeats=1), TimingTask(decode_tokens=16, repeats=2)),
        "short": (TimingTask(decode_tokens=16, repeats=3),),
        "thin": (TimingTask(decode_tokens=16, repeats=3), TimingTask(decode_tokens=8, depth_tokens=256, repeats=2)),
        "experts": (TimingTask(prompt_tokens=256, repeats=2), TimingTask(decode_tokens=16, repeats=4)),
    },
}
# Thorough probes run all of this in several rounds.
_PROMPTS, _STEPS = TimingTask(prompt_tokens=128, repeats=2), TimingTask(decode_tokens=16, repeats=3)
_AT_DEPTH = TimingTask(decode_tokens=8, depth_tokens=512, repeats=2)
_MIXED = (TimingTask(prompt_tokens=256, repeats=2), _STEPS)
_TASKS["thorough"] = {
    "wide": (_PROMPTS, _STEPS),
    "short": (_STEPS,),
    "thin": (_PROMPTS, _STEPS, _AT_DEPTH),
    "experts": _MIXED,
    "held-out": (_PROMPTS, _STEPS, _AT_DEPTH),
    "held-out experts": _MIXED,
}


class ProbeFile(NamedTuple):
    """A file to write and time; `level` is one of `ARTIFACTS`."""

    role: Role
    level: str
    decoder: Decoder
    tasks: tuple[TimingTask, ...]

    @property
    def artifact(self) -> str:
        """The artifact, such as `Q4_K_M`."""
        return ARTIFACTS[self.level]

    @property
    def file_bytes(self) -> float:
        """The file's size on disk without its header."""
        return file_bytes(self.decoder, self.artifact).total

    @property
    def cost(self) -> float:
        """The duration relative to other files, roughly: bytes written and read."""
        tokens = sum(max(task.prompt_tokens / 4, task.decode_tokens) * task.repeats for task in self.tasks)
        behind = sum(task.depth_tokens / 4 for task in self.tasks)
        return self.file_bytes * LOADING_TOKENS + self.step_bytes * (tokens + behind)

    @property
    def step_bytes(self) -> float:
        """Bytes that one decoding step reads."""
        return file_bytes(self.decoder, self.artifact).active

    def for_device(self, device: str | None) -> "ProbeFile":
        """The file with tasks for a device: a GPU gets longer prompts, because short ones leave it idle."""
        if device in (None, CPU):
            return self
        longer = (task._replace(prompt_tokens=GPU_PROMPT_TOKENS) if task.prompt_tokens else task for task in self.tasks)
        return self._replace(tasks=tuple(longer))


def levels(depth: Depth, quantization: str | None) -> tuple[str, ...]:
    """The levels to probe; raises LlmselectError `unknown-quantization` for an unknown one."""
    if quantization is not None and quantization not in ARTIFACTS:
        hint = f"It may be {', '.join(ARTIFACTS)}."
        raise LlmselectError("unknown-quantization", f"llama.cpp has no level {quantization}", hint)
    if quantization is None and depth == "thorough":
        return tuple(ARTIFACTS)
    return (quantization or DEFAULT_LEVEL,)


def probe_files(depth: Depth, quantization: str | None, cache_bytes: int) -> Iterator[ProbeFile]:
    """All files of a probe, level by level."""
    for level in levels(depth, quantization):
        for role in ROLES[depth]:
            min_bytes = float(CACHE_MULTIPLE * cache_bytes)
            if role == "wide":
                short = enlarge(SHAPES["short"], ARTIFACTS[level], min_bytes)
                min_bytes = MIN_WIDE_OVER_SHORT * file_bytes(short, ARTIFACTS[level]).active
            decoder = enlarge(_shape(role, depth), ARTIFACTS[level], min_bytes)
            yield ProbeFile(role, level, decoder, _TASKS[depth][role])


def _shape(role: Role, depth: Depth) -> Decoder:
    """A role's decoder; the wide one has fewer layers unless the probe is thorough."""
    return SHAPES[role]._replace(layers=3) if role == "wide" and depth != "thorough" else SHAPES[role]


def enlarge(decoder: Decoder, artifact: str, min_bytes: float) -> Decoder:
    """The decoder with its layers doubled until a step reads `min_bytes`.

    For a mixture all experts count, because each step reads different ones.
    """
    while True:
        size = file_bytes(decoder, artifact)
        if max(size.active, size.experts) >= min_bytes:
            return decoder
        decoder = decoder._replace(layers=2 * decoder.layers)
