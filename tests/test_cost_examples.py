"""The ten examples of docs/cost.md, computed again from the catalogue's files with nothing of the engine."""

import json
import math
import re
import shlex
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.cli.conftest import Ran

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "cost.md").read_text(encoding="utf-8")
DAY = "2026-11-23"
HOURS = 730


def example(number: int) -> tuple[str, str]:
    """The text of an example, and its command."""
    part = re.search(rf"^{number}\. (.*?)`(llmselect cost [^`]+)`", PAGE, re.MULTILINE | re.DOTALL)
    assert part is not None
    return " ".join(part[1].split()), part[2]


@pytest.fixture
def plan(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Any:
    from llmselect.cli.app import run

    def asked(number: int) -> dict[str, Any]:
        words = shlex.split(example(number)[1])[1:]
        status = run([*words, "--as-of", DAY, "--json"])
        ran = Ran(status, capsys.readouterr().out, "")
        assert ran.status == 0
        return json.loads(ran.out)["data"]  # type: ignore[no-any-return]

    return asked


@cache
def file(name: str) -> Any:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return yaml.load((ROOT / "catalog" / name).read_text(encoding="utf-8"), Loader=loader)


def prices(host: str, model: str, **kind: Any) -> dict[str, float]:
    """The row of a host's file that is valid on the day and of a kind."""
    offerings = [row for row in file(f"hosts/{host}.yaml")["offerings"] if row["model"] == model]
    rows = [row for offering in offerings for row in offering["prices"]]
    wanted = {"batch": False, "peak_hours": False, "above_input_tokens": 0, **kind}
    valid = [
        row
        for row in rows
        if str(row["from"]) <= DAY <= str(row.get("to", "9999"))
        and all(row.get(name, type(value)()) == value for name, value in wanted.items())
    ]
    return max(valid, key=lambda row: str(row["from"]))


def rent(device: str) -> float:
    rows = [row for row in file("hardware.yaml")["rentals"] if row["device"] == device and not row.get("managed")]
    return min(row["usd_per_gpu_hour"] for row in rows if str(row["from"]) <= DAY)


def usd(row: dict[str, float], prompt: float, output: float, cached: float = 0) -> float:
    parts = (prompt - cached) * row["input_usd_per_mtok"] + output * row["output_usd_per_mtok"]
    return (parts + cached * row.get("cached_input_usd_per_mtok", 0)) / 1e6


def month(data: dict[str, Any], pattern: str) -> float:
    return float(option(data, pattern)["usd_per_month"][1])


def option(data: dict[str, Any], pattern: str) -> dict[str, Any]:
    return next(row for row in data["options"] if re.search(pattern, row["id"]))


def says(number: int, *amounts: float) -> None:
    text = example(number)[0].replace(",", "")
    shown = [float(word) for word in re.findall(r"\$([0-9]+(?:\.[0-9]+)?)", text)]
    for amount in amounts:
        assert any(abs(one - amount) < 0.0051 for one in shown), f"{amount} is not among {shown}"


MINI = ("openai", "openai/gpt-5-mini")
SELF = r"@self:.*/(?!hugging)"


def test_1_a_thousand_requests(plan: Any) -> None:
    data, api, machine = plan(1), 1000 * usd(prices(*MINI), 900, 250), HOURS * rent("l40s")
    says(1, round(machine, 2))
    assert "$0.725 a month" in example(1)[0]
    assert month(data, "@openai$") == pytest.approx(api) == pytest.approx(0.725)
    assert month(data, SELF) == pytest.approx(machine)
    assert machine / api > 500
    assert data["options"][0]["host"] == "openai"


def test_2_twenty_million_requests(plan: Any) -> None:
    data = plan(2)
    api = 20e6 * usd(prices(*MINI), 900, 250)
    says(2, api, round(HOURS * rent("l40s"), 2))
    assert month(data, "@openai$") == pytest.approx(api)
    first = data["options"][0]
    holds = first["serving"]["requests_per_machine_and_month"][1]
    assert first["deployment"] == "self-host"
    assert first["usd_per_month"][1] == pytest.approx(math.ceil(20e6 / holds) * HOURS * rent("l40s"))
    assert first["usd_per_month"][1] < api


def test_3_break_even(plan: Any) -> None:
    volume = math.ceil(HOURS * rent("l40s") / usd(prices(*MINI), 900, 250))
    assert f"{volume:,}" in example(3)[0]
    found = plan(3)["break_even"]
    assert {row["requests_per_month"][1] for row in found if row["first"].endswith("@openai")} >= {volume}


def test_4_cached_input(plan: Any) -> None:
    row = prices(*MINI)
    cached, plain = (1e5 * usd(row, 20_000, 500, count) for count in (18_000, 0))
    says(4, cached, plain)
    assert month(plan(4), "@openai") == pytest.approx(cached)


def test_5_batch(plan: Any) -> None:
    bill = 1e6 * (0.4 * usd(prices(*MINI), 900, 250) + 0.6 * usd(prices(*MINI, batch=True), 900, 250))
    says(5, bill)
    assert month(plan(5), "@openai") == pytest.approx(bill)


def test_6_a_long_context_tier(plan: Any) -> None:
    model = ("openai", "openai/gpt-5.4")
    below = 1000 * usd(prices(*model), 272_000, 1000)
    above = 1000 * usd(prices(*model, above_input_tokens=272_000), 272_001, 1000)
    says(6, below, round(above, 2))
    assert month(plan(6), "@openai") == pytest.approx(above)


def test_7_dear_hours(plan: Any) -> None:
    model = ("deepseek", "deepseek/deepseek-v4-pro")
    bill = 1e5 * sum(0.5 * usd(prices(*model, peak_hours=dear), 900, 250) for dear in (False, True))
    says(7, bill)
    assert month(plan(7), "@deepseek") == pytest.approx(bill)


def test_8_verbosity(plan: Any) -> None:
    facts = file("models/anthropic/claude-opus-5.yaml")["effort_tokens"]["max"]["value"]
    task = file("tasks.yaml")["tasks"]["reasoning"]
    mix = {skill: weight for skill, weight in task["skills"].items() if skill in facts}
    thinking = sum(facts[skill] * weight for skill, weight in mix.items()) / sum(mix.values()) * task["thinking_share"]
    assert f"{thinking:,.1f} tokens" in example(8)[0]
    load, row = task["workload"], prices("anthropic", "anthropic/claude-opus-5")
    bills = [1e4 * usd(row, load["prompt_tokens"], load["output_tokens"] + more) for more in (thinking, 0)]
    says(8, round(bills[0], 2), bills[1])
    assert month(plan(8), "@anthropic") == pytest.approx(bills[0])


def test_9_a_machine_of_ones_own(plan: Any) -> None:
    watts = file("hardware.yaml")["devices"]["rtx-4090"]["power_w"]
    assert f"{watts:g} W" in example(9)[0]
    says(9, round(3000 / 36, 2))
    row = option(plan(9), "@self")
    serving = row["serving"]
    machines = serving["machines"][1]
    working_hours = serving["utilization"] * HOURS * machines
    assert row["usd_per_month"][1] == pytest.approx(machines * 3000 / 36 + working_hours * watts / 1000 * 0.3)


def test_10_a_hybrid(plan: Any) -> None:
    data = plan(10)
    api = 2e6 * usd(prices(*MINI), 900, 250)
    says(10, api)
    hybrid = data["hybrids"][0]
    own = next(row for row in data["options"] if row["id"] == hybrid["own"])
    machines = math.ceil(18e6 / own["serving"]["requests_per_machine_and_month"][1])
    assert hybrid["asked"]["usd_per_month"] == pytest.approx(api + machines * HOURS * rent("l40s"))
    assert hybrid["cheapest"]["usd_per_month"] <= min(month(data, "@openai$"), own["usd_per_month"][1])
