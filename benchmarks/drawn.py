"""Drawn requests over all fields: requirements as people might combine them, each with a day of its own."""

from collections.abc import Callable, Sequence
from datetime import date
from random import Random
from typing import Any, TypeVar

T = TypeVar("T")
SEED = "requests 1"
DAYS = ("2024-04-30", "2025-06-01", "2026-11-25", "2026-11-25", "2026-11-25", "2027-06-01")
TASKS = (
    "conversation", "conversation", "content-generation", "qa", "qa", "reasoning", "coding", "coding", "agents",
    "summarization", "extraction", "classification", "translation", "math",
)  # fmt: skip
GPUS = (
    "rtx-3060", "rtx-3090", "rtx-4090", "rtx-5090", "RTX 4060 Ti 16GB", "gtx-1080", "t4", "l40s", "a100-sxm-80gb",
    "h100-sxm-80gb", "h200", "b200", "mi300x", "rx-7900-xtx", "arc-b580", "rtx-4070-laptop",
)  # fmt: skip
MACS = ("m1", "m2-max", "m3-ultra", "m4-pro", "m4-max", "ryzen-ai-max-395", "dgx-spark")


class Draw:
    """A stream of chances; only `random()` is used, which gives the same numbers in every version of Python."""

    def __init__(self, name: str) -> None:
        self._random = Random(name)

    def chance(self, share: float) -> bool:
        """True with this probability."""
        return self._random.random() < share

    def of(self, values: Sequence[T]) -> T:
        """One of the values, each as likely."""
        return values[int(self._random.random() * len(values))]

    def some(self, share: float, **values: Sequence[Any]) -> dict[str, Any]:
        """Each field with a chance of its own, at one of its values."""
        return {name: self.of(choices) for name, choices in values.items() if self.chance(share)}


def drawn_fields(number: int, seed: str = SEED) -> dict[str, Any]:
    """The fields of one drawn request; every eighth asks for more than there is."""
    draw = Draw(f"{seed}: {number}")
    fields = {"as_of": draw.of(DAYS), **_needs(draw), **draw.of(MACHINES)(draw)}
    for group, share in ((_load, 0.65), (_money, 0.4), (_where, 0.28), (_terms, 0.3), (_wishes, 0.45), (_text, 0.28)):
        if draw.chance(share):
            fields |= group(draw)
    if draw.chance(0.25):
        fields |= _judgement(draw)
    if draw.chance(0.15):
        fields |= _speed(draw)
    if number % 10 == 7:
        fields |= _documents(draw)
    return fields | draw.of(EXCESSIVE) if number % 8 == 3 else fields


def answerable_fields(number: int, seed: str = SEED) -> dict[str, Any]:
    """The fields of one drawn request that asks for little enough that most of them have an answer.

    A day of its own, a task, a machine or none, one or two groups of wishes; often a wish that promises something: the
    best quality, no thinking, a limit of waiting.
    """
    draw = Draw(f"{seed}: answerable {number}")
    fields = {"as_of": _day(draw), "task": draw.of(TASKS), **draw.of(MACHINES)(draw)}
    for group, share in ((_load, 0.5), (_money, 0.2), (_where, 0.12), (_terms, 0.15), (_text, 0.12)):
        if draw.chance(share):
            fields |= group(draw)
    for group in (_promise, _speed):
        if draw.chance(0.4):
            fields |= group(draw)
    return fields


def _day(draw: Draw) -> str:
    """The catalogue's own days half of the time; else any of the years that it covers."""
    if draw.chance(0.5):
        return draw.of(("2026-11-25", "2026-12-01", "2026-12-31"))
    return date.fromordinal(date(2024, 1, 1).toordinal() + draw.of(range(3 * 365))).isoformat()


def _promise(draw: Draw) -> dict[str, Any]:
    found = draw.some(0.5, optimize=("quality", "quality", "cost", "latency"), effort=("none", "none", "low", "high"))
    return found or {"optimize": "quality"}


def _needs(draw: Draw) -> dict[str, Any]:
    found = {} if draw.chance(0.1) else {"task": draw.of(TASKS)}
    return found | draw.some(0.12, response_time=("real-time", "batch"), domain=("general", "specific"))


def _named(draw: Draw) -> dict[str, Any]:
    found = {"gpu" if draw.chance(0.7) else "hardware": draw.of(GPUS)}
    found |= draw.some(0.35, gpus=(1, 2, 4, 8), ram=("32GiB", "64GiB", "256GiB"))
    return found | draw.some(0.15, gpu_only=(True,), usable_memory_share=(0.8, 0.95), power_w=(150, 300))


def _described(draw: Draw) -> dict[str, Any]:
    found = {
        "vram": draw.of(("8GiB", "16GiB", "24GiB", "48GiB", "96GiB")),
        "bandwidth": draw.of((288, 672, 1008, 3350)),
    }
    return found | draw.some(0.4, gpus=(1, 2, 4), ram=(16, 64, 128))


def _processor(draw: Draw) -> dict[str, Any]:
    name = draw.of(("cpu", "cpu", "epyc-9654", "xeon-platinum-8480-plus", "graviton2"))
    return {"hardware": name, "ram": draw.of((16, 64, 256, 768)), **draw.some(0.5, bandwidth=(51.2, 89.6, 307, 460))}


def _mac(draw: Draw) -> dict[str, Any]:
    return {"hardware": draw.of(MACS), "vram": draw.of((16, 36, 64, 128, 192))}


def _rented(draw: Draw) -> dict[str, Any]:
    return draw.some(0.85, compute=("high", "medium", "low"))


def _unnamed(draw: Draw) -> dict[str, Any]:
    return {}


MACHINES: tuple[Callable[[Draw], dict[str, Any]], ...] = (
    _named, _named, _named, _described, _processor, _mac, _rented, _rented, _unnamed, _unnamed,
)  # fmt: skip


def _load(draw: Draw) -> dict[str, Any]:
    found: dict[str, Any] = {"requests_per_day": draw.of((30, 500, 10_000))}
    if draw.chance(0.7):
        found = {"requests_per_month": draw.of(("1k", "20k", "50k", "300k", "2M", "20M"))}
    found |= draw.some(
        0.25,
        prompt_tokens=(200, 1500, 6000, 30_000),
        output_tokens=(20, 150, 800, 4000),
        concurrency=(2, 8, 32),
        peak_to_mean=(1, 1.5, 5),
    )
    return found | draw.some(
        0.12,
        cached_share=(0.3, 0.8),
        batch_share=(0.25, 1),
        peak_share=(0.4,),
        hours_per_day=(8, 12.5),
        spare_machines=(1, 2),
        verbosity=("equal",),
        context_tokens=("16k", "64k", "200k", "1M"),
    )


def _money(draw: Draw) -> dict[str, Any]:
    found = draw.some(0.7, budget=(20, 100, 300, 1000, 5000, 25_000))
    return found | draw.some(
        0.2, gpu_hour_usd=(0.4, 1.9), kwh_usd=(0.08, 0.34), purchase_usd=(1800, 9000), years=(2, 3)
    )


def _where(draw: Draw) -> dict[str, Any]:
    places = (["api"], ["self-host"], ["managed"], ["api", "managed"], ["api", "self-host"])
    found = draw.some(0.4, deployment=places, region=("EU", "US", "CN"))
    privacy = ("no-training", "zero-retention", "vpc", "on-prem")
    hosts = (["openai", "anthropic"], ["azure"], ["self", "bedrock"], ["mistral", "together", "vertex"])
    return found | draw.some(0.3, privacy=privacy, host=hosts, offline=(True,))


def _terms(draw: Draw) -> dict[str, Any]:
    found = draw.some(0.6, license=("commercial", "osi"))
    return found | draw.some(
        0.25, open_weights=(True,), monthly_active_users=(100_000, 500_000_000), domicile=("EU", "US", "KR", "GB")
    )


def _wishes(draw: Draw) -> dict[str, Any]:
    weights = ({"quality": 0.6, "cost": 0.4}, {"latency": 1}, {"safety": 0.3, "openness": 0.2}, {"context": 0.5})
    floors = ({"mmlu": 60}, {"mmlu-pro": 70, "ifeval": 60}, {"swe-bench-verified": 60}, {"gpqa-diamond": 50})
    found = draw.some(0.5, optimize=("quality", "cost", "latency"))
    return found | draw.some(
        0.2,
        weight=weights,
        min_score=floors,
        at_least=("gpt-4o-mini", "qwen3-8b", "claude-sonnet-4"),
        effort=("none", "low", "medium", "high", "max"),
        quantization=("none", "q8", "q6", "q5", "q3", "q2"),
    )


def _text(draw: Draw) -> dict[str, Any]:
    found = draw.some(
        0.35, language=(["zh"], ["de", "fr"], ["sw"], ["ja"]), modality_in=(["image"], ["pdf"], ["audio"])
    )
    needs = (
        ["tools"],
        ["structured-output", "tools"],
        ["reasoning"],
        ["fine-tuning"],
        ["streaming"],
        ["system-prompt"],
    )
    return found | draw.some(0.4, needs=needs) | draw.some(0.06, modality_out=(["image"], ["audio"]))


def _judgement(draw: Draw) -> dict[str, Any]:
    found = {"strict": True} if draw.chance(0.4) else {"allow_unknown": True} if draw.chance(0.6) else {}
    return found | draw.some(0.5, horizon_months=(1, 3, 12))


def _speed(draw: Draw) -> dict[str, Any]:
    found = draw.some(0.5, max_ttft_ms=(300, 1000, 4000), min_tok_s=(5, 20, 60), max_latency_s=(5, 30, 120))
    return found or {"response_time": "real-time"}


def _documents(draw: Draw) -> dict[str, Any]:
    """The four questions of the source document, and its own policy."""
    return {
        "task": draw.of(("conversation", "content-generation", "qa", "reasoning")),
        "compute": draw.of(("high", "medium", "low")),
        "response_time": draw.of(("real-time", "batch")),
        "domain": draw.of(("general", "specific")),
        "policy": "document",
    }


EXCESSIVE: tuple[dict[str, Any], ...] = (
    {"requests_per_month": "10M", "budget": 0.5, "deployment": ["api"], "at_least": "gpt-4o"},
    {"context_tokens": 30_000_000},
    {"offline": True, "min_score": {"mmlu": 85}, "gpu_only": True, "gpu": "gtx-1650", "hardware": None, "gpus": 1},
    {"max_ttft_ms": 1, "strict": True, "deployment": ["self-host"]},
    {"deployment": ["self-host"], "concurrency": 4000, "min_tok_s": 200, "strict": True},
    {"privacy": "on-prem", "budget": 1, "requests_per_month": "5M", "purchase_usd": 4000},
    {"output_tokens": 5_000_000},
    {"host": ["mistral"], "region": "US", "license": "osi", "strict": True},
    {"horizon_months": 480, "deployment": ["api"], "strict": True},
    {"max_latency_s": 0.01, "response_time": "real-time", "strict": True},
)
