"""What the requests of a log cost as they are: each model's own tokens at its host's prices of a day."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from llmselect.catalog.lookup import offering_status
from llmselect.catalog.names.models import own_host
from llmselect.engine.cite import Ref
from llmselect.engine.costs import STALE_PRICE_DAYS
from llmselect.engine.prices import reached, tariff_on
from llmselect.estimate.cost import Traffic, traffic_usd
from llmselect.results.cost import BilledModel, LoggedBill, PriceShown, UnpricedModel, UsageReport
from llmselect.results.recommendation import CatalogSummary

if TYPE_CHECKING:
    from llmselect.catalog.schema import Catalog, Host, Offering, Price


class Meant(NamedTuple):
    """The model that a logged name means, and the hosts that the name speaks of, if it does."""

    model: str
    hosts: tuple[str, ...] = ()


class _Priced(NamedTuple):
    """One offering with the bill of some requests there."""

    host: Host
    offering: Offering
    usd: float


def logged_bill(
    parts: Mapping[str, Traffic],
    meant: Callable[[str], Meant | None],
    report: UsageReport,
    requests_per_month: int,
    catalog: Catalog,
    as_of: date,
    hosts: Sequence[str] = (),
) -> LoggedBill:
    """The bill of a log by the names of its models; `hosts` are those that the user names, all where that is none."""
    billed: list[BilledModel] = []
    unpriced: list[UnpricedModel] = []
    chosen = False  # whether a host had to be chosen that nobody named
    factor = requests_per_month / report.used
    for name, traffic in parts.items():
        found = meant(name) if name else None
        wanted = _wanted(found, name, hosts, catalog) if found is not None else ()
        rows = _priced(found.model, name, traffic, wanted, catalog, as_of) if found is not None else []
        if found is None or not rows:
            reason = _reason(name, found, wanted, catalog, as_of)
            unpriced.append(UnpricedModel(name, round(traffic.total.requests), reason))
            continue
        best = min(rows, key=lambda row: (not _is_own(row, found.model), row.usd, row.host.id))
        chosen |= len({row.host.id for row in rows}) > 1
        billed.append(_billed(name, traffic, best, catalog, factor, as_of))
    billed.sort(key=lambda row: (-row.usd, row.name))
    return LoggedBill(
        as_of=as_of.isoformat(),
        currency="USD",
        catalog=CatalogSummary(catalog.date.isoformat(), len(catalog.models), len(billed)),
        assumed={"--host": "the developer's own, else the cheapest, where the log names none"} if chosen else {},
        requests_per_month=requests_per_month,
        usd=sum(row.usd for row in billed),
        usd_per_month=sum(row.usd_per_month for row in billed),
        models=tuple(billed),
        unpriced=tuple(unpriced),
        usage=report,
    )


def _wanted(found: Meant, name: str, hosts: Sequence[str], catalog: Catalog) -> Sequence[str]:
    """The hosts whose prices count: those that the name speaks of, else those that the user names.

    What stands before the model is no host where it is its developer, who does not serve it: `openai/gpt-oss-120b`.
    """
    by_developer = name.lower().startswith(f"{found.model.partition('/')[0]}/")
    if not found.hosts or (by_developer and not _offered(found.model, found.hosts, catalog)):
        return hosts
    return found.hosts


def _offered(model: str, hosts: Sequence[str], catalog: Catalog) -> list[tuple[Host, Offering]]:
    return [
        (host, row)
        for host in catalog.hosts.values()
        if not hosts or host.id in hosts
        for row in host.offerings
        if row.model == model
    ]


def _priced(
    model: str, name: str, traffic: Traffic, hosts: Sequence[str], catalog: Catalog, as_of: date
) -> list[_Priced]:
    """Where the requests have a price: at those that serve it under the very id that was logged, else at any."""
    found = [
        _Priced(host, row, traffic_usd(traffic, tariff, None))
        for host, row in _offered(model, hosts, catalog)
        if (tariff := tariff_on(row.prices, as_of, traffic.batch_share == 1)) is not None
        and offering_status(row, as_of) != "retired"
    ]
    paid = [row for row in found if not any(price.free for price in row.offering.prices)] or found
    exact = [row for row in paid if row.offering.api_id is not None and row.offering.api_id.value == name]
    return exact or paid


def _is_own(row: _Priced, model: str) -> bool:
    """Whether the model's developer serves it."""
    return row.host.id == own_host(model)


def _reason(name: str, found: Meant | None, hosts: Sequence[str], catalog: Catalog, as_of: date) -> str:
    if not name:
        return "the log names no model"
    if found is None:
        return "not in the catalogue"
    offered = _offered(found.model, hosts, catalog)
    where = ", ".join(hosts) or "any host"
    if not offered:
        return f"not offered at {where}"
    if all(offering_status(row, as_of) == "retired" for _, row in offered):
        return f"ended at {where} by {as_of}; --as-of a day before has its price"
    return f"no price at {where} on {as_of} is known"


def _billed(name: str, traffic: Traffic, row: _Priced, catalog: Catalog, factor: float, as_of: date) -> BilledModel:
    total, model = traffic.total, catalog.models[row.offering.model]
    mean = total.prompt / total.requests
    price = reached(row.offering.prices, as_of, "standard", mean) or reached(row.offering.prices, as_of, "batch", mean)
    batch = reached(row.offering.prices, as_of, "batch", mean)
    assert price is not None
    return BilledModel(
        name=name,
        model=model.id,
        title=model.name,
        host=row.host.id,
        requests=round(total.requests),
        prompt_tokens=round(total.prompt),
        cached_tokens=round(total.cached),
        output_tokens=round(total.output),
        usd=row.usd,
        usd_per_month=row.usd * factor,
        usd_per_1k_requests=row.usd * 1000 / total.requests,
        price=PriceShown(
            input_usd_per_mtok=0.0 if price.free else price.input_usd_per_mtok,
            cached_input_usd_per_mtok=price.cached_input_usd_per_mtok,
            output_usd_per_mtok=0.0 if price.free else price.output_usd_per_mtok,
            batch_input_usd_per_mtok=batch.input_usd_per_mtok if batch else None,
            batch_output_usd_per_mtok=batch.output_usd_per_mtok if batch else None,
            from_=price.from_.isoformat(),
            to=price.to.isoformat() if price.to else None,
            as_of=price.checked.isoformat(),
            source=Ref(row.host, price.source).citations(),
        ),
        warnings=tuple(_warnings(traffic, price, as_of)),
    )


def _warnings(traffic: Traffic, price: Price, as_of: date) -> Iterable[str]:
    age_days = (as_of - price.checked).days
    if price.free:
        yield "free of charge within the host's rate limits"
    elif price.to is None and age_days > STALE_PRICE_DAYS:
        yield f"its price was last checked {age_days} days ago"
    if traffic.total.cached and not price.free and price.cached_input_usd_per_mtok is None:
        yield "no price of cached input is known: billed as other input"
