"""A cost plan as blocks: the cheapest option, volumes, machines, break-even points and hybrids."""

from collections.abc import Iterator

from llmselect.estimate.interval import Interval
from llmselect.render.cost_usage import usage_blocks
from llmselect.render.format.blocks import Block, Column, Heading, Items, Paragraph, Table
from llmselect.render.format.wrap import NO_BREAK
from llmselect.render.words import interval, money, number, percent
from llmselect.results.cost import BreakEven, CostOption, CostPlan, Hybrid, PriceShown
from llmselect.results.recommendation import Exclusion

MAX_BREAK_EVENS = 6
MAX_VOLUMES = 5
MAX_EXCLUDED = 8
BAR = 40


def plan_blocks(plan: CostPlan, chart: bool = False) -> Iterator[Block]:
    """The plan in reading order; `chart` adds bars for a terminal."""
    labels = _labels(plan)
    yield Paragraph(_headline(plan, labels), strong=True)
    if plan.assumed:
        yield Paragraph("; ".join(f"{name} {text}" for name, text in plan.assumed.items()), "Assumed")
    if plan.usage is not None:
        yield from usage_blocks(plan.usage, plan.requests_per_month)
    if plan.options:
        yield _table(plan)
        yield Paragraph("USD per month at so many requests, and per 1,000 of those asked for; ~: estimated")
        if chart:
            yield from _chart(plan)
        yield from _foundations(plan)
        yield from _break_evens(plan, labels)
        yield from _hybrids(plan, labels)
        yield from _remarks(plan)
    yield from _left_out(plan)
    yield Paragraph(f"All amounts in {plan.currency}. Catalogue of {plan.catalog.date}, judged by {plan.as_of}.")


def _labels(plan: CostPlan) -> dict[str, str]:
    """A numbered label for each option, which the text refers to."""
    return {row.id: f"{place}. {row.name}, {where(row)}" for place, row in enumerate(plan.options, 1)}


def where(row: CostOption) -> str:
    """The host and effort, or quantisation, machine, its provider and effort."""
    effort = "" if not row.effort else ", no thinking" if row.effort == "none" else f", {row.effort} effort"
    if row.hardware is None:
        return f"{row.host}{effort}"
    level = "as released" if row.quantization == "none" else f"at {row.quantization}"
    hardware = row.hardware.replace(" x ", f"{NO_BREAK}x{NO_BREAK}")
    kind = "managed endpoint" if row.deployment == "managed" else "self-hosted"
    provider = f" of {row.provider}" if row.provider else ""
    return f"{kind} {level} on {hardware}{provider}{effort}"


def _headline(plan: CostPlan, labels: dict[str, str]) -> str:
    if not plan.options:
        return "Nothing qualifies: no option of these models passes all rules and has a known price."
    first = plan.options[0]
    name = labels[first.id].partition(". ")[2]
    each = money(first.usd_per_1k_requests[1])
    month = f"{money(first.usd_per_month[1])} a month"
    return f"Cheapest at {plan.requests_per_month:,} requests a month: {name}: {month}, {each} per 1,000 requests."


def _table(plan: CostPlan) -> Table:
    volumes = _shown_volumes(plan)
    titles = ("per 1k", *(f"{_short(count)}/mo" for count in volumes))
    columns = (Column("#", "right"), Column("model"), Column("where"), *(Column(title, "right") for title in titles))
    return Table(columns, tuple(_row(place, row, volumes) for place, row in enumerate(plan.options, 1)), head=3)


def _shown_volumes(plan: CostPlan) -> list[int]:
    """The volumes nearest to the requested one, as many as fit on a line."""
    known = [volume.requests_per_month for volume in plan.options[0].by_volume]
    nearest = sorted(known, key=lambda count: abs(_digits(count) - _digits(plan.requests_per_month)))
    return sorted(nearest[:MAX_VOLUMES])


def _digits(count: int) -> float:
    from math import log10

    return log10(count)


def _short(count: int) -> str:
    """A volume in short form, such as `600k`; in full if it is not round."""
    for size, letter in ((10**9, "B"), (10**6, "M"), (10**3, "k")):
        if count >= size and count % (size // 100) == 0:
            return f"{count / size:g}{letter}"
    return f"{count:,}"


def _row(place: int, row: CostOption, volumes: list[int]) -> tuple[str, ...]:
    by_volume = {volume.requests_per_month: volume.usd_per_month for volume in row.by_volume}
    sign = "~" if row.evidence == "estimated" else ""
    return (
        str(place),
        row.name,
        where(row),
        sign + money(row.usd_per_1k_requests[1]),
        *(_cell(by_volume[count], sign) for count in volumes),
    )


def _cell(usd: Interval | None, sign: str) -> str:
    return "too much" if usd is None else sign + money(usd[1])


def _chart(plan: CostPlan) -> Iterator[Block]:
    """Bars of the monthly bills at the requested volume."""
    largest = max(row.usd_per_month[1] for row in plan.options)
    if largest <= 0:
        return
    rows = tuple(
        (str(place), "█" * max(1, round(BAR * row.usd_per_month[1] / largest)), money(row.usd_per_month[1]))
        for place, row in enumerate(plan.options, 1)
    )
    yield Table((Column("#", "right"), Column(f"at {plan.requests_per_month:,} requests a month"), Column("")), rows)


def _foundations(plan: CostPlan) -> Iterator[Block]:
    """The price, tokens and machines behind each bill."""
    yield Heading(f"What each rests on, at {plan.requests_per_month:,} requests a month")
    places = tuple(f"{place}." for place in range(1, len(plan.options) + 1))
    yield Items(tuple(_rests_on(row) for row in plan.options), places)


def _rests_on(row: CostOption) -> str:
    low, tokens, high = (round(count) for count in row.output_tokens)
    written = f"{tokens:,} output tokens a request" + (f" ({low:,}–{high:,})" if low != high else "")
    quality = f"quality {row.quality[1]:.0f}{NO_BREAK}%" if row.quality else "quality unknown"
    month = row.usd_per_month
    spread = f"{money(month[0])} to {money(month[2])} a month" if month[0] != month[2] else ""
    parts = [price_text(row.price), written, quality, _machines(row), spread, row.evidence]
    return "; ".join(part for part in parts if part)


def _machines(row: CostOption) -> str:
    own = row.serving
    if own is None:
        return ""
    low, value, high = own.machines
    span = f" ({interval(low, high)})" if low != high else ""
    busy = f", busy {percent(own.utilization)} of the time" if own.utilization is not None else ""
    capacity = own.requests_per_machine_and_month
    return (
        f"{number(value)}{span} {_plural(value, 'machine')}, {own.gpus:,} {_plural(own.gpus, 'GPU')}, "
        f"{own.concurrency} {_plural(own.concurrency, 'request')} at once in each{busy}; one holds "
        f"{number(capacity[1])} requests a month ({interval(capacity[0], capacity[2])}) and their peak"
    )


def _plural(count: float, word: str) -> str:
    return word if count == 1 else word + "s"


def price_text(price: PriceShown) -> str:
    """A price as text, with the day on which it was checked."""
    day = f" on {price.as_of}" if price.as_of else ""
    if price.usd_per_gpu_hour is not None:
        nodes = f", by {price.gpus} GPUs" if price.gpus and price.gpus > 1 else ""
        return f"{_listed(price.usd_per_gpu_hour)} per GPU-hour{nodes}{day}"
    if price.input_usd_per_mtok is not None:
        cached, batch = price.cached_input_usd_per_mtok, price.batch_input_usd_per_mtok
        stored = f" ({_listed(cached)} cached)" if cached is not None else ""
        deferred = (
            f", by batch {_listed(batch)} and {_listed(price.batch_output_usd_per_mtok)}" if batch is not None else ""
        )
        both = f"{_listed(price.input_usd_per_mtok)}{stored} and {_listed(price.output_usd_per_mtok)}"
        return f"{both} per million tokens{deferred}{day}"
    bought = f"{money(price.purchase_usd)} a machine, " if price.purchase_usd is not None else ""
    return f"{bought}{_listed(price.usd_per_kwh)} per kWh"


def _listed(price: float | None) -> str:
    return money(price, listed=True)


def _break_evens(plan: CostPlan, labels: dict[str, str]) -> Iterator[Block]:
    if len(plan.cheapest) > 1 or (plan.cheapest and len(plan.options) > 1):
        yield Heading("Cheapest by volume")
        yield Items(
            tuple(f"from {row.from_requests_per_month:,} a month: {labels[row.option]}" for row in plan.cheapest)
        )
    found = _shown_break_evens(plan)
    if found:
        yield Heading("Break-even points")
        yield Items(tuple(_break_even_text(row, labels) for row in found))


def _shown_break_evens(plan: CostPlan) -> list[BreakEven]:
    """For each pair of models and deployments, only the break-even point at the smallest volume."""
    rows = {row.id: row for row in plan.options}
    seen: dict[tuple[str, ...], BreakEven] = {}
    for found in plan.break_even:
        first, then = rows[found.first], rows[found.then]
        key = (first.model, first.deployment, then.model, then.deployment)
        if first.deployment != then.deployment:
            seen.setdefault(key, found)
    return list(seen.values())[:MAX_BREAK_EVENS]


def _break_even_text(row: BreakEven, labels: dict[str, str]) -> str:
    span = ""
    least, volume, largest = row.requests_per_month
    if (least, largest) != (volume, volume):
        low = f"{least:,}" if least is not None else "?"
        span = (
            f" (between {low} and {largest:,})" if largest is not None else f" ({low} at the earliest, perhaps never)"
        )
    again = ""
    if row.for_good_from is None:
        again = "; not for all volumes above"
    elif row.for_good_from != volume:
        again = f", for good from {row.for_good_from:,}"
    return f"{volume:,} requests a month{span}{again}: {labels[row.then]} against {labels[row.first]}"


def _hybrids(plan: CostPlan, labels: dict[str, str]) -> Iterator[Block]:
    if not plan.hybrids:
        return
    yield Heading("Hybrids (scenarios: the API for a share of the requests, machines for the rest)")
    names = {row.id: row for row in plan.options}
    shares = [mix.api_share for mix in plan.hybrids[0].mixes]
    titles = (*(percent(share) for share in shares), "cheapest")
    columns = (Column("API"), Column("machines"), *(Column(title, "right") for title in titles))
    yield Table(columns, tuple(_mixes(row, names) for row in plan.hybrids), head=2)
    accuracy = plan.hybrids[0].router_accuracy
    yield Paragraph(
        f"USD a month by the share of the API; quality in brackets with a router of accuracy {accuracy:g}, which is "
        "yours to state (--router-accuracy: 0 at random, 1 always the requests that need the API)"
    )


def _mixes(row: Hybrid, names: dict[str, CostOption]) -> tuple[str, ...]:
    cells = [_mix(mix.usd_per_month, mix.quality) for mix in row.mixes]
    best = row.cheapest
    return (
        _name(row.api, names),
        _name(row.own, names),
        *cells,
        f"{_mix(best.usd_per_month, best.quality)} at {percent(best.api_share)}",
    )


def _mix(usd: float | None, quality: float | None) -> str:
    if usd is None:
        return "too much"
    return money(usd) + (f" ({quality:.0f}{NO_BREAK}%)" if quality is not None else "")


def _name(option: str, names: dict[str, CostOption]) -> str:
    row = names.get(option)
    return f"{row.name}, {where(row)}" if row else option


def _remarks(plan: CostPlan) -> Iterator[Block]:
    found = [*plan.notes]
    notes_by_text: dict[str, list[str]] = {}
    for place, row in enumerate(plan.options, 1):
        texts = list(row.warnings)
        if row.requests_over_context:
            texts.append(f"{percent(row.requests_over_context)} of the logged requests do not fit its context window")
        for text in texts:
            notes_by_text.setdefault(text, []).append(str(place))
    found += [f"{', '.join(places)}: {text}" for text, places in notes_by_text.items()]
    if found:
        yield Heading("Notes")
        yield Items(tuple(found))


def _left_out(plan: CostPlan) -> Iterator[Block]:
    if plan.omitted:
        yield Paragraph(f"{plan.omitted} more options qualify; --all-options lists them.")
    lines = [_excluded(row) for row in plan.excluded[:MAX_EXCLUDED]]
    if lines:
        yield Heading("Left out")
        yield Items(tuple(lines))
    if len(plan.excluded) > MAX_EXCLUDED:
        yield Paragraph(f"{len(plan.excluded) - MAX_EXCLUDED} more groups of options are left out; --json lists all.")


def _excluded(row: Exclusion) -> str:
    reasons = "; ".join(f"{reason.rule}: needs {reason.needed}, has {reason.had}" for reason in row.reasons)
    more = f" and {row.options - 1} more" if row.options > 1 else ""
    return f"{row.option}{more}: {reasons or 'no price is known'}"
