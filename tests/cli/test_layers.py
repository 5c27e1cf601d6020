"""Requirements out of flags, environment, profile and llmselect.yaml: which goes before which, and their faults."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from llmselect.cli.framework.inputs import config_file, requirements
from llmselect.cli.framework.layers import Layer, combined_load, of_environment, of_file, of_flags
from llmselect.errors import LlmselectError
from llmselect.requirements import Requirements
from tests.cli.conftest import Cli

MACHINES = {"box.yaml": {"gpu": "RTX 3090", "gpus": 2, "ram": "64GiB"}, "bad.yaml": {"task": "qa", "gpus": 65}}


def _file(values: Mapping[str, Any], path: str = "p.yaml") -> Layer:
    return of_file(values, path, {name: line for line, name in enumerate(values, 1)})


def _combined(*layers: Layer) -> Requirements:
    return combined_load(layers, lambda name: _file(MACHINES[name], name))


def test_what_goes_before_what() -> None:
    environment = {"LLMSELECT_GPUS": "3", "LLMSELECT_TASK": "qa", "UNRELATED": "x", "LLMSELECT_CATALOG": "/somewhere"}
    config = _file({"gpus": 1, "budget": 9, "ram": "8GiB"})._replace(unnamed=True)
    profile = _file({"gpus": 2, "task": "math", "ram": "16GiB"})
    found = _combined(config, profile, of_environment(environment), of_flags({"gpus": "4", "task": None, "needs": []}))
    assert (found.gpus, found.task, found.ram, found.budget, found.concurrency) == (4, "qa", 16.0, 9.0, 1)
    assert found.found_in == {"budget": "p.yaml"}
    assert found.model_fields_set == {"gpus", "task", "ram", "budget"}


@pytest.mark.parametrize("absent", [None, [], False])
def test_an_absent_flag_gives_way(absent: Any) -> None:
    assert _combined(_file({"needs": ["tools"]}), of_flags({"needs": absent})).needs == ("tools",)


@pytest.mark.parametrize("value", ["0", 0, 0.0])
def test_a_flag_of_zero_is_given(value: Any) -> None:
    assert _combined(_file({"kwh_usd": 0.3}), of_flags({"kwh_usd": value})).kwh_usd == 0


def test_a_repeated_flag_may_hold_commas() -> None:
    assert of_flags({"needs": ["tools,streaming", "reasoning"]}).values["needs"] == ["tools", "streaming", "reasoning"]


@pytest.mark.parametrize("above", [of_flags({"gpu": "L40S"}), of_environment({"LLMSELECT_GPU": "L40S"})])
def test_a_machine_replaces_the_one_below(above: Layer) -> None:
    found = _combined(_file({"vram": 8, "gpus": 2, "bandwidth": 300, "kwh_usd": 0.3, "task": "qa"}), above)
    assert (found.gpu, found.vram, found.gpus, found.bandwidth) == ("L40S", None, 1, None)
    assert (found.kwh_usd, found.task) == (0.3, "qa")


def test_a_file_of_a_machine_stands_below_its_layer() -> None:
    found = _combined(_file({"task": "qa"}), of_flags({"hardware": "box.yaml", "gpus": "1"}))
    assert (found.gpu, found.gpus, found.ram, found.hardware) == ("RTX 3090", 1, 64.0, None)


def test_every_fault_of_every_layer_is_told_with_its_place() -> None:
    layers = (
        _file({"task": "qa", "budgt": 3, "needs": "tolls"}),
        of_environment({"LLMSELECT_POLICY": "mine"}),
        of_flags({"gpus": "65"}),
    )
    with pytest.raises(LlmselectError) as caught:
        _combined(*layers)
    parts = caught.value.message.split("; ")
    assert [part.partition(" ")[0] for part in parts] == ["p.yaml:2:", "p.yaml:3:", "LLMSELECT_POLICY:", "--gpus:"]
    assert parts[0] == "p.yaml:2: unknown field 'budgt'"
    assert "needs: 'tolls' is not one of" in parts[1]
    assert caught.value.hint == "Did you mean budget?"


def test_a_file_of_a_machine_has_nothing_else() -> None:
    with pytest.raises(LlmselectError, match=r"bad.yaml:1: unknown field 'task'; bad.yaml:2: gpus: 65 is greater"):
        _combined(of_flags({"hardware": "bad.yaml"}))


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working folder, with a folder of settings beside it."""
    work, settings = tmp_path / "work", tmp_path / "settings"
    for folder in (work, settings / "llmselect"):
        folder.mkdir(parents=True)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(settings))
    monkeypatch.setenv("APPDATA", str(settings))
    monkeypatch.chdir(work)
    return settings / "llmselect"


def test_the_working_folder_goes_before_the_settings(home: Path) -> None:
    assert config_file() is None
    (home / "llmselect.yaml").write_text("budget: 5\ngpus: 2\n")
    assert requirements({}).model_dump()["budget"] == 5
    Path("llmselect.yaml").write_text("task: qa\n")
    found = requirements({"task": "math"})
    assert (found.task, found.budget, found.found_in) == ("math", None, {})
    assert requirements({}).found_in == {"task": "llmselect.yaml"}
    Path("p.yaml").write_text("task: coding\n")
    assert requirements({}, "p.yaml").task == "coding"
    assert requirements({"no_config": True}).model_fields_set == frozenset()


def test_what_the_file_gives_is_told(home: Path, cli: Cli) -> None:
    Path("llmselect.yaml").write_text("gpu: Home 24GB\nneeds: [streaming]\n")
    ran = cli("recommend", "--json", "--needs", "tools")
    assert ran.json["data"]["assumed"]["--gpu"] == "Home 24GB, from llmselect.yaml"
    assert "--needs" not in ran.json["data"]["assumed"]
    assert "from llmselect.yaml" in cli("recommend").out
    without = cli("recommend", "--no-config", "--json").json["data"]
    assert "from llmselect.yaml" not in str(without["assumed"])
    assert without["requirements"]["gpu"] is None


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("budget: 50", "50"),
        ("requests_per_month: 600k", "600,000"),
        ("kwh_usd: 0.25", "0.25"),
        ("offline: true", "yes"),
        ("needs: [tools, streaming]", "tools, streaming"),
        ("weight: {cost: 2, quality: 0.5}", "cost=2, quality=0.5"),
        ("as_of: 2026-11-23", "2026-11-23"),
        ("task: rag", "qa"),
    ],
)
def test_values_are_told_as_people_write_them(home: Path, line: str, told: str) -> None:
    Path("llmselect.yaml").write_text(line)
    flag = "--" + line.partition(":")[0].replace("_", "-")
    assert requirements({}).from_file() == {flag: f"{told}, from llmselect.yaml"}


def test_a_decision_record_has_it_as_given(home: Path, cli: Cli) -> None:
    Path("llmselect.yaml").write_text("gpu: Home 24GB\n")
    out = cli("recommend", "--format", "markdown").out
    assert "| --gpu | Home 24GB | given |" in out
    assert "from llmselect.yaml" not in out
    assert '--gpu "Home 24GB"' in out or "--gpu 'Home 24GB'" in out


@pytest.mark.parametrize("command", [("cost", "small-7b-chat"), ("compare", "small-7b-chat", "--columns", "cost")])
def test_other_commands_tell_it_too(home: Path, cli: Cli, command: tuple[str, ...]) -> None:
    Path("llmselect.yaml").write_text("output_tokens: 77\n")
    assert cli(*command, "--json").json["data"]["assumed"]["--output-tokens"] == "77, from llmselect.yaml"


def test_the_questionnaire_tells_it_too(home: Path, cli: Cli) -> None:
    Path("llmselect.yaml").write_text("gpu: Home 24GB\noutput_tokens: 77\n")
    Path("answers.yaml").write_text("task: qa\noutput_tokens: 88\n")
    data = cli("ask", "--answers", "answers.yaml", "--json").json["data"]
    assert data["assumed"]["--gpu"] == "Home 24GB, from llmselect.yaml"
    assert "--output-tokens" not in data["assumed"]
    assert (data["requirements"]["gpu"], data["requirements"]["output_tokens"]) == ("Home 24GB", 88)


def test_a_fault_in_the_file_names_its_line(home: Path, cli: Cli) -> None:
    Path("llmselect.yaml").write_text("task: qa\nbudgt: 3\n")
    ran = cli("recommend")
    assert ran.status == 2
    assert ran.err == "error: llmselect.yaml:2: unknown field 'budgt'\nhint: Did you mean budget?\n"
