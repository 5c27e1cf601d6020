"""What weights on machines cost: rented by the hour, or one's own with their purchase and electricity."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from llmselect.engine.machine.fleets import Fleets, use_seconds
from llmselect.estimate.bills import MachineBills, unit_requests, units_for
from llmselect.estimate.cost import (
    HOURS_PER_MONTH,
    SECONDS_PER_HOUR,
    SECONDS_PER_MONTH,
    STALE_PRICE_DAYS,
    STALE_PRICE_SPREAD,
    electricity_usd,
    purchase_month_usd,
    rented_month_usd,
)
from llmselect.estimate.rows import Bools, Floats

if TYPE_CHECKING:
    from llmselect.engine.machine.hardware import Rental
    from llmselect.engine.request import Request

Kind = Literal["rented", "own-rate", "owned", "none"]


@dataclass(slots=True)
class OwnBills:
    """What n options of weights on machines cost; (3, n) unless noted, NaN where unknown.

    `kind` says whose bill it is: a provider's rent, an hourly rate that the user gave, electricity and purchase of
    what is owned, or `none` where the machine's cost is unknown.
    """

    usd_per_month: Floats
    usd_per_1k_requests: Floats
    exact: Bools
    """(n,): whether the bill has no interval."""
    machines: Floats
    """How many serve the volume, in whole nodes, and stand by; the fewest where each serves most."""
    utilization: Floats
    """(n,): the part of the time in which requests come that they are busy."""
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
    """Rent of nodes of `node_machines`: live of all hours in which requests come, deferred of the hours of work.

    Where the speed is unknown, so is how many it takes.
    """
    deferred = request.traffic.batch_share == 1
    node_hour_usd = rented_month_usd(usd_per_gpu_hour, request.machine.count) / HOURS_PER_MONTH * node_machines
    paid_hours = 1.0 if deferred else HOURS_PER_MONTH * request.needs.hours_per_day / 24
    wide = STALE_PRICE_SPREAD if stale_days else 1.0
    each = np.array([[1 / wide], [1.0], [wide]]) * node_hour_usd * paid_hours + np.zeros_like(fleets.busy_s)
    served = unit_requests(fleets.busy_s, SECONDS_PER_HOUR) if deferred else fleets.unit_requests
    spare = 0 if deferred else math.ceil(request.needs.spare_machines / node_machines)
    bills = MachineBills(each * spare, np.zeros_like(each), each, served[::-1] * node_machines)
    return _at_volume(fleets, request, bills, kind, node_machines, stale_days=stale_days)


def _owned(fleets: Fleets, request: Request) -> OwnBills:
    """Electricity, and the purchase of every machine it takes; without a price of purchase it is there, and one of it.

    A data-centre machine draws the power of its host and of its idle devices around the clock, a PC, laptop or Mac
    what a request adds, unless the user says for how many hours a day it runs for this. Where the speed is unknown
    the machine may be busy all the time.
    """
    needs, machine = request.needs, request.machine
    hours = needs.hours_per_day if "hours_per_day" in needs.model_fields_set else 24 * machine.datacenter
    standing_w = machine.standing_w
    month_usd = purchase_month_usd(needs.purchase_usd or 0.0, needs.years)
    month_usd += electricity_usd(standing_w, SECONDS_PER_MONTH * hours / 24, needs.kwh_usd)
    added_w = machine.total_power_w - (machine.idle_w if hours else 0.0)
    each = _busy_or_always(fleets, request) * electricity_usd(added_w, 1.0, needs.kwh_usd)
    served = np.where(np.isnan(fleets.unit_requests), math.inf, fleets.unit_requests)[::-1]
    fixed = month_usd * needs.spare_machines
    bills = MachineBills(np.full_like(each, fixed), each, np.full_like(each, month_usd), served)
    return _at_volume(fleets, request, bills, "owned", most_units=1 if needs.purchase_usd is None else None)


def _busy_or_always(fleets: Fleets, request: Request) -> Floats:
    """Machine seconds of a request (3, n); where they are unknown, up to all those of the month."""
    most = use_seconds(request) / request.monthly_requests
    return np.where(np.isnan(fleets.busy_s), np.array([[0.0], [most], [most]]), fleets.busy_s)


def _at_volume(
    fleets: Fleets,
    request: Request,
    bills: MachineBills,
    kind: Kind,
    node_machines: int = 1,
    most_units: int | None = None,
    stale_days: int = 0,
) -> OwnBills:
    """The figures at the month's requests.

    Where no more units can be had than there are, the bill is that of as many as it would take: whether one suffices
    is for the constraint on throughput to say.
    """
    volume = request.monthly_requests
    month = bills.usd(volume)
    spare = math.ceil(request.needs.spare_machines / node_machines)
    machines = (units_for(volume, fleets.unit_requests[::-1] * node_machines) + spare) * node_machines
    busy = fleets.busy_s[1] * volume / use_seconds(request)
    return OwnBills(
        usd_per_month=month,
        usd_per_1k_requests=month * 1000 / volume,
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
    """Days between the answer's day and the time in which a rent was seen, where too many to be sure, else 0."""
    day = request.as_of_day
    away = rental.from_day - day if rental.from_day > day else 0 if rental.to_day else day - rental.checked_day
    return away if away > STALE_PRICE_DAYS else 0
