"""Turn what price tables and dated prices say into price rows with a first and a last day.

A table attests a price on the day of its release. A row starts on the first day on which a source
attests its price, or on the day that a dated source states; it ends the day before the next one starts.
"""

from dataclasses import dataclass, replace
from datetime import date, timedelta

from offerings_sources import Dated, DatedPrices, Newest, Rates, Raw, Table, rates_of

DATED = "model-prices-2026-10"
GENAI = "genai-prices-2026-11"
GENAI_DAY = date(2026, 11, 10)
SLIP_RATIO = 8
SMALLEST_USD_PER_MTOK = 0.006  # what tables state below this were prices per character


@dataclass(frozen=True)
class Period:
    """One price row; `end` is None while it holds. `kind` tells batch, tiers and peak hours apart."""

    start: date
    end: date | None
    checked: date
    sources: tuple[str, ...]
    rates: Rates
    above: int | None = None
    batch: bool = False
    peak: bool = False
    free: bool = False
    conflicts: tuple[tuple[str, Rates], ...] = ()
    note: str = ""


@dataclass(frozen=True)
class Seen:
    """A price that a table states."""

    day: date
    key: str
    rates: Rates


@dataclass(frozen=True)
class Inputs:
    """Everything that is known about one offering's prices: its rows in the tables and its names elsewhere."""

    rows: tuple[tuple[Table, Raw], ...]
    newest_table: date
    dated: DatedPrices
    dated_name: str
    genai: Newest | None


def periods_of(inputs: Inputs, *, peak_hours: bool) -> list[Period]:
    """All price rows of an offering: the plain ones by time, then tiers and batch of the newest.

    A host's peak hours get a row of their own with `peak_hours`, else a note beside the off-peak price.
    """
    plain = _plain(inputs)
    if not plain:
        return []
    rows = [*plain, *_variants(inputs, plain[-1])]
    peak = _peak(inputs, plain[-1])
    if peak and peak_hours:
        rows.append(peak)
    elif peak:
        note = f"off-peak; {peak.rates.input:g} and {peak.rates.output:g} in peak hours"
        rows[len(plain) - 1] = replace(plain[-1], note=note)
    return rows


def _plain(inputs: Inputs) -> list[Period]:
    seen = _seen(inputs.rows)
    attested = _runs(seen)
    series = inputs.dated.series(inputs.dated_name)
    if not series:
        return _with_genai(attested, inputs.genai, inputs.newest_table)
    found = _from_series(series, seen, inputs.dated.day)
    before = [run for run in attested if run.start < found[0].start]
    if before and before[-1].rates.same_base(found[0].rates):
        first = before.pop()
        found[0] = replace(found[0], start=first.start, sources=_joined(found[0].sources, first.sources[:1]))
    if before:
        before[-1] = replace(before[-1], end=found[0].start - timedelta(days=1))
    return [*before, *_up_to_date([*found], seen, inputs)]


def _seen(rows: tuple[tuple[Table, Raw], ...], suffix: str = "") -> list[Seen]:
    """What the tables state; where a table tells peak from off-peak hours, the off-peak price."""
    found = []
    for table, row in rows:
        quiet = row.get("off_peak_pricing")
        rates = rates_of(quiet if quiet and not suffix else row, suffix)
        if rates and rates.input >= SMALLEST_USD_PER_MTOK:
            found.append(Seen(table.day, table.key, rates))
    return found


def _runs(seen: list[Seen]) -> list[Period]:
    """Successive equal prices as one period each, without the slips of single tables."""
    runs: list[Period] = []
    for item in (one for index, one in enumerate(seen) if not _slip(seen, index)):
        if runs and runs[-1].rates.same_base(item.rates):
            sources = _joined(runs[-1].sources[:1], (item.key,))
            runs[-1] = replace(runs[-1], checked=item.day, sources=sources, rates=item.rates)
            continue
        if runs:
            runs[-1] = replace(runs[-1], end=item.day - timedelta(days=1))
        runs.append(Period(item.day, None, item.day, (item.key,), item.rates))
    return runs


def _slip(seen: list[Seen], index: int) -> bool:
    """Whether one table alone states a price: between two equal ones, or first and out by a power of ten."""
    if index + 1 >= len(seen):
        return False
    now, after = seen[index].rates, seen[index + 1].rates
    if index == 0:
        return max(now.input / after.input, after.input / now.input) >= SLIP_RATIO
    before = seen[index - 1].rates
    return before.same_base(after) and not now.same_base(before)


def _from_series(series: list[Dated], seen: list[Seen], day: date) -> list[Period]:
    """Dated prices as periods; a table that attests a new price before an undocumented start moves that start."""
    merged: list[Dated] = []
    for item in series:
        if merged and merged[-1].rates.same_base(item.rates):
            merged[-1] = replace(item, start=merged[-1].start, documented=merged[-1].documented)
        else:
            merged.append(item)
    periods: list[Period] = []
    for item in merged:
        start = item.start
        sources: tuple[str, ...] = (DATED,)
        earlier = [one for one in seen if periods and periods[-1].start < one.day < start]
        first = next((one for one in earlier if one.rates.same_base(item.rates)), None)
        if first and not item.documented:
            start, sources = first.day, (DATED, first.key)
        if periods:
            last = start - timedelta(days=1)
            periods[-1] = replace(periods[-1], end=last, checked=max(periods[-1].start, min(last, day)))
        periods.append(Period(start, None, max(start, day), sources, item.rates))
    return periods


def _up_to_date(found: list[Period], seen: list[Seen], inputs: Inputs) -> list[Period]:
    """Compare the last dated price with the newest table: it confirms it, follows it, or contradicts it."""
    last = found[-1]
    newer = [one for one in seen if one.day > inputs.dated.day]
    if not newer or newer[-1].day < inputs.newest_table:
        return found
    now = newer[-1]
    if now.rates.same_base(last.rates):
        found[-1] = replace(last, checked=now.day, sources=_joined(last.sources, (now.key,)))
        return found
    genai = inputs.genai.rates if inputs.genai else None
    before = [one for one in seen if one.day <= inputs.dated.day]
    changed = bool(before) and before[-1].rates.same_base(last.rates)
    if changed or (genai is not None and genai.same_base(now.rates)):
        first = next(one for one in newer if one.rates.same_base(now.rates))
        found[-1] = replace(last, end=first.day - timedelta(days=1))
        found.append(Period(first.day, None, now.day, _joined((first.key,), (now.key,)), now.rates))
        return found
    found[-1] = replace(last, conflicts=((now.key, now.rates),))
    return found


def _with_genai(attested: list[Period], genai: Newest | None, newest: date) -> list[Period]:
    """Table prices, with the stated start of the newest one or another source's different price where there is any."""
    if genai is None:
        return attested
    start, rates = genai.start, genai.rates
    if not attested:
        day = start or GENAI_DAY
        return [Period(min(day, GENAI_DAY), None, GENAI_DAY, (GENAI,), rates)]
    last = attested[-1]
    if last.checked < newest:
        return attested
    if not last.rates.same_base(rates):
        return [*attested[:-1], replace(last, conflicts=((GENAI, rates),))]
    if start and len(attested) > 1 and attested[-2].checked < start < last.start:
        ended = replace(attested[-2], end=start - timedelta(days=1))
        return [*attested[:-2], ended, replace(last, start=start, sources=_joined((GENAI,), last.sources))]
    return attested


def _variants(inputs: Inputs, now: Period) -> list[Period]:
    """Rows beside the newest plain price: prompts above a length, and batch."""
    batch = _variant(inputs, now, "_batches", batch=True) or _dated_batch(inputs, now)
    return [*_tiers(inputs, now), *([batch] if batch else [])]


def _peak(inputs: Inputs, now: Period) -> Period | None:
    """The price of peak hours, where the newest table tells them from the rest."""
    row = inputs.rows[-1][1] if inputs.rows else {}
    peak = rates_of(row) if row.get("off_peak_pricing") else None
    if peak is None or not _agrees(row, now):
        return None
    first = next(table for table, one in inputs.rows if one.get("off_peak_pricing") and _same(rates_of(one), peak))
    return _beside(now, first, inputs.rows[-1][0], peak, peak=True)


def _tiers(inputs: Inputs, now: Period) -> list[Period]:
    """Prices above a prompt's length: the dated source's, else the newest table's, else those of `genai-prices`."""
    series = inputs.dated.series(inputs.dated_name)
    if series and series[-1].tiers and series[-1].rates.same_base(now.rates):
        with_tiers = [item for item in series if item.tiers == series[-1].tiers]
        start = max(now.start, with_tiers[0].start)
        return [
            replace(now, start=start, checked=max(now.checked, start), rates=rates, above=above, conflicts=(), note="")
            for above, rates in series[-1].tiers
        ]
    found = []
    row = inputs.rows[-1][1] if inputs.rows else {}
    for name in sorted(row):
        above = _tokens_above(name)
        if above:
            suffix = f"_above_{above // 1000}k_tokens"
            tier = _variant(inputs, now, suffix, above=above)
            both = _variant(inputs, now, f"{suffix}_batches", above=above, batch=True)
            found += [item for item in (tier, both) if item]
    return found or _genai_tiers(inputs.genai, now)


def _genai_tiers(genai: Newest | None, now: Period) -> list[Period]:
    """The tiers of `genai-prices`, where the price for shorter prompts is its own too."""
    if genai is None or GENAI not in now.sources or not genai.rates.same_base(now.rates):
        return []
    start = max(now.start, min(genai.start or GENAI_DAY, GENAI_DAY))
    checked = max(start, GENAI_DAY)
    return [Period(start, now.end, checked, (GENAI,), rates, above) for above, rates in genai.tiers]


def _tokens_above(name: str) -> int:
    head, found, tail = name.partition("input_cost_per_token_above_")
    return int(tail.removesuffix("k_tokens")) * 1000 if not head and found and tail.endswith("k_tokens") else 0


def _variant(inputs: Inputs, now: Period, suffix: str, *, above: int = 0, batch: bool = False) -> Period | None:
    """A variant of the newest table's row, from the first table on that has stated the same without a break."""
    if not inputs.rows or not _agrees(inputs.rows[-1][1], now):
        return None
    rates = rates_of(inputs.rows[-1][1], suffix)
    if rates is None or rates.same_base(now.rates):
        return None
    first = inputs.rows[-1][0]
    for table, row in reversed(inputs.rows):
        stated = rates_of(row, suffix)
        if stated is None or not stated.same_base(rates):
            break
        first = table
    return _beside(now, first, inputs.rows[-1][0], rates, above=above or None, batch=batch)


def _agrees(row: Raw, now: Period) -> bool:
    base = rates_of(row.get("off_peak_pricing") or row)
    return base is not None and base.same_base(now.rates)


def _beside(
    now: Period, first: Table, last: Table, rates: Rates, *, above: int | None = None,
    batch: bool = False, peak: bool = False,
) -> Period:  # fmt: skip
    start = max(now.start, first.day)
    sources = _joined((first.key,), (last.key,))
    return Period(start, now.end, max(start, last.day), sources, rates, above, batch, peak)


def _dated_batch(inputs: Inputs, now: Period) -> Period | None:
    series = inputs.dated.series(inputs.dated_name, "batch")
    if not series:
        return None
    same = [item for item in series if item.rates.same_base(series[-1].rates)]
    start = max(now.start, same[0].start)
    return Period(start, now.end, max(start, inputs.dated.day), (DATED,), series[-1].rates, batch=True)


def _joined(first: tuple[str, ...], second: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*first, *second)))


def _same(first: Rates | None, second: Rates) -> bool:
    return first is not None and first.same_base(second)
