"""Where levers lead: the situation at each of their steps, and whether an excluded option passes there."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property, lru_cache
from itertools import chain
from typing import Any

from llmselect.engine.criteria import can_be_ranked
from llmselect.engine.levers import Lever
from llmselect.engine.options import Option, at_effort, rebuilt
from llmselect.engine.rules import RULES, Asked, none_against, rules_asked
from llmselect.engine.situation import Situation, situate

# An option's place among all, itself, and the rules that exclude it, each of which some field can lift.
Candidate = tuple[int, Option, frozenset[str]]

NEAR = 8  # situations that are kept of a way: whoever halves a distance comes back to few of them
_SIZE = frozenset(("context_tokens", "prompt_tokens", "output_tokens"))
_ROOM = frozenset(("vram", "gpus", "ram"))
_MACHINE = _ROOM | {"compute", "gpu_only"}
RESIZING = _SIZE | _MACHINE | {"concurrency", "quantization"}  # what runs on the machine is built anew for them
_PACE = frozenset(("response_time", "min_tok_s", "max_ttft_ms", "max_latency_s"))
_VOLUME = frozenset(("requests_per_month", "requests_per_day"))
# On which fields the figures rest that a situation keeps, by the names under which it keeps them.
_REST_ON: dict[str, frozenset[str]] = {
    "rules": frozenset(),
    "tokens": frozenset(),
    "work": frozenset(),
    "levels": _MACHINE | {"quantization"},
    "sizes": _SIZE,
    "basis": _MACHINE,
    "speed": _SIZE | _MACHINE,
    "fleet": _SIZE | _MACHINE | _PACE | {"concurrency"},
    "cost": _SIZE | _MACHINE | _PACE | _VOLUME | {"concurrency"},
    "price": _SIZE | {"response_time"},
    "tariff": _SIZE | {"response_time"},
    "plain-bill": _SIZE | {"response_time"},
}
# Fields that help only what their rules exclude: no other field makes these rules exclude anything.
_TERMS = frozenset(("license", "monthly_active_users", "domicile", "deployment", "host", "offline", "open_weights"))
_TERMS |= {"privacy", "region", "horizon_months", "needs", "modality_in", "modality_out", "language"}
_AS_RULES_SAY = {"compute": "vram", "gpu_only": "ram"}  # a tier is memory, and so is room beside the GPU
_BREAKS = {"effort": "quality"}  # without an effort asked for, the model of `--at-least` counts at its best


class Moved:
    """A situation some steps away, where no other rules are asked again than those which the steps can change."""

    def __init__(self, situation: Situation, rules: Sequence[Asked], start: Situation, *, resized: bool) -> None:
        self._situation, self._rules, self._start, self._resized = situation, rules, start, resized
        self._of_bases = [rule for rule in rules if resized and rule.scope != "option"]
        self._of_efforts = [rule for rule in rules if rule not in self._of_bases]
        self._bases: dict[int, list[Option]] = {}
        self._passing: dict[str, bool] = {}

    def admits(self, candidate: Candidate) -> bool:
        """Whether the option passes here, or as it would be built here, and can be ranked."""
        option = candidate[1]
        return can_be_ranked(option, self._start) and any(map(self._passes, self._built(option)))

    def lifts(self, candidate: Candidate) -> bool:
        """Whether the rules that excluded it no longer do."""
        _, option, excluding = candidate
        rules = [rule for rule in self._rules if rule.name in excluding]
        free = (none_against(rules, built, self._situation) for built in rebuilt(option, self._situation))
        return can_be_ranked(option, self._start) and any(free)

    def _built(self, option: Option) -> Iterable[Option]:
        """The option as it would be built here, as far as nothing speaks against that at any effort."""
        if not self._resized:
            return (option,)
        base = option.base or option
        found = self._bases.get(id(base))
        if found is None:
            anew = rebuilt(base, self._situation)
            found = self._bases[id(base)] = [one for one in anew if none_against(self._of_bases, one, self._situation)]
        return [at_effort(one, option.effort) for one in found]

    def _passes(self, option: Option) -> bool:
        """Asked once of what is built alike of several, such as a model's weights at the coarsest level."""
        found = self._passing.get(option.id)
        if found is None:
            found = self._passing[option.id] = none_against(self._of_efforts, option, self._situation)
        return found


class Way:
    """Some levers together. `governed` are the rules that they can lift."""

    def __init__(self, situation: Situation, *levers: Lever) -> None:
        self.levers, self._start = levers, situation
        self._fields = frozenset(lever.field.partition(".")[0] for lever in levers)
        self.governed = frozenset[str]().union(*map(_governed, self._fields))
        self.at: Callable[..., Moved] = lru_cache(maxsize=NEAR)(self._moved)

    def reached(self, excluded: Mapping[frozenset[str], list[Candidate]]) -> list[Candidate]:
        """The candidates that the levers may lift, by their place among all."""
        needed = [_governed(field) for field in self._fields & _TERMS]
        groups = [
            rows
            for rules, rows in excluded.items()
            if rules <= self.governed and not any(map(rules.isdisjoint, needed))
        ]
        rows = groups[0] if len(groups) == 1 else sorted(chain.from_iterable(groups))
        of_machine = self._fields & (_MACHINE | {"quantization"})
        return [row for row in rows if all(_changes(field, row[1]) for field in of_machine)] if of_machine else rows

    def _moved(self, *steps: int) -> Moved:
        """So many steps along each lever."""
        start = self._start
        needs, machine, anew = start.needs, start.machine, False
        for lever, k in zip(self.levers, steps, strict=True):
            needs, other = lever.changed(needs, machine, lever.value(k))
            machine, anew = other or machine, anew or other is None
        moved = situate(needs, start.catalog, machine=None if anew else machine, like=start)
        asked = self.governed.union(_BREAKS[field] for field in self._fields & _BREAKS.keys())
        rules = [rule for rule in rules_asked(needs) if rule.name in asked]
        return Moved(replace(moved, memo=self._figures()), rules, start, resized=not RESIZING.isdisjoint(self._fields))

    def _figures(self) -> dict[Any, Any]:
        """What holds at every step of all that is known at the start; that itself where all does."""
        return self._start.memo if len(self._kept) == len(self._start.memo) else dict(self._kept)

    @cached_property
    def _kept(self) -> dict[Any, Any]:
        fields = self._fields
        holds = {name for name, on in _REST_ON.items() if fields.isdisjoint(on)}
        return {
            key: value for key, value in self._start.memo.items() if (key if isinstance(key, str) else key[0]) in holds
        }


def _governed(field: str) -> frozenset[str]:
    """The rules that a field can lift."""
    said = _AS_RULES_SAY.get(field, field)
    return frozenset(rule.name for rule in RULES if said in rule.fields)


def _changes(field: str, option: Option) -> bool:
    """Whether a field of the machine changes anything for an option: it must run there, and with llama.cpp, which
    computes on one device at a time, more room helps only what one memory does not hold in whole.
    """
    plan = option.plan
    held = plan is None or (plan.fits and plan.placement in ("gpu", "ram") and option.runtime == "llama.cpp")
    return plan is not None and not (held and field in _ROOM)
