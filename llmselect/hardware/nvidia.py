"""NVIDIA's GPUs, from nvidia-smi."""

import re
from collections.abc import Mapping

from llmselect.hardware.system import output_of

GIB = 2**30
MIB_PER_GIB = 1024
NVIDIA_SMI = "nvidia-smi"
NVIDIA_QUERY = (NVIDIA_SMI, "--query-gpu=name,memory.total", "--format=csv,noheader,nounits")
NVIDIA_LIST = (NVIDIA_SMI, "-L")
SHARED_MEMORY = ("[n/a]", "n/a", "[not supported]")  # nvidia-smi's words for a GPU that uses the system's RAM

_MIB = re.compile(r"\d{1,9}(\.\d+)?")
_GPU_LINE = re.compile(r"GPU (\d+): ")
_MIG_LINE = re.compile(r"\s+MIG (\S*?(\d+)gb\S*)\s")


def nvidia_gpus(ram_gib: float, environment: Mapping[str, str]) -> tuple[tuple[str, float], ...]:
    """Name and memory in GiB of each GPU that nvidia-smi lists and the environment leaves visible.

    A GPU without memory of its own (DGX Spark, Jetson) gets the system's `ram_gib`. If a GPU is split into
    MIG instances, the largest instance is the only device returned, because a CUDA process uses just one.
    """
    rows = parse_gpus(output_of(NVIDIA_QUERY))
    visible = visible_indices(environment.get("CUDA_VISIBLE_DEVICES"), len(rows))
    if not visible:
        return ()
    instances = parse_mig(output_of(NVIDIA_LIST))
    slices = [(f"{rows[i][0]} MIG {name}", size) for i in visible for name, size in instances.get(i, ())]
    if slices:
        return (max(slices, key=lambda device: device[1]),)
    sized = ((rows[i][0], _gpu_memory_gib(rows[i][1], ram_gib)) for i in visible)
    return tuple((name, memory) for name, memory in sized if memory is not None)


def _gpu_memory_gib(text: str, ram_gib: float) -> float | None:
    """GiB from nvidia-smi's memory column, which is MiB or a marker of shared memory; None for anything else."""
    if text.lower() in SHARED_MEMORY:
        return ram_gib
    mib = float(text) if _MIB.fullmatch(text) else 0.0
    return mib / MIB_PER_GIB if mib > 0 else None


def parse_gpus(text: str) -> list[tuple[str, str]]:
    """Name and memory, both as text, of each line of nvidia-smi's CSV; malformed lines are skipped."""
    rows = (line.rpartition(",") for line in text.splitlines())
    return [(" ".join(name.split()), memory.strip()) for name, comma, memory in rows if comma and name.strip()]


def parse_mig(text: str) -> dict[int, list[tuple[str, float]]]:
    """MIG instances in `nvidia-smi -L`, by their GPU's index: profile (such as 3g.20gb) and memory in GiB.

    The profile's size is read as 10**9 bytes, a few percent less than the instance has (19.5 GiB for 3g.20gb).
    """
    found: dict[int, list[tuple[str, float]]] = {}
    index = -1
    for line in text.splitlines():
        if gpu := _GPU_LINE.match(line):
            index = int(gpu[1])
        elif instance := _MIG_LINE.match(line):
            found.setdefault(index, []).append((instance[1], int(instance[2]) * 1e9 / GIB))
    return found


def visible_indices(variable: str | None, count: int) -> list[int]:
    """Which of `count` GPUs a CUDA_VISIBLE_DEVICES of indices leaves visible, in its order.

    As in CUDA, an index out of range hides itself and all that follow, and an empty list hides everything. A list
    of ids (GPU-…, MIG-…) is ignored. Indices are nvidia-smi's, as with CUDA_DEVICE_ORDER=PCI_BUS_ID.
    """
    if variable is None:
        return list(range(count))
    words = [word.strip() for word in variable.split(",")]
    if not all(re.fullmatch(r"-?\d{1,9}", word) for word in words if word):
        return list(range(count))
    chosen: dict[int, None] = {}
    for word in words:
        if not word or not 0 <= int(word) < count:
            break
        chosen[int(word)] = None
    return list(chosen)
