"""Rules on sizes, speed and money: does the request fit."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from llmselect.engine.cite import NO_REF, Ref, Sourced, ref
from llmselect.engine.costs import cost_of
from llmselect.engine.fleet import fleet_at, fleet_of, peak_factor
from llmselect.engine.options import Option
from llmselect.engine.situation import READING_TOK_S, Situation
from llmselect.engine.speeds import answer_s, speed_of
from llmselect.engine.verdict import Fail, Unknown, Verdict

if TYPE_CHECKING:
    from llmselect.catalog.schema import Fact, Model

EVEN_ODDS = 0.5


class Limit(NamedTuple):
    """A limit in tokens, and the fact and record that say it."""

    tokens: int
    fact: Fact[int]
    record: Sourced

    @property
    def ref(self) -> Ref:
        """Who says so."""
        return ref(self.record, self.fact)


def limit(option: Option, name: str, situation: Situation) -> Limit | None:
    """A token limit: the host's, or the model's own where the host states none."""
    record, fact = limit_fact(option, name)
    if fact is None or fact.value is None:
        return None
    return Limit(fact.value, fact, record or situation.catalog.hosts[option.host])


def limit_fact(option: Option, name: str) -> tuple[Model | None, Fact[int] | None]:
    """The fact that counts of a token limit, and the model whose fact it is; none where it is the host's."""
    if option.offering is not None:
        fact: Fact[int] | None = getattr(option.offering.limits, name)
        if fact is not None and fact.value is not None:
            return None, fact
    own: Fact[int] | None = getattr(option.model.limits, name)
    return option.model, own


def context(option: Option, situation: Situation) -> Verdict:
    """The context window holds the request, and input and output stay within limits of their own."""
    window = None
    for name, tokens, word in situation.tokens_needed:
        record, fact = limit_fact(option, name)
        most = fact.value if fact is not None else None
        if most is not None and most < tokens:
            source = ref(record or situation.catalog.hosts[option.host], fact)
            return Fail(f"{tokens:,} tokens of {word}", f"{most:,}", source)
        window = most if name == "context_tokens" else window
    if window is None:
        return Unknown(f"{situation.workload.context_tokens:,} tokens of context", "its context window")
    return None


def memory(option: Option, situation: Situation) -> Verdict:
    """Weights, KV cache and overhead fit the machine's usable memory."""
    if option.deployment != "self-host":
        return None
    plan = option.plan
    if plan is None:
        return Unknown("fits in memory", "its size")
    if plan.fits:
        return None
    machine = situation.machine
    about = "about " if plan.estimated else ""
    parts = f"{plan.weights_gib:.1f} weights, {plan.kv_gib:.1f} KV cache, {plan.overhead_gib:.1f} overhead"
    needed = f"{about}{plan.needed_gib:.1f} GiB at {option.quantization} ({parts})"
    fact = option.model.architecture or option.model.parameters
    where = "RAM" if machine.kind == "cpu" else f"{machine.count} x {machine.name}"
    return Fail(needed, f"{plan.available_gib:.1f} GiB usable on {where}", ref(option.model, fact))


def speed(option: Option, situation: Situation) -> Verdict:
    """Tokens per second: the user's minimum, or reading speed when people wait for the answer."""
    target = situation.latency
    minimum = target.min_tok_s if target.firm and target.min_tok_s else None
    if minimum is None and not situation.speed_gate:
        return None
    if minimum is None:
        minimum = READING_TOK_S
    needed = f"{minimum:.3g} tok/s"
    figures = speed_of(option, situation)
    if figures is None:
        return Unknown(needed, "its speed")
    if figures.tpot_s.probability_below(1 / minimum) < EVEN_ODDS:
        rate = figures.tpot_s.inverse()
        return Fail(needed, f"about {rate.value:.3g} tok/s ({rate.low:.3g} to {rate.high:.3g}, {figures.evidence})")
    return None


def latency(option: Option, situation: Situation) -> Verdict:
    """Time to first token and to the whole answer: the user's limits, and the task's own in real time.

    Where the first token's time is unknown, the least that it can be still fails what it exceeds.
    """
    target = situation.latency
    first = target.max_ttft_ms if target.firm else None
    if first is None and situation.speed_gate:
        first = situation.task.latency.max_ttft_ms
    figures = speed_of(option, situation)
    limits = []
    if first is not None:
        soonest = (figures.ttft_s or figures.least_ttft_s) if figures else None
        limits.append((f"first token within {first:g} ms", soonest, first / 1000))
    if target.firm and target.max_latency_s is not None:
        whole = answer_s(option, situation)
        limits.append((f"an answer within {target.max_latency_s:g} s", whole, target.max_latency_s))
    known = figures is not None and figures.ttft_s is not None
    about = "about" if known else "at least about"
    for needed, time_s, seconds in limits:
        if time_s is not None and time_s.probability_below(seconds) < EVEN_ODDS:
            return Fail(needed, f"{about} {time_s.value:.3g} s ({time_s.low:.3g} to {time_s.high:.3g}, estimated)")
    return None if known or not limits else Unknown(limits[0][0], "its latency")


def throughput(option: Option, situation: Situation) -> Verdict:
    """The machine gets through the month's requests and their peak; of what is rented or bought there are enough."""
    volume, machine = situation.needs.monthly_requests, situation.machine
    if volume is None or option.deployment != "self-host":
        return None
    peak = peak_factor(situation)
    needed = f"{volume:,} requests a month" + (f", {peak:g} times as many at the peak" if peak > 1 else "")
    alone = fleet_at(option, situation, situation.workload.concurrency)
    if alone is None:
        return Unknown(needed, "its throughput")
    if not machine.owned or machine.usd_per_gpu_hour is not None or situation.needs.purchase_usd is not None:
        return None
    if volume <= alone.unit_requests.high:
        return None
    fleet = fleet_of(option, situation) or alone
    capacity = fleet.unit_requests
    if volume > capacity.high:
        where = f"{machine.count} x {machine.name}"
        span = f"{capacity.low:,.0f} to {capacity.high:,.0f}, estimated"
        return Fail(needed, f"about {capacity.value:,.0f} ({span}) on {where}")
    return None


def budget(option: Option, situation: Situation) -> Verdict:
    """The month's bill stays within the budget. A budget of nothing admits only what is known to cost nothing."""
    most = situation.needs.budget
    if most is None:
        return None
    cost = cost_of(option, situation)
    needed = f"at most ${most:,.2f} a month"
    if cost is None:
        return Unknown(needed, "its price") if most else Fail(needed, "an unknown price")
    if cost.usd_per_month is None and most == 0 and not cost.free_tier:
        each = cost.usd_per_1k_requests
        return Fail(needed, f"${each.value:,.4g} per 1,000 requests" if each else "an unknown price", cost.ref)
    if cost.usd_per_month is None:
        return None if cost.free_tier else Unknown(needed, "the monthly volume (--requests-per-month)")
    if cost.usd_per_month.value > most:
        return Fail(needed, f"${cost.usd_per_month.value:,.2f} a month", cost.ref if cost.ref.keys else NO_REF)
    return None
