"""Size of the processor's last-level cache: a bandwidth test must use buffers several times larger."""

import re
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

ASSUMED_BYTES = 64 * 2**20  # if the system does not report a size
_UNITS = {"": 1, "K": 2**10, "M": 2**20, "G": 2**30}
_SIZE = re.compile(r"(\d+)\s*([KMG]?)")
_MAC = ("sysctl", "-n", "hw.l3cachesize", "hw.perflevel0.l2cachesize", "hw.l2cachesize")
_WINDOWS = ("powershell", "-NoProfile", "-Command", "(Get-CimInstance Win32_Processor).L3CacheSize")
TIMEOUT_S = 5.0


def last_cache_bytes() -> int | None:
    """Bytes of all last-level caches together, since threads on all cores share them; None if not reported."""
    if sys.platform == "linux":
        return linux_cache_bytes(Path("/"))
    if sys.platform == "darwin":
        return largest(_output(_MAC), unit_bytes=1)
    if sys.platform == "win32":
        return summed(_output(_WINDOWS), unit_bytes=2**10)
    return None


def linux_cache_bytes(root: Path) -> int | None:
    """The summed size of the distinct caches of the highest level, from the /sys below `root`."""
    by_level: dict[int, dict[str, int]] = {}  # level: {CPUs that share the cache: bytes}
    for folder in sorted((root / "sys/devices/system/cpu").glob("cpu[0-9]*/cache/index[0-9]*")):
        level, size, sharers = (_text(folder / name) for name in ("level", "size", "shared_cpu_list"))
        if level.isdigit() and (match := _SIZE.fullmatch(size)):
            by_level.setdefault(int(level), {})[sharers or folder.as_posix()] = int(match[1]) * _UNITS[match[2]]
    return sum(by_level[max(by_level)].values()) if by_level else None


def largest(text: str, unit_bytes: int) -> int | None:
    """Bytes of the largest number in the text; macOS prints one number per cache level."""
    return max(_numbers(text), default=0) * unit_bytes or None


def summed(text: str, unit_bytes: int) -> int | None:
    """Bytes of the sum of the numbers in the text; Windows prints one number per socket."""
    return sum(_numbers(text)) * unit_bytes or None


def _numbers(text: str) -> Iterable[int]:
    return (int(word) for word in text.split() if word.isascii() and word.isdigit())


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii", errors="replace").strip()
    except OSError:
        return ""


def _output(command: tuple[str, ...]) -> str:
    """A program's standard output, even if it fails: sysctl does where one of the names is unknown to it."""
    try:
        ran = subprocess.run(command, capture_output=True, text=True, check=False, timeout=TIMEOUT_S)
    except (OSError, subprocess.SubprocessError):
        return ""
    return ran.stdout
