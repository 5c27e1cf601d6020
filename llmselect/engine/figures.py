"""What each option takes and costs: tokens of an answer, seconds, USD. Three rows stand for low, value and high."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from llmselect.catalog.sql.read import Flags, Integers, Numbers
from llmselect.engine.columns import DERIVED, ESTIMATED, MEASURED, PRIOR, UNKNOWN
from llmselect.engine.hosted import HostedSpeeds, hosted_speeds
from llmselect.engine.machine.bills import OwnBills, own_bills
from llmselect.engine.machine.fleets import Fleets, fleets
from llmselect.engine.machine.own import load_of
from llmselect.engine.machine.speeds import Speeds, timed_at_hosts, with_measured
from llmselect.engine.money import stale_days, tariffs, usd_per_request, widened
from llmselect.engine.options import Table, taken
from llmselect.engine.request import READING_TOK_S, Request
from llmselect.estimate.rows import take

PER_REQUESTS = 1000


@dataclass(slots=True)
class Figures:
    """All figures of the options of one request."""

    tokens: Tokens
    speeds: OptionSpeeds
    costs: Costs
    throughput: Throughput


@dataclass(slots=True)
class OptionSpeeds:
    """Seconds by option, (3, n); NaN where nothing is known."""

    tpot_s: Numbers
    """Per output token at the asked concurrency, the prompts of others read in between."""
    ttft_s: Numbers
    """To the first token."""
    ttfat_s: Numbers
    """To the first token of the answer, thinking done."""
    answer_s: Numbers
    """To the end of the answer."""
    waited_s: Numbers
    """What a person waits: to the first word of the answer and while reading it, where it is streamed; else for all."""
    evidence: Integers
    """(n,): index into `EVIDENCE`; a prior is what is usual of hosts."""
    speed_no: Integers
    """(n,): row in `ApiSpeeds` of what was seen at a host; -1 without one."""


@dataclass(slots=True)
class Throughput:
    """Requests that one machine serves in a month and still holds at the peak, (3, n); NaN where unknown."""

    alone: Numbers
    """With as many together as were asked for."""
    full: Numbers
    """With as many together as memory and the limits of waiting allow."""


@dataclass(slots=True)
class Costs:
    """What options cost; NaN where a price is unknown."""

    usd_per_month: Numbers
    """(3, n): at the request's volume, given or assumed."""
    usd_per_1k_requests: Numbers
    """(3, n)"""
    evidence: Integers
    """Index into `EVIDENCE`."""
    free: Flags
    """Whether it is free of charge within the host's limits."""
    price_no: Integers
    """Row in `Prices` that most of the bill rests on; -1 without one."""
    stale_days: Numbers
    """How long before or after the answer's day the price was seen, where too long to be sure of it; else 0."""
    machines: Numbers
    """Machines that serve the volume, by the middle estimate; NaN at hosts."""
    utilization: Numbers
    """The part of the time that they are busy; NaN at hosts, and without a volume."""


@dataclass(slots=True)
class Tokens:
    """Tokens of an answer, (3, n) by option."""

    thinking: Numbers
    """The part that is thought and not shown."""
    answer: Numbers
    """All of it."""


def answer_tokens(table: Table) -> Tokens:
    """What the request asks for, and what the effort thinks; nothing where all are taken to be as verbose."""
    request, rows = table.request, table.at_task
    at = table.options.at_task_no
    thinking = np.stack([rows.thinking_low_tokens[at], rows.thinking_tokens[at], rows.thinking_high_tokens[at]])
    if request.needs.verbosity == "equal":
        thinking = np.zeros_like(thinking)
    if request.traffic.model is not None:
        total = request.traffic.total
        thinking = np.where(_is_logged(table), total.thinking / total.requests, thinking)
    return Tokens(thinking, request.workload.output_tokens + thinking)


def _is_logged(table: Table) -> Flags:
    """(n,): whether the traffic was logged of an option's own model."""
    model = table.request.traffic.model
    found: Flags = table.options.model_no == (-1 if model is None else table.facts.model_no[model])
    return found


@dataclass(slots=True)
class HostBills:
    """What hosts ask, by option; NaN where unknown, and for what is not at a host."""

    usd_per_request: Numbers
    """(3, n), wider where the price is old."""
    price_no: Integers
    """Row in `Prices` that most of the bill rests on; -1 without one."""
    stale_days: Numbers
    """How long before or after the answer's day the price was seen, where too long to be sure of it; else 0."""


def host_bills(table: Table, tokens: Tokens) -> HostBills:
    """The bills of a mean request at hosts."""
    facts, request, offering_no = table.facts, table.request, table.options.offering_no
    n, prices = len(offering_no), facts.prices
    usd, price_no, stale = np.full((3, n), np.nan), np.full(n, -1), np.zeros(n)
    rows = np.flatnonzero(offering_no >= 0)
    if len(rows) and len(prices.price_no):
        tariff = tariffs(facts, request.traffic, request.as_of_day)
        thinking, logged = tokens.thinking[:, rows], _is_logged(table)[rows]
        found = usd_per_request(prices, tariff, offering_no[rows], request.traffic, thinking, logged)
        main = tariff.price_no[offering_no[rows]]
        away = stale_days(prices.from_day[main], prices.to_day[main], prices.checked_day[main], request.as_of_day)
        days = np.where(main >= 0, away, 0.0)
        usd[:, rows] = widened(np.where(main >= 0, found, np.nan), days > 0)
        price_no[rows], stale[rows] = main, days
    return HostBills(usd, price_no, stale)


def make_figures(table: Table) -> Figures:
    """All figures of a request's options."""
    tokens = answer_tokens(table)
    held = _fleets(table, tokens)
    costs = _costs(host_bills(table, tokens), table)
    own = np.flatnonzero(table.options.offering_no < 0)
    _add_own(costs, own, own_bills(take(held, own), table.request))
    served = Throughput(held.unit_requests_as_asked, held.unit_requests)
    return Figures(tokens, _speeds(table, tokens), costs, served)


def _fleets(table: Table, tokens: Tokens) -> Fleets:
    """What a machine does with each option; nothing is known of those that are no row of `Own`."""
    rows = np.flatnonzero(table.options.own_no >= 0)
    known = fleets(table.own, table.options.own_no[rows], tokens.answer[:, rows], table.request)
    found = Fleets(np.zeros(len(table.options), dtype=np.int64), _nan(table), _nan(table), _nan(table))
    for column, part in (
        (found.busy_s, known.busy_s),
        (found.unit_requests, known.unit_requests),
        (found.unit_requests_as_asked, known.unit_requests_as_asked),
    ):
        column[:, rows] = part
    found.batch[rows] = known.batch
    return found


def _nan(table: Table, *shape: int) -> Numbers:
    return np.full((*(shape or (3,)), len(table.options)), np.nan)


def _speeds(table: Table, tokens: Tokens) -> OptionSpeeds:
    """Speeds of weights on the machine and at hosts, and of both where they were measured."""
    request = table.request
    own, hosts = table.own.speeds, hosted_speeds(table.facts, request.as_of_day, _uncached_tokens(request))
    at_hosts, measured = _measured_at_hosts(table, hosts)
    offering_no, evidence = table.options.offering_no, np.where(measured, MEASURED, hosts.evidence)
    computed = np.where(request.machine.usual_bandwidth & (table.own.probe_no < 0), PRIOR, ESTIMATED)
    estimated = np.where(own.measured, MEASURED, np.where(np.isnan(own.tpot_s[1]), UNKNOWN, computed))
    tpot_s = taken(at_hosts.tpot_s, offering_no, table.of_own(own.tpot_s, np.nan))
    ttft_s = taken(at_hosts.ttft_s, offering_no, table.of_own(own.ttft_s, np.nan))
    ttfat_s = ttft_s + tokens.thinking * tpot_s
    answer_s = ttft_s + (tokens.answer - 1) * tpot_s
    reader_waits_s = (tokens.answer - tokens.thinking) * np.maximum(0.0, tpot_s - 1 / READING_TOK_S)
    return OptionSpeeds(
        tpot_s=tpot_s,
        ttft_s=ttft_s,
        ttfat_s=ttfat_s,
        answer_s=answer_s,
        waited_s=ttfat_s + reader_waits_s if request.task.streamed else answer_s,
        evidence=taken(evidence, offering_no, table.of_own(estimated, UNKNOWN)),
        speed_no=taken(np.where(measured, -1, hosts.speed_no), offering_no, -1),
    )


def _uncached_tokens(request: Request) -> float:
    """Tokens of a mean prompt that a host must read."""
    total = request.traffic.total
    return (total.prompt - total.cached) / total.requests


def _measured_at_hosts(table: Table, hosts: HostedSpeeds) -> tuple[Speeds, Flags]:
    """The speeds of offerings, the user's own measurements in their place, and which were measured, (offerings,)."""
    request, offered = table.request, table.facts.offerings
    none = np.zeros(len(offered.offering), dtype=bool)
    expected = Speeds(hosts.tpot_s, hosts.tpot_s, hosts.ttft_s, hosts.ttft_s, none, none)
    timed = timed_at_hosts(request.machine.own_speeds.measurements, offered.model, offered.host)
    if not timed:
        return expected, none
    batch = np.full(len(none), float(request.workload.concurrency))
    found = with_measured(expected, timed, load_of(request), batch)
    return found, found.measured


def _costs(bills: HostBills, table: Table) -> Costs:
    """The bills at hosts."""
    volume, each = table.request.monthly_requests, bills.usd_per_request
    known = bills.price_no >= 0
    return Costs(
        usd_per_month=each * volume,
        usd_per_1k_requests=each * PER_REQUESTS,
        evidence=np.where(each[0] < each[2], ESTIMATED, DERIVED),
        free=taken(table.facts.prices.free, bills.price_no, False) & known,
        price_no=bills.price_no,
        stale_days=bills.stale_days,
        machines=_nan(table, 1)[0],
        utilization=_nan(table, 1)[0],
    )


def _add_own(costs: Costs, rows: Integers, bills: OwnBills) -> None:
    """Fill in the bills of weights on the machine, which are options `rows`."""
    costs.usd_per_month[:, rows], costs.usd_per_1k_requests[:, rows] = bills.usd_per_month, bills.usd_per_1k_requests
    costs.evidence[rows] = np.where(bills.exact, DERIVED, ESTIMATED)
    costs.stale_days[rows] = bills.stale_days
    costs.machines[rows], costs.utilization[rows] = bills.machines[1], bills.utilization
