"""Own speeds in answers: of hosts always, of this machine where `--hardware auto` asks for it."""

from pathlib import Path
from typing import Any

import pytest

from llmselect.hardware import detect as module
from llmselect.hardware.detect import Detected
from llmselect.probe.store.speeds import FILE, StoredSpeeds, add
from tests.cli.conftest import Cli
from tests.probe.records import MACHINE, measured, rates

PROCESSOR = Detected(MACHINE.ram_gib, MACHINE.cpu, MACHINE.cores)
LEVELS = ("none", "q8", "q6", "q5", "q4")
ASKED = ("--prompt-tokens", "500", "--output-tokens", "100", "--json")


@pytest.fixture
def speeds(own_data: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file of own speeds, on a machine without a GPU."""
    monkeypatch.setattr(module, "detect", lambda: PROCESSOR)
    return own_data.parent / FILE


def _speeds(cli: Cli, *arguments: str) -> dict[str, Any]:
    ran = cli("recommend", *arguments, *ASKED)
    assert ran.status == 0, ran.err
    return {row["host"]: row["speed"] for row in ran.json["data"]["recommendations"]}


def test_a_measured_host_counts_in_every_answer(cli: Cli, speeds: Path) -> None:
    asked = ("--deployment", "api")
    assert _speeds(cli, *asked)["globex"] is None
    row = measured(
        model="globex/giant-1", host="globex", runtime=None, quantization=None, decode_tok_s=(80.0, 90.0, 99.0)
    )
    add(speeds, StoredSpeeds(None, (), (row,)), print)
    found = _speeds(cli, *asked)["globex"]
    assert found["evidence"] == "measured"
    assert found["decode_tok_s"] == pytest.approx([80, 90, 99])
    assert found["ttft_ms"] == pytest.approx([90, 100, 120])


def test_this_machines_speeds_count_where_it_is_asked_for(cli: Cli, speeds: Path) -> None:
    auto = ("--hardware", "auto", "--deployment", "self-host", "--response-time", "batch")
    rows = tuple(measured(quantization=level, decode_tok_s=(9.0, 10.0, 11.0)) for level in LEVELS)
    add(speeds, StoredSpeeds(PROCESSOR, (rates(),), rows), print)
    found = _speeds(cli, *auto)["self"]
    assert (found["evidence"], found["decode_tok_s"]) == ("measured", pytest.approx([9, 10, 11]))
    other = _speeds(cli, "--gpu", "Home 24GB", "--deployment", "self-host")["self"]
    assert other["evidence"] == "estimated"


def test_a_probe_tells_the_speed_of_a_processor_that_the_catalogue_does_not_know(cli: Cli, speeds: Path) -> None:
    auto = ("--hardware", "auto", "--deployment", "self-host", "--response-time", "batch")
    assert _speeds(cli, *auto)["self"] is None
    add(speeds, StoredSpeeds(PROCESSOR, tuple(rates(precision=level) for level in LEVELS)), print)
    found = _speeds(cli, *auto)["self"]
    assert found["evidence"] == "estimated"
    low, value, high = found["decode_tok_s"]
    assert low < value < high
    assert high / low == pytest.approx(1.1**2, rel=0.01)  # the probe's spread


def test_a_damaged_file_is_told_and_does_not_stop_an_answer(cli: Cli, speeds: Path) -> None:
    speeds.parent.mkdir(parents=True)
    speeds.write_text("{" * 5000)
    for hardware in (("--hardware", "auto"), ()):
        ran = cli("recommend", *hardware, *ASKED)
        assert ran.status == 0
        assert f"{speeds} is damaged" in ran.err
    assert speeds.read_text() == "{" * 5000


def test_answers_without_own_speeds(cli: Cli, speeds: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    row = measured(model="globex/giant-1", host="globex", runtime=None, quantization=None)
    add(speeds, StoredSpeeds(None, (), (row,)), print)
    monkeypatch.setenv("LLMSELECT_NO_OVERLAY", "1")
    assert _speeds(cli, "--deployment", "api")["globex"] is None
