"""How each requirement can be relaxed: the rungs of its ladder, from the nearest to the furthest.

Money and times go by 1, 2 and 5, tokens by doublings, memory by the sizes in which it is sold, GPUs one by one.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from llmselect.engine.machine.hardware import Hardware
from llmselect.engine.machine.machines import Machine
from llmselect.engine.request import Request
from llmselect.requirements import QUANTIZATION_LEVELS, Requirements

MAX_GPUS = 16
MAX_RAM_GIB = 4096
MAX_BUDGET_USD = 10_000_000
MAX_WAIT_S = 86_400
MIN_TOK_S = 0.01
PRIVACY = ("any", "no-training", "zero-retention", "vpc", "on-prem")
LICENSES = ("osi", "commercial", "any")
LENIENT = ("strict", "allow_unknown")
TIERS = ("low", "medium", "high")
Moved = tuple[Requirements, Machine | None]  # the machine is None where it follows from the requirements anew


@dataclass(frozen=True, slots=True)
class Ladder:
    """A field at its present value, with the rungs that relax it; `moved` sets it to one of them."""

    field: str
    start: Any
    rungs: Sequence[Any]
    moved: Callable[[Requirements, Machine, Any], Moved]


def ladders(request: Request, hardware: Hardware) -> list[Ladder]:
    """Every field of a request that can be relaxed, numbers first."""
    needs = request.needs
    numbers = [_plain(field, getattr(needs, field), rungs) for field, rungs in _numbers(needs)]
    longest_s = needs.max_latency_s or request.patience_s
    numbers += [] if longest_s is None else [_plain("max_latency_s", longest_s, list(rising(longest_s, MAX_WAIT_S)))]
    scores = [_score(needs, benchmark) for benchmark in needs.min_score]
    choices = [_plain(field, getattr(needs, field), values(needs)) for field, values in _CHOICES.items()]
    found = [*numbers, *scores, *_of_machine(request, hardware), *choices]
    return [ladder for ladder in found if ladder.rungs]


def lenient(needs: Requirements) -> list[Ladder]:
    """What is unknown is kept, where the request says or leaves it to the rules that it excludes."""
    found = [_plain("strict", True, [False])] if needs.strict else []
    return found if needs.allow_unknown else [*found, _plain("allow_unknown", False, [True])]


def _numbers(needs: Requirements) -> Iterator[tuple[str, list[Any]]]:
    for field in ("context_tokens", "prompt_tokens", "output_tokens", "concurrency"):
        yield field, [] if getattr(needs, field) is None else list(halvings(getattr(needs, field)))
    for field in ("requests_per_month", "requests_per_day", "monthly_active_users"):
        yield field, [] if getattr(needs, field) is None else [int(one) for one in falling(getattr(needs, field), 1)]
    yield "horizon_months", list(range(needs.horizon_months - 1, -1, -1))
    yield "budget", [] if needs.budget is None else [_round(one) for one in rising(needs.budget, MAX_BUDGET_USD)]
    if needs.max_ttft_ms is not None:
        yield "max_ttft_ms", list(rising(needs.max_ttft_ms, MAX_WAIT_S * 1000))
    yield "min_tok_s", [] if needs.min_tok_s is None else list(falling(needs.min_tok_s, MIN_TOK_S))


def rising(start: float, most: float) -> Iterator[float]:
    """1, 2 and 5 times powers of ten above `start`, from 0.01 on, up to `most`."""
    exponent = -2 if start <= 0 else math.floor(math.log10(start))
    while True:
        for digit in (1, 2, 5):
            rung = digit * 10.0**exponent
            if rung > most:
                return
            if rung > start:
                yield rung
        exponent += 1


def falling(start: float, least: float) -> Iterator[float]:
    """1, 2 and 5 times powers of ten below `start`, down to `least`."""
    exponent = math.floor(math.log10(start))
    while True:
        for digit in (5, 2, 1):
            rung = digit * 10.0**exponent
            if rung < least:
                return
            if rung < start:
                yield rung
        exponent -= 1


def halvings(start: int) -> Iterator[int]:
    """Powers of two below a count, down to 1."""
    rung = 1 << max(0, (start - 1).bit_length() - 1)
    while rung and rung < start:
        yield rung
        rung //= 2


def _round(usd: float) -> float:
    return round(usd, 2)


def _plain(field: str, start: Any, rungs: Sequence[Any]) -> Ladder:
    return Ladder(field, start, rungs, lambda needs, machine, value: (needs.model_copy(update={field: value}), machine))


def _score(needs: Requirements, benchmark: str) -> Ladder:
    """A least score in hundredths of a point."""
    floor = needs.min_score[benchmark]
    rungs = [hundredths / 100 for hundredths in range(math.ceil(floor * 100 - 1e-9) - 1, -1, -1)]

    def moved(needs: Requirements, machine: Machine, value: float) -> Moved:
        return needs.model_copy(update={"min_score": {**needs.min_score, benchmark: value}}), machine

    return Ladder(f"min_score.{benchmark}", floor, rungs, moved)


def _of_machine(request: Request, hardware: Hardware) -> list[Ladder]:
    """More memory per device, more devices, more RAM; for a compute tier the higher tiers instead."""
    machine, needs = request.machine, request.needs
    if not machine.owned:
        tier = needs.compute or "medium"
        higher = TIERS[TIERS.index(tier) + 1 :]
        return [
            Ladder("compute", tier, higher, lambda needs, _, value: (needs.model_copy(update={"compute": value}), None))
        ]
    sold = sorted({row.memory_gib for row in hardware.devices.values() if row.kind == machine.kind and row.memory_gib})
    if machine.kind == "cpu":
        return [_sized("ram", "memory_gib", machine.memory_gib, _modules(machine.memory_gib))]
    memory = _sized("vram", "memory_gib", machine.memory_gib, [size for size in sold if size > machine.memory_gib])
    if machine.kind == "soc":
        return [memory]
    more = _sized("gpus", "count", machine.count, list(range(machine.count + 1, MAX_GPUS + 1)))
    return [memory, more, _sized("ram", "ram_gib", machine.ram_gib or 0.0, _modules(machine.ram_gib or 0.0))]


def _modules(above_gib: float) -> list[float]:
    """Sizes of RAM that modules add up to, in GiB: powers of two, and one and a half times these."""
    sizes = (factor * 2.0**power for power in range(3, 13) for factor in (1, 1.5))
    return [size for size in sizes if above_gib < size <= MAX_RAM_GIB]


def _sized(field: str, attribute: str, start: float, rungs: Sequence[Any]) -> Ladder:
    def moved(needs: Requirements, machine: Machine, value: Any) -> Moved:
        return needs.model_copy(update={field: value}), replace(machine, **{attribute: value})

    return Ladder(field, start, rungs, moved)


def _without_each(items: Sequence[str]) -> list[tuple[str, ...]]:
    """The list with one item left out, for each item, then with none."""
    shorter = [tuple(other for other in items if other != item) for item in items]
    return [*shorter, ()] if len(items) > 1 else shorter


def _wider_deployment(needs: Requirements) -> list[Any]:
    if "any" in needs.deployment:
        return []
    more = [(*needs.deployment, kind) for kind in ("self-host", "managed", "api") if kind not in needs.deployment]
    return [*more, ("any",)]


def _after(value: str, values: Sequence[str]) -> Sequence[str]:
    return values[values.index(value) + 1 :]


# Fields that are choices: their relaxed values, nearest first, under a set of requirements.
_CHOICES: dict[str, Callable[[Requirements], Sequence[Any]]] = {
    "quantization": lambda needs: _after(needs.coarsest, QUANTIZATION_LEVELS),
    "license": lambda needs: _after(needs.license, LICENSES),
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
    "response_time": lambda needs: [] if needs.response_time == "batch" else ["batch"],
    "needs": lambda needs: _without_each(needs.needs),
    "modality_in": lambda needs: _without_each(needs.modality_in),
    "modality_out": lambda needs: _without_each(needs.modality_out),
    "language": lambda needs: _without_each(needs.language),
}
