"""What this machine has: memory, processor and NVIDIA GPUs, asked of the operating system and of nvidia-smi.

Memory is in GiB (2**30 bytes). Parsing is apart from reading: functions named `parse_*` take text alone.
"""

import contextlib
import ctypes
import os
import platform
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from llmselect.errors import Exit, LlmselectError

GIB = 2**30
MIB_PER_GIB = 1024
COMMAND_TIMEOUT_S = 5.0
NVIDIA_SMI = "nvidia-smi"
NVIDIA_QUERY = (NVIDIA_SMI, "--query-gpu=name,memory.total", "--format=csv,noheader,nounits")
NVIDIA_LIST = (NVIDIA_SMI, "-L")
MAC_QUERY = ("sysctl", "-n", "hw.memsize", "machdep.cpu.brand_string")
CPU_NAME_KEYS = ("model name", "cpu", "Model", "Hardware")
SHARED_MEMORY = ("[n/a]", "n/a", "[not supported]")  # nvidia-smi's words for a GPU that uses the system's RAM

_MEMINFO = re.compile(r"^MemTotal:\s+(\d+)\s*kB\s*$", re.MULTILINE)
_MIB = re.compile(r"\d{1,9}(\.\d+)?")
_GPU_LINE = re.compile(r"GPU (\d+): ")
_MIG_LINE = re.compile(r"\s+MIG (\S*?(\d+)gb\S*)\s")


@dataclass(frozen=True, slots=True)
class Detected:
    """RAM in GiB, the processor's name as the system says it, processors to use, GPUs as (name, memory in GiB)."""

    ram_gib: float
    cpu: str
    cores: int
    gpus: tuple[tuple[str, float], ...] = ()


def detect() -> Detected:
    """The machine that this process runs on.

    RAM respects a container's limit; `cores` counts the logical processors that this process may use. GPUs
    are those of nvidia-smi that CUDA_VISIBLE_DEVICES leaves visible; where it is absent, fails, hangs or
    answers nonsense, there are none. Raises LlmselectError `no-hardware` (exit 5) where RAM cannot be read.
    """
    ram_bytes, cpu = {"darwin": _mac, "win32": _windows}.get(sys.platform, _linux)()
    if not ram_bytes:
        hint = "Describe the machine with --hardware or --gpu, and --ram."
        raise LlmselectError("no-hardware", "this machine's memory cannot be read", hint, Exit.MISSING)
    ram_gib = ram_bytes / GIB
    gpus = nvidia_gpus(ram_gib, os.environ) if sys.platform != "darwin" else ()
    return Detected(ram_gib, cpu or platform.machine(), _usable_cores(), gpus)


def _usable_cores() -> int:
    affinity: Callable[[int], set[int]] | None = getattr(os, "sched_getaffinity", None)
    return (len(affinity(0)) if affinity else os.cpu_count()) or 1


# Linux


def _linux() -> tuple[int | None, str | None]:
    return linux_machine(Path("/"))


def linux_machine(root: Path) -> tuple[int | None, str | None]:
    """RAM in bytes and the processor's name from the /proc and /sys below `root`; None for what is not told.

    A limit of the process's control group (version 1 or 2) counts where it is lower than the machine's RAM.
    """
    total = parse_meminfo(_text(root / "proc/meminfo"))
    limits = _cgroup_limits(root / "sys/fs/cgroup", _text(root / "proc/self/cgroup"))
    if total is not None:
        total = min([total, *limits])
    return total, parse_cpuinfo(_text(root / "proc/cpuinfo"))


def parse_meminfo(text: str) -> int | None:
    """The total RAM in bytes that /proc/meminfo states in units of 1,024 bytes."""
    match = _MEMINFO.search(text)
    return int(match[1]) * 1024 if match else None


def parse_cpuinfo(text: str) -> str | None:
    """The processor's name in /proc/cpuinfo: its model, or on boards without one the board's."""
    fields: dict[str, str] = {}
    for line in text.splitlines():
        key, colon, value = line.partition(":")
        if colon and value.strip():
            fields.setdefault(key.strip(), " ".join(value.split()))
    return next((fields[key] for key in CPU_NAME_KEYS if key in fields), None)


def parse_cgroups(text: str) -> tuple[str | None, str | None]:
    """The process's control groups in /proc/self/cgroup: the version-2 path and the version-1 memory path."""
    paths: dict[str, str] = {}
    for line in text.splitlines():
        _, _, rest = line.partition(":")
        controllers, colon, path = rest.partition(":")
        if colon:
            paths.update(dict.fromkeys(controllers.split(","), path))
    return paths.get(""), paths.get("memory")


def _cgroup_limits(base: Path, own_groups: str) -> list[int]:
    """Memory limits in bytes of the process's control group and of all around it."""
    version_2, version_1 = parse_cgroups(own_groups)
    found = _limits_upwards(base, version_2, "memory.max")
    return found + _limits_upwards(base / "memory", version_1, "memory.limit_in_bytes")


def _limits_upwards(base: Path, path: str | None, file: str) -> list[int]:
    parts = [part for part in (path or "").split("/") if part]
    if ".." in parts:  # a group outside this container's view
        parts = []
    folders = [base.joinpath(*parts[:depth]) for depth in range(len(parts) + 1)]
    texts = (_text(folder / file).strip() for folder in folders)
    return [int(text) for text in texts if text.isascii() and text.isdigit() and int(text) > 0]


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


# macOS


def _mac() -> tuple[int | None, str | None]:
    program = shutil.which(MAC_QUERY[0]) or "/usr/sbin/sysctl"
    return parse_sysctl(_output((program, *MAC_QUERY[1:])))


def parse_sysctl(text: str) -> tuple[int | None, str | None]:
    """RAM in bytes and the chip's name from the two lines of `sysctl -n hw.memsize machdep.cpu.brand_string`."""
    lines = [line.strip() for line in text.splitlines()] + ["", ""]
    return int(lines[0]) if lines[0].isascii() and lines[0].isdigit() else None, lines[1] or None


# Windows


class MemoryStatus(ctypes.Structure):
    """MEMORYSTATUSEX of the Windows API; sizes in bytes."""

    _fields_ = (
        ("length", ctypes.c_uint32),
        ("memory_load_percent", ctypes.c_uint32),
        ("total_physical", ctypes.c_uint64),
        ("available_physical", ctypes.c_uint64),
        ("total_page_file", ctypes.c_uint64),
        ("available_page_file", ctypes.c_uint64),
        ("total_virtual", ctypes.c_uint64),
        ("available_virtual", ctypes.c_uint64),
        ("available_extended_virtual", ctypes.c_uint64),
    )


def _windows() -> tuple[int | None, str | None]:
    if sys.platform != "win32":
        return None, None
    fill = ctypes.windll.kernel32.GlobalMemoryStatusEx
    return physical_bytes(fill), _registry_cpu() or os.environ.get("PROCESSOR_IDENTIFIER")


def physical_bytes(fill: Callable[[Any], int]) -> int | None:
    """RAM in bytes by a function that fills a `MemoryStatus` as GlobalMemoryStatusEx does; None if it fails."""
    status = MemoryStatus()
    status.length = ctypes.sizeof(MemoryStatus)
    return int(status.total_physical) if fill(ctypes.byref(status)) else None


def _registry_cpu() -> str | None:
    if sys.platform != "win32":
        return None
    import winreg

    key = r"HARDWARE\DESCRIPTION\System\CentralProcessor\0"
    try:
        with winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, key) as opened:
            return " ".join(str(winreg.QueryValueEx(opened, "ProcessorNameString")[0]).split())
    except OSError:
        return None


# NVIDIA


def nvidia_gpus(ram_gib: float, environment: Mapping[str, str]) -> tuple[tuple[str, float], ...]:
    """Name and memory in GiB of each GPU that nvidia-smi shows and the environment leaves visible.

    A GPU without memory of its own (DGX Spark, Jetson) has the system's `ram_gib`. Where a GPU is cut into
    MIG instances, the largest instance is the only device: a CUDA process uses one.
    """
    rows = parse_gpus(_output(NVIDIA_QUERY))
    visible = visible_indices(environment.get("CUDA_VISIBLE_DEVICES"), len(rows))
    if not visible:
        return ()
    instances = parse_mig(_output(NVIDIA_LIST))
    slices = [(f"{rows[i][0]} MIG {name}", size) for i in visible for name, size in instances.get(i, ())]
    if slices:
        return (max(slices, key=lambda device: device[1]),)
    sized = ((rows[i][0], _gpu_memory_gib(rows[i][1], ram_gib)) for i in visible)
    return tuple((name, memory) for name, memory in sized if memory is not None)


def _gpu_memory_gib(text: str, ram_gib: float) -> float | None:
    """Memory by nvidia-smi's word for it, in MiB; None where that is an error."""
    if text.lower() in SHARED_MEMORY:
        return ram_gib
    mib = float(text) if _MIB.fullmatch(text) else 0.0
    return mib / MIB_PER_GIB if mib > 0 else None


def parse_gpus(text: str) -> list[tuple[str, str]]:
    """Name and memory, as text, of each line of nvidia-smi's CSV; lines of another form are left out."""
    rows = (line.rpartition(",") for line in text.splitlines())
    return [(" ".join(name.split()), memory.strip()) for name, comma, memory in rows if comma and name.strip()]


def parse_mig(text: str) -> dict[int, list[tuple[str, float]]]:
    """MIG instances in `nvidia-smi -L` by their GPU's index: profile (such as 3g.20gb) and memory in GiB.

    A profile's size is read as 10**9 bytes; an instance holds a few percent more (a 3g.20gb 19.5 GiB).
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
    """Which of `count` GPUs a CUDA_VISIBLE_DEVICES of indices leaves, in its order.

    As in CUDA an index out of range hides itself and all that follow, and an empty list hides all. A list of
    ids (GPU-…, MIG-…) is not judged: all stay. Indices are nvidia-smi's, as with CUDA_DEVICE_ORDER=PCI_BUS_ID.
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


def _output(command: Sequence[str]) -> str:
    """What a program prints within the time limit; nothing where it is absent, fails or hangs."""
    program = shutil.which(command[0])
    if program is None:
        return ""
    try:
        process = subprocess.Popen(
            (program, *command[1:]), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
    except OSError:
        return ""
    with contextlib.suppress(subprocess.TimeoutExpired):
        printed, _ = process.communicate(timeout=COMMAND_TIMEOUT_S)
        return printed.decode("utf-8", "replace") if process.returncode == 0 else ""
    process.kill()
    if process.stdout is not None:
        process.stdout.close()
    with contextlib.suppress(subprocess.TimeoutExpired):  # a broken driver can keep it from ending
        process.wait(timeout=1.0)
    return ""
