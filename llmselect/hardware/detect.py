"""Detects this machine's memory, processor and GPUs from the operating system and the vendors' tools.

Memory is in GiB (2**30 bytes). Functions named `parse_*` take text and read nothing.
"""

import ctypes
import os
import platform
import re
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from llmselect.errors import Exit, LlmselectError
from llmselect.hardware.amd import amd_gpus
from llmselect.hardware.intel import intel_gpus
from llmselect.hardware.nvidia import nvidia_gpus
from llmselect.hardware.system import output_of

GIB = 2**30
MAC_QUERY = ("sysctl", "-n", "hw.memsize", "machdep.cpu.brand_string")
CPU_NAME_KEYS = ("model name", "cpu", "Model", "Hardware")

_MEMINFO = re.compile(r"^MemTotal:\s+(\d+)\s*kB\s*$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Detected:
    """A machine: RAM in GiB, the processor's name, usable logical processors, GPUs as (name, memory in GiB)."""

    ram_gib: float
    cpu: str
    cores: int
    gpus: tuple[tuple[str, float], ...] = ()


def detect() -> Detected:
    """The machine that this process runs on.

    RAM is capped by a container's limit; `cores` counts the logical processors that this process may use. GPUs
    are those that the vendors' tools list and their environment variables leave visible; a tool that is missing,
    fails, hangs or prints nonsense lists none. Raises LlmselectError `no-hardware` (exit 5) if RAM cannot be read.
    """
    ram_bytes, cpu = {"darwin": _mac, "win32": _windows}.get(sys.platform, _linux)()
    if not ram_bytes:
        hint = "Describe the machine with --hardware or --gpu, and --ram."
        raise LlmselectError("no-hardware", "this machine's memory cannot be read", hint, Exit.MISSING)
    ram_gib = ram_bytes / GIB
    gpus = _gpus(ram_gib, cpu or "") if sys.platform != "darwin" else ()
    return Detected(ram_gib, cpu or platform.machine(), _usable_cores(), gpus)


def _gpus(ram_gib: float, cpu: str) -> tuple[tuple[str, float], ...]:
    """GPUs of all vendors except Apple, whose GPUs are part of the chip and use the machine's memory."""
    others = (*amd_gpus(os.environ, cpu), *intel_gpus())
    return (*nvidia_gpus(ram_gib, os.environ), *others)


def _usable_cores() -> int:
    affinity: Callable[[int], set[int]] | None = getattr(os, "sched_getaffinity", None)
    return (len(affinity(0)) if affinity else os.cpu_count()) or 1


# Linux


def _linux() -> tuple[int | None, str | None]:
    return linux_machine(Path("/"))


def linux_machine(root: Path) -> tuple[int | None, str | None]:
    """RAM in bytes and the processor's name, from the /proc and /sys below `root`; None for what is missing.

    A memory limit of the process's control group (version 1 or 2) counts if it is lower than the machine's RAM.
    """
    total = parse_meminfo(_text(root / "proc/meminfo"))
    limits = _cgroup_limits(root / "sys/fs/cgroup", _text(root / "proc/self/cgroup"))
    if total is not None:
        total = min([total, *limits])
    return total, parse_cpuinfo(_text(root / "proc/cpuinfo"))


def parse_meminfo(text: str) -> int | None:
    """The total RAM in bytes; /proc/meminfo states it in units of 1,024 bytes."""
    match = _MEMINFO.search(text)
    return int(match[1]) * 1024 if match else None


def parse_cpuinfo(text: str) -> str | None:
    """The processor's model name in /proc/cpuinfo, or the board's name where there is none."""
    fields: dict[str, str] = {}
    for line in text.splitlines():
        key, colon, value = line.partition(":")
        if colon and value.strip():
            fields.setdefault(key.strip(), " ".join(value.split()))
    return next((fields[key] for key in CPU_NAME_KEYS if key in fields), None)


def parse_cgroups(text: str) -> tuple[str | None, str | None]:
    """The paths of the process's version-2 group and of its version-1 memory group, from /proc/self/cgroup."""
    paths: dict[str, str] = {}
    for line in text.splitlines():
        _, _, rest = line.partition(":")
        controllers, colon, path = rest.partition(":")
        if colon:
            paths.update(dict.fromkeys(controllers.split(","), path))
    return paths.get(""), paths.get("memory")


def _cgroup_limits(base: Path, own_groups: str) -> list[int]:
    """Memory limits in bytes of the process's control group and of its ancestors."""
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
    return parse_sysctl(output_of((program, *MAC_QUERY[1:])))


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
    """RAM in bytes; `fill` stands for GlobalMemoryStatusEx, which fills a `MemoryStatus`. None if it fails."""
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
