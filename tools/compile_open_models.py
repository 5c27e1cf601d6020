"""Compile the files of open-weight models from a curated table and public configurations.

    python tools/compile_open_models.py tools/open_models_a.csv --output catalog/models \\
        --aic <aiconfigurator_core>/model_configs --litgpt <litgpt>/config.py [--hf FOLDER] [--only meta/]

Inputs: the table; the sources that its cells name (tools/open_models_sources.yaml and, beside the table,
<table>_sources.yaml); configurations from PyPI's aiconfigurator-core 0.12.0 (`model_configs`) and from
LitGPT's config.py (github.com/Lightning-AI/litgpt).

One row is one model. A cell is `VALUE @ source source | note`; lists are separated by spaces; `null @ source` says
that the developer never told. `like` names a row whose cells fill the empty ones (ids that begin with `*` are
families and make no file); `-` empties a cell. Numbers may end in B (10**9) or T (10**12). In `total` and `active`,
`computed=8.03B` writes the number that the architecture has and demands that it agrees with the published 8.03
billion: within 1 %, or within the published figure's own rounding. `active` may be left out for a dense model. In
`alignment` the methods come first: `sft dpo: what was done @ source`. `architecture`: see open_model_shapes.py.
In a source's texts {repo}, {tail}, {name}, {id} and {config} stand for the row's own; `config` names the
configuration of a row that has no architecture.

A file that is not as this script last wrote it (<table>.lock.json keeps the digests) was edited by hand: it is
reported and left alone, unless --force is given.
"""

import argparse
import csv
import hashlib
import json
import sys
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml
from open_model_shapes import Configs, ShapeError
from open_model_yaml import dump
from pydantic import ValidationError

from llmselect.catalog.reader import read
from llmselect.catalog.schema import Architecture, Model
from llmselect.errors import fold
from llmselect.estimate.parameters import parameter_parts

HERE = Path(__file__).parent
PLAIN = ("developer", "family", "access", "tuning")
LISTS = ("modalities_in", "modalities_out")
OWN = ("id", "name", "aliases", "repo", "like", "config")
LIMITS = ("context_tokens", "input_tokens", "output_tokens")
TOLERANCE = Decimal("0.01")
ACTIVE_TOLERANCE = Decimal("0.05")
_SUFFIXES = {"B": Decimal(10**9), "T": Decimal(10**12), "M": Decimal(10**6)}

Row = dict[str, str]
Record = dict[str, Any]


class TableError(ValueError):
    """A row that cannot become a model."""


@dataclass(frozen=True)
class Cell:
    """A cell's value, the keys of its sources, and its note."""

    value: str
    sources: tuple[str, ...]
    note: str

    @classmethod
    def of(cls, text: str) -> "Cell":
        """Split `VALUE @ source source | note`."""
        body, _, note = text.partition(" | ")
        value, _, sources = body.partition(" @ ")
        return cls(value.strip(), tuple(sources.split()), note.strip())

    def fact(self, value: Any, *more: str) -> Record:
        """The cell as a fact of the catalogue."""
        if not self.sources:
            raise TableError(f"{self.value!r} names no source")
        fact: Record = {"value": None if self.value == "null" else value, "source": _sources((*self.sources, *more))}
        if self.value == "null":
            fact["disclosed"] = False
        return {**fact, "note": self.note} if self.note else fact


def _sources(keys: tuple[str, ...]) -> str | list[str]:
    unique = list(dict.fromkeys(keys))
    return unique[0] if len(unique) == 1 else unique


def rows(table: Path) -> dict[str, Row]:
    """The table's rows by id, cells of `like` filled in. Raises TableError for a twice-used or an unknown id."""
    with table.open(newline="", encoding="utf-8") as file:
        raw = [{key: (value or "").strip() for key, value in row.items() if key} for row in csv.DictReader(file)]
    raw = [row for row in raw if row.get("id") and not row["id"].startswith("#")]
    found = {row["id"]: row for row in raw}
    if len(found) < len(raw):
        ids = [row["id"] for row in raw]
        raise TableError(f"ids stand twice: {sorted({one for one in ids if ids.count(one) > 1})}")
    return {name: _filled(row, found) for name, row in found.items()}


def _filled(row: Row, found: dict[str, Row]) -> Row:
    parent = row.get("like", "")
    if not parent:
        return row
    if parent not in found:
        raise TableError(f"{row['id']}: there is no row {parent!r} to be like")
    base = _filled(found[parent], found)
    own = {key: value for key, value in row.items() if value}
    inherited = {key: value for key, value in base.items() if key not in OWN}
    return {key: "" if value == "-" else value for key, value in {**row, **inherited, **own}.items()}


def number(text: str) -> Decimal:
    """`8.03B`, `15T` or a whole number as a number."""
    return Decimal(text[:-1]) * _SUFFIXES[text[-1]] if text[-1:] in _SUFFIXES else Decimal(text)


def _agrees(computed: int, published: str, tolerance: Decimal) -> bool:
    wanted = number(published)
    digits = published.rstrip("BTM").partition(".")[2]
    rounding = _SUFFIXES.get(published[-1], Decimal(1)) / 10 ** len(digits) / 2
    return bool(abs(computed - wanted) <= max(tolerance * wanted, rounding))


def _count(cell: Cell, computed: int | None, tolerance: Decimal) -> tuple[int, str]:
    """A number of weights, and what to note of it."""
    if not cell.value.startswith("computed"):
        return int(number(cell.value)), ""
    if computed is None:
        raise TableError("nothing can be computed without an architecture")
    published = cell.value.partition("=")[2]
    if not published:
        return computed, ""
    if not _agrees(computed, published, tolerance):
        raise TableError(f"the architecture has {computed:,} parameters, {published} are published")
    return computed, f"{(number(published) / 10**9).normalize():f}"


def parameters(row: Row, shape: Architecture | None) -> Record | None:
    """The fact `parameters` of a row, or None where it gives no total."""
    if not row.get("total"):
        return None
    parts = parameter_parts(shape) if shape else None
    total_cell = Cell.of(row["total"])
    total, published = _count(total_cell, parts.total if parts else None, TOLERANCE)
    notes = [f"computed from the architecture; published: {published} billion"] if published else []
    active, active_cell = total, Cell.of(row.get("active", ""))
    if active_cell.value:
        active, said = _count(active_cell, parts.active if parts else None, ACTIVE_TOLERANCE)
        notes += [f"active computed, published: {said} billion"] if said else []
    notes += [cell.note for cell in (total_cell, active_cell) if cell.note]
    fact = Cell(total_cell.value, total_cell.sources, "; ".join(notes))
    return fact.fact({"total": total, "active": active}, *active_cell.sources)


def _aliases(row: Row) -> list[str]:
    names = [*row.get("aliases", "").split("; "), row["repo"].partition("/")[2], row["repo"]]
    unique: dict[str, str] = {}
    for name in names:
        if name:
            unique.setdefault(fold(name), name)
    return list(unique.values())


def _alignment(cell: Cell) -> Record:
    methods, _, summary = cell.value.partition(": ")
    return {"methods": methods.split(), "summary": summary}


def _facts(row: Row, shape: Architecture | None) -> Record:
    """All facts of a row, in the schema's order, None where a cell is empty."""
    cells = {key: Cell.of(value) for key, value in row.items() if value}

    def fact(key: str, convert: Any = str) -> Record | None:
        cell = cells.get(key)
        return cell.fact(None if cell.value == "null" else convert(cell.value)) if cell else None

    facts: Record = {key: fact(key) for key in PLAIN}
    facts["release_date"] = fact("release_date", date.fromisoformat)
    facts["license"] = fact("license")
    facts |= {key: fact(key, str.split) for key in LISTS}
    limits = {key: fact(key, int) for key in LIMITS}
    facts["limits"] = {key: value for key, value in limits.items() if value} or None
    facts |= {key: fact(key, str.split) for key in ("languages", "capabilities", "lacks")}
    facts["knowledge_cutoff"] = fact("knowledge_cutoff")
    facts["alignment"] = cells["alignment"].fact(_alignment(cells["alignment"])) if "alignment" in cells else None
    facts["training_tokens"] = fact("training_tokens", lambda text: int(number(text)))
    facts["parameters"] = parameters(row, shape)
    facts["design"] = fact("design")
    facts["architecture"] = cells["architecture"].fact(_shape_record(shape)) if shape else None
    facts["weights"] = Cell.of(row["weights"]).fact(row["repo"]) if row.get("weights") else None
    facts["weights_bits"] = fact("weights_bits", lambda text: float(text) if "." in text else int(text))
    return facts


def _shape_record(shape: Architecture) -> Record:
    always = {"layers", "ffn_matrices", "tied_embeddings"}
    fields = type(shape).model_fields
    data = {key: getattr(shape, key) for key in fields}
    return {key: value for key, value in data.items() if key in always or value != fields[key].default}


def model(row: Row, configs: Configs, registry: dict[str, Record]) -> str:
    """The YAML of one row. Raises TableError, ShapeError or ValidationError where the row is wrong."""
    cell = row.get("architecture", "")
    shape = configs.shape(Cell.of(cell).value) if cell else None
    facts = {key: value for key, value in _facts(row, shape).items() if value is not None}
    keys = dict.fromkeys(key for fact in _all_facts(facts) for key in _listed(fact["source"]))
    config = row.get("config") or Cell.of(cell).value.partition(":")[2].split(" ")[0] or "*"
    names = {"repo": row["repo"], "tail": row["repo"].partition("/")[2], "name": row["name"], "id": row["id"]}
    sources = {key: _source(key, registry, {**names, "config": config}) for key in keys}
    text = dump({"id": row["id"], "name": row["name"], "aliases": _aliases(row), "sources": sources, **facts})
    parsed = read(text)
    if parsed.faults:
        raise TableError(f"the YAML is wrong: {parsed.faults[0]}")
    Model.model_validate(parsed.data)
    return text


def _all_facts(facts: Record) -> list[Record]:
    limits: Record = facts.get("limits", {})
    return [*(value for key, value in facts.items() if key != "limits"), *limits.values()]


def _listed(source: str | list[str]) -> list[str]:
    return [source] if isinstance(source, str) else source


def _source(key: str, registry: dict[str, Record], names: dict[str, str]) -> Record:
    if key not in registry:
        raise TableError(f"the source {key!r} is in no sources file")
    texts = {name: value.format(**names) if isinstance(value, str) else value for name, value in registry[key].items()}
    order = ("url", "title", "kind", "retrieved", "locator", "confidence")
    return {name: texts[name] for name in order if name in texts}


def sources(table: Path) -> dict[str, Record]:
    """The sources that a table may name; `retrieved` at the top of a file holds for its rows that give none."""
    registry: dict[str, Record] = {}
    for path in (HERE / "open_models_sources.yaml", table.with_name(f"{table.stem}_sources.yaml")):
        if path.is_file():
            data = yaml.safe_load(path.read_text(encoding="utf-8"))
            day = data.pop("retrieved")
            registry |= {key: {"retrieved": day, **source} for key, source in data.items()}
    return registry


@dataclass
class Output:
    """The folder that is written to, and what was last written there."""

    folder: Path
    lock: Path
    force: bool

    def write(self, texts: dict[str, str]) -> list[str]:
        """Write the files; returns the ids of those left alone because they were edited by hand."""
        digests: dict[str, str] = json.loads(self.lock.read_text()) if self.lock.is_file() else {}
        kept: list[str] = []
        for name, text in texts.items():
            path = self.folder / f"{name}.yaml"
            if path.is_file() and not self.force and _digest(path.read_text(encoding="utf-8")) != digests.get(name):
                kept.append(name)
                continue
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
            digests[name] = _digest(text)
        self.lock.write_text(json.dumps(digests, indent=0, sort_keys=True) + "\n")
        return kept


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Compile the files of open-weight models from a table.")
    parser.add_argument("table", type=Path, help="CSV with one row per model")
    parser.add_argument("--output", type=Path, required=True, help="folder of <developer>/<model>.yaml")
    parser.add_argument("--aic", type=Path, help="aiconfigurator-core's folder model_configs")
    parser.add_argument("--hf", type=Path, help="a folder of config.json copies, named <name>.json")
    parser.add_argument("--litgpt", type=Path, help="LitGPT's config.py")
    parser.add_argument("--only", default="", help="only ids that begin with this")
    parser.add_argument("--force", action="store_true", help="overwrite files that were edited by hand")
    return parser.parse_args()


def main() -> int:
    """Compile the table; 1 where a row is wrong (the other rows are written)."""
    args = _arguments()
    configs = Configs(args.aic, args.hf, args.litgpt)
    registry = sources(args.table)
    texts: dict[str, str] = {}
    failed = 0
    for name, row in rows(args.table).items():
        if name.startswith("*") or not name.startswith(args.only):
            continue
        try:
            texts[name] = model(row, configs, registry)
        except (TableError, ShapeError, ValidationError, KeyError, ValueError) as error:
            failed += 1
            print(f"{name}: {error}", file=sys.stderr)
    kept = Output(args.output, args.table.with_suffix(".lock.json"), args.force).write(texts)
    for name in kept:
        print(f"{name}: edited by hand, left alone (--force overwrites it)", file=sys.stderr)
    print(f"{len(texts) - len(kept)} files written, {len(kept)} left alone, {failed} rows wrong")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
