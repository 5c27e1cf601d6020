"""GPUs and machines as people write them, and what is said to those that the catalogue does not have."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from llmselect.catalog.load import load
from llmselect.catalog.names.devices import DeviceNames, find_device
from llmselect.catalog.schema import Device
from llmselect.errors import LlmselectError

CATALOG = Path(__file__).parents[3] / "catalog"


@pytest.fixture(scope="module")
def devices() -> Mapping[str, Device]:
    return load(CATALOG).hardware.devices


@pytest.fixture(scope="module")
def names(devices: Mapping[str, Device]) -> DeviceNames:
    return DeviceNames(devices)


MEANT: tuple[tuple[str, str, int | None, float | None], ...] = (
    ("2x3090", "rtx-3090", 2, None),
    ("2x RTX 3090", "rtx-3090", 2, None),
    ("2 x RTX 3090", "rtx-3090", 2, None),
    ("8xH100", "h100-sxm-80gb", 8, None),
    ("dual 3090", "rtx-3090", 2, None),
    ("GeForce RTX 4090 24GB", "rtx-4090", None, None),
    ("M4 Max 128GB", "m4-max", None, 128),
    ("Apple M2 Pro 32GB", "m2-pro", None, 32),
    ("MacBook Pro M3", "m3", None, None),
    ("Mac mini M4", "m4", None, None),
    ("Jetson Orin Nano", "jetson-orin-nano", None, None),
    ("Raspberry Pi 5", "raspberry-pi-5", None, None),
    ("cpu", "cpu", None, None),
    ("CPU only", "cpu", None, None),
    ("RTX 4090", "rtx-4090", None, None),
    ("rtx4090", "rtx-4090", None, None),
    ("4090", "rtx-4090", None, None),
    ("NVIDIA GeForce RTX 4090", "rtx-4090", None, None),
    ("nvidia rtx 4090", "rtx-4090", None, None),
    ("RTX-4090", "rtx-4090", None, None),
    ("4x A100 80GB", "a100-sxm-80gb", 4, None),
    ("2xA100-80G", "a100-sxm-80gb", 2, None),
    ("A100 40GB", "a100-sxm-40gb", None, None),
    ("A100-40GB PCIe", "a100-pcie-40gb", None, None),
    ("H100", "h100-sxm-80gb", None, None),
    ("H100 SXM", "h100-sxm-80gb", None, None),
    ("H100 PCIe", "h100-pcie-80gb", None, None),
    ("NVIDIA H100 80GB HBM3", "h100-sxm-80gb", None, None),
    ("H100 80 GB", "h100-sxm-80gb", None, None),
    ("8*H200", "h200", 8, None),
    ("H100x8", "h100-sxm-80gb", 8, None),
    ("H100 x 8", "h100-sxm-80gb", 8, None),
    ("two RTX 3090s", "rtx-3090", 2, None),
    ("2 3090s", "rtx-3090", 2, None),
    ("2× RTX 3090 Ti", "rtx-3090-ti", 2, None),
    ("quad 3090", "rtx-3090", 4, None),
    ("pair of 4090s", "rtx-4090", 2, None),
    ("3090 (x2)", "rtx-3090", 2, None),
    ("4 x L40S", "l40s", 4, None),
    ("L40S", "l40s", None, None),
    ("L4", "l4", None, None),
    ("T4", "t4", None, None),
    ("16 H100 GPUs", "h100-sxm-80gb", 16, None),
    ("RTX 4060 Ti 16GB", "rtx-4060-ti-16gb", None, None),
    ("RTX 4060 Ti 16 GB", "rtx-4060-ti-16gb", None, None),
    ("RTX 4060 Ti", "rtx-4060-ti", None, None),
    ("RTX 3060 12GB", "rtx-3060", None, None),
    ("RTX 3080 12GB", "rtx-3080-12gb", None, None),
    ("4070 Ti Super", "rtx-4070-ti-super", None, None),
    ("RTX 4090 Laptop", "rtx-4090-laptop", None, None),
    ("RTX 4090 Laptop GPU", "rtx-4090-laptop", None, None),
    ("4060 laptop", "rtx-4060-laptop", None, None),
    ("RTX 4070 mobile", "rtx-4070-laptop", None, None),
    ("NVIDIA GeForce RTX 4060 Laptop GPU", "rtx-4060-laptop", None, None),
    ("RTX 3080 Max-Q", "rtx-3080-laptop", None, None),
    ("4080m", "rtx-4080-laptop", None, None),
    ("RX 7900 XTX", "rx-7900-xtx", None, None),
    ("AMD Radeon RX 7900 XTX 24GB", "rx-7900-xtx", None, None),
    ("7900xtx", "rx-7900-xtx", None, None),
    ("MI300X", "mi300x", None, None),
    ("8x AMD Instinct MI300X", "mi300x", 8, None),
    ("Arc A770", "arc-a770", None, None),
    ("Intel Arc B580 12GB", "arc-b580", None, None),
    ("Intel(R) Arc(TM) A770 Graphics", "arc-a770", None, None),
    ("M1", "m1", None, None),
    ("M1 Max", "m1-max", None, None),
    ("Apple M3 Ultra 512GB", "m3-ultra", None, 512),
    ("MacBook Air M2 16GB", "m2", None, 16),
    ("MacBook Pro M3 Max 36GB", "m3-max", None, 36),
    ("MacBook Pro (14-inch, M3 Pro, Nov 2023)", "m3-pro", None, None),
    ("16-inch MacBook Pro M4 Max 64GB", "m4-max", None, 64),
    ("M3 MacBook Pro", "m3", None, None),
    ("M3 Pro MacBook Pro", "m3-pro", None, None),
    ("MacBook M3 Pro", "m3-pro", None, None),
    ("Mac Studio M2 Ultra 192GB", "m2-ultra", None, 192),
    ("Mac mini M4 Pro 64 GB", "m4-pro", None, 64),
    ("iMac M1", "m1", None, None),
    ("M4 Mac mini", "m4", None, None),
    ("m4 mini", "m4", None, None),
    ("M2 Air", "m2", None, None),
    ("Apple M4 Max 40-core GPU 128 GB unified memory", "m4-max", None, 128),
    ("M4 Max with 128GB", "m4-max", None, 128),
    ("Mac Studio (M3 Ultra, 2025)", "m3-ultra", None, None),
    ("DGX Spark", "dgx-spark", None, None),
    ("Strix Halo 128GB", "ryzen-ai-max-395", None, 128),
    ("Ryzen AI Max+ 395", "ryzen-ai-max-395", None, None),
    ("Jetson AGX Orin", "jetson-agx-orin-64gb", None, None),
    ("Jetson AGX Orin 32GB", "jetson-agx-orin-64gb", None, 32),
    ("Jetson Orin Nano Super", "jetson-orin-nano-super", None, None),
    ("NVIDIA Jetson Orin Nano 8GB", "jetson-orin-nano", None, None),
    ("Raspberry Pi 5 16GB", "raspberry-pi-5", None, 16),
    ("RPi 5", "raspberry-pi-5", None, None),
    ("EPYC 9654", "epyc-9654", None, None),
    ("AMD EPYC 7763 64-Core Processor", "epyc-7763", None, None),
    ("DGX H100", "h100-sxm-80gb", 8, None),
    ("NVIDIA DGX A100", "a100-sxm-80gb", 8, None),
    ("A6000", "rtx-a6000", None, None),
    ("RTX 6000 Ada", "rtx-6000-ada", None, None),
    ("NVIDIA RTX 6000 Ada Generation", "rtx-6000-ada", None, None),
    ("2x RTX A6000", "rtx-a6000", 2, None),
    ("RTX PRO 6000", "rtx-pro-6000", None, None),
    ("V100 32GB", "v100-sxm2-32gb", None, None),
    ("Tesla V100", "v100-sxm2-16gb", None, None),
    ("Tesla T4", "t4", None, None),
    ("P40", "p40", None, None),
    ("4x P40", "p40", 4, None),
    ("A10G", "a10g", None, None),
    ("雙 3090", "rtx-3090", 2, None),
    ("GTX 1080 Ti", "gtx-1080-ti", None, None),
    ("1080ti", "gtx-1080-ti", None, None),
    ("Titan RTX", "titan-rtx", None, None),
    ("B200", "b200", None, None),
    ("8x B200 192GB", "b200", 8, None),
    ("GB200", "gb200", None, None),
    ("1x 4090", "rtx-4090", 1, None),
    ("RTX 5090 32GB", "rtx-5090", None, None),
    ("single RTX 4090", "rtx-4090", 1, None),
    ("3090 x2", "rtx-3090", 2, None),
    ("RTX 3090 24GB x2", "rtx-3090", 2, None),
    ("2x RTX 3090 24GB", "rtx-3090", 2, None),
    ("RTX4060Ti 16G", "rtx-4060-ti-16gb", None, None),
    ("laptop with RTX 4060", "rtx-4060-laptop", None, None),
    ("2x A100-SXM4-40GB", "a100-sxm-40gb", 2, None),
    ("raspberrypi5", "raspberry-pi-5", None, None),
    ("dual RTX 4090 NVLink", "rtx-4090", 2, None),
    ('14" MacBook Pro M3 Pro 36GB', "m3-pro", None, 36),
    ('iMac 24" M3', "m3", None, None),
    ("16″ MacBook Pro M1 Max 32GB", "m1-max", None, 32),
    ("MacBook Pro 14 M4 Pro 48GB", "m4-pro", None, 48),
    ("MBP M3 Max 128GB", "m3-max", None, 128),
    ("M2 Ultra (76-core GPU, 192GB)", "m2-ultra", None, 192),
    ("4080S", "rtx-4080-super", None, None),
    ("RTX 4070S", "rtx-4070-super", None, None),
    ("4070TiS", "rtx-4070-ti-super", None, None),
    ("1660S", "gtx-1660-super", None, None),
    ("two 4080s", "rtx-4080", 2, None),
    ("2x L40S", "l40s", 2, None),
    ("8 H100s", "h100-sxm-80gb", 8, None),
    ("H100:8", "h100-sxm-80gb", 8, None),
    ("2x4090 48GB", "rtx-4090", 2, None),
    ("4x RTX 3090 96GB", "rtx-3090", 4, None),
    ("2× RTX 4090 (24 GB each)", "rtx-4090", 2, None),
    ("8x A100 640GB", "a100-sxm-80gb", 8, None),
    ("HGX H100", "h100-sxm-80gb", 8, None),
    ("DGX A100 40GB", "a100-sxm-40gb", 8, None),
    ("DGX Spark", "dgx-spark", None, None),
    ("2x DGX Spark", "dgx-spark", 2, None),
    ("RTX 4050", "rtx-4050-laptop", None, None),
    ("RTX PRO 6000 Blackwell Max-Q", "rtx-pro-6000-max-q", None, None),
    ("Framework Desktop", "ryzen-ai-max-395", None, None),
    ("顯卡 4090", "rtx-4090", None, None),
    ("無 GPU", "cpu", None, None),
)  # fmt: skip


@pytest.mark.parametrize(("typed", "device", "count", "memory_gib"), MEANT)
def test_what_people_type_finds_the_machine(
    names: DeviceNames, typed: str, device: str, count: int | None, memory_gib: float | None
) -> None:
    found = names.find(typed)
    assert (found.device, found.count, found.memory_gib) == (device, count, memory_gib)


ABSENT = (
    "Intel Iris Xe",
    "iPhone 15 Pro",
    "MacBook Pro",
    "Mac Studio",
    "M9 Max",
    "RTX 4711",
    "RTX 9090",
    "GTX 970",
    "Radeon 890M",
    "Intel UHD 630",
    "Core i7-13700K",
    "Ryzen 9 7950X",
    "Pixel 8",
    "Snapdragon X Elite",
    "TPU v5e",
    "Trainium2",
    "banana",
    "3090 + 4090",
    "RTX 4090 48GB",
    "2x",
    "x2",
    "100x H100",
    "0x3090",
    "gpu",
    "nvidia",
    "laptop",
    "24GB",
    "pro",
    "ti",
    "super",
    "rtx",
    "RTX",
    "Jetson Nano",
    "Raspberry Pi 4",
    "8x",
    "H100 40GB",
    "RTX 4090 Ti",
    "RTX 3090 laptop",
    "Steam Deck",
    "Gaudi 3",
    "A100 20GB",
    "max",
    "mini",
    "5",
    "RTX 40900",
    "Tesla",
    "Quadro",
    "apple",
    "ultra",
    "M",
    "",
    "dual",
    "RTX 6000",
)  # fmt: skip


@pytest.mark.parametrize("typed", ABSENT)
def test_what_is_not_there_is_refused_with_a_way_out(names: DeviceNames, typed: str) -> None:
    with pytest.raises(LlmselectError) as caught:
        names.find(typed)
    assert caught.value.code in ("unknown-device", "bad-value")
    assert any(word in caught.value.hint for word in ("--vram", "--ram", "--host", "Name GPUs", "1 to 64"))


@pytest.mark.parametrize(
    ("typed", "way_out"),
    [
        ("Intel Iris Xe", "--hardware cpu --ram"),
        ("Intel UHD Graphics 620", "--hardware cpu --ram"),
        ("Radeon 890M", "--hardware cpu --ram"),
        ("iPhone 15 Pro", "--hardware cpu --ram"),
        ("Pixel 9 Pro", "--hardware cpu --ram"),
        ("Core i7-13700K", "--hardware cpu --ram"),
        ("AMD Ryzen 9 7950X", "--hardware cpu --ram"),
        ("MacBook Pro", "Name a Mac by its chip"),
        ("Apple M9", "Name a Mac by its chip"),
        ("TPU v5e", "hosts that serve from them"),
        ("RTX 3090 + RTX 4090", "of one kind"),
        ("RTX 4090 48GB", "--vram 48GiB"),
        ("GTX 970", "--vram and --bandwidth"),
        ("GX200", "--vram and --bandwidth"),
        ("HD 530", "--hardware cpu --ram"),
        ("banana", "--vram and --bandwidth"),
        ("4090,3090", "of one kind"),
        ("0x4090", "1 to 64"),
        ("1000000x H100", "1 to 64"),
        ("14 MacBook Pro M3", "Name a Mac by its chip"),
        ("RTX 2050", "--vram and --bandwidth"),
        ("RTX 9090", "--vram and --bandwidth"),
        ("H800", "--vram and --bandwidth"),
        ("laptop", "such as RTX 4090"),
        ("Steam Deck", "--hardware cpu --ram"),
        ("Groq LPU", "hosts that serve from them"),
    ],
)
def test_the_way_out_fits_what_it_is(names: DeviceNames, typed: str, way_out: str) -> None:
    with pytest.raises(LlmselectError) as caught:
        names.find(typed)
    assert way_out in caught.value.hint
    assert "Did you mean" not in caught.value.hint


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("rxt 4090", "rtx-4090"), ("RTX 3091", "rtx-3090"), ("h10", "h100-"), ("epycw 7742", "epyc-7742")],
)
def test_a_slip_of_the_hand_gets_a_hint(names: DeviceNames, typed: str, meant: str) -> None:
    with pytest.raises(LlmselectError) as caught:
        names.find(typed)
    assert f"Did you mean {meant}" in caught.value.hint


def test_every_spelling_of_the_catalogue_finds_its_device(devices: Mapping[str, Device], names: DeviceNames) -> None:
    for key, device in devices.items():
        for spelling in (key, device.name, *device.aliases):
            assert names.find(spelling).device == key, spelling
            assert device.kind == "cpu" or names.find(f"4x {spelling}").device == key


def test_drivers_names_are_taken_as_they_are(names: DeviceNames) -> None:
    assert names.known("NVIDIA GeForce RTX 4090") == "rtx-4090"
    assert names.known("2x NVIDIA GeForce RTX 4090") is None


def test_one_lookup(devices: Mapping[str, Device]) -> None:
    assert find_device("dual 3090", devices) == "rtx-3090"
