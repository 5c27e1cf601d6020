"""Rental prices of GPUs from a CSV file: provider, gpu, gpus, usd_per_gpu_hour, as_of, source.

The same rules as for models' prices: history by date, and what is suspicious is held back.
"""

import csv
import io
import math
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from llmselect.catalog.refresh.changes import Change, Held
from llmselect.catalog.refresh.fetch import shown
from llmselect.catalog.refresh.files import Written, joined, written
from llmselect.catalog.refresh.history import doubt
from llmselect.catalog.refresh.run import Report
from llmselect.catalog.refresh.store import write_all
from llmselect.catalog.schema import Catalog, Device
from llmselect.catalog.writer import plain
from llmselect.errors import LlmselectError, fold
from llmselect.quantities import number

FILE = "hardware.yaml"
COLUMNS = ("provider", "gpu", "gpus", "usd_per_gpu_hour", "as_of", "source")
MAX_BYTES = 16 * 2**20
MAX_USD_PER_GPU_HOUR = 1000.0
MAX_GPUS = 1024
EARLIEST = date(2015, 1, 1)
_ADDRESS = re.compile(r"(https://[^\s,;]+)(.*)", re.DOTALL)
_REPOSITORY = re.compile(r"([\w.-]+/[\w.-]+) ([\w./-]+)@([0-9a-f]{7,40})(.*)", re.DOTALL)

Offer = tuple[str, str, int]  # device, provider, number of GPUs


@dataclass(frozen=True, slots=True)
class RentalRow:
    """One usable line: what is offered, for how much, on which day, and where that was read (address, place in it)."""

    offer: Offer
    usd_per_gpu_hour: float
    day: date
    url: str
    locator: str


def refresh_rentals(catalog: Catalog, raw: bytes, origin: str, into: Path, *, dry_run: bool) -> Report:
    """Bring rental prices up to what a CSV file says and write them into a layer's or catalogue's hardware.yaml.

    Lines without a day, a known GPU, an address or a sensible price are left out and counted. Raises
    LlmselectError for a file that cannot be used, OSError when the folder cannot be written; either way the
    folder is as it was.
    """
    left_out: Counter[str] = Counter()
    rows = list(_cheapest(parse_rentals(raw, shown(origin), catalog.hardware.devices, left_out), left_out))
    standing: dict[Offer, list[dict[str, Any]]] = {}
    for rental in catalog.hardware.rentals:
        standing.setdefault((rental.device, rental.provider, rental.gpus), []).append(plain(rental))
    sources = {key: plain(source) for key, source in catalog.hardware.sources.items()}
    changes: list[Change] = []
    held = list(_vanished(rows, standing))
    taken: dict[Offer, None] = {}
    for row in rows:
        key = _source_key(row, sources)
        result = _joined(standing.setdefault(row.offer, []), row, key)
        if isinstance(result, Held):
            held.append(result)
        else:
            changes += [result] if result else []
            taken[row.offer] = None
    found = written(into, FILE)
    start = Written(found.data or {"sources": {}, "presets": {}, "devices": {}, "rentals": []}, found.text)
    text = joined(FILE, start, sources, rentals=[rental for offer in taken for rental in standing[offer]])
    contents = {FILE: text} if text is not None else {}
    if contents and not dry_run:
        write_all(into, contents)
    return Report(tuple(changes), tuple(held), (), len(taken), dict(left_out), tuple(contents))


def parse_rentals(raw: bytes, origin: str, devices: dict[str, Device], left_out: Counter[str]) -> list[RentalRow]:
    """The usable lines by day; the others are counted in `left_out` by reason.

    Raises LlmselectError where it is no such file.
    """
    if len(raw) > MAX_BYTES:
        raise _bad(origin, f"it has more than {MAX_BYTES:,} bytes")
    names = {fold(name): key for key, row in devices.items() for name in (key, row.name, *row.aliases)}
    rows = []
    try:
        reader = csv.DictReader(io.StringIO(raw.decode("utf-8-sig"), newline=""), strict=True)
        missing = [name for name in COLUMNS if name not in (reader.fieldnames or ())]
        if missing:
            raise _bad(origin, f"it has no column {missing[0]!r}")
        for line in reader:
            try:
                rows.append(_row(line, names))
            except ValueError as error:
                left_out[str(error)] += 1
    except (UnicodeDecodeError, csv.Error) as error:
        raise _bad(origin, f"it is not CSV ({error})") from None
    if not rows and not left_out:
        raise _bad(origin, "it has no lines")
    return sorted(rows, key=lambda row: (row.day, row.offer, row.usd_per_gpu_hour, row.url))


def _bad(origin: str, why: str) -> LlmselectError:
    hint = f"It needs the columns {', '.join(COLUMNS)}; nothing was changed."
    return LlmselectError("bad-rentals-file", f"{origin} is no usable file of rental prices: {why}", hint)


def _row(line: dict[str, Any], names: dict[str, str]) -> RentalRow:
    """One line; raises ValueError that says what is wrong with it."""
    cells = {name: (line[name] or "").strip() for name in COLUMNS}
    if (line.get("kind") or "rental") != "rental":
        raise ValueError("not a rental")
    day, device = _day(cells["as_of"]), names.get(fold(cells["gpu"]))
    if device is None:
        raise ValueError("an unknown GPU")
    if not cells["provider"] or not cells["provider"].isprintable() or len(cells["provider"]) > 100:
        raise ValueError("no provider")
    if not re.fullmatch(r"[1-9]\d{0,3}", cells["gpus"]) or int(cells["gpus"]) > MAX_GPUS:
        raise ValueError("no number of GPUs")
    url, locator = _place(cells["source"])
    return RentalRow(
        (device, cells["provider"], int(cells["gpus"])), _usd(cells["usd_per_gpu_hour"]), day, url, locator
    )


def _day(text: str) -> date:
    try:
        day = date.fromisoformat(text) if re.fullmatch(r"\d{4}-\d\d-\d\d", text) else None
    except ValueError:
        day = None
    if day is None:
        raise ValueError("undated")
    if not EARLIEST <= day <= date.today() + timedelta(days=1):
        raise ValueError("a day that is not between 2015 and today")
    return day


def _usd(text: str) -> float:
    try:
        price = round(number(text), 6)
    except ValueError:
        price = math.nan
    if not 0 < price <= MAX_USD_PER_GPU_HOUR:
        raise ValueError("a price that is not a sensible number above zero")
    return price


def _place(text: str) -> tuple[str, str]:
    """Address and place of a source that is an address, or `owner/repository path@commit` of GitHub."""
    if found := _ADDRESS.fullmatch(text):
        return found[1], " ".join(found[2].split())[:200]
    if found := _REPOSITORY.fullmatch(text):
        url = f"https://github.com/{found[1]}/blob/{found[3]}/{found[2]}"
        return url, " ".join(found[4].strip(" ;").split())[:200]
    raise ValueError("a source without an address")


def _cheapest(rows: list[RentalRow], left_out: Counter[str]) -> Iterator[RentalRow]:
    """One row per offer and day: where a provider asks different prices (by region, say), the lowest."""
    seen: set[tuple[Offer, date]] = set()
    for row in rows:  # cheaper ones come first
        if (row.offer, row.day) in seen:
            left_out["dearer than another line of the same day"] += 1
        else:
            seen.add((row.offer, row.day))
            yield row


def _vanished(rows: list[RentalRow], standing: dict[Offer, list[dict[str, Any]]]) -> Iterator[Held]:
    """Offers of the file's providers that it no longer names."""
    providers = {row.offer[1] for row in rows}
    for offer in sorted(standing.keys() - {row.offer for row in rows}):
        if offer[1] in providers and any("to" not in rental for rental in standing[offer]):
            yield Held(offer[1], offer[0], f"{offer[2]}x", "its row has vanished from the file")


def _joined(rentals: list[dict[str, Any]], row: RentalRow, source: str) -> Change | Held | None:
    """Bring one offer's rows, in place, up to a day: checked, or ended and begun anew, or held back."""
    device, provider, gpus = row.offer
    now = next((r for r in rentals if r["from"] <= row.day <= r.get("to", date.max)), None)
    if any(rental["from"] > row.day for rental in rentals) or (now is not None and now["checked"] >= row.day):
        return None
    price = row.usd_per_gpu_hour
    if now is not None and now["usd_per_gpu_hour"] == price:
        first = now["source"] if isinstance(now["source"], str) else now["source"][0]
        now |= {"checked": row.day, "source": source if first == source else [first, source]}
        return None
    last = max(rentals, key=lambda rental: rental["from"], default={})
    if (why := doubt("usd_per_gpu_hour", last.get("usd_per_gpu_hour"), price)) is not None:
        return Held(provider, device, f"{gpus}x", why)
    if now is not None:
        now["to"] = row.day - timedelta(days=1)
    given = {"device": device, "provider": provider, "gpus": gpus, "usd_per_gpu_hour": price}
    given |= {"managed": True} if last.get("managed") else {}
    rentals.append({**given, "from": row.day, "checked": row.day, "source": source})
    before = f"{now['usd_per_gpu_hour']:g}" if now else "none"
    return Change(provider, f"{gpus}x {device}", "USD per GPU and hour", before, f"{price:g}")


def _source_key(row: RentalRow, sources: dict[str, Any]) -> str:
    """The key of a row's source, which joins `sources` where it is not among them."""
    host = (urlsplit(row.url).hostname or "").removeprefix("www.")
    source = {"url": row.url, "title": f"{host}, rental prices of GPUs", "kind": "third-party", "retrieved": row.day}
    if row.locator:
        source["locator"] = row.locator
    stem = re.sub(r"[^a-z0-9]+", "-", f"rent-{host}-{row.day}".lower()).strip("-")
    key, number = stem, 2
    while key in sources and sources[key] != source:
        key, number = f"{stem}-{number}", number + 1
    sources[key] = source
    return key
