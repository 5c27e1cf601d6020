"""What one option costs in a situation, computed once and remembered."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, Literal, NamedTuple

from llmselect.engine.cite import NO_REF, Ref
from llmselect.engine.fleet import Fleet, fleet_of, least_busy_s, use_seconds
from llmselect.engine.options import Option
from llmselect.engine.prices import once, price_of, tariff_of
from llmselect.engine.situation import Situation
from llmselect.engine.tokens import thinking_tokens
from llmselect.estimate.cost import Tariff, electricity_usd, purchase_month_usd, rented_month_usd, traffic_usd
from llmselect.estimate.curve import Curve, units_for
from llmselect.estimate.interval import Interval

if TYPE_CHECKING:
    from llmselect.catalog.schema import Rental

STALE_PRICE_DAYS = 30
STALE_PRICE_SPREAD = 1.25
_ENDLESS = Interval.exact(math.inf)
Kind = Literal["api", "rented", "own-rate", "owned"]


class Curves(NamedTuple):
    """Monthly cost over volume: at the interval's low end, at its middle and at its high end."""

    low: Curve
    value: Curve
    high: Curve

    def usd(self, requests: float) -> Interval:
        """USD per month at a volume."""
        return Interval(*(curve.usd(requests) for curve in self))


class Serving(NamedTuple):
    """What `machines` and `utilization` of a bill are."""

    machines: Interval | None
    utilization: float | None


_BY_HOST = Serving(None, None)


class CostFigures(NamedTuple):
    """USD per month (with a volume) and per 1,000 requests; `kind` says whose bill it is.

    `price_day` is when the price was last checked. `find_curves` and `find_serving` are not asked where an option is
    only scored.
    """

    usd_per_month: Interval | None
    usd_per_1k_requests: Interval | None
    evidence: str
    kind: Kind
    ref: Ref
    find_curves: Callable[[], Curves]
    price_day: date | None = None
    stale_days: int = 0
    free_tier: bool = False
    find_serving: Callable[[], Serving] = lambda: _BY_HOST

    @property
    def curves(self) -> Curves:
        """The bill at other volumes."""
        return self.find_curves()

    @property
    def machines(self) -> Interval | None:
        """The machines that serve the volume; None for an API."""
        return self.find_serving().machines

    @property
    def utilization(self) -> float | None:
        """The part of the time in which requests come that they are busy."""
        return self.find_serving().utilization


def cost_of(option: Option, situation: Situation) -> CostFigures | None:
    """What an option costs; None where a price is unknown."""
    key = ("cost", option.id)
    if key not in situation.memo:
        situation.memo[key] = _api_cost(option, situation) if option.offering else _own_cost(option, situation)
    figures: CostFigures | None = situation.memo[key]
    return figures


def _api_cost(option: Option, situation: Situation) -> CostFigures | None:
    price, tariff = price_of(option, situation), tariff_of(option, situation)
    if price is None or tariff is None:
        return None
    usd = _per_request(option, situation, tariff)
    stale_days = 0 if price.to else _stale_days(price.checked, situation)
    request = _widened(usd, stale_days)
    volume = situation.needs.monthly_requests
    return CostFigures(
        request.scaled(volume) if volume else None,
        request.scaled(1000),
        "estimated" if request.low < request.high else "derived",
        "api",
        Ref(situation.catalog.hosts[option.host], price.source),
        _later(lambda: Curves(*(Curve(per_request=usd) for usd in request))),
        price.checked,
        stale_days,
        price.free,
    )


def least_usd(option: Option, situation: Situation) -> float | None:
    """The least that any bill at an option's place can be: a host's for answers without thinking, and a month of one
    rented machine. None where it is unknown.

    It is on the scale of `usd_per_month` where a volume is given and else of `usd_per_1k_requests`.
    """
    if option.offering is None:
        return _least_own_usd(0.0, situation)
    plain = once("plain-bill", _without_thinking, option, situation)
    return None if plain is None else plain * (situation.needs.monthly_requests or 1000)


def least_usd_at_effort(option: Option, situation: Situation) -> float | None:
    """The same of one option: a host's bill itself, and a machine's for the time in which weights are read.

    None of a host that asks nothing within its limits too, as nobody says what it asks beyond them.
    """
    if option.offering is None:
        return _least_own_usd(least_busy_s(option, situation), situation)
    price, tariff = price_of(option, situation), tariff_of(option, situation)
    if price is None or tariff is None or price.free:
        return None
    return _per_request(option, situation, tariff).value * (situation.needs.monthly_requests or 1000)


def _least_own_usd(busy_s: float, situation: Situation) -> float | None:
    """Where each request takes a machine at least so many seconds."""
    machine, needs = situation.machine, situation.needs
    hourly = machine.rental.usd_per_gpu_hour if machine.rental else None
    hourly = hourly if machine.usd_per_gpu_hour is None else machine.usd_per_gpu_hour
    if hourly is not None:
        month = rented_month_usd(hourly, machine.count) * needs.hours_per_day / 24
        return month if needs.monthly_requests else month * 1000 * busy_s / use_seconds(situation)
    if not machine.owned or (needs.kwh_usd and machine.power_w is None):
        return None
    power_w = (machine.power_w or 0.0) * machine.count
    return electricity_usd(power_w, busy_s, needs.kwh_usd) * (needs.monthly_requests or 1000)


def _without_thinking(option: Option, situation: Situation) -> float | None:
    """The bill of a mean request without thinking."""
    tariff = tariff_of(option, situation)
    return traffic_usd(situation.traffic, tariff, 0.0) / situation.total_tokens.requests if tariff else None


def _per_request(option: Option, situation: Situation, tariff: Tariff) -> Interval:
    """The bill of a mean request, with the thinking that is expected or with what the traffic says itself."""
    traffic, requests = situation.traffic, situation.total_tokens.requests
    if traffic.model == option.model.id:
        return Interval.exact(traffic_usd(traffic, tariff, None) / requests)
    thinking = thinking_tokens(option, situation)
    if situation.batch_share and thinking.high:
        return Interval(*(traffic_usd(traffic, tariff, count) / requests for count in thinking))
    plain = once("plain-bill", _without_thinking, option, situation) or 0.0
    if not thinking.high:
        return Interval.exact(plain)
    each = traffic_usd(traffic, tariff, 1.0) / requests - plain  # without deferral the bill is a line
    return Interval(*(plain + count * each for count in thinking))


def _stale_days(checked: date, situation: Situation) -> int:
    """The age of a price without an end, where it is too old to be sure of; else 0."""
    age_days = (situation.needs.as_of - checked).days
    return age_days if age_days > STALE_PRICE_DAYS else 0


def _widened(usd: Interval, stale_days: int) -> Interval:
    wide = STALE_PRICE_SPREAD if stale_days else 1.0
    return Interval(usd.low / wide, usd.value, usd.high * wide)


def _own_cost(option: Option, situation: Situation) -> CostFigures | None:
    """Rented machines cost their hours, owned ones their purchase and their electricity while they work."""
    machine = situation.machine
    if machine.usd_per_gpu_hour is not None:
        return hourly_cost(option, situation, machine.usd_per_gpu_hour)
    if machine.rental is not None:
        return rented_cost(option, situation, machine.rental)
    return _owned_cost(option, situation, Ref(situation.catalog.hardware, machine.sources)) if machine.owned else None


def rented_cost(option: Option, situation: Situation, rental: Rental) -> CostFigures:
    """What an option costs on machines that a provider rents by whole nodes."""
    stale_days = 0 if rental.to else _stale_days(rental.checked, situation)
    origin = Ref(situation.catalog.hardware, rental.source)
    node = max(1, rental.gpus // situation.machine.count)
    found = hourly_cost(option, situation, rental.usd_per_gpu_hour, node, stale_days)
    return found._replace(kind="rented", ref=origin, price_day=rental.checked, stale_days=stale_days)


def hourly_cost(
    option: Option, situation: Situation, usd_per_gpu_hour: float, node_machines: int = 1, stale_days: int = 0
) -> CostFigures:
    """By the month, in the hours in which requests come; without a volume per 1,000 requests in a row.

    A node holds `node_machines` and is rented whole.
    """
    machine, needs = situation.machine, situation.needs
    month_usd = rented_month_usd(usd_per_gpu_hour, machine.count) * needs.hours_per_day / 24
    month = _widened(Interval.exact(month_usd), stale_days)
    fleet = fleet_of(option, situation)
    curves = _curves(fleet, [Curve(per_unit=usd) for usd in month], situation, node_machines)
    found = _of_fleet(fleet, situation, curves, "own-rate", NO_REF, node_machines)
    if needs.monthly_requests or fleet is None:
        return found
    per_1k = Interval(*(busy * usd for busy, usd in zip(fleet.busy_s, month, strict=True)))
    return found._replace(usd_per_1k_requests=per_1k.scaled(1000 / use_seconds(situation)), evidence="estimated")


def _owned_cost(option: Option, situation: Situation, origin: Ref) -> CostFigures | None:
    """Electricity of the time in which requests are served, and the purchase of every machine it takes.

    Without a price of purchase the machine is there, and there is one of it.
    """
    machine, needs, fleet = situation.machine, situation.needs, fleet_of(option, situation)
    if needs.kwh_usd and (machine.power_w is None or fleet is None):
        return None
    power_w = (machine.power_w or 0.0) * machine.count
    request = fleet.busy_s.scaled(electricity_usd(power_w, 1.0, needs.kwh_usd)) if fleet else Interval.exact(0.0)
    bought = purchase_month_usd(needs.purchase_usd or 0.0, needs.years)
    most = 1 if needs.purchase_usd is None else None

    def find() -> Curves:
        rates = [Curve(per_request=usd, per_unit=bought) for usd in request]
        return _curves(fleet, rates, situation, most_units=most)

    curves = _later(find)
    if needs.monthly_requests:
        return _of_fleet(fleet, situation, curves(), "owned", origin)
    month = Interval.exact(bought) if request.high == 0 else None
    evidence = "derived" if request.low == request.high else "estimated"

    def serving() -> Serving:
        return Serving(_machines(_served(fleet), 1, needs.spare_machines), None)

    return CostFigures(month, request.scaled(1000), evidence, "owned", origin, curves, find_serving=serving)


def _later(find: Callable[[], Curves]) -> Callable[[], Curves]:
    """What is found when somebody first asks, and kept; making a `functools.cache` takes longer than the bill does."""
    found: list[Curves] = []

    def ask() -> Curves:
        if not found:
            found.append(find())
        return found[0]

    return ask


def _curves(
    fleet: Fleet | None,
    rates: list[Curve],
    situation: Situation,
    node_machines: int = 1,
    most_units: int | None = None,
) -> Curves:
    """The curve of each rate per machine with the capacity that goes with it: the most for the lowest cost."""
    spare = math.ceil(situation.needs.spare_machines / node_machines)
    return Curves(
        *(
            Curve(
                fixed=rate.per_unit * node_machines * spare,
                per_request=rate.per_request,
                per_unit=rate.per_unit * node_machines,
                unit_requests=requests * node_machines,
                most_units=most_units,
            )
            for rate, requests in zip(rates, reversed(_served(fleet)), strict=True)
        )
    )


def _served(fleet: Fleet | None) -> Interval:
    """Requests that a machine serves in a month."""
    return fleet.unit_requests if fleet else _ENDLESS


def _of_fleet(
    fleet: Fleet | None, situation: Situation, curves: Curves, kind: Kind, origin: Ref, node_machines: int = 1
) -> CostFigures:
    """The figures at the asked volume; without one, those of a month with a single unit.

    Where no more units can be had than there are, the bill is that of as many as it would take: whether one
    suffices is for the rule on throughput to say.
    """
    volume, spare = situation.needs.monthly_requests, situation.needs.spare_machines
    month = Curves(*(curve._replace(most_units=None) for curve in curves)).usd(volume or 1)

    def serving() -> Serving:
        machines = _machines(_served(fleet), volume or 1, spare, node_machines)
        busy = fleet.busy_s.value * volume / use_seconds(situation) if volume and fleet else None
        return Serving(machines, busy / machines.value if busy is not None else None)

    return CostFigures(
        month,
        month.scaled(1000 / volume) if volume else None,
        "derived" if month.low == month.high else "estimated",
        kind,
        origin,
        lambda: curves,
        find_serving=serving,
    )


def _machines(served: Interval, volume: int, spare: int, node_machines: int = 1) -> Interval:
    """How many serve a volume, in whole nodes, and stand by; the fewest where each serves most."""
    aside = math.ceil(spare / node_machines)
    units = [units_for(volume, requests * node_machines) + aside for requests in reversed(served)]
    return Interval(*[float(count * node_machines) for count in units])
