"""`llmselect hardware` on machines that are made up, and on the one at hand."""

import json
from pathlib import Path

import jsonschema
import pytest

from llmselect.hardware import detect as module
from llmselect.hardware.detect import Detected
from llmselect.probe.store.speeds import FILE, StoredSpeeds, add
from tests.cli.conftest import Cli
from tests.probe.records import MACHINE, measured, rates

ROOT = Path(__file__).parents[2]
SCHEMA = json.loads((ROOT / "llmselect" / "schemas" / "hardware.schema.json").read_text(encoding="utf-8"))


def _machine(monkeypatch: pytest.MonkeyPatch, found: Detected) -> None:
    monkeypatch.setattr(module, "detect", lambda: found)


def test_this_machine(real_cli: Cli) -> None:
    ran = real_cli("hardware", "--json")
    assert ran.status == 0, ran.err
    jsonschema.Draft202012Validator(SCHEMA).validate(ran.json)
    assert ran.json["data"]["cores"] >= 1
    assert ran.json["data"]["own_speeds"] is None
    assert "Own speeds: none stored" in real_cli("hardware").out


def test_a_gpu_is_looked_up_with_its_sources(real_cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    gpu = ("NVIDIA GeForce RTX 3090", 24.0)
    _machine(monkeypatch, Detected(62.0, "AMD Ryzen 7 5800X", 16, (gpu, gpu)))
    data = real_cli("hardware", "--json").json["data"]
    cpu, found = data["devices"]
    assert (found["count"], found["catalogue_id"], found["bandwidth_gb_s"]) == (2, "rtx-3090", 936)
    assert found["sources"]
    assert (cpu["kind"], cpu["catalogue_id"], cpu["bandwidth_gb_s"]) == ("cpu", None, None)
    assert data["judged_as"] == "2 x rtx-3090"
    text = real_cli("hardware").out
    assert "rtx-3090" in text
    assert "AMD Ryzen 7 5800X is not in the catalogue" in text


def test_unlike_gpus_are_named_as_not_used(real_cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    gpus = (("NVIDIA GeForce RTX 3090", 24.0), ("AMD Radeon RX 7600", 8.0))
    _machine(monkeypatch, Detected(62.0, "x", 16, gpus))
    data = real_cli("hardware", "--json").json["data"]
    assert data["not_counted"] == ["AMD Radeon RX 7600: models run on GeForce RTX 3090, which has more memory"]


def test_own_speeds_are_shown(real_cli: Cli, monkeypatch: pytest.MonkeyPatch, own_data: Path) -> None:
    _machine(monkeypatch, MACHINE)
    add(own_data.parent / FILE, StoredSpeeds(MACHINE, (rates(),), (measured(),)), print)
    data = real_cli("hardware", "--json").json
    jsonschema.Draft202012Validator(SCHEMA).validate(data)
    assert data["data"]["own_speeds"]["this_machine"] is True
    assert "llama-bench b6000 (AVX2)" in real_cli("hardware").out
