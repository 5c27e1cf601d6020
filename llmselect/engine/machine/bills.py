"""What weights on machines cost: rented by the hour, or one's own with their purchase and electricity."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from llmselect.engine.machine.fleets import Fleets, use_seconds
from llmselect.estimate.bills import MachineBills, units_for
from llmselect.estimate.cost import (
    STALE_PRICE_DAYS,
    STALE_PRICE_SPREAD,
    electricity_usd,
    purchase_month_usd,
    rented_month_usd,
)
from llmselect.estimate.rows import Bools, Floats

if TYPE_CHECKING:
    from llmselect.engine.machine.hardware import Rental
    from llmselect.engine.machine.machines import Machine
    from llmselect.engine.request import Request

Kind = Literal["rented", "own-rate", "owned", "none"]


@dataclass(slots=True)
class OwnBills:
    """What n options of weights on machines cost; (3, n) unless noted, NaN where unknown.

    `kind` says whose bill it is: a provider's rent, an hourly rate that the user gave, electricity and purchase of
    what is owned, or `none` where the machine's cost is unknown. Without a volume `usd_per_month` is that of a
    single rented unit, or what an owned machine costs whatever it does.
    """

    usd_per_month: Floats
    usd_per_1k_requests: Floats
    exact: Bools
    """(n,): whether the bill has no interval."""
    machines: Floats
    """How many serve the volume, in whole nodes, and stand by; the fewest where each serves most."""
    utilization: Floats
    """(n,): the part of the time in which requests come that they are busy; NaN without a volume."""
    by_volume: MachineBills
    """The bill at other volumes."""
    most_units: int | None
    """How many units can be had; None: any number."""
    kind: Kind
    stale_days: int
    """Age of a rent that is too old to be sure of, else 0."""


def own_bills(fleets: Fleets, request: Request, rental: Rental | None = None) -> OwnBills:
    """The bills of options; `rental` stands in for the one that the machine has."""
    machine = request.machine
    rental = rental or (machine.rental if machine.usd_per_gpu_hour is None else None)
    if rental is not None:
        node = max(1, rental.gpus // machine.count)
        return _by_the_hour(fleets, request, rental.usd_per_gpu_hour, "rented", node, _stale_days(rental, request))
    if machine.usd_per_gpu_hour is not None:
        return _by_the_hour(fleets, request, machine.usd_per_gpu_hour, "own-rate")
    return _owned(fleets, request) if machine.owned else _unknown(fleets)


def _by_the_hour(
    fleets: Fleets,
    request: Request,
    usd_per_gpu_hour: float,
    kind: Kind,
    node_machines: int = 1,
    stale_days: int = 0,
) -> OwnBills:
    """Rent of the hours in which requests come; without a volume, that of 1,000 requests one after the other.

    A node holds `node_machines` and is rented whole.
    """
    needs = request.needs
    usd = rented_month_usd(usd_per_gpu_hour, request.machine.count) * needs.hours_per_day / 24
    wide = STALE_PRICE_SPREAD if stale_days else 1.0
    month = np.array([[usd / wide], [usd], [usd * wide]]) + np.zeros_like(fleets.busy_s)
    bills = _machine_bills(fleets, request, np.zeros_like(month), month, node_machines)
    found = _at_volume(fleets, request, bills, kind, node_machines, stale_days=stale_days)
    if not request.monthly_requests:
        found.usd_per_1k_requests = fleets.busy_s * month * 1000 / use_seconds(request)
        found.exact &= np.isnan(fleets.busy_s[1])
    return found


def _owned(fleets: Fleets, request: Request) -> OwnBills:
    """Electricity of the time in which requests are served, and the purchase of every machine it takes.

    Without a price of purchase the machine is there, and there is one of it.
    """
    needs, watts = request.needs, _power_w(request.machine)
    bought = purchase_month_usd(needs.purchase_usd or 0.0, needs.years)
    each = fleets.busy_s * electricity_usd(watts, 1.0, needs.kwh_usd) if needs.kwh_usd else np.zeros_like(fleets.busy_s)
    most = 1 if needs.purchase_usd is None else None
    bills = _machine_bills(fleets, request, each, np.full_like(each, bought), 1)
    found = _at_volume(fleets, request, bills, "owned", most_units=most)
    if not request.monthly_requests:
        found.usd_per_month = np.where(each[2] == 0, bought, math.nan) + np.zeros_like(each)
        found.usd_per_1k_requests = each * 1000
        found.exact = each[0] == each[2]
    return found


def _power_w(machine: Machine) -> float:
    return math.nan if machine.power_w is None else machine.power_w * machine.count


def _machine_bills(
    fleets: Fleets, request: Request, per_request: Floats, per_machine: Floats, node_machines: int
) -> MachineBills:
    """The bills by volume: low where a machine serves most requests; spare machines are paid at any volume."""
    served = np.where(np.isnan(fleets.unit_requests), math.inf, fleets.unit_requests)[::-1]
    per_unit = per_machine * node_machines
    spare = math.ceil(request.needs.spare_machines / node_machines)
    return MachineBills(per_unit * spare, per_request, per_unit, served * node_machines)


def _at_volume(
    fleets: Fleets,
    request: Request,
    bills: MachineBills,
    kind: Kind,
    node_machines: int = 1,
    most_units: int | None = None,
    stale_days: int = 0,
) -> OwnBills:
    """The figures at the asked volume; without one, those of a month with a single unit.

    Where no more units can be had than there are, the bill is that of as many as it would take: whether one suffices
    is for the constraint on throughput to say.
    """
    volume, n = request.monthly_requests, fleets.busy_s.shape[1]
    month = bills.usd(volume or 1)
    spare = math.ceil(request.needs.spare_machines / node_machines)
    machines = (units_for(volume or 1, bills.unit_requests) + spare) * node_machines
    busy = fleets.busy_s[1] * volume / use_seconds(request) if volume else np.full(n, math.nan)
    return OwnBills(
        usd_per_month=month,
        usd_per_1k_requests=month * 1000 / volume if volume else np.full((3, n), math.nan),
        exact=month[0] == month[2],
        machines=machines,
        utilization=busy / machines[1],
        by_volume=bills,
        most_units=most_units,
        kind=kind,
        stale_days=stale_days,
    )


def _unknown(fleets: Fleets) -> OwnBills:
    """The bills of a machine whose cost is unknown."""
    nothing = np.full_like(fleets.busy_s, math.nan)
    bills = MachineBills(nothing, nothing, nothing, nothing)
    n = nothing.shape[1]
    return OwnBills(nothing, nothing, np.zeros(n, dtype=bool), nothing, np.full(n, math.nan), bills, None, "none", 0)


def _stale_days(rental: Rental, request: Request) -> int:
    """The age of a rent without an end, where it is too old to be sure of; else 0."""
    age_days = request.as_of_day - rental.checked_day
    return age_days if rental.to_day is None and age_days > STALE_PRICE_DAYS else 0
