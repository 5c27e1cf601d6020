"""The ways to have a model's answers: its hosts, and its weights on machines at hand, rented or managed."""

from __future__ import annotations

import math
from copy import copy
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from llmselect.engine.costs import CostFigures, cost_of, rented_cost
from llmselect.engine.machine import Detected, Machine, rented_machine, valid_rentals
from llmselect.engine.options import Option
from llmselect.engine.places import expand
from llmselect.engine.rules import Judgement, judge
from llmselect.engine.situation import Situation, situate
from llmselect.errors import LlmselectError
from llmselect.estimate.cost import Traffic
from llmselect.requirements import Requirements

if TYPE_CHECKING:
    from llmselect.catalog.schema import Catalog, Model, Rental

RENTED_COUNTS = (1, 2, 4, 8)  # GPUs of one machine that providers commonly rent together
OF_NO_MACHINE = frozenset(("tokens",))
HARDWARE_FIELDS = frozenset(("hardware", "gpu", "vram", "compute"))


class Candidate(NamedTuple):
    """One option with its bill; `rental` where a provider's machines serve it, `managed` where it serves them too."""

    option: Option
    situation: Situation
    figures: CostFigures
    rental: Rental | None = None

    @property
    def deployment(self) -> str:
        """How it is had: api, managed or self-host."""
        return "managed" if self.rental and self.rental.managed else self.option.deployment

    @property
    def id(self) -> str:
        """The option's id, with the provider of its machines behind it."""
        return f"{self.option.id}/{slug(self.rental.provider)}" if self.rental else self.option.id


class Found(NamedTuple):
    """The candidates of some models, and what was judged and left out, each with the reasons."""

    candidates: list[Candidate]
    judged: list[tuple[Option, Judgement]]


def slug(name: str) -> str:
    """A provider's name as part of an id."""
    return "-".join(name.lower().split())


def find_candidates(
    models: list[Model], needs: Requirements, catalog: Catalog, detected: Detected | None, traffic: Traffic | None
) -> Found:
    """All that qualifies and has a price, in no order; a place that the needs exclude is judged and left out."""
    base = situate(needs, catalog, detected, traffic=traffic)
    found = Found([], [])
    for model in models:
        options = [_as_logged(option, base) for option in expand(model, base)]
        at_hosts = [option for option in dict.fromkeys(options) if option.deployment != "self-host"]
        _add(found, at_hosts, base)
        if model.open_weights:
            _add_own(found, model, base)
    return found


def _as_logged(option: Option, situation: Situation) -> Option:
    """A logged model's answers are as long as the log says, whatever the effort: one option stands for all."""
    if situation.traffic.model != option.model.id:
        return option
    name = option.id.removesuffix(f":{option.effort}")
    alike = copy(option)
    alike.id = name
    logged: Option = situation.memo.setdefault(("as-logged", name), alike)
    return logged


def _add(found: Found, options: list[Option], situation: Situation) -> None:
    for option in options:
        judgement = judge(option, situation)
        figures = cost_of(option, situation) if judgement.passes else None
        if judgement.passes and figures is not None:
            found.candidates.append(Candidate(option, situation, figures))
        else:
            found.judged.append((option, judgement))


def _add_own(found: Found, model: Model, base: Situation) -> None:
    """Weights on the machine that was named; on every rented kind that holds them where none was."""
    needs, catalog = base.needs, base.catalog
    if needs.model_fields_set & HARDWARE_FIELDS or needs.gpu_hour_usd is not None:
        own = [option for option in expand(model, base) if option.deployment == "self-host"]
        if base.machine.owned or base.machine.usd_per_gpu_hour is not None:
            _add(found, own, base)
        else:
            _add_rented(found, own, base)
        return
    judged: list[tuple[Option, Judgement]] = []
    for device in sorted({rental.device for rental in catalog.hardware.rentals}):
        if valid_rentals(catalog, device, needs.as_of):
            judged += _on_device(found, model, device, base)
    if not any(row.option.model.id == model.id and row.rental for row in found.candidates):
        found.judged.extend(judged)


def _on_device(found: Found, model: Model, device: str, base: Situation) -> list[tuple[Option, Judgement]]:
    """The smallest machine of a kind for each quantisation; gives what was judged of those that do not fit."""
    placed: set[tuple[str | None, str]] = set()
    failed: list[tuple[Option, Judgement]] = []
    for count in RENTED_COUNTS:
        situation = _on(base, rented_machine(base.needs, base.catalog, device, count))
        own = [option for option in expand(model, situation) if option.deployment == "self-host"]
        own = [option for option in own if (option.quantization, option.effort) not in placed]
        fitting = [
            option for option in own if option.plan is not None and option.plan.placement == "gpu" and option.plan.fits
        ]
        placed |= {(option.quantization, option.effort) for option in fitting}
        _add_rented(found, fitting, situation)
        failed = [(option, judge(option, situation)) for option in own if option not in fitting]
        if not failed:
            break
    return failed


def _on(base: Situation, machine: Machine) -> Situation:
    """The same request on another machine, with the figures that no machine changes."""
    kept = {
        key: value for key, value in base.memo.items() if (key if isinstance(key, str) else key[0]) in OF_NO_MACHINE
    }
    return replace(base, machine=machine, memo=kept)


def _add_rented(found: Found, options: list[Option], situation: Situation) -> None:
    """Each option at each provider of the machine's kind."""
    needs, machine = situation.needs, situation.machine
    places, anywhere = {False: "self-host", True: "managed"}, _anywhere(situation)
    for option in options:
        judgement = judge(option, anywhere)
        rentals = valid_rentals(situation.catalog, machine.id, needs.as_of) if judgement.passes else []
        wanted = [rental for rental in rentals if _admits(needs, places[rental.managed])]
        for rental in wanted:
            figures = rented_cost(option, situation, rental)
            if _affordable(figures, needs) and math.isfinite(figures.curves.value.unit_requests):
                found.candidates.append(Candidate(option, situation, figures, rental))
        if not wanted:
            found.judged.append((option, judge(option, situation)))


def _anywhere(situation: Situation) -> Situation:
    """The situation without the limits that hold of each provider's price and place by itself."""
    needs = situation.needs.model_copy(update={"deployment": ("any",), "budget": None})
    return replace(situation, needs=needs)


def _admits(needs: Requirements, place: str) -> bool:
    """A managed endpoint's terms are not in the catalogue: what asks for terms excludes it."""
    if place == "managed" and (needs.privacy != "any" or needs.region or needs.offline or needs.host):
        return False
    return "any" in needs.deployment or place in needs.deployment


def _affordable(figures: CostFigures, needs: Requirements) -> bool:
    month = figures.usd_per_month
    return needs.budget is None or (month is not None and month.value <= needs.budget)


def check_hardware(needs: Requirements) -> None:
    """Raises LlmselectError for flags that only make sense with hardware of one's own."""
    own = [name for name in ("purchase_usd", "power_w") if getattr(needs, name) is not None]
    if own and not needs.model_fields_set & {"hardware", "gpu", "vram"}:
        flags = " and ".join("--" + name.replace("_", "-") for name in own)
        raise LlmselectError("missing-flag", f"{flags} is of hardware that no flag names", "Add --gpu or --hardware.")
