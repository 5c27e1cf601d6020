"""The available probes, one per runtime, and which of them can run here."""

import importlib.util
import shutil
from collections.abc import Callable, Sequence
from typing import Literal, NamedTuple

from llmselect.errors import Exit, LlmselectError, unknown_name
from llmselect.probe.jobs import Deadline
from llmselect.probe.outcome import Outcome, Report
from llmselect.probe.pace import disable_blas_spinning

Depth = Literal["quick", "default", "thorough"]
DeviceKind = Literal["cpu", "cuda", "mps", "auto"]
MAX_S: dict[Depth, float] = {"quick": 6.0, "default": 28.0, "thorough": 1800.0}  # for all probes together
DEVICES: tuple[DeviceKind, ...] = ("cpu", "cuda", "mps", "auto")


class ProbeOptions(NamedTuple):
    """Options of a probe. `quantization` is a level, None for the probe's default."""

    depth: Depth
    device: DeviceKind
    quantization: str | None
    threads: int | None


class Prober(NamedTuple):
    """A probe of one runtime: whether it can run here, how to install what it needs, and the probe itself.

    `run` gets the options, a progress callback and the time limit in seconds.
    """

    name: str
    runtime: str
    available: Callable[[], bool]
    install: str
    run: Callable[[ProbeOptions, Report, float], Outcome]


def _has(module: str) -> bool:
    return importlib.util.find_spec(module) is not None


def _has_llamacpp() -> bool:
    return _has("gguf") and _has("numpy") and (shutil.which("llama-bench") is not None or _has("xllamacpp"))


def _llamacpp(asked: ProbeOptions, report: Report, max_s: float) -> Outcome:
    disable_blas_spinning()
    from llmselect.probe.llamacpp.run import probe_llamacpp

    return probe_llamacpp(asked.depth, asked.quantization, asked.threads, report, max_s=max_s).outcome


def _torch(asked: ProbeOptions, report: Report, max_s: float) -> Outcome:
    deadline = Deadline(max_s)
    disable_blas_spinning()
    from llmselect.probe.torch_probe.probe import probe_torch  # importing torch can take seconds

    return probe_torch(asked.device, asked.depth, report, deadline.left_s).outcome


PROBERS = (
    Prober("llama.cpp", "llama.cpp", _has_llamacpp, 'pip install "llmselect[llamacpp]"', _llamacpp),
    Prober("torch", "transformers", lambda: _has("torch"), 'pip install "llmselect[probe]"', _torch),
)


def choose(names: Sequence[str], device: DeviceKind, probers: Sequence[Prober] = PROBERS) -> list[Prober]:
    """The probes of the named runtimes, or all that are available if none is named.

    `device` applies only to torch: for llama.cpp its build decides where it runs. Raises LlmselectError for an unknown
    name, and with exit 5 if a named runtime, or every runtime, is not installed.
    """
    by_name = {alias: prober for prober in probers for alias in (prober.name, prober.runtime)}
    for name in names:
        if name not in by_name:
            known = [prober.name for prober in probers]
            raise unknown_name("runtime", name, known, f"It may be {' or '.join(known)}.")
    wanted = [prober for prober in probers if not names or prober in {by_name[name] for name in names}]
    if device in ("cuda", "mps") and not names:
        wanted = [prober for prober in wanted if prober.name == "torch"]
    missing = [prober for prober in wanted if not prober.available()]
    if missing and (names or len(missing) == len(wanted)):
        what = " and ".join(prober.name for prober in missing)
        raise LlmselectError(
            "no-runtime", f"{what} cannot be timed here: not installed", _install_hint(missing), Exit.MISSING
        )
    return [prober for prober in wanted if prober not in missing]


def _install_hint(missing: Sequence[Prober]) -> str:
    return f"Install it: {' or '.join(prober.install for prober in missing)}"
