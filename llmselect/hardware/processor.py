"""More about the processor than its name: cores, and Apple's GPU in it."""

import sys
from pathlib import Path

from llmselect.hardware.asking import as_json, output_of

APPLE_DISPLAYS = ("system_profiler", "SPDisplaysDataType", "-json")
MAC_CORES = ("sysctl", "-n", "hw.physicalcpu")


def physical_cores() -> int | None:
    """Cores of the processor, each counted once; None where the system does not tell."""
    if sys.platform == "darwin":
        text = output_of(MAC_CORES).strip()
        return int(text) if text.isdigit() else None
    if sys.platform == "linux":
        try:
            return parse_cores(Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace"))
        except OSError:
            return None
    try:
        import psutil
    except ImportError:
        return None
    return psutil.cpu_count(logical=False)


def parse_cores(text: str) -> int | None:
    """Distinct pairs of socket and core in /proc/cpuinfo; None where it names none (many ARM boards)."""
    found = set()
    for block in text.split("\n\n"):
        fields = {key.strip(): value.strip() for key, _, value in (line.partition(":") for line in block.splitlines())}
        if "core id" in fields:
            found.add((fields.get("physical id", "0"), fields["core id"]))
    return len(found) or None


def apple_gpu_cores() -> int | None:
    """Cores of the GPU in an Apple chip, some of which are sold with more than one number; None elsewhere."""
    return parse_displays(output_of(APPLE_DISPLAYS)) if sys.platform == "darwin" else None


def parse_displays(text: str) -> int | None:
    """The cores of the first GPU in `system_profiler SPDisplaysDataType -json` that has a number of them."""
    data = as_json(text)
    rows = data.get("SPDisplaysDataType") if isinstance(data, dict) else None
    for row in rows if isinstance(rows, list) else ():
        cores = str(row.get("sppci_cores", "")) if isinstance(row, dict) else ""
        if cores.isascii() and cores.isdigit():
            return int(cores)
    return None
