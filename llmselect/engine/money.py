"""What a host charges for a request on a day, and what that makes a month."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from llmselect.catalog.sql.read import Flags, Integers, Numbers
from llmselect.engine.columns import Prices
from llmselect.engine.facts import Facts
from llmselect.estimate.cost import STALE_PRICE_DAYS, STALE_PRICE_SPREAD, Tokens, Traffic

NO_ROW = -1


@dataclass(slots=True)
class Tariffs:
    """Rows of `Prices` by offering, (n,) each, -1 where there is none.

    `standard`, `batch` and `peak` hold one array for each band of the traffic: the tier that its prompts reach.
    `price_no` is the row that most of a bill rests on.
    """

    standard: list[Integers]
    batch: list[Integers]
    peak: list[Integers]
    price_no: Integers


def tariffs(facts: Facts, traffic: Traffic, day: int) -> Tariffs:
    """The rows of each offering that count for some requests on a day."""
    rows = {kind: _valid(facts, day, kind) for kind in ("standard", "batch", "peak")}
    reached = {kind: [_reached(facts, own, band.above) for band in traffic.bands] for kind, own in rows.items()}
    has_base = {kind: _reached(facts, own, 0) != NO_ROW for kind, own in rows.items()}
    mean_prompt = _mean_prompt(traffic)
    main = _reached(facts, rows["standard"], mean_prompt)
    standard, batch = reached["standard"], reached["batch"]
    if traffic.batch_share == 1:
        deferred = _reached(facts, rows["batch"], mean_prompt)
        main = np.where(deferred != NO_ROW, deferred, main)
        standard = [np.where(has_base["standard"], own, other) for own, other in zip(standard, batch, strict=True)]
        batch = [np.where(has_base["batch"] & has_base["standard"], own, NO_ROW) for own in batch]
    else:
        standard = [np.where(has_base["standard"], own, NO_ROW) for own in standard]
        batch = [np.where(has_base["batch"], own, NO_ROW) for own in batch]
    peak = [np.where(has_base["peak"], own, NO_ROW) for own in reached["peak"]]
    return Tariffs(standard, batch, peak, main)


def mean_price_no(facts: Facts, traffic: Traffic, day: int, kind: str) -> Integers:
    """The row of a kind of each offering that requests of mean length pay; -1 where there is none."""
    return _reached(facts, _valid(facts, day, kind), _mean_prompt(traffic))


def _valid(facts: Facts, day: int, kind: str) -> Integers:
    """The rows of a kind that hold on the day; the first that is known of an offering holds for the time before it."""
    prices = facts.prices
    known = prices.free | ~(np.isnan(prices.input_usd_per_mtok) | np.isnan(prices.output_usd_per_mtok))
    ended = prices.to_day < day
    begun = (prices.from_day <= day) | (_is_first(facts) & ~prices.free)
    return np.flatnonzero(known & begun & ~ended & (np.array(prices.kind) == kind))


def _is_first(facts: Facts) -> Flags:
    """Whether a row begins on the day of its offering's first, (prices,): tiers and kinds that came later have none."""
    first = np.full(len(facts.offerings.offering), np.inf)
    np.minimum.at(first, facts.offering_of_price, facts.prices.from_day)
    found: Flags = facts.prices.from_day == first[facts.offering_of_price]
    return found


def _mean_prompt(traffic: Traffic) -> float:
    """What a tier's bound must not exceed for the mean prompt to reach it: a tier is of prompts longer than that."""
    total = traffic.total
    return float(np.ceil(total.prompt / total.requests)) - 1


def _reached(facts: Facts, rows: Integers, above: float) -> Integers:
    """The highest tier that prompts longer than `above` tokens reach: rows are by tier and day, the last one stays."""
    found = np.full(len(facts.offerings.offering), NO_ROW)
    own = rows[facts.prices.above_input_tokens[rows] <= above]
    found[facts.offering_of_price[own]] = own
    return found


def usd_per_request(
    prices: Prices,
    tariff: Tariffs,
    offering_no: Integers,
    traffic: Traffic,
    thinking_tokens: Numbers,
    logged: Flags,
) -> Numbers:
    """The bill of a mean request in USD, (..., n); NaN where no price is known.

    `offering_no` (n,) are the options' offerings. `thinking_tokens` (..., n) stand in for those of the traffic but
    where it was `logged` (n,) of this very model. Each request pays the tier that its own prompt reaches. Deferred
    requests go by batch where that is cheaper; a tier that a host states for no batch has no discount.
    """
    live = batch = deferred = np.zeros(thinking_tokens.shape)
    for at, band in enumerate(traffic.bands):
        standard = tariff.standard[at][offering_no]
        now = _tokens_usd(prices, standard, band.live, thinking_tokens, logged)
        live = live + (1 - traffic.peak_share) * now
        if traffic.peak_share:
            dear = tariff.peak[at][offering_no]
            rows = np.where(dear != NO_ROW, dear, standard)
            live = live + traffic.peak_share * _tokens_usd(prices, rows, band.live, thinking_tokens, logged)
        if band.batch.requests:
            reduced = tariff.batch[at][offering_no]
            same_tier = prices.above_input_tokens[reduced] == prices.above_input_tokens[standard]
            rows = np.where((reduced != NO_ROW) & same_tier, reduced, standard)
            deferred = deferred + _tokens_usd(prices, standard, band.batch, thinking_tokens, logged)
            batch = batch + _tokens_usd(prices, rows, band.batch, thinking_tokens, logged)
    usd: Numbers = (live + np.minimum(batch, deferred)) / traffic.total.requests
    return usd


def _tokens_usd(prices: Prices, rows: Integers, tokens: Tokens, thinking_tokens: Numbers, logged: Flags) -> Numbers:
    """The bill of some requests' tokens at the rates of `rows`; NaN where there is no row."""
    paid = np.where(rows == NO_ROW, np.nan, np.where(prices.free[rows], 0.0, 1.0))
    read, written = prices.input_usd_per_mtok[rows], prices.output_usd_per_mtok[rows]
    cached, cache_write = prices.cached_input_usd_per_mtok[rows], prices.cache_write_usd_per_mtok[rows]
    cached, cache_write = np.where(np.isnan(cached), read, cached), np.where(np.isnan(cache_write), read, cache_write)
    thinking = np.where(logged, tokens.thinking, tokens.requests * thinking_tokens)
    output = tokens.output - tokens.thinking + thinking
    plain = tokens.prompt - tokens.cached - tokens.cache_write
    usd = plain * read + tokens.cached * cached + tokens.cache_write * cache_write + output * written
    return np.where(paid == 0.0, 0.0, paid * usd) / 1e6


def stale_days(from_day: Numbers, to_day: Numbers, checked_day: Numbers, as_of_day: int) -> Numbers:
    """Days between the answer's day and the time in which a price was seen, where too many to be sure, else 0; (n,).

    A price without an end was last seen on `checked_day`; one that begins after the answer's day was first seen then.
    """
    away = np.where(from_day > as_of_day, from_day - as_of_day, np.where(np.isnan(to_day), as_of_day - checked_day, 0))
    return np.where(away > STALE_PRICE_DAYS, away, 0.0)


def widened(usd: Numbers, stale: Flags) -> Numbers:
    """Bills (3, n) with an interval that an old price makes wider."""
    wide = np.where(stale, STALE_PRICE_SPREAD, 1.0)
    return np.stack([usd[0] / wide, usd[1], usd[2] * wide])
