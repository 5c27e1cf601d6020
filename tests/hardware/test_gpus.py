"""GPUs of AMD and Intel and more about processors, from texts written by hand after the tools' documentation."""

import json
from pathlib import Path

import pytest

from llmselect.hardware import amd, intel
from llmselect.hardware.amd import amd_gpus, parse_amd_smi, parse_rocm_smi
from llmselect.hardware.intel import intel_gpus, parse_discovery, parse_memory
from llmselect.hardware.processor import parse_cores, parse_displays
from llmselect.hardware.system import parse_json

GIB = 2**30


def _card(series: str, gib: float) -> dict[str, str]:
    return {"Card Series": series, "Card Model": "0x744c", "VRAM Total Memory (B)": str(int(gib * GIB))}


ROCM = "WARNING: something\n" + json.dumps(
    {
        "card10": _card("AMD Instinct MI300X", 192),
        "card0": _card("Navi 31 [Radeon RX 7900 XTX]", 24),
        "card1": _card("AMD Radeon Graphics", 0.5),
        "system": {"Driver version": "6.8"},
    }
)
AMD_SMI = json.dumps(
    [{"gpu": 0, "asic": {"market_name": "AMD Instinct MI300X"}, "vram": {"size": {"value": 196592, "unit": "MB"}}}]
)


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """What each tool prints, by its name."""
    printed: dict[str, str] = {}
    monkeypatch.setattr(amd, "output_of", lambda command: printed.get(command[0], ""))
    monkeypatch.setattr(intel, "output_of", lambda command: printed.get(" ".join(command), ""))
    return printed


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "sys/module/amdgpu").mkdir(parents=True)
    return tmp_path


def test_rocm_smi_lists_cards_in_order() -> None:
    assert parse_rocm_smi(ROCM) == [
        ("Radeon RX 7900 XTX", 24),
        ("AMD Radeon Graphics", 0.5),
        ("AMD Instinct MI300X", 192),
    ]


def test_amd_smi_is_read_in_both_its_shapes() -> None:
    expected = [("AMD Instinct MI300X", pytest.approx(191.98, rel=1e-3))]
    assert parse_amd_smi(AMD_SMI) == expected
    assert parse_amd_smi(json.dumps({"gpu_data": json.loads(AMD_SMI)})) == expected


@pytest.mark.parametrize(
    "text", ["", "no json", "[]", "[1]", "{}", '{"card0": 1}', '[{"asic": {}, "vram": {"size": "x"}}]']
)
def test_nonsense_is_no_gpu(text: str) -> None:
    assert parse_rocm_smi(text) == []
    assert parse_amd_smi(text) == []
    assert parse_discovery(text) == []
    assert parse_memory(text) is None
    assert parse_displays(text) is None


def test_gpus_inside_processors_are_left_out_and_variables_hide_others(answers: dict[str, str], root: Path) -> None:
    answers["rocm-smi"] = ROCM
    both = (("Radeon RX 7900 XTX", 24.0), ("AMD Instinct MI300X", 192.0))
    assert amd_gpus({}, root=root) == both
    assert amd_gpus({"HIP_VISIBLE_DEVICES": "1"}, root=root) == both[1:]
    assert amd_gpus({"ROCR_VISIBLE_DEVICES": ""}, root=root) == ()


def test_tools_are_tried_in_turn_then_the_driver(answers: dict[str, str], root: Path) -> None:
    answers["amd-smi"] = AMD_SMI
    assert [name for name, _ in amd_gpus({}, root=root)] == ["AMD Instinct MI300X"]
    answers.clear()
    card = root / "sys/class/drm/card1/device"
    card.mkdir(parents=True)
    for name, text in (("vendor", "0x1002\n"), ("device", "0x744c\n"), ("mem_info_vram_total", f"{24 * GIB}\n")):
        (card / name).write_text(text)
    assert amd_gpus({}, root=root) == (("AMD GPU 0x744c", 24.0),)
    assert amd_gpus({}, cpu="AMD RYZEN AI MAX+ 395 w/ Radeon 8060S", root=root) == ()


def test_without_the_driver_no_tool_is_run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(amd, "output_of", lambda _: pytest.fail("a tool was run"))
    assert amd_gpus({}, root=tmp_path) == ()


def test_intel_gpus_by_xpu_smi(answers: dict[str, str]) -> None:
    device = {"device_id": 0, "device_name": "Intel(R) Arc(TM) A770 Graphics", "device_type": "GPU"}
    answers["xpu-smi discovery -j"] = json.dumps({"device_list": [device, {"device_id": 1, "device_type": "CPU"}]})
    answers["xpu-smi discovery -d 0 -j"] = json.dumps({"memory_physical_size_byte": str(16 * GIB)})
    assert intel_gpus() == (("Intel Arc A770", 16.0),)


def test_json_behind_other_words() -> None:
    assert parse_json('note\n{"a": [1]}') == {"a": [1]}
    assert parse_json("[" * 100_000) is None


def test_cores_are_counted_once() -> None:
    threads = [(0, 0), (0, 1), (0, 0), (1, 0)]
    text = "\n\n".join(f"processor\t: {n}\nphysical id\t: {s}\ncore id\t\t: {c}" for n, (s, c) in enumerate(threads))
    assert parse_cores(text) == 3
    assert parse_cores("processor\t: 0\nCPU part\t: 0xd4f\n") is None


def test_cores_of_an_apple_gpu() -> None:
    displays = [{"_name": "Apple M3 Max", "sppci_cores": "40", "sppci_model": "Apple M3 Max"}]
    assert parse_displays(json.dumps({"SPDisplaysDataType": displays})) == 40
