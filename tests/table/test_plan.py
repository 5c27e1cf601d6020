"""A cost plan says what the arithmetic on single options says."""

from dataclasses import replace
from functools import cache
from typing import Any

import pytest

from llmselect.catalog.load import load, open_catalog
from llmselect.engine import plan as today
from llmselect.engine.machine import Detected
from llmselect.estimate.cost import Band, Tokens, Traffic
from llmselect.requirements import parse
from llmselect.results.base import plain
from llmselect.results.cost import CostPlan, Spread, UsageReport
from llmselect.table.facts import Facts
from llmselect.table.logged import Logged
from llmselect.table.plan import Asked, cost_plan

LLAMA, QWEN, GPT = "meta/llama-3.3-70b-instruct", "qwen/qwen3-32b", "openai/gpt-5.1"
CASES: dict[str, tuple[list[str], dict[str, Any], Asked]] = {
    "plain": ([QWEN, LLAMA, GPT], {}, Asked()),
    "all options": ([QWEN, GPT], {"requests_per_month": 3_000_000}, Asked(top=None, api_share=0.4)),
    "workstation": ([QWEN, GPT], {"gpu": "rtx-4090", "ram": "64"}, Asked((5, 50_000))),
    "bought": ([QWEN], {"gpu": "rtx-4090", "gpus": 2, "purchase_usd": 4000, "spare_machines": 1}, Asked()),
    "tier": ([LLAMA, QWEN], {"compute": "high", "requests_per_month": 9_000_000}, Asked()),
    "by the hour": ([QWEN], {"gpu": "h100", "gpu_hour_usd": 2.2, "hours_per_day": 9}, Asked()),
    "limits": ([LLAMA, GPT], {"budget": 400, "requests_per_month": 90_000, "privacy": "no-training"}, Asked()),
    "places": ([LLAMA], {"deployment": ["managed", "api"], "budget": 900, "requests_per_month": 90_000}, Asked()),
    "slow": ([LLAMA], {"min_tok_s": 60, "max_ttft_ms": 300, "deployment": ["self-host"]}, Asked()),
    "deferred": ([GPT, QWEN], {"batch_share": 1, "cached_share": 0.5, "requests_per_month": 700_000}, Asked()),
    "nothing": ([GPT], {"license": "commercial", "offline": True}, Asked()),
    "too large": (["deepseek/deepseek-r1", QWEN], {"gpu": "t4", "min_tok_s": 1}, Asked()),
    "past": (["openai/gpt-4-turbo", "meta/llama-2-70b-chat"], {"as_of": "2024-04-30"}, Asked()),
}


@cache
def facts() -> Facts:
    return Facts(open_catalog(own=False))


def _traffic() -> Traffic:
    short, long = Tokens(700, 700_000, 100_000, 0, 200_000, 50_000), Tokens(40, 8_000_000, 0, 0, 90_000, 10_000)
    return Traffic((Band(0, short, Tokens(10, 9000, 0, 0, 3000)), Band(199_999, long, Tokens(0, 0, 0, 0, 0))), 0.0, GPT)


@cache
def both(name: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """A case as today's arithmetic says it, and as columns do."""
    models, given, asked = CASES[name]
    needs = parse({"task": "qa", "as_of": "2026-11-25", **given})
    return _plain(today.cost_plan(models, needs, load(own=False), today.Asked(*asked), Detected(64.0, "", ()))), _plain(
        cost_plan(models, needs, facts(), asked)
    )


def _plain(plan: CostPlan) -> dict[str, Any]:
    found: dict[str, Any] = plain(replace(plan, excluded=()))
    found["excluded"] = [
        (row.model, row.options, [(one.rule, one.needed, one.had) for one in row.reasons]) for row in plan.excluded
    ]
    return found


def _differences(found: Any, wanted: Any, path: str = "") -> list[str]:
    if isinstance(wanted, dict) and isinstance(found, dict):
        keys = dict.fromkeys((*wanted, *found))
        return [line for key in keys for line in _differences(found.get(key), wanted.get(key), f"{path}.{key}")]
    if isinstance(wanted, (list, tuple)) and isinstance(found, (list, tuple)) and len(wanted) == len(found):
        pairs = enumerate(zip(found, wanted, strict=True))
        return [line for at, (one, other) in pairs for line in _differences(one, other, f"{path}[{at}]")]
    if isinstance(wanted, float) and isinstance(found, (int, float)):
        return [] if found == pytest.approx(wanted, rel=1e-6, abs=1e-9) else [f"{path}: {found} for {wanted}"]
    return [] if found == wanted else [f"{path}: {found} for {wanted}"]


@pytest.mark.parametrize("name", CASES)
def test_plans(name: str) -> None:
    old, new = both(name)
    assert old["options"] or old["excluded"]
    assert _differences(new, old) == []


def test_a_plan_of_a_log() -> None:
    """Of the logged model each answer is as long as the log says, and one option stands for its efforts."""
    spread = Spread(1.0, 1, 1, 1)
    report = UsageReport("a.csv", "csv", 750, (), {}, spread, spread, spread, spread, 10, None, None)
    lengths = sorted([1300] * 700 + [900] * 10 + [202_250] * 40)
    logged = Logged(_traffic(), report, lengths, {})
    needs = parse({"task": "qa", "as_of": "2026-11-25", "requests_per_month": 100_000})
    old = _plain(today.cost_plan([GPT, QWEN], needs, load(own=False), today.Asked(), None, logged))
    new = _plain(cost_plan([GPT, QWEN], needs, facts(), Asked(), None, logged))
    assert any(row["requests_over_context"] for row in old["options"])
    assert _differences(new, old) == []
