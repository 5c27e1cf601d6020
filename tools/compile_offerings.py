"""Compile the hosts' offerings of models, with dated prices and ends of service, into catalog/hosts/*.yaml.

What is offered is curated, not guessed: `offerings.csv` names, per host and model, the exact API id and the exact
keys under which price tables, `model-prices` and `genai-prices` carry it. Beside it stand `offerings_tables.csv`
(which released tables are read, with their days), `offerings_ends.csv` (ends of service from other sources),
`announcements.csv` (when hosts made them known; `fill_announcements.py` writes them without compiling anew),
`offerings_hosts.yaml` (hosts' names, shared sources) and `host_terms.yaml` (terms, regions, data handling), if there.

To run it again: `pip download --no-deps --dest WHEELS litellm==X` for every line of `offerings_tables.csv` (and
tokencost), `pip install genai-prices`, the data file of the package `model-prices`, and `data/deprecations.json` of
github.com/quora/model-deprecation-tracker:

    python tools/compile_offerings.py --wheels WHEELS --model-prices prices.json --deprecations deprecations.json

A host's file keeps what was written by hand; the compiled part below its mark is replaced. A compiled part that was
edited is left alone, unless --force. Models that the catalogue lacks are left out and counted. Dates are days in UTC.
"""

import argparse
import csv
import sys
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

import yaml
from fill_announcements import Announcement, announcement_sources, read_announcements
from offerings_facts import capabilities, end_of, lifecycle, limits, modalities, seen_on
from offerings_prices import DATED, GENAI, Inputs, Period, periods_of
from offerings_sources import (
    DatedPrices,
    End,
    Newest,
    Rates,
    Raw,
    Table,
    read_curated_ends,
    read_dated,
    read_ends,
    read_genai,
    read_tables,
)
from offerings_yaml import (
    EditedByHandError,
    fact,
    parsed,
    price_row,
    scalar,
    source_block,
    spliced,
    terms_block,
    without_compiled,
)

HERE = Path(__file__).parent
TRACKED = {
    "OpenAI": "openai", "Anthropic": "anthropic", "Gemini": "gemini-api", "Vertex AI": "vertex", "Bedrock": "bedrock",
}  # fmt: skip


@dataclass(frozen=True)
class Row:
    """One line of offerings.csv."""

    host: str
    model: str
    api_id: str
    keys: tuple[str, ...]
    dated: str
    genai: str
    aliases: tuple[str, ...]
    regions: tuple[str, ...]
    free: bool
    note: str


@dataclass
class Material:
    """Everything that is read, and what is counted on the way."""

    tables: list[Table]
    dated: DatedPrices
    genai: dict[str, Newest]
    ends: dict[tuple[str, str], End]
    announcements: dict[tuple[str, str], Announcement]
    models: dict[str, dict[str, Any]]
    today: date
    peak_hours: bool
    counts: Counter[str] = field(default_factory=Counter)

    @property
    def newest(self) -> Table:
        """The table that was released last."""
        return self.tables[-1]


def read_rows(path: Path) -> list[Row]:
    """The curated offerings, in their order."""
    with path.open(newline="") as file:
        return [
            Row(
                line["host"], line["model"], line["api_id"], _split(line["litellm"]), line["dated"], line["genai"],
                _split(line["aliases"]), _split(line["regions"]), line["free"] == "1", line["note"],
            )
            for line in csv.DictReader(file)
        ]  # fmt: skip


def _split(text: str) -> tuple[str, ...]:
    return tuple(part for part in text.split("|") if part)


def listed(row: Row, tables: Iterable[Table]) -> tuple[tuple[Table, Raw], ...]:
    """An offering's rows in the tables, under the first of its keys that each has."""
    found = []
    for table in tables:
        keys = [key for key in row.keys if key in table.rows]
        if keys:
            found.append((table, table.rows[keys[0]]))
    return tuple(found)


def offering(row: Row, material: Material) -> tuple[str, set[str]] | None:
    """An offering as YAML with the keys of its sources; None where no source lists it."""
    rows = listed(row, material.tables)
    in_dated = row.dated in material.dated.prices
    if not rows and not in_dated and row.genai not in material.genai:
        material.counts["offerings that no source lists"] += 1
        return None
    source = rows[-1][0].key if rows else DATED if in_dated else GENAI
    names = (row.host, row.api_id, *row.aliases)
    end = end_of(names, row.keys, row.dated, rows, material.ends, material.dated, material.newest)
    periods = priced(row, rows, end, material)
    model = material.models[row.model]
    parts = [f"  - model: {row.model}\n", f"    api_id: {fact(row.api_id, [source], row.note)}\n"]
    parts += [f"    aliases: {scalar(row.aliases)}\n"] if row.aliases else []
    key = next((key for key in row.keys if key in material.tables[-1].rows), None)
    parts += [f"    litellm_key: {scalar(key)}\n"] if key else []
    if rows:
        parts += [*limits(rows[-1][1], source, model), *modalities(rows[-1][1], source, model)]
        parts += capabilities(rows[-1][1], source)
    parts += [f"    regions: {fact(row.regions, [source])}\n"] if row.regions else []
    parts += ["    prices:\n", *map(price_row, periods)] if periods else []
    seen = rows[-1][0] if rows else None
    announced = material.announcements.get((row.host, row.api_id))
    listed_on = seen_on(seen, material.dated if in_dated else None)
    parts += lifecycle(end, listed_on, announced, material.today)
    text = "".join(parts)
    _count(row, periods, end, material)
    return text, {key for key in _known_keys(material) if _uses(text, key)}


def priced(row: Row, rows: tuple[tuple[Table, Raw], ...], end: End | None, material: Material) -> list[Period]:
    """An offering's price rows, none of them after its end."""
    shutdown = end.shutdown if end else None
    if row.free and rows:
        first, last = rows[0][0], rows[-1][0]
        period = Period(first.day, None, last.day, (last.key,), Rates(0.0, 0.0), free=True, note="within rate limits")
        return cut([period], shutdown, material.today)
    genai = material.genai.get(row.genai)
    inputs = Inputs(rows, material.newest.day, material.dated, row.dated, genai)
    return cut(periods_of(inputs, peak_hours=material.peak_hours), shutdown, material.today)


def cut(periods: list[Period], shutdown: date | None, today: date) -> list[Period]:
    """Price rows up to a shutdown that has passed; an end that is still to come leaves them open.

    What tables say about the price of an ended offering is no contradiction any more.
    """
    if shutdown is None or shutdown > today:
        return periods
    return [
        replace(
            period,
            end=min(period.end or shutdown, shutdown),
            checked=max(period.start, min(period.checked, shutdown)),
            conflicts=(),
        )
        for period in periods
        if period.start <= shutdown
    ]


def _count(row: Row, periods: list[Period], end: End | None, material: Material) -> None:
    material.counts["price rows"] += len(periods)
    material.counts["price rows with a dated start"] += sum(DATED in one.sources for one in periods)
    material.counts["conflicts"] += sum(len(one.conflicts) for one in periods)
    material.counts["shutdown dates"] += bool(end and end.shutdown)
    material.counts["offerings without a price"] += not periods
    material.counts[f"host {row.host}"] += 1


def _known_keys(material: Material) -> list[str]:
    ends = {end.source for end in (*material.ends.values(), *material.announcements.values())}
    return sorted({table.key for table in material.tables} | {DATED, GENAI} | ends)


def _uses(text: str, key: str) -> bool:
    return any(f"{before}{key}{after}" in text for before in ("source: ", "[", ", ") for after in (",", "}", "]"))


def compiled(rows: list[Row], by_hand: str, material: Material) -> tuple[str, set[str]]:
    """A host's offerings beside those written by hand, ordered by model, with the keys of their sources."""
    hand = parsed(by_hand).get("offerings") or []
    taken = {name for item in hand for name in (*item.get("aliases", ()), (item.get("api_id") or {}).get("value"))}
    texts, keys = [], set[str]()
    for row in sorted(rows, key=lambda row: (row.model, row.api_id)):
        if row.model not in material.models:
            material.counts["offerings of unknown models"] += 1
            continue
        if row.api_id in taken:
            material.counts["offerings written by hand already"] += 1
            continue
        free = tuple(alias for alias in row.aliases if alias not in taken and not _dead(row, alias, material))
        found = offering(Row(**{**row.__dict__, "aliases": free}), material)
        if found:
            taken |= {row.api_id, *free}
            texts.append(found[0])
            keys |= found[1]
    return "\n".join(texts), keys


def _dead(row: Row, alias: str, material: Material) -> bool:
    """Whether an alias has ended while the id that it stands beside has not."""
    ends = [material.ends.get((row.host, name)) for name in (alias, row.api_id)]
    over = [bool(end and end.shutdown and end.shutdown <= material.today) for end in ends]
    return over[0] and not over[1]


def source_entries(keys: set[str], shared: dict[str, Any], material: Material, present: set[str]) -> str:
    """The `sources` entries for those keys that a file does not have yet."""
    tables = {table.key: table for table in material.tables}
    blocks = []
    for key in sorted(keys - present):
        table = tables.get(key)
        entry = shared[key] if table is None else {
            "url": f"pkg:pypi/{table.package}@{table.version}",
            "title": f"{table.package} {table.version} ({table.day}), table of prices and limits",
            "kind": "third-party",
            "retrieved": date(2026, 11, 23),
            "confidence": "medium",
        }  # fmt: skip
        blocks.append(source_block(key, entry))
    return "".join(blocks)


def write_host(
    path: Path, rows: list[Row], shared: dict[str, Any], terms: dict[str, Any], material: Material, force: bool
) -> None:
    """Write one host's file. Raises EditedByHandError where its compiled part was changed by hand."""
    host = path.stem
    fresh = f"id: {host}\nname: {scalar(shared['hosts'].get(host, host))}\nsources:\n\nofferings: []\n"
    by_hand = without_compiled(path.read_text(), force=force) if path.exists() else fresh
    texts, keys = compiled(rows, by_hand, material)
    block = terms_block(terms, by_hand)
    present = set(parsed(by_hand).get("sources") or {})
    sources = source_entries(keys, shared["sources"], material, present)
    named = {key: entry for key, entry in (terms.get("sources") or {}).items() if key not in present and key in block}
    sources += "".join(source_block(key, named[key]) for key in sorted(named))
    if texts or block or path.exists():
        path.write_text(spliced(by_hand, block, sources, texts))


def read_models(catalog: Path) -> dict[str, dict[str, Any]]:
    """Every model of the catalogue as plain data, by id."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    files = sorted((catalog / "models").glob("*/*.yaml"))
    return {f"{file.parent.name}/{file.stem}": yaml.load(file.read_text(), loader) or {} for file in files}


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--wheels", type=Path, required=True, help="folder with the wheels of offerings_tables.csv")
    parser.add_argument("--model-prices", type=Path, required=True, help="data file of the package model-prices")
    parser.add_argument("--deprecations", type=Path, required=True, help="deprecations.json of the tracker")
    parser.add_argument("--catalog", type=Path, default=HERE.parent / "catalog")
    parser.add_argument("--out", type=Path, help="folder for the hosts' files; the catalogue's own unless given")
    parser.add_argument("--today", type=date.fromisoformat, default=date(2026, 11, 23))
    parser.add_argument("--peak-hours", action="store_true", help="give peak hours a price row of their own")
    parser.add_argument("--force", action="store_true", help="replace compiled parts that were edited by hand")
    return parser.parse_args()


def main() -> int:
    """Compile every host that offerings.csv or host_terms.yaml names; 1 where an edited file was left alone."""
    given = arguments()
    shared = yaml.safe_load((HERE / "offerings_hosts.yaml").read_text())
    shared["sources"] |= announcement_sources()
    terms_file = HERE / "host_terms.yaml"
    terms = yaml.safe_load(terms_file.read_text()) if terms_file.exists() else {}
    ends = {**read_ends(given.deprecations, TRACKED), **dict(read_curated_ends(HERE / "offerings_ends.csv"))}
    tables = read_tables(HERE / "offerings_tables.csv", given.wheels)
    dated, models = read_dated(given.model_prices), read_models(given.catalog)
    material = Material(tables, dated, read_genai(), ends, read_announcements(), models, given.today, given.peak_hours)
    by_host: dict[str, list[Row]] = {host: [] for host in terms}
    for row in read_rows(HERE / "offerings.csv"):
        by_host.setdefault(row.host, []).append(row)
    out = given.out or given.catalog / "hosts"
    left = []
    for host, rows in sorted(by_host.items()):
        try:
            write_host(out / f"{host}.yaml", rows, shared, terms.get(host) or {}, material, given.force)
        except EditedByHandError:
            left.append(host)
    for name, number in sorted(material.counts.items()):
        print(f"{name}: {number}", file=sys.stderr)
    for host in left:
        print(f"{host}.yaml: its compiled part was edited; left alone without --force", file=sys.stderr)
    return 1 if left else 0


if __name__ == "__main__":
    raise SystemExit(main())
