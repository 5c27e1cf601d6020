"""How each requirement can be relaxed: its values in order, from the nearest to the furthest."""

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from llmselect.engine.machine import Machine
from llmselect.engine.situation import Situation
from llmselect.requirements import QUANTIZATION_LEVELS, Requirements

MAX_GPUS = 16
PRIVACY = ("any", "no-training", "zero-retention", "vpc", "on-prem")
MAX_MEMORY_GIB = 4096.0
MAX_BUDGET_USD = 10_000_000.0
MAX_WAIT_S = 86_400.0


class Lever(NamedTuple):
    """A field and its relaxed values: `value(1)` is the smallest step away from `start`, `value(steps)` the largest.

    `changed` gives the requirements and the machine with the field at a value.
    """

    field: str
    start: Any
    steps: int
    value: Callable[[int], Any]
    changed: Callable[[Requirements, Machine, Any], tuple[Requirements, Machine | None]]


def levers(situation: Situation) -> list[Lever]:
    """Every field of a request that can be relaxed, numbers first."""
    needs = situation.needs
    found = [lever for field, end, step in _NUMBERS if (lever := _number(needs, field, end, step)) is not None]
    found += [_score_lever(needs, name) for name in needs.min_score]
    found += _machine_levers(situation)
    found += [lever for field in _CHOICES if (lever := _choice(needs, field)) is not None]
    return found


# Fields that are numbers: how far they may go, and in which steps.
_NUMBERS: tuple[tuple[str, float, float], ...] = (
    ("context_tokens", 1, 1),
    ("prompt_tokens", 1, 1),
    ("output_tokens", 1, 1),
    ("concurrency", 1, 1),
    ("requests_per_month", 1, 1),
    ("requests_per_day", 1, 1),
    ("monthly_active_users", 1, 1),
    ("horizon_months", 0, 1),
    ("budget", MAX_BUDGET_USD, 0.01),
    ("max_ttft_ms", MAX_WAIT_S * 1000, 1),
    ("max_latency_s", MAX_WAIT_S, 0.001),
    ("min_tok_s", 0.01, 0.01),
)


def _grid(start: float, end: float, step: float) -> tuple[int, Callable[[int], Any]]:
    """Values on multiples of `step` from just beyond `start` to `end`, and how many there are."""
    sign = 1 if end > start else -1
    nearest = math.floor(start / step + 1e-9) if sign > 0 else math.ceil(start / step - 1e-9)
    steps = max(0, round(abs(end / step - nearest)))
    digits = max(0, round(-math.log10(step)))

    def value(k: int) -> Any:
        number = round((nearest + sign * k) * step, digits)
        return int(number) if digits == 0 else number

    return steps, value


def _number(needs: Requirements, field: str, end: float, step: float) -> Lever | None:
    start = getattr(needs, field)
    if start is None or start == end:
        return None
    steps, value = _grid(start, end, step)
    return Lever(field, start, steps, value, _set(field))


def _set(field: str) -> Callable[[Requirements, Machine, Any], tuple[Requirements, Machine | None]]:
    return lambda needs, machine, value: (needs.model_copy(update={field: value}), machine)


def _score_lever(needs: Requirements, benchmark: str) -> Lever:
    steps, value = _grid(needs.min_score[benchmark], 0.0, 0.01)

    def changed(needs: Requirements, machine: Machine, floor: Any) -> tuple[Requirements, Machine | None]:
        return needs.model_copy(update={"min_score": {**needs.min_score, benchmark: floor}}), machine

    return Lever(f"min_score.{benchmark}", needs.min_score[benchmark], steps, value, changed)


def _machine_levers(situation: Situation) -> list[Lever]:
    """More memory per device, more devices, more RAM; for a compute tier the higher tiers instead."""
    machine, needs = situation.machine, situation.needs
    if not machine.owned:
        return [_listed("compute", needs.compute or "medium", _higher_tiers(needs), resolve_anew=True)]
    if machine.kind == "cpu":
        return [_memory_lever("ram", machine.memory_gib, "memory_gib")]
    own = _memory_lever("vram", machine.memory_gib, "memory_gib")
    if machine.kind == "soc":
        return [own]
    steps, value = _grid(machine.count, MAX_GPUS, 1)
    more = Lever("gpus", machine.count, steps if machine.count < MAX_GPUS else 0, value, _both("gpus", "count"))
    return [own, more, _memory_lever("ram", machine.ram_gib or 0.0, "ram_gib")]


def _memory_lever(field: str, start: float, attribute: str) -> Lever:
    steps, value = _grid(start, MAX_MEMORY_GIB, 0.01)
    return Lever(field, start, steps, value, _both(field, attribute))


def _both(field: str, attribute: str) -> Callable[[Requirements, Machine, Any], tuple[Requirements, Machine | None]]:
    return lambda needs, machine, value: (
        needs.model_copy(update={field: value}),
        replace(machine, **{attribute: value}),
    )


def _higher_tiers(needs: Requirements) -> list[str]:
    tiers = ["low", "medium", "high"]
    return tiers[tiers.index(needs.compute or "medium") + 1 :]


def _without_each(items: Sequence[str]) -> list[tuple[str, ...]]:
    """The list with one item left out, for each item, then with none."""
    shorter = [tuple(other for other in items if other != item) for item in items]
    return [*shorter, ()] if len(items) > 1 else shorter


def _wider_deployment(needs: Requirements) -> list[Any]:
    if "any" in needs.deployment:
        return []
    more = [(*needs.deployment, kind) for kind in ("self-host", "managed", "api") if kind not in needs.deployment]
    return [*more, ("any",)]


# Fields that are choices: their relaxed values, nearest first, under a set of requirements.
_CHOICES: dict[str, Callable[[Requirements], list[Any]]] = {
    "quantization": lambda needs: list(QUANTIZATION_LEVELS[QUANTIZATION_LEVELS.index(needs.coarsest) + 1 :]),
    "license": lambda needs: ["osi", "commercial", "any"][["osi", "commercial", "any"].index(needs.license) + 1 :],
    "deployment": _wider_deployment,
    "privacy": lambda needs: list(reversed(PRIVACY[: PRIVACY.index(needs.privacy)])),
    "region": lambda needs: [None] if needs.region else [],
    "domicile": lambda needs: [None] if needs.domicile else [],
    "at_least": lambda needs: [None] if needs.at_least else [],
    "effort": lambda needs: [None] if needs.effort else [],
    "host": lambda needs: [()] if needs.host else [],
    "offline": lambda needs: [False] if needs.offline else [],
    "open_weights": lambda needs: [False] if needs.open_weights else [],
    "gpu_only": lambda needs: [False] if needs.gpu_only else [],
    "response_time": lambda needs: ["batch"] if needs.response_time == "real-time" else [],
    "needs": lambda needs: _without_each(needs.needs),
    "modality_in": lambda needs: _without_each(needs.modality_in),
    "modality_out": lambda needs: _without_each(needs.modality_out),
    "language": lambda needs: _without_each(needs.language),
}


def _choice(needs: Requirements, field: str) -> Lever | None:
    values = _CHOICES[field](needs)
    return _listed(field, getattr(needs, field), values) if values else None


def _listed(field: str, start: Any, values: Sequence[Any], *, resolve_anew: bool = False) -> Lever:
    def changed(needs: Requirements, machine: Machine, value: Any) -> tuple[Requirements, Machine | None]:
        return needs.model_copy(update={field: value}), None if resolve_anew else machine

    return Lever(field, start, len(values), lambda k: values[k - 1], changed)
