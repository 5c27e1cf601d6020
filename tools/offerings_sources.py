"""Read what the compiler of offerings works from: price tables of packages, dated prices, ends of service.

Prices are USD per million tokens everywhere; the tables state USD per token.
"""

import csv
import importlib
import json
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

Raw = dict[str, Any]


@dataclass(frozen=True)
class Rates:
    """What a million tokens cost in USD: prompt, answer, prompt read from the cache and written to it."""

    input: float
    output: float
    cached: float | None = None
    write: float | None = None

    def same_base(self, other: "Rates") -> bool:
        """Whether prompt and answer cost the same; what the cache costs is not compared."""
        return (self.input, self.output) == (other.input, other.output)


@dataclass(frozen=True)
class Table:
    """One released table of prices: the key of its source, the day of its release, and its rows."""

    key: str
    package: str
    version: str
    day: date
    rows: dict[str, Raw] = field(repr=False)


@dataclass(frozen=True)
class Dated:
    """A price with the day it starts on. `documented` says that the host's own page states that day."""

    start: date
    rates: Rates
    tiers: tuple[tuple[int, Rates], ...]
    documented: bool


@dataclass(frozen=True)
class Newest:
    """The newest price of a model in `genai-prices`: its first day where one is stated, its rates, its tiers."""

    start: date | None
    rates: Rates
    tiers: tuple[tuple[int, Rates], ...] = ()


@dataclass(frozen=True)
class End:
    """When a host deprecates and ends a model, and what it names instead."""

    deprecated: date | None
    shutdown: date | None
    replacement: str
    source: str
    note: str = ""


def usd(value: Any, scale: float = 1e6) -> float | None:
    """A stated price per token as USD per million tokens; nothing for zero, which is no price."""
    amount = float(f"{float(value) * scale:.6g}") if value else 0.0
    return amount if amount > 0 else None


def rates_of(row: Raw, suffix: str = "") -> Rates | None:
    """The rates of one variant of a table's row, such as `_batches`; None unless both ways are priced."""
    given = usd(row.get(f"input_cost_per_token{suffix}")), usd(row.get(f"output_cost_per_token{suffix}"))
    if given[0] is None or given[1] is None:
        return None
    cached = usd(row.get(f"cache_read_input_token_cost{suffix}"))
    write = usd(row.get(f"cache_creation_input_token_cost{suffix}"))
    return Rates(given[0], given[1], cached, write)


def read_tables(listing: Path, wheels: Path) -> list[Table]:
    """The tables that a CSV (key, package, version, date) lists, oldest first, out of the wheels of a folder."""
    tables = []
    with listing.open(newline="") as file:
        for line in csv.DictReader(file):
            name = f"{line['package']}-{line['version']}"
            rows = _table_in_wheel(next(iter(sorted(wheels.glob(f"{name}-*.whl"))), wheels / f"{name}.whl"))
            day = date.fromisoformat(line["date"])
            tables.append(Table(line["key"], line["package"], line["version"], day, rows))
    return sorted(tables, key=lambda table: table.day)


def _table_in_wheel(wheel: Path) -> dict[str, Raw]:
    with zipfile.ZipFile(wheel) as archive:
        names = [name for name in archive.namelist() if "model_prices" in name and name.endswith(".json")]
        largest = max(names, key=lambda name: archive.getinfo(name).file_size)
        rows = json.loads(archive.read(largest))
    return {key: row for key, row in rows.items() if isinstance(row, dict)}


@dataclass(frozen=True)
class DatedPrices:
    """The prices of the `model-prices` package, by "provider/model" and variant, and its statuses."""

    day: date
    prices: dict[str, dict[str, list[Raw]]]
    status: dict[str, str]

    def series(self, name: str, variant: str = "standard") -> list[Dated]:
        """The prices of a model, the oldest first; of two that start on one day the later entry holds."""
        found: dict[date, Dated] = {}
        for entry in self.prices.get(name, {}).get(variant, ()):
            dated = _dated(entry) if entry["rates"] else None
            if dated:
                found[dated.start] = dated
        return [found[start] for start in sorted(found)]


def read_dated(path: Path) -> DatedPrices:
    """Read the data file of the `model-prices` package."""
    data = json.loads(path.read_text())
    prices = {f"{host}/{model}": found for host, models in data["prices"].items() for model, found in models.items()}
    status = {f"{host}/{model}": word for host, models in data["status"].items() for model, word in models.items()}
    return DatedPrices(_day(data["updated_at"]), prices, status)


def _day(moment: str) -> date:
    return datetime.fromisoformat(moment.replace("Z", "+00:00")).astimezone(UTC).date()


def _dated(entry: Raw) -> Dated | None:
    stated = entry["rates"]
    rates = _stated(stated)
    if rates is None:
        return None
    tiers = [(int(tier["above"]), _stated({**stated, **tier})) for tier in stated.get("tiers", ())]
    known = tuple((above, tier) for above, tier in tiers if tier is not None)
    start = max(_day(stated["valid_from"]), _day(entry["start"] or stated["valid_from"]))
    return Dated(start, rates, known, stated["valid_from_basis"] == "documented")


def _stated(stated: Raw) -> Rates | None:
    given = usd(stated.get("input"), 1), usd(stated.get("output"), 1)
    if given[0] is None or given[1] is None:
        return None
    return Rates(given[0], given[1], usd(stated.get("cache_read"), 1), usd(stated.get("cache_write"), 1))


def read_genai() -> dict[str, Newest]:
    """The newest price of every model of the installed `genai-prices` package, with its tiers."""
    data = importlib.import_module("genai_prices.data")
    found: dict[str, Newest] = {}
    for provider in data.providers:
        for model in provider.models:
            newest = _newest(model.prices)
            if newest:
                found[f"{provider.id}/{model.id}"] = newest
    return found


def _newest(prices: Any) -> Newest | None:
    start = None
    if isinstance(prices, list):
        plain = [price for price in prices if not hasattr(price.constraint, "start_time")]
        if not plain:
            return None
        start = getattr(plain[-1].constraint, "start_date", None)
        prices = plain[-1].prices
    base = _rates_above(prices, 0)
    if base is None:
        return None
    lengths = sorted({tier.start for name in _RATES for tier in _tiers(prices, name)})
    tiers = [(above, _rates_above(prices, above)) for above in lengths]
    return Newest(start, base, tuple((above, rates) for above, rates in tiers if rates is not None))


_RATES = ("input", "output", "cache_read", "cache_write")


def _tiers(prices: Any, name: str) -> list[Any]:
    return getattr(getattr(prices, f"{name}_mtok", None), "tiers", [])


def _rates_above(prices: Any, above: int) -> Rates | None:
    """The rates of prompts longer than so many tokens; the whole request pays them."""
    given = []
    for name in _RATES:
        price = getattr(prices, f"{name}_mtok", None)
        reached = [tier.price for tier in _tiers(prices, name) if tier.start <= above]
        given.append(usd(reached[-1] if reached else getattr(price, "base", price), 1))
    return Rates(given[0], given[1], given[2], given[3]) if given[0] and given[1] else None


def read_ends(path: Path, hosts: dict[str, str]) -> dict[tuple[str, str], End]:
    """Ends by (host, API id) in the tracker's copy of the hosts' pages; what is still active has none."""
    found: dict[tuple[str, str], End] = {}
    for row in json.loads(path.read_text()):
        host = hosts.get(row["provider"])
        if host is None or row["status"] == "active" or not row["shutdown_date"]:
            continue
        days = [date.fromisoformat(row[name]) if row[name] else None for name in ("deprecated_date", "shutdown_date")]
        if days[0] and days[1] and days[0] > days[1]:
            days[0] = None
        for api_id in row["model_name"].replace(",", "|").split("|"):
            replacement = row["replacement"].strip("-* ")
            found.setdefault((host, api_id.strip()), End(days[0], days[1], replacement, "deprecation-tracker"))
    return found


def read_curated_ends(path: Path) -> Iterator[tuple[tuple[str, str], End]]:
    """Ends by (host, API id) in a CSV that was made by hand; an empty day says that there is none."""
    with path.open(newline="") as file:
        for row in csv.DictReader(file):
            days = [date.fromisoformat(row[name]) if row[name] else None for name in ("deprecated", "shutdown")]
            yield (row["host"], row["api_id"]), End(days[0], days[1], row["replacement"], row["source"], row["note"])
