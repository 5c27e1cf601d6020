"""What the requests of a log cost as they are: each model's own tokens at its host's prices of a day."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import NamedTuple

import numpy as np

from llmselect.catalog.names.hosts import own_host
from llmselect.catalog.sql.read import Flags
from llmselect.engine.cost.cost_rows import token_price
from llmselect.engine.explain import price_age
from llmselect.engine.facts import Facts
from llmselect.engine.money import NO_ROW, mean_price_no, stale_days, tariffs, usd_per_request
from llmselect.estimate.cost import Traffic
from llmselect.results.cost import BilledModel, LoggedBill, UnpricedModel, UsageReport
from llmselect.results.recommendation import CatalogSummary


class LoggedModel(NamedTuple):
    """The model that a logged name means, and the hosts that the name speaks of, if it does."""

    model: str
    hosts: tuple[str, ...] = ()


class _Priced(NamedTuple):
    """A row of `Offerings` with the bill of some requests there."""

    offering_no: int
    host: str
    usd: float


def logged_bill(
    parts: Mapping[str, Traffic],
    meant: Callable[[str], LoggedModel | None],
    report: UsageReport,
    requests_per_month: int,
    facts: Facts,
    as_of: date,
    hosts: Sequence[str] = (),
) -> LoggedBill:
    """The bill of a log by the names of its models; `hosts` are those that the user names, all where that is none."""
    billed: list[BilledModel] = []
    unpriced: list[UnpricedModel] = []
    chosen = False  # whether a host was chosen that neither the log nor the user names
    factor = requests_per_month / report.used
    for name, traffic in parts.items():
        found = meant(name) if name else None
        wanted = _wanted(found, name, hosts, facts) if found is not None else ()
        rows = _priced(found.model, name, traffic, wanted, facts, as_of) if found is not None else []
        if found is None or not rows:
            reason = _reason(name, found, wanted, facts, as_of)
            unpriced.append(UnpricedModel(name, round(traffic.total.requests), reason))
            continue
        own = own_host(found.model)
        best = min(rows, key=lambda row: (row.host != own, row.usd, row.host))
        chosen |= len({row.host for row in rows}) > 1
        billed.append(_billed(name, traffic, best, facts, factor, as_of))
    billed.sort(key=lambda row: (-row.usd, row.name))
    return LoggedBill(
        as_of=as_of.isoformat(),
        currency="USD",
        catalog=CatalogSummary(facts.meta["date"], len(facts.models.model), len(billed)),
        assumed={"--host": "the developer's own, else the cheapest, where the log names none"} if chosen else {},
        requests_per_month=requests_per_month,
        usd=sum(row.usd for row in billed),
        usd_per_month=sum(row.usd_per_month for row in billed),
        models=tuple(billed),
        unpriced=tuple(unpriced),
        usage=report,
    )


def _wanted(found: LoggedModel, name: str, hosts: Sequence[str], facts: Facts) -> Sequence[str]:
    """The hosts whose prices count: those that the name speaks of, else those that the user names.

    What stands before the model is no host where it is its developer, who does not serve it: `openai/gpt-oss-120b`.
    """
    by_developer = name.lower().startswith(f"{found.model.partition('/')[0]}/")
    if not found.hosts or (by_developer and not _offered(found.model, found.hosts, facts).any()):
        return hosts
    return found.hosts


def _offered(model: str, hosts: Sequence[str], facts: Facts) -> Flags:
    """Which offerings are of a model, at some hosts or at any."""
    own: Flags = facts.model_of_offering == facts.model_no[model]
    there = np.array([not hosts or host in hosts for host in facts.offerings.host], dtype=bool)
    found: Flags = own & there
    return found


def _ended(facts: Facts, as_of: date) -> Flags:
    """Which offerings have ended by a day."""
    day, offered = as_of.toordinal(), facts.offerings
    ended: Flags = (offered.shutdown_day <= day) & ~(offered.released_day > day)
    return ended


def _priced(model: str, name: str, traffic: Traffic, hosts: Sequence[str], facts: Facts, as_of: date) -> list[_Priced]:
    """Where the requests have a price: at those that serve it under the very id that was logged, else at any."""
    rows = np.flatnonzero(_offered(model, hosts, facts) & ~_ended(facts, as_of))
    if not len(rows) or not len(facts.prices.price_no):
        return []
    tariff, as_logged = tariffs(facts, traffic, as_of.toordinal()), np.ones(len(rows), dtype=bool)
    usd = usd_per_request(facts.prices, tariff, rows, traffic, np.zeros((1, len(rows))), as_logged)[0]
    found = [
        _Priced(row, facts.offerings.host[row], float(each) * traffic.total.requests)
        for row, each in zip(rows.tolist(), usd, strict=True)
        if not np.isnan(each)
    ]
    free = set(facts.offering_of_price[facts.prices.free].tolist())
    paid = [row for row in found if row.offering_no not in free] or found
    exact = [row for row in paid if name and facts.offerings.api_id[row.offering_no] == name]
    return exact or paid


def _reason(name: str, found: LoggedModel | None, hosts: Sequence[str], facts: Facts, as_of: date) -> str:
    if not name:
        return "the log names no model"
    if found is None:
        return "not in the catalogue"
    offered, where = _offered(found.model, hosts, facts), ", ".join(hosts) or "any host"
    if not offered.any():
        return f"not offered at {where}"
    if _ended(facts, as_of)[offered].all():
        return f"ended at {where} by {as_of}; --as-of a day before has its price"
    return f"no price at {where} on {as_of} is known"


def _billed(name: str, traffic: Traffic, row: _Priced, facts: Facts, factor: float, as_of: date) -> BilledModel:
    total, day = traffic.total, as_of.toordinal()
    standard, batch = (int(mean_price_no(facts, traffic, day, kind)[row.offering_no]) for kind in ("standard", "batch"))
    price_no, model = batch if standard == NO_ROW else standard, facts.offerings.model[row.offering_no]
    return BilledModel(
        name=name,
        model=model,
        title=facts.models.name[facts.model_no[model]],
        host=row.host,
        requests=round(total.requests),
        prompt_tokens=round(total.prompt),
        cached_tokens=round(total.cached),
        output_tokens=round(total.output),
        usd=row.usd,
        usd_per_month=row.usd * factor,
        usd_per_1k_requests=row.usd * 1000 / total.requests,
        price=token_price(facts, price_no, batch),
        warnings=tuple(_warnings(traffic, price_no, facts, day)),
    )


def _warnings(traffic: Traffic, price_no: int, facts: Facts, day: int) -> Iterable[str]:
    prices, free = facts.prices, facts.prices.free[price_no]
    one = [price_no]
    age_days = float(stale_days(prices.from_day[one], prices.to_day[one], prices.checked_day[one], day)[0])
    if free:
        yield "free of charge within the host's rate limits"
    elif age_days:
        yield price_age(prices, price_no, age_days, day)
    if traffic.total.cached and not free and np.isnan(prices.cached_input_usd_per_mtok[price_no]):
        yield "no price of cached input is known: billed as other input"
