"""A model's sheet: facts by group, scores, offerings, licence and the source document's claims."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from pydantic import BaseModel

from llmselect.catalog.abilities.curves import aims_of, expected_scores
from llmselect.catalog.lookup import model_status, offering_status, offerings
from llmselect.catalog.schema import Catalog, Fact, License, Model, Offering, Price, Source
from llmselect.compare.facts import value_text
from llmselect.render.format.blocks import Block, Column, Heading, Items, Paragraph, Table
from llmselect.render.phrases import Phrases, join
from llmselect.render.words import number

GROUPS: dict[str, tuple[str, ...]] = {
    "Identity": ("developer", "family", "access", "tuning", "release_date", "license", "weights"),
    "Use": ("modalities_in", "modalities_out", "limits", "languages", "capabilities", "lacks", "knowledge_cutoff"),
    "Build": ("parameters", "design", "architecture", "weights_bits", "training_tokens", "alignment"),
}
_PRICES = {
    "input_usd_per_mtok": "${} per million input tokens",
    "cached_input_usd_per_mtok": "${} cached",
    "cache_write_usd_per_mtok": "${} written to the cache",
    "output_usd_per_mtok": "${} per million output tokens",
    "usd_per_image": "${} per image",
    "usd_per_audio_minute": "${} per minute of audio",
    "usd_per_month": "${} per month",
}


def sheet_data(catalog: Catalog, model: Model, as_of: date) -> dict[str, Any]:
    """The sheet as plain data; facts keep the keys of their sources, which `sources` resolves."""
    return {
        "model": model.model_dump(mode="json", by_alias=True, exclude_none=True),
        "status": model_status(catalog, model, as_of),
        "as_of": as_of.isoformat(),
        "offerings": [
            {
                "host": host,
                "status": offering_status(row, as_of),
                **row.model_dump(mode="json", by_alias=True, exclude_none=True),
                "sources": _dumped(catalog.hosts[host].sources, _keys(row)),
            }
            for host, row in offerings(catalog, model.id)
        ],
        "abilities": _abilities_data(catalog, model),
        "license": _license_data(catalog, model),
        "document_claims": [row.model_dump(mode="json") for row in _claims(catalog, model)],
        "catalog": {"date": catalog.date.isoformat()},
    }


def sheet_blocks(catalog: Catalog, model: Model, as_of: date) -> Iterator[Block]:
    """The sheet as blocks."""
    status = model_status(catalog, model, as_of)
    yield Paragraph(f"{model.name} ({model.id}): {status} as of {as_of}.", strong=True)
    if model.aliases:
        yield Paragraph(", ".join(model.aliases), "Also called")
    for title, names in GROUPS.items():
        rows = [row for name in names for row in fact_rows(name, getattr(model, name))]
        yield from _facts(title, rows)
    named = {name for names in GROUPS.values() for name in names}
    yield from _facts("More", [row for name, value in model if name not in named for row in fact_rows(name, value)])
    yield from _abilities(catalog, model)
    yield from _scores(catalog, model)
    yield from _offerings(catalog, model, as_of)
    yield from _license(catalog, model)
    claims = _claims(catalog, model)
    if claims:
        yield Heading("The source document on it")
        yield Items(tuple(f"{row.about}: says {row.document_says}; {row.verdict}: {row.finding}" for row in claims))
    yield Heading("Sources")
    yield _sources(model.sources)


def fact_rows(name: str, value: Any) -> Iterator[tuple[str, str, str]]:
    """Rows of name, value with remarks, and source keys: one for a fact, one per fact for a record of facts."""
    if isinstance(value, Fact):
        text = value_text(value.value) if value.disclosed else "not disclosed"
        notes = [f"document says {value.document_says}"] if value.document_says else []
        notes += [value.note] if value.note else []
        yield name.replace("_", " "), text + (f" ({'; '.join(notes)})" if notes else ""), ", ".join(value.source)
    elif isinstance(value, BaseModel):
        for part, item in value:
            yield from fact_rows(part, item)


def _abilities_data(catalog: Catalog, model: Model) -> dict[str, Any]:
    """The expected score on the reference test by effort and skill, and the number of tests behind it."""
    scale = catalog.abilities
    found: dict[str, Any] = {}
    for effort, row in scale.models.get(model.id, {}).items():
        skills = {}
        for skill in scale.skills:
            ends = expected_scores(row, aims_of(scale, {skill: 1.0}))
            skills[skill] = {"interval": [round(end, 1) for end in ends], "test": scale.reference[skill]}
        found[effort] = {"skills": skills, "tests": row.tests, "independent_tests": row.independent}
    return found


def _abilities(catalog: Catalog, model: Model) -> Iterator[Block]:
    data = _abilities_data(catalog, model)
    if not data:
        return
    scale, tables = catalog.abilities, catalog.benchmarks
    rows, references = [], []
    for skill in scale.skills:
        test, _, harness = scale.reference[skill].partition("@")
        where = tables.harnesses[harness].name if harness in tables.harnesses else f"run by {harness}"
        references.append(f"{tables.benchmarks[test].name} ({where})" if test in tables.benchmarks else test)
        cells = (row["skills"][skill]["interval"] for row in data.values())
        rows.append((skill, *(f"{value:.0f} ({low:.0f}-{high:.0f})" for low, value, high in cells)))
    rows.append(("tests", *(str(row["tests"]) for row in data.values())))
    rows.append(("independent", *(str(row["independent_tests"]) for row in data.values())))
    yield Heading("Abilities: expected scores in percent with 90 % intervals, by effort")
    yield Table((Column("skill"), *(Column(effort, "right") for effort in data)), tuple(rows))
    yield Paragraph("; ".join(dict.fromkeys(references)), "Reference tests")


def _scores(catalog: Catalog, model: Model) -> Iterator[Block]:
    if not model.scores:
        return
    titles = ("test", "score", "harness", "shots", "effort", "date", "source")
    rows = [
        (
            catalog.benchmarks.benchmarks[row.benchmark].name
            if row.benchmark in catalog.benchmarks.benchmarks
            else row.benchmark,
            f"{row.value:g}" + (f" (document says {row.document_says})" if row.document_says else ""),
            row.harness,
            row.shots,
            row.effort,
            row.date.isoformat(),
            ", ".join(row.source),
        )
        for row in model.scores
    ]
    yield Heading("Scores (they compare only within one harness)")
    yield Table(tuple(Column(title, "right" if title == "score" else "left") for title in titles), tuple(rows))


def _facts(title: str, rows: list[tuple[str, str, str]]) -> Iterator[Block]:
    if rows:
        yield Heading(title)
        yield Table((Column("fact"), Column("value"), Column("source")), tuple(rows))


def _offerings(catalog: Catalog, model: Model, as_of: date) -> Iterator[Block]:
    for host_id, row in offerings(catalog, model.id):
        host = catalog.hosts[host_id]
        rows = [line for name, value in row for line in fact_rows(name, value)]
        own = {name for name, value in row if value is not None}
        rows += [
            line
            for name in ("terms", "regions", "data")
            if name not in own
            for line in fact_rows(name, getattr(host, name))
        ]
        rows += [("price", _price(price, as_of), ", ".join(price.source)) for price in row.prices]
        yield from _facts(f"At {host.name} ({host_id}): {offering_status(row, as_of)}, {row.deployment}", rows)
        keys = dict.fromkeys(key for _, _, cited in rows for key in cited.split(", "))
        yield _sources({key: host.sources[key] for key in keys})


def _price(price: Price, as_of: date) -> str:
    parts = [
        text.format(number(value)) for name, text in _PRICES.items() if (value := getattr(price, name)) is not None
    ]
    kind = ["free"] if price.free else []
    kind += [word for word, holds in (("batch", price.batch), ("peak hours", price.peak_hours)) if holds]
    kind += [f"prompts above {price.above_input_tokens:,} tokens"] if price.above_input_tokens else []
    until = f" until {price.to}" if price.to else ""
    valid = "" if price.from_ <= as_of and (price.to is None or as_of <= price.to) else f", not valid on {as_of}"
    others = [
        f"{', '.join(row.source)} says ${number(row.input_usd_per_mtok)} and ${number(row.output_usd_per_mtok)}"
        for row in price.conflicts
    ]
    notes = [*([price.note] if price.note else []), *others]
    remarks = f" ({'; '.join(notes)})" if notes else ""
    return f"{join([*kind, *parts], Phrases())}, from {price.from_}{until}, checked {price.checked}{valid}{remarks}"


def _license(catalog: Catalog, model: Model) -> Iterator[Block]:
    row = _license_of(catalog, model)
    if row is None:
        return
    yield from _facts(f"Licence: {row.name}", [line for name, value in row for line in fact_rows(name, value)])
    yield _sources({key: catalog.licenses.sources[key] for key in _keys(row)})


def _license_of(catalog: Catalog, model: Model) -> License | None:
    fact = model.license
    return catalog.licenses.licenses.get(fact.value) if fact is not None and fact.value is not None else None


def _license_data(catalog: Catalog, model: Model) -> dict[str, Any] | None:
    row = _license_of(catalog, model)
    if row is None or model.license is None:
        return None
    dumped = row.model_dump(mode="json", exclude_none=True)
    return {"id": model.license.value, **dumped, "sources": _dumped(catalog.licenses.sources, _keys(row))}


def _claims(catalog: Catalog, model: Model) -> list[Any]:
    return [row for row in catalog.document.claims if model.id in row.models]


def _sources(rows: Mapping[str, Source]) -> Items:
    items = []
    for key, row in rows.items():
        parts = (row.title, row.locator, row.url, f"{row.kind}, read {row.retrieved}")
        items.append(f"{key}: " + ", ".join(part for part in parts if part))
    return Items(tuple(items))


def _keys(row: Offering | License) -> list[str]:
    from llmselect.catalog.schema import facts

    return list(dict.fromkeys(key for _, keys in facts(row) for key in keys))


def _dumped(sources: Mapping[str, Source], keys: Iterable[str]) -> dict[str, Any]:
    return {key: sources[key].model_dump(mode="json", exclude_none=True) for key in keys if key in sources}
