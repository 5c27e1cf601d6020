"""AMD's discrete GPUs, from rocm-smi, else amd-smi, else the kernel's driver.

A GPU integrated in the processor uses the system's RAM and is left out.
"""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from llmselect.hardware.nvidia import visible_indices
from llmselect.hardware.system import output_of, parse_json

GIB = 2**30
ROCM_SMI = ("rocm-smi", "--showproductname", "--showmeminfo", "vram", "--json")
AMD_SMI = ("amd-smi", "static", "--asic", "--vram", "--json")
VISIBLE = ("HIP_VISIBLE_DEVICES", "ROCR_VISIBLE_DEVICES", "CUDA_VISIBLE_DEVICES")
VENDOR = "0x1002"
MIN_DEDICATED_GIB = 2.0  # less than this is RAM set aside for an integrated GPU
_BRACKETS = re.compile(r"\[([^\]/]+)\]")
_MIB_PER = {"MB": 1.0, "MIB": 1.0, "GB": 1024.0, "GIB": 1024.0}
Gpu = tuple[str, float]


def amd_gpus(environment: Mapping[str, str], cpu: str = "", root: Path = Path("/")) -> tuple[Gpu, ...]:
    """Name and memory in GiB of each discrete GPU that the environment leaves visible."""
    if not (root / "sys/module/amdgpu").is_dir():
        return ()
    found = parse_rocm_smi(output_of(ROCM_SMI)) or parse_amd_smi(output_of(AMD_SMI)) or list(_driver_gpus(root))
    discrete = [gpu for gpu in found if not _is_integrated(gpu, cpu, only_gpu=len(found) == 1)]
    variable = next((environment[name] for name in VISIBLE if name in environment), None)
    return tuple(discrete[index] for index in visible_indices(variable, len(discrete)))


def parse_rocm_smi(text: str) -> list[Gpu]:
    """Parses `rocm-smi --showproductname --showmeminfo vram --json`; GPUs in card order."""
    data = parse_json(text)
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
            found.append((_product_name(name), int(size) / GIB))
    return found


def parse_amd_smi(text: str) -> list[Gpu]:
    """Parses `amd-smi static --asic --vram --json`, which is a list, or an object with the list in `gpu_data`."""
    data = parse_json(text)
    rows: Any = data.get("gpu_data", ()) if isinstance(data, dict) else data
    found = []
    for row in rows if isinstance(rows, list) else ():
        asic, memory = (row.get(key) if isinstance(row, dict) else None for key in ("asic", "vram"))
        if isinstance(asic, dict) and isinstance(memory, dict) and (gib := _size_gib(memory.get("size"))):
            found.append((_product_name(str(asic.get("market_name") or "AMD GPU")), gib))
    return found


def _size_gib(size: Any) -> float | None:
    """GiB of a size such as {"value": 24560, "unit": "MB"}; AMD's MB is 2**20 bytes."""
    if not isinstance(size, dict) or not isinstance(size.get("value"), (int, float)):
        return None
    scale = _MIB_PER.get(str(size.get("unit", "MB")).upper())
    return float(size["value"]) * scale / 1024 if scale else None


def _driver_gpus(root: Path) -> Iterator[Gpu]:
    """The cards in the kernel driver's /sys files, which name only a few products."""
    for folder in sorted((root / "sys/class/drm").glob("card[0-9]*/device")):
        size = _text(folder / "mem_info_vram_total")
        if _text(folder / "vendor") == VENDOR and size.isdigit():
            name = _text(folder / "product_name") or f"AMD GPU {_text(folder / 'device')}"
            yield _product_name(name), int(size) / GIB


def _is_integrated(gpu: Gpu, cpu: str, only_gpu: bool) -> bool:
    """Whether a GPU is part of the processor."""
    name, gib = gpu
    return gib < MIN_DEDICATED_GIB or name.endswith("Graphics") or (only_gpu and "radeon" in cpu.lower())


def _product_name(name: str) -> str:
    """`Radeon RX 7900 XTX` from `Navi 31 [Radeon RX 7900 XTX]`; brackets that list several products are kept."""
    inner = _BRACKETS.search(name)
    return " ".join((inner[1] if inner else name).replace("(TM)", "").split())


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii", errors="replace").strip()
    except OSError:
        return ""
