"""The probes that there are, one for each runtime, and which of them can run here."""

import importlib.util
import shutil
from collections.abc import Callable, Sequence
from typing import Literal, NamedTuple

from llmselect.errors import Exit, LlmselectError, unknown_name
from llmselect.probe.outcome import Outcome, Report
from llmselect.probe.pace import no_spinning
from llmselect.probe.steady import Deadline

Depth = Literal["quick", "default", "thorough"]
DeviceKind = Literal["cpu", "cuda", "mps", "auto"]
MOST_S: dict[Depth, float] = {"quick": 6.0, "default": 28.0, "thorough": 1800.0}  # for all probes together
DEVICES: tuple[DeviceKind, ...] = ("cpu", "cuda", "mps", "auto")


class Asked(NamedTuple):
    """What the user asks of a probe: `quantization` is a level, None for the probe's own choice."""

    depth: Depth
    device: DeviceKind
    quantization: str | None
    threads: int | None


class Prober(NamedTuple):
    """A probe: the runtime that it speaks of, whether it can run here, how to make that so, and the probe itself.

    `run` is given the most seconds that it should take.
    """

    name: str
    runtime: str
    there: Callable[[], bool]
    install: str
    run: Callable[[Asked, Report, float], Outcome]


def _has(module: str) -> bool:
    return importlib.util.find_spec(module) is not None


def _has_llamacpp() -> bool:
    return _has("gguf") and _has("numpy") and (shutil.which("llama-bench") is not None or _has("xllamacpp"))


def _llamacpp(asked: Asked, report: Report, most_s: float) -> Outcome:
    no_spinning()
    from llmselect.probe.llamacpp.run import probe_llamacpp

    return probe_llamacpp(asked.depth, asked.quantization, asked.threads, report, most_s=most_s).outcome


def _torch(asked: Asked, report: Report, most_s: float) -> Outcome:
    deadline = Deadline(most_s)
    no_spinning()
    from llmselect.probe.torch_probe.probe import probe_torch  # takes seconds the first time

    return probe_torch(asked.device, asked.depth, report, deadline.left_s).outcome


PROBERS = (
    Prober("llama.cpp", "llama.cpp", _has_llamacpp, 'pip install "llmselect[llamacpp]"', _llamacpp),
    Prober("torch", "transformers", lambda: _has("torch"), 'pip install "llmselect[probe]"', _torch),
)


def choose(names: Sequence[str], device: DeviceKind, probers: Sequence[Prober] = PROBERS) -> list[Prober]:
    """The probes of these runtimes, of all that are there where none is named.

    A GPU is torch's alone: llama.cpp's own build decides what it runs on. Raises LlmselectError for a name that
    is none, and with exit 5 where a named one, or every one, is missing.
    """
    by_name = {alias: prober for prober in probers for alias in (prober.name, prober.runtime)}
    for name in names:
        if name not in by_name:
            known = [prober.name for prober in probers]
            raise unknown_name("runtime", name, known, f"It may be {' or '.join(known)}.")
    wanted = [prober for prober in probers if not names or prober in {by_name[name] for name in names}]
    if device in ("cuda", "mps") and not names:
        wanted = [prober for prober in wanted if prober.name == "torch"]
    missing = [prober for prober in wanted if not prober.there()]
    if missing and (names or len(missing) == len(wanted)):
        what = " and ".join(prober.name for prober in missing)
        raise LlmselectError("no-runtime", f"{what} cannot be timed here: not installed", _ways(missing), Exit.MISSING)
    return [prober for prober in wanted if prober not in missing]


def _ways(missing: Sequence[Prober]) -> str:
    return f"Install it: {' or '.join(prober.install for prober in missing)}"
