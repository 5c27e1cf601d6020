"""How large the processor's last cache is: what is timed from memory must be several times larger."""

import re
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

ASSUMED_BYTES = 64 * 2**20  # where the system does not tell
_UNITS = {"": 1, "K": 2**10, "M": 2**20, "G": 2**30}
_SIZE = re.compile(r"(\d+)\s*([KMG]?)")
_MAC = ("sysctl", "-n", "hw.l3cachesize", "hw.perflevel0.l2cachesize", "hw.l2cachesize")
_WINDOWS = ("powershell", "-NoProfile", "-Command", "(Get-CimInstance Win32_Processor).L3CacheSize")
TIMEOUT_S = 5.0


def last_cache_bytes() -> int | None:
    """Bytes of all last-level caches together, since threads on all cores fill them; None where nothing tells."""
    if sys.platform == "linux":
        return linux_cache_bytes(Path("/"))
    if sys.platform == "darwin":
        return largest(_output(_MAC), unit_bytes=1)
    if sys.platform == "win32":
        return summed(_output(_WINDOWS), unit_bytes=2**10)
    return None


def linux_cache_bytes(root: Path) -> int | None:
    """The sum over distinct caches of the highest level in the /sys below `root`."""
    found: dict[int, dict[str, int]] = {}
    for folder in sorted((root / "sys/devices/system/cpu").glob("cpu[0-9]*/cache/index[0-9]*")):
        level, size, sharers = (_text(folder / name) for name in ("level", "size", "shared_cpu_list"))
        if level.isdigit() and (match := _SIZE.fullmatch(size)):
            found.setdefault(int(level), {})[sharers or folder.as_posix()] = int(match[1]) * _UNITS[match[2]]
    return sum(found[max(found)].values()) if found else None


def largest(text: str, unit_bytes: int) -> int | None:
    """The largest of the numbers in a text, one a line, times the unit; macOS reports the levels apart."""
    return max(_numbers(text), default=0) * unit_bytes or None


def summed(text: str, unit_bytes: int) -> int | None:
    """The sum of the numbers in a text, one a line, times the unit; Windows reports one a socket."""
    return sum(_numbers(text)) * unit_bytes or None


def _numbers(text: str) -> Iterable[int]:
    return (int(word) for word in text.split() if word.isascii() and word.isdigit())


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii", errors="replace").strip()
    except OSError:
        return ""


def _output(command: tuple[str, ...]) -> str:
    """What a program prints, even if it does not know some of what it was asked; nothing where it is absent."""
    try:
        ran = subprocess.run(command, capture_output=True, text=True, check=False, timeout=TIMEOUT_S)
    except (OSError, subprocess.SubprocessError):
        return ""
    return ran.stdout
