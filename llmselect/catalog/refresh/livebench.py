"""Scores from a LiveBench release: its table of models by tasks, averaged over the tasks of each category.

https://github.com/LiveBench/new-livebench (`public/table_<day>.csv`, `public/categories_<day>.json`).
"""

import csv
import io
import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from llmselect.catalog.refresh.changes import Change
from llmselect.catalog.refresh.files import Written, joined, written
from llmselect.catalog.refresh.store import write_all
from llmselect.catalog.schema import Catalog, Model
from llmselect.catalog.writer import plain
from llmselect.errors import LlmselectError
from llmselect.files import JsonFaultError, parse_json
from llmselect.quantities import number

MAX_BYTES = 16 * 2**20
SHOTS = "0"


@dataclass(frozen=True, slots=True)
class Release:
    """One release of the benchmark and how the catalogue calls its parts.

    `benchmarks` maps categories to benchmarks, `efforts` the endings of subjects' names to efforts (the longest
    ending that fits counts; a name without one is `default`). `source` is the record that stands for the table.
    """

    released: date
    harness: str
    benchmarks: Mapping[str, str]
    efforts: Mapping[str, str]
    source_key: str
    source: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ScoresReport:
    """What a release brings: scores that are new or differ, subjects that are no model of the catalogue, and files."""

    changes: tuple[Change, ...]
    unknown: tuple[str, ...]
    left_out: dict[str, int]
    files: tuple[str, ...]


def refresh_scores(
    catalog: Catalog, table: bytes, categories: bytes, release: Release, into: Path, *, dry_run: bool
) -> ScoresReport:
    """Write a release's category means as scores into the records of the models that it names.

    A subject is a model when its name, less an effort's ending, is the model's alias or the last part of its id.
    A category counts where all its tasks have a value. Raises LlmselectError for tables that cannot be used,
    OSError when the folder cannot be written; either way the folder is as it was.
    """
    left_out: Counter[str] = Counter()
    parts = parse_categories(categories, release)
    names = model_names(catalog)
    scores: dict[str, list[dict[str, Any]]] = {}
    unknown, taken = [], set()
    for subject, values in parse_table(table, left_out):
        model, effort = _subject(subject, names, release.efforts)
        if model is None:
            unknown.append(subject)
        elif (model.id, effort) in taken:
            left_out["another subject is the same model at the same effort"] += 1
        else:
            taken.add((model.id, effort))
            scores.setdefault(model.id, []).extend(_means(values, effort, parts, release, left_out))
    changes = tuple(change for name, rows in scores.items() for change in _changes(catalog.models[name], rows))
    contents = dict(_contents(catalog, scores, release, into))
    if contents and not dry_run:
        write_all(into, contents)
    return ScoresReport(changes, tuple(unknown), dict(left_out), tuple(contents))


def parse_categories(raw: bytes, release: Release) -> dict[str, Sequence[str]]:
    """The tasks of each benchmark that a release names; raises LlmselectError where they cannot be told."""
    try:
        data = parse_json(raw)
    except JsonFaultError as fault:
        raise _bad("categories", str(fault)) from None
    if not isinstance(data, dict):
        raise _bad("categories", "there is no mapping of categories to tasks")
    found: dict[str, Sequence[str]] = {}
    for category, benchmark in release.benchmarks.items():
        tasks = data.get(category)
        if not isinstance(tasks, list) or not tasks or not all(isinstance(task, str) for task in tasks):
            raise _bad("categories", f"the category {category!r} has no tasks")
        found[benchmark] = tasks
    return found


def parse_table(raw: bytes, left_out: Counter[str]) -> Iterator[tuple[str, dict[str, float]]]:
    """Each subject with its values in percent by task; raises LlmselectError where it is no such table."""
    try:
        reader = csv.DictReader(io.StringIO(raw[: MAX_BYTES + 1].decode("utf-8-sig"), newline=""), strict=True)
        if "model" not in (reader.fieldnames or ()) or len(raw) > MAX_BYTES:
            raise _bad("table", "it has no column 'model', or is too large")
        lines = list(reader)
    except (UnicodeDecodeError, csv.Error) as error:
        raise _bad("table", str(error)) from None
    seen: set[str] = set()
    for line in lines:
        subject = (line.pop("model") or "").strip()
        if not subject or subject in seen or None in line:
            left_out["a line without a name of its own, or of another length"] += 1
            continue
        seen.add(subject)
        yield subject, {task: value for task, cell in line.items() if (value := _percent(cell)) is not None}


def model_names(catalog: Catalog) -> dict[str, Model]:
    """The models by their aliases and the last parts of their ids, in small letters; what means two means none."""
    found: dict[str, Model | None] = {}
    for model in catalog.models.values():
        for name in {name.lower() for name in (*model.aliases, model.id.rpartition("/")[2])}:
            found[name] = model if name not in found else None
    return {name: model for name, model in found.items() if model is not None}


def _bad(what: str, why: str) -> LlmselectError:
    hint = "Take both files of one release; nothing was changed."
    return LlmselectError("bad-scores-file", f"no usable {what} of LiveBench: {why}", hint)


def _percent(cell: Any) -> float | None:
    try:
        value = number(cell)
    except ValueError:
        return None
    return value if 0 <= value <= 100 else None


def _subject(name: str, names: Mapping[str, Model], efforts: Mapping[str, str]) -> tuple[Model | None, str]:
    low = name.lower()
    if low in names:
        return names[low], "default"
    for ending in sorted(efforts, key=len, reverse=True):
        if low.endswith(ending.lower()) and low[: -len(ending)] in names:
            return names[low[: -len(ending)]], efforts[ending]
    return None, "default"


def _means(
    values: Mapping[str, float],
    effort: str,
    parts: Mapping[str, Sequence[str]],
    release: Release,
    left_out: Counter[str],
) -> Iterator[dict[str, Any]]:
    for benchmark, tasks in parts.items():
        if any(task not in values for task in tasks):
            left_out["a category with a task that has no value"] += 1
            continue
        mean = round(math.fsum(values[task] for task in tasks) / len(tasks), 2)
        row = {"benchmark": benchmark, "harness": release.harness, "shots": SHOTS}
        with_effort = {**row, "effort": effort} if effort != "default" else row
        yield {**with_effort, "value": mean, "date": release.released, "source": release.source_key}


def _changes(model: Model, rows: list[dict[str, Any]]) -> Iterator[Change]:
    known = {(one.benchmark, one.harness, one.shots, one.effort): one.value for one in model.scores}
    for row in rows:
        effort = row.get("effort", "default")
        before = known.get((row["benchmark"], row["harness"], row["shots"], effort))
        if before != row["value"]:
            shown = "none" if before is None else f"{before:g}"
            yield Change(row["harness"], model.id, f"{row['benchmark']}, effort {effort}", shown, f"{row['value']:g}")


def _contents(
    catalog: Catalog, scores: Mapping[str, list[dict[str, Any]]], release: Release, into: Path
) -> Iterator[tuple[str, str]]:
    for name, rows in scores.items():
        model = catalog.models[name]
        file = f"models/{name}.yaml"
        standing = written(into, file)
        start = standing if standing.data else Written(plain(model))
        known = {key: plain(source) for key, source in model.sources.items()}
        text = joined(file, start, {**known, release.source_key: dict(release.source)}, scores=rows)
        if text is not None:
            yield file, text
