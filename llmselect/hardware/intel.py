"""Intel's discrete GPUs, from xpu-smi. Integrated ones use the system's RAM and are left out."""

from llmselect.hardware.system import output_of, parse_json

GIB = 2**30
DISCOVERY = ("xpu-smi", "discovery", "-j")
Gpu = tuple[str, float]


def intel_gpus() -> tuple[Gpu, ...]:
    """Name and memory in GiB of each GPU that xpu-smi shows."""
    found = []
    for number, name in parse_discovery(output_of(DISCOVERY)):
        size = parse_memory(output_of((*DISCOVERY[:2], "-d", str(number), "-j")))
        if size:
            found.append((name, size / GIB))
    return tuple(found)


def parse_discovery(text: str) -> list[tuple[int, str]]:
    """Parses `xpu-smi discovery -j`: device number and product name of each GPU."""
    data = parse_json(text)
    rows = data.get("device_list") if isinstance(data, dict) else None
    found = []
    for row in rows if isinstance(rows, list) else ():
        if isinstance(row, dict) and isinstance(row.get("device_id"), int) and row.get("device_type", "GPU") == "GPU":
            found.append((row["device_id"], plain_name(str(row.get("device_name", "Intel GPU")))))
    return found


def parse_memory(text: str) -> int | None:
    """Parses `xpu-smi discovery -d N -j`: the GPU's memory in bytes."""
    data = parse_json(text)
    size = str(data.get("memory_physical_size_byte", "")) if isinstance(data, dict) else ""
    return int(size) if size.isascii() and size.isdigit() and int(size) > 0 else None


def plain_name(name: str) -> str:
    """`Intel Arc A770` from `Intel(R) Arc(TM) A770 Graphics`."""
    for word in ("(R)", "(TM)"):
        name = name.replace(word, " ")
    return " ".join(name.split()).removesuffix(" Graphics")
