"""Speed and cost of one option in a situation, computed once and remembered."""

from statistics import median
from typing import Literal, NamedTuple

from llmselect.catalog.schema import Price
from llmselect.engine.cite import NO_REF, Ref
from llmselect.engine.options import Option
from llmselect.engine.situation import Situation
from llmselect.estimate.cost import (
    SECONDS_PER_MONTH,
    api_request_usd,
    electricity_usd,
    rented_month_usd,
)
from llmselect.estimate.interval import Interval
from llmselect.estimate.speed import Engine, prefill_s, step_s

STALE_PRICE_DAYS = 30
STALE_PRICE_SPREAD = 1.25
MAX_SERVER_BATCH = 32
THINKING_SPREAD = 3.0  # a request may take a third or three times the thinking that is expected of its task


class SpeedFigures(NamedTuple):
    """Seconds per decoding step at the asked concurrency, and to the first token (None where unknown).

    `least_ttft_s` is known always: what the prompt takes on the device alone, and no less than one step.
    """

    step_s: Interval
    ttft_s: Interval | None
    least_ttft_s: Interval


class CostFigures(NamedTuple):
    """USD per month (with a volume) and per 1,000 requests; `kind` says whose bill it is."""

    usd_per_month: Interval | None
    usd_per_1k_requests: Interval | None
    evidence: str
    kind: Literal["api", "rented", "own-rate", "electricity"]
    ref: Ref
    stale_days: int = 0
    free_tier: bool = False


def speed_of(option: Option, situation: Situation) -> SpeedFigures | None:
    """The speed of a self-hosted option; None for APIs and for machines of unknown bandwidth."""
    key = ("speed", option.id)
    if key not in situation.memo:
        situation.memo[key] = _speed(option, situation, situation.workload.concurrency)
    figures: SpeedFigures | None = situation.memo[key]
    return figures


def _speed(option: Option, situation: Situation, batch: int) -> SpeedFigures | None:
    machine, plan, weights = situation.machine, option.plan, option.weights
    if plan is None or weights is None or machine.bandwidth_gb_s is None:
        return None
    parallel = machine.count if option.runtime == "vllm" else 1
    kind = machine.kind
    experts = weights.experts > 0
    own = Engine(kind, machine.bandwidth_gb_s * parallel, experts)
    cache = option.kv_bytes_per_sequence * batch
    share = 1.0 if plan.placement in ("gpu", "ram") else plan.device_weight_share
    system = Engine("cpu", machine.ram_bandwidth_gb_s, experts) if machine.ram_bandwidth_gb_s else None
    if share < 1 and system is None:
        return None
    step = step_s(weights.active * share + cache, own, weights.active * (1 - share), system)
    tflops = machine.tflops * parallel if machine.tflops else None
    prompt = situation.workload.prompt_tokens
    prefill = prefill_s(prompt, option.active_parameters, tflops, step)
    return SpeedFigures(step, prefill if share == 1 else None, prefill or step)


def answer_tokens(option: Option, situation: Situation) -> Interval:
    """Output tokens of an answer, thinking included: what the request asks for, and what the effort thinks.

    The thinking is what LiveBench's questions of the task's skills took (their mean less the answer), times the
    task's share of it, within a factor of `THINKING_SPREAD`. Efforts that nobody measured take the median of
    others at the same one; where there is none, thinking is not counted.
    """
    key = ("tokens", option.model.id, option.effort)
    if key not in situation.memo:
        answer = situation.workload.output_tokens
        thought = _thinking(option, situation)
        share, spread = situation.task.thinking_share, THINKING_SPREAD
        more = Interval(thought / spread, thought, thought * spread).scaled(share)
        situation.memo[key] = Interval.exact(answer).plus(more)
    tokens: Interval = situation.memo[key]
    return tokens


def thinking_is_known(option: Option) -> bool:
    """Whether the tokens of an option's effort were measured, or there is no thinking to count."""
    capabilities = option.model.capabilities.value if option.model.capabilities else None
    plain = option.effort == "none" or (option.effort == "default" and "reasoning" not in (capabilities or ()))
    return plain or option.effort in option.model.effort_tokens


def _thinking(option: Option, situation: Situation) -> float:
    fact = next((fact for name, fact in option.model.effort_tokens.items() if name == option.effort), None)
    tokens = fact.value if fact is not None else None
    if tokens is None and _thinks(option, situation):
        tokens = _usual_tokens(option.effort, situation)
    mix = {skill: weight for skill, weight in situation.task.skills.items() if skill in (tokens or {})}
    if not tokens or not mix:
        return 0.0
    total = sum(mix.values())
    return float(sum(tokens[skill] * weight for skill, weight in mix.items()) / total)


def _thinks(option: Option, situation: Situation) -> bool:
    """Whether an effort is taken to think: a named one, and `default` of a reasoning model that has no other mode."""
    if option.effort != "default":
        return option.effort != "none"
    capabilities = option.model.capabilities.value if option.model.capabilities else None
    return "reasoning" in (capabilities or ()) and "none" not in situation.catalog.abilities.models.get(
        option.model.id, {}
    )


def _usual_tokens(effort: str, situation: Situation) -> dict[str, int]:
    """The median tokens per skill over the models that were measured at an effort, or at the next one that was."""
    usual: dict[str, dict[str, int]] | None = situation.memo.get("usual-tokens")
    if usual is None:
        found: dict[str, dict[str, list[int]]] = {}
        for model in situation.catalog.models.values():
            for name, fact in model.effort_tokens.items():
                for skill, count in (fact.value or {}).items():
                    found.setdefault(name, {}).setdefault(skill, []).append(count)
        usual = {
            name: {skill: round(median(counts)) for skill, counts in skills.items()} for name, skills in found.items()
        }
        situation.memo["usual-tokens"] = usual
    return usual.get(effort, {})


def answer_s(option: Option, situation: Situation) -> Interval | None:
    """Seconds for a whole answer: first token, then one step for each further one.

    Where the time to the first token is unknown, it takes at least as long as this.
    """
    speed = speed_of(option, situation)
    if speed is None:
        return None
    return _times(speed.step_s, answer_tokens(option, situation), 1).plus(speed.least_ttft_s)


def _times(step_s: Interval, tokens: Interval, batch: int) -> Interval:
    """Seconds for the tokens after the first, the errors of pace and length taken to go together."""
    return Interval(*((count - 1) / batch * step for count, step in zip(tokens, step_s, strict=True)))


def cost_of(option: Option, situation: Situation) -> CostFigures | None:
    """What an option costs; None where a price is unknown."""
    key = ("cost", option.id)
    if key not in situation.memo:
        situation.memo[key] = _api_cost(option, situation) if option.offering else _own_cost(option, situation)
    figures: CostFigures | None = situation.memo[key]
    return figures


def price_of(option: Option, situation: Situation) -> Price | None:
    """The price per token that is valid on the day and for the prompt's length: the highest tier reached."""
    day, prompt = situation.needs.as_of, situation.workload.prompt_tokens
    if option.offering is None:
        return None
    valid = [
        price
        for price in option.offering.prices
        if (price.free or (price.input_usd_per_mtok is not None and price.output_usd_per_mtok is not None))
        and not price.peak_hours
        and price.from_ <= day
        and (price.to is None or day <= price.to)
        and prompt > (price.above_input_tokens or 0)
    ]
    wanted = [price for price in valid if price.batch] if situation.batch_prices else []
    rest = [price for price in valid if not price.batch]
    return max(wanted or rest, key=lambda price: (price.above_input_tokens or 0, price.from_), default=None)


def _api_cost(option: Option, situation: Situation) -> CostFigures | None:
    price = price_of(option, situation)
    if price is None:
        return None
    load = situation.workload
    rates = (price.input_usd_per_mtok or 0.0, price.output_usd_per_mtok or 0.0)
    tokens = answer_tokens(option, situation)
    usd = Interval(*(api_request_usd(load.prompt_tokens, count, *rates) for count in tokens))
    age_days = 0 if price.to else max(0, (situation.needs.as_of - price.checked).days)
    stale = age_days > STALE_PRICE_DAYS
    wide = STALE_PRICE_SPREAD if stale else 1.0
    request = Interval(usd.low / wide, usd.value, usd.high * wide)
    volume = situation.needs.monthly_requests
    return CostFigures(
        request.scaled(volume) if volume else None,
        request.scaled(1000),
        "estimated" if stale or tokens.low < tokens.high else "derived",
        "api",
        Ref(situation.catalog.hosts[option.host].sources, price.source),
        age_days if stale else 0,
        price.free,
    )


def _own_cost(option: Option, situation: Situation) -> CostFigures | None:
    """Rented machines cost their hours, owned ones their electricity while they work."""
    machine, sources = situation.machine, situation.catalog.hardware.sources
    if machine.usd_per_gpu_hour is not None:
        return _hourly_cost(option, situation, machine.usd_per_gpu_hour, "own-rate", NO_REF)
    if machine.rental is not None:
        origin = Ref(sources, machine.rental.source)
        return _hourly_cost(option, situation, machine.rental.usd_per_gpu_hour, "rented", origin)
    return _electricity_cost(option, situation, Ref(sources, machine.sources)) if machine.owned else None


def _hourly_cost(
    option: Option, situation: Situation, hourly: float, kind: Literal["rented", "own-rate"], origin: Ref
) -> CostFigures:
    """By the month around the clock; per 1,000 requests the month's share, or without a volume the busy time."""
    machine, volume = situation.machine, situation.needs.monthly_requests
    month = Interval.exact(rented_month_usd(hourly, machine.count))
    if volume:
        return CostFigures(month, month.scaled(1000 / volume), "derived", kind, origin)
    busy = busy_s(option, situation)
    per_1k = busy.scaled(1000 / 3600 * hourly * machine.count) if busy else None
    return CostFigures(month, per_1k, "estimated", kind, origin)


def _electricity_cost(option: Option, situation: Situation, origin: Ref) -> CostFigures | None:
    machine, needs = situation.machine, situation.needs
    volume, busy = needs.monthly_requests, busy_s(option, situation)
    if needs.kwh_usd == 0:
        free = Interval.exact(0.0)
        return CostFigures(free, free, "derived", "electricity", origin)
    if machine.power_w is None or busy is None:
        return None
    per_request = busy.scaled(electricity_usd(machine.power_w * machine.count, 1.0, needs.kwh_usd))
    month = per_request.scaled(volume) if volume else None
    return CostFigures(month, per_request.scaled(1000), "estimated", "electricity", origin)


def busy_s(option: Option, situation: Situation) -> Interval | None:
    """Machine seconds that one request takes: a server shares its steps among the requests of a batch."""
    batch = server_batch(option, situation)
    speed = _speed(option, situation, batch)
    if speed is None:
        return None
    return _times(speed.step_s, answer_tokens(option, situation), batch).plus(speed.least_ttft_s)


def server_batch(option: Option, situation: Situation) -> int:
    """Requests that run together: as asked, and with vLLM as many as the KV cache has room for, up to 32."""
    asked = situation.workload.concurrency
    plan = option.plan
    if plan is None or option.runtime != "vllm" or plan.kv_gib <= 0:
        return asked
    spare = plan.available_gib - plan.weights_gib - plan.overhead_gib
    return max(asked, min(MAX_SERVER_BATCH, int(spare / (plan.kv_gib / asked))))


def capacity_per_month(option: Option, situation: Situation) -> Interval | None:
    """Requests that the machine can serve in a month of work without a pause."""
    busy = busy_s(option, situation)
    return busy.inverse().scaled(SECONDS_PER_MONTH) if busy else None
