"""Constraints on sizes, speed and money: does the request fit."""

from __future__ import annotations

import numpy as np

from llmselect.catalog.sql.read import Numbers
from llmselect.engine.columns import DEPLOYMENTS, EVIDENCE, PRIOR, SELF_HOST, Verdicts
from llmselect.engine.constraints.kinds import FAIL, UNDECIDED, Judged, Words, verdicts
from llmselect.engine.constraints.terms import SELECTABLE, model_fact, offering_fact
from llmselect.engine.options import Table
from llmselect.engine.priors import UPPER, usual_context_tokens
from llmselect.engine.request import READING_TOK_S, Request
from llmselect.engine.sources import Origin
from llmselect.estimate.intervals import probability_below

EVEN_ODDS, LIKELY = 0.5, 0.75
LIMITS = (("context_tokens", "context"), ("input_tokens", "input"), ("output_tokens", "output"))


def context(judged: Judged) -> Verdicts:
    """The context window holds the request, and input and output stay within limits of their own.

    A window that nobody states fails where even the upper quartile of what is usual is too small.
    """
    table, load = judged.table, judged.table.request.workload
    fails = [getattr(table.options, name) < getattr(load, name) for name, _ in LIMITS]
    unknown = np.isnan(table.options.context_tokens)
    hopeless = unknown & (usual_context_tokens(table)[UPPER] < load.context_tokens)
    return verdicts(np.any(fails, axis=0) | hopeless, unknown)


def context_words(judged: Judged, row: int) -> Words:
    """The first limit that is too small."""
    table, load, at = judged.table, judged.table.request.workload, int(judged.table.options.offering_no[row])
    for name, word in LIMITS:
        needed, most = getattr(load, name), getattr(table.options, name)[row]
        if most < needed:
            stated = at >= 0 and not np.isnan(getattr(table.facts.offerings, name)[at])
            origin = (offering_fact if stated else model_fact)(table, row, "limits", name)
            return Words(f"{needed:,} tokens of {word}", f"{int(most):,}", origin)
    most = float(usual_context_tokens(table)[UPPER, row])
    if most < load.context_tokens:
        return Words(f"{load.context_tokens:,} tokens of context", f"models like it have at most about {int(most):,}")
    return Words(f"{load.context_tokens:,} tokens of context", "its context window")


def memory(judged: Judged) -> Verdicts:
    """Weights, KV cache and overhead fit the machine's usable memory."""
    table = judged.table
    fits = table.of_own(table.own.fits, True).astype(bool)
    sizeless = (table.options.deployment == SELF_HOST) & (table.options.own_no < 0)
    return verdicts(~fits, sizeless)


def memory_words(judged: Judged, row: int) -> Words:
    """What it takes and what there is, in GiB."""
    table = judged.table
    own, at, machine = table.own, int(table.options.own_no[row]), table.request.machine
    if at < 0:
        return Words("fits in memory", "its size")
    about = "about " if own.assumed[at] else ""
    weights, cache, runtime = own.weights_gib[at], own.kv_gib[at], own.overhead_gib[at]
    parts = f"{weights:.1f} weights, {cache:.1f} KV cache, {runtime:.1f} overhead"
    needed = f"{about}{own.needed_gib[at]:.1f} GiB at {own.level[at]} ({parts})"
    where = "RAM" if machine.kind == "cpu" else f"{machine.count} x {machine.name}"
    fact = "parameters" if own.assumed[at] else "architecture"
    return Words(needed, f"{own.available_gib[at]:.1f} GiB usable on {where}", model_fact(table, row, fact))


def least_tok_s(request: Request) -> float | None:
    """The pace that excludes: the user's minimum, or reading speed where people wait for the answer."""
    target = request.latency
    if target.firm and target.min_tok_s:
        return target.min_tok_s
    return READING_TOK_S if request.speed_gate else None


def within(judged: Judged, seconds: Numbers, most: float) -> Verdicts:
    """Whether seconds (3, n) stay within a limit: the median must.

    Of what is only usual of hosts the unfavourable quartile must too, else it is undecided.
    """
    odds, prior = probability_below(seconds, most), judged.figures.speeds.evidence == PRIOR
    return verdicts(odds < EVEN_ODDS, np.isnan(odds) | (prior & (odds < LIKELY)))


def speed(judged: Judged) -> Verdicts:
    """Tokens per second: the needed pace is reached with a probability of at least 0.5."""
    least, tpot_s = least_tok_s(judged.table.request), judged.figures.speeds.tpot_s
    if least is None:
        return np.zeros(tpot_s.shape[1], dtype=np.int8)
    return within(judged, tpot_s, 1 / least)


def speed_words(judged: Judged, row: int) -> Words:
    """The estimated pace."""
    speeds = judged.figures.speeds
    needed = f"{least_tok_s(judged.table.request) or 0.0:.3g} tok/s"
    if np.isnan(speeds.tpot_s[1, row]):
        return Words(needed, "its speed")
    high, rate, low = 1 / speeds.tpot_s[:, row]
    undecided = speed(judged)[row] == UNDECIDED
    return Words(needed, _figure(judged, row, "its speed", f"{rate:.3g} tok/s", f"{low:.3g} to {high:.3g}", undecided))


def _figure(judged: Judged, row: int, name: str, value: str, span: str, undecided: bool) -> str:
    """A figure of waiting in words, with what it rests on."""
    if undecided:
        return f"{name}, usually about {value} ({span})"
    evidence = EVIDENCE[judged.figures.speeds.evidence[row]]
    said = {"prior": "usual of such models", "claimed": "by the host's word"}.get(evidence, evidence)
    return f"about {value} ({span}, {said})"


def waits(judged: Judged) -> list[tuple[str, Numbers, float]]:
    """The limits of waiting that exclude: in words, the seconds (3, n) that options take, and those allowed.

    The user's limits; where there are none, the patience that is usual for the task. In real time the pace is judged
    by itself.
    """
    request, speeds = judged.table.request, judged.figures.speeds
    target, found = request.latency, []
    if target.firm and target.max_ttft_ms is not None:
        needed = f"first word of the answer within {target.max_ttft_ms:g} ms"
        found.append((needed, speeds.ttfat_s, target.max_ttft_ms / 1000))
    if target.firm and target.max_latency_s is not None:
        found.append((f"an answer within {target.max_latency_s:g} s", speeds.answer_s, target.max_latency_s))
    if request.patience_s is not None:
        needed = f"a wait of at most {request.patience_s:g} s, usual for {request.task.name}"
        found.append((needed, speeds.ttfat_s if request.speed_gate else speeds.waited_s, request.patience_s))
    return found


def latency(judged: Judged) -> Verdicts:
    """What a person waits: the user's limits, else the task's usual patience."""
    each = [within(judged, seconds, most) for _, seconds, most in waits(judged)]
    if not each:
        return np.zeros(len(judged.table.options), dtype=np.int8)
    found = np.array(each)
    return verdicts(np.any(found == FAIL, axis=0), np.any(found == UNDECIDED, axis=0))


def latency_words(judged: Judged, row: int) -> Words:
    """The first limit that it is expected to miss, or that nobody can tell of."""
    limits = waits(judged)
    found = [within(judged, seconds, most)[row] for _, seconds, most in limits]
    at = found.index(FAIL) if FAIL in found else found.index(UNDECIDED) if UNDECIDED in found else 0
    needed, seconds, _ = limits[at]
    low, value, high = seconds[:, row]
    if np.isnan(value):
        return Words(needed, "its latency")
    undecided = found[at] == UNDECIDED
    return Words(needed, _figure(judged, row, "its latency", f"{value:.3g} s", f"{low:.3g} to {high:.3g}", undecided))


def throughput(judged: Judged) -> Verdicts:
    """The machine gets through the month's requests and their peak; of what is rented or bought there are enough."""
    table, served = judged.table, judged.figures.throughput
    volume, machine = table.request.monthly_requests, table.request.machine
    own = table.options.deployment == SELF_HOST
    unknown = own & np.isnan(served.alone[1])
    more_can_be_had = not machine.owned or machine.usd_per_gpu_hour is not None
    if more_can_be_had or table.request.needs.purchase_usd is not None:
        return verdicts(np.zeros(len(own), dtype=bool), unknown)
    return verdicts(own & (volume > np.fmax(served.alone[1], served.full[1])), unknown)


def throughput_words(judged: Judged, row: int) -> Words:
    """The estimated requests of a month."""
    table, (low, value, high) = judged.table, judged.figures.throughput.full[:, row]
    machine, peak = table.request.machine, table.request.peak_factor
    needed = f"{table.request.monthly_requests:,} requests a month"
    needed += f", {peak:g} times as many at the peak" if peak > 1 else ""
    if np.isnan(judged.figures.throughput.alone[1, row]):
        return Words(needed, "its throughput")
    span = f"{low:,.0f} to {high:,.0f}, estimated"
    return Words(needed, f"about {value:,.0f} ({span}) on {machine.count} x {machine.name}")


def price(judged: Judged) -> Verdicts:
    """What it costs is known; a free tier costs nothing within limits that hosts state nowhere the catalogue looks.

    Who may spend nothing has no choice but to try such a tier.
    """
    table, costs = judged.table, judged.figures.costs
    free = costs.free & (table.request.needs.budget != 0)
    paid = np.isin(table.options.deployment, [DEPLOYMENTS.index(kind) for kind in SELECTABLE])
    paid &= ~(table.of_offerings(table.facts.offerings.shutdown_day, np.nan) <= table.request.as_of_day)
    return verdicts(np.zeros(len(free), dtype=bool), paid & (np.isnan(costs.usd_per_month[1]) | free))


def price_words(judged: Judged, row: int) -> Words:
    """What is unknown of the bill."""
    volume = judged.table.request.monthly_requests
    if judged.figures.costs.free[row]:
        return Words("a known price", f"whether its free tier holds {volume:,} requests a month")
    return Words("a known price", "its price")


def budget(judged: Judged) -> Verdicts:
    """The month's bill stays within the budget. A budget of nothing admits only what is known to cost nothing."""
    most, month = judged.table.request.needs.budget, judged.figures.costs.usd_per_month[1]
    if most == 0:
        return verdicts((month > 0) | np.isnan(month))
    return verdicts(month > (np.inf if most is None else most), np.isnan(month))


def budget_words(judged: Judged, row: int) -> Words:
    """The bill."""
    request, month = judged.table.request, judged.figures.costs.usd_per_month[1, row]
    most = request.needs.budget or 0.0
    needed = f"at most ${most:,.2f} a month"
    if np.isnan(month):
        return Words(needed, "its price" if most else "an unknown price")
    assumed = "" if request.volume_is_given else f" for {request.monthly_requests:,} requests"
    return Words(needed, f"${month:,.2f} a month{assumed}", price_origin(judged, row))


def price_origin(judged: Judged, row: int) -> Origin | None:
    """Who says what an option costs: its host's price list, the rental's, or the machine's data sheet."""
    table, price_no = judged.table, int(judged.figures.costs.price_no[row])
    if price_no >= 0:
        return Origin("prices", str(table.facts.prices.price_no[price_no]))
    if table.options.offering_no[row] >= 0 or table.request.machine.usd_per_gpu_hour is not None:
        return None
    rental = table.request.machine.rental
    return Origin("rentals", str(rental.rental_no)) if rental is not None else machine_origin(table)


def machine_origin(table: Table) -> Origin | None:
    """Who says what the machine can do; nobody where the user described it."""
    machine = table.request.machine
    return None if machine.described else Origin("device", machine.id)
