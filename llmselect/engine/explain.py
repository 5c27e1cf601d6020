"""Words about an answer: what was assumed, what to know before acting on an option, and what its quality means."""

from __future__ import annotations

import numpy as np

from llmselect.engine.columns import SELF_HOST, Prices
from llmselect.engine.constraints.kinds import Judged
from llmselect.engine.constraints.terms import day_text, host_of
from llmselect.engine.facts import Facts
from llmselect.engine.life import ends_soon, known_end_day, legacy
from llmselect.engine.options import Table
from llmselect.engine.request import Request, Task
from llmselect.estimate.memory import PLACEMENTS
from llmselect.requirements import flag

WARN_PROMISE_DAYS = 90
STALE_LISTING_DAYS = 30


def assumptions(request: Request) -> dict[str, str]:
    """What the answer assumes, or took from a file that was read by itself: texts by the flag that changes each."""
    needs, load, machine = request.needs, request.workload, request.machine
    given = needs.model_fields_set
    rented = f", rented at ${machine.rental.usd_per_gpu_hour:.2f} per GPU-hour" if machine.rental else ""
    texts = {
        "task": needs.task,
        "prompt_tokens": f"{load.prompt_tokens:,}",
        "output_tokens": f"{load.output_tokens:,}",
        "concurrency": str(load.concurrency),
        "quantization": f"down to {needs.coarsest}",
    }
    if not (needs.offline or needs.privacy == "on-prem"):
        kinds = "API, managed and self-hosted" if request.machine_is_asked_for else "API and managed"
        texts["deployment"] = f"{kinds} compete"
    found = needs.from_file() | {flag(name): text for name, text in texts.items() if name not in given}
    found |= _assumed_traffic(request)
    if not given & {"hardware", "gpu", "vram"}:
        tier = needs.compute or "medium"
        if request.machine_is_asked_for:
            name = "--compute" if needs.compute is None else "--gpu"
            found[name] = f"{tier}: {machine.count} x {machine.name}{rented}"
    elif machine.owned and machine.usd_per_gpu_hour is None and "kwh_usd" not in given:
        found["--kwh-usd"] = f"owned hardware, ${needs.kwh_usd:.2f} per kWh"
    if machine.usual_bandwidth and machine.bandwidth_gb_s is not None:
        found["--bandwidth"] = f"{machine.bandwidth_gb_s:g} GB/s, usual of such a machine"
    if request.volume_is_given and request.machine_is_asked_for and "peak_to_mean" not in given:
        found["--peak-to-mean"] = f"machines hold {needs.peak_to_mean:g} times the mean rate"
    if needs.quantization not in ("any", needs.coarsest):
        found["--quantization"] = f"{needs.quantization}, judged as {needs.coarsest}"
    return found


def _assumed_traffic(request: Request) -> dict[str, str]:
    """The volume and the cached share that nobody gave."""
    found, task = {}, request.needs.task
    if not request.volume_is_given:
        whose = "one person's use" if request.machine.owned else f"usual for {task}"
        found["--requests-per-month"] = f"{request.monthly_requests:,}, {whose}"
    share = request.traffic.total.cached / request.traffic.total.prompt
    if share and "cached_share" not in request.needs.model_fields_set and request.traffic.model is None:
        found["--cached-share"] = f"{share:.0%} of the prompt, usual for {task}"
    return found


def quality_name(facts: Facts, task: Task) -> str:
    """What quality means at a task: the reference tests by their names, weightiest first, a board's together."""
    tests = dict(
        facts.query(
            "SELECT reference_of, coalesce(name, substr(test, 1, instr(test, '@') - 1)) FROM scale_tests"
            " LEFT JOIN benchmarks ON benchmark = substr(test, 1, instr(test, '@') - 1) WHERE reference_of IS NOT NULL"
        )
    )
    boards: dict[str, list[str]] = {}
    for skill in sorted(
        (name for name, share in task.skills.items() if share > 0), key=lambda name: -task.skills[name]
    ):
        if skill in tests:
            board, comma, part = tests[skill].partition(", ")
            boards.setdefault(board, []).extend([part] if comma else [])
    names = (f"{board} ({', '.join(parts)})" if parts else board for board, parts in boards.items())
    return f"expected score on {', '.join(names)}"


def warnings(judged: Judged, row: int, quality_utility: float, quality_percent: float) -> tuple[str, ...]:
    """What to know before choosing an option: its end, its price, a quality of utility 0, its memory.

    `quality_percent` is NaN where it is unknown.
    """
    table = judged.table
    found = [*_life(table, row), *_price(judged, row), *_unscored(table, row)]
    if not np.isnan(quality_percent) and quality_utility == 0:
        task = table.request.task
        least = f"(below {task.insufficient_percent:g} %)"
        found.append(f"its quality of {quality_percent:.3g} % is insufficient for {task.name} {least}")
    if table.options.deployment[row] == SELF_HOST:
        found += [*_retired_elsewhere(table, row), *_memory(table, row)]
    return tuple(found)


def _unscored(table: Table, row: int) -> list[str]:
    """On what the quality of a model rests that nobody has scored."""
    if not table.expected[row]:
        return []
    facts, at = table.facts, int(table.options.at_task_no[row])
    older = facts.models.name[facts.model_no[table.at_task.predecessor[at]]]
    past = f"what {int(table.at_task.successions[at])} successors gained"
    return [f"no test has scored it yet: its quality is expected from {older} and {past}"]


def _memory(table: Table, row: int) -> list[str]:
    own, at, found = table.own, int(table.options.own_no[row]), []
    if at >= 0 and own.assumed[at]:
        found.append("memory is estimated from the parameter count: the catalogue has no architecture of it")
    if at >= 0 and PLACEMENTS[own.placement[at]] in ("split", "experts-in-ram"):
        in_ram = 1 - own.device_share[at]
        found.append(f"{in_ram:.0%} of the weights read per token lie in RAM: slower, and unverified by measurements")
    return found


def _life(table: Table, row: int) -> list[str]:
    at, day, host = int(table.options.offering_no[row]), table.request.as_of_day, host_of(table, row)
    if at < 0:
        return []
    offered, lives = table.facts.offerings, table.facts.lives
    end, promise, seen = known_end_day(lives, day)[at], offered.not_before_day[at], offered.last_seen_day[at]
    if ends_soon(lives, day)[at]:
        successor = offered.replacement[at]
        then = f"; {host} names {successor} as its replacement" if successor else ""
        return [f"ends in {int(end - day)} days: {host} shuts it down on {day_text(end)}{then}"]
    if np.isnan(end) and promise - day <= WARN_PROMISE_DAYS:
        return [f"{host} may end it {'since' if promise <= day else 'from'} {day_text(promise)}; no end is announced"]
    if np.isnan(end) and min(day, lives.listed_day[at]) - seen > STALE_LISTING_DAYS:
        return [f"last seen at {host} on {day_text(seen)}"]
    return []


def _price(judged: Judged, row: int) -> list[str]:
    costs = judged.figures.costs
    if costs.free[row]:
        return ["free of charge within the host's rate limits, which the catalogue does not know"]
    if not costs.stale_days[row]:
        return []
    day, price_no = judged.table.request.as_of_day, int(costs.price_no[row])
    return [
        f"{price_age(judged.table.facts.prices, price_no, costs.stale_days[row], day)}; the cost interval is widened"
    ]


def price_age(prices: Prices, price_no: int, stale_days: float, day: int) -> str:
    """When a price was seen that is too far from a day to be sure of; `price_no` is -1 for a machine's rent."""
    if price_no >= 0 and prices.from_day[price_no] > day:
        return f"its first known price is of {day_text(prices.from_day[price_no])}"
    return f"its price was last checked {int(stale_days)} days ago"


def _retired_elsewhere(table: Table, row: int) -> list[str]:
    """Open weights that every host has ended are legacy: they still run, nobody serves them any more."""
    facts, model, day = table.facts, int(table.options.model_no[row]), table.request.as_of_day
    if not legacy(facts.lives, facts.model_of_offering, len(facts.models.model), day)[model]:
        return []
    ended = np.flatnonzero((facts.model_of_offering == model) & (facts.lives.shutdown_day <= day))
    ends = {facts.offerings.host[at]: day_text(facts.offerings.shutdown_day[at]) for at in ended}
    return ["legacy: retired at " + ", ".join(f"{host} ({end})" for host, end in sorted(ends.items()))]
