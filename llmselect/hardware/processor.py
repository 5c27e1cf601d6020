"""Core counts of the processor, and of the GPU in an Apple chip."""

import sys
from pathlib import Path

from llmselect.hardware.system import output_of, parse_json

APPLE_DISPLAYS = ("system_profiler", "SPDisplaysDataType", "-json")
MAC_CORES = ("sysctl", "-n", "hw.physicalcpu")


def physical_cores() -> int | None:
    """Physical cores of the processor; None if the system does not report them."""
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
    """Distinct pairs of socket and core in /proc/cpuinfo; None if it lists none (many ARM boards)."""
    found = set()
    for block in text.split("\n\n"):
        fields = {key.strip(): value.strip() for key, _, value in (line.partition(":") for line in block.splitlines())}
        if "core id" in fields:
            found.add((fields.get("physical id", "0"), fields["core id"]))
    return len(found) or None


def apple_gpu_cores() -> int | None:
    """GPU cores of an Apple chip, as some chips are sold with different counts; None on other systems."""
    return parse_displays(output_of(APPLE_DISPLAYS)) if sys.platform == "darwin" else None


def parse_displays(text: str) -> int | None:
    """GPU cores in `system_profiler SPDisplaysDataType -json`: those of the first GPU that states a number."""
    data = parse_json(text)
    rows = data.get("SPDisplaysDataType") if isinstance(data, dict) else None
    for row in rows if isinstance(rows, list) else ():
        cores = str(row.get("sppci_cores", "")) if isinstance(row, dict) else ""
        if cores.isascii() and cores.isdigit():
            return int(cores)
    return None
