"""GPUs of AMD with memory of their own: rocm-smi, else amd-smi, else the kernel's driver.

A GPU inside a processor uses the system's RAM and is left out: the processor stands for it.
"""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from llmselect.hardware.asking import as_json, output_of
from llmselect.hardware.nvidia import visible_indices

GIB = 2**30
ROCM_SMI = ("rocm-smi", "--showproductname", "--showmeminfo", "vram", "--json")
AMD_SMI = ("amd-smi", "static", "--asic", "--vram", "--json")
VISIBLE = ("HIP_VISIBLE_DEVICES", "ROCR_VISIBLE_DEVICES", "CUDA_VISIBLE_DEVICES")
VENDOR = "0x1002"
LEAST_OWN_GIB = 2.0  # a smaller part of the memory is cut from RAM for the processor's own GPU
_BRACKETS = re.compile(r"\[([^\]/]+)\]")
_MIB_PER = {"MB": 1.0, "MIB": 1.0, "GB": 1024.0, "GIB": 1024.0}
Gpu = tuple[str, float]


def amd_gpus(environment: Mapping[str, str], cpu: str = "", root: Path = Path("/")) -> tuple[Gpu, ...]:
    """Name and memory in GiB of each GPU that AMD's tools or driver show and the environment leaves visible."""
    if not (root / "sys/module/amdgpu").is_dir():
        return ()
    found = parse_rocm_smi(output_of(ROCM_SMI)) or parse_amd_smi(output_of(AMD_SMI)) or list(_driver(root))
    own = [gpu for gpu in found if not _inside(gpu, cpu, alone=len(found) == 1)]
    variable = next((environment[name] for name in VISIBLE if name in environment), None)
    return tuple(own[index] for index in visible_indices(variable, len(own)))


def parse_rocm_smi(text: str) -> list[Gpu]:
    """GPUs in the JSON of `rocm-smi --showproductname --showmeminfo vram --json`, in the order of its cards."""
    data = as_json(text)
    cards = data.items() if isinstance(data, dict) else ()
    rows = [
        (int(name[4:]), card) for name, card in cards if re.fullmatch(r"card\d{1,4}", name) and isinstance(card, dict)
    ]
    found = []
    for number, card in sorted(rows, key=lambda row: row[0]):
        fields = {str(key).lower(): str(value) for key, value in card.items()}
        size = fields.get("vram total memory (b)", "")
        if size.isascii() and size.isdigit() and int(size) > 0:
            name = fields.get("card series") or fields.get("card model") or f"AMD GPU {number}"
            found.append((_plain_name(name), int(size) / GIB))
    return found


def parse_amd_smi(text: str) -> list[Gpu]:
    """GPUs in the JSON of `amd-smi static --asic --vram --json`, a list or an object with one."""
    data = as_json(text)
    rows: Any = data.get("gpu_data", ()) if isinstance(data, dict) else data
    found = []
    for row in rows if isinstance(rows, list) else ():
        asic, memory = (row.get(key) if isinstance(row, dict) else None for key in ("asic", "vram"))
        if isinstance(asic, dict) and isinstance(memory, dict) and (gib := _sized(memory.get("size"))):
            found.append((_plain_name(str(asic.get("market_name") or "AMD GPU")), gib))
    return found


def _sized(size: Any) -> float | None:
    """{"value": 24560, "unit": "MB"} (of 2**20 bytes) in GiB."""
    if not isinstance(size, dict) or not isinstance(size.get("value"), (int, float)):
        return None
    scale = _MIB_PER.get(str(size.get("unit", "MB")).upper())
    return float(size["value"]) * scale / 1024 if scale else None


def _driver(root: Path) -> Iterator[Gpu]:
    """What the kernel's driver says of each card; it knows a name of few."""
    for folder in sorted((root / "sys/class/drm").glob("card[0-9]*/device")):
        size = _text(folder / "mem_info_vram_total")
        if _text(folder / "vendor") == VENDOR and size.isdigit():
            name = _text(folder / "product_name") or f"AMD GPU {_text(folder / 'device')}"
            yield _plain_name(name), int(size) / GIB


def _inside(gpu: Gpu, cpu: str, alone: bool) -> bool:
    """Whether a GPU is a part of the processor."""
    name, gib = gpu
    return gib < LEAST_OWN_GIB or name.endswith("Graphics") or (alone and "radeon" in cpu.lower())


def _plain_name(name: str) -> str:
    """A product's name: of `Navi 31 [Radeon RX 7900 XTX]` what is in brackets, where that is one product."""
    inner = _BRACKETS.search(name)
    return " ".join((inner[1] if inner else name).replace("(TM)", "").split())


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii", errors="replace").strip()
    except OSError:
        return ""
