"""Rules for sources and for models."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from llmselect.catalog.checks.files import Fault, Files, id_of
from llmselect.catalog.reader import NodePath
from llmselect.catalog.schema import Architecture, BenchmarksFile, Host, Model, Score, ScoresFile, facts
from llmselect.errors import close_matches, fold
from llmselect.estimate.parameters import total_parameters

FIRST_SCORE = date(2015, 1, 1)
PARAMETERS_TOLERANCE = 0.03
SCORE_RANGES = {"percent": (0.0, 100.0), "score-10": (0.0, 10.0), "elo": (0.0, 3000.0)}
_PLACEHOLDER = re.compile(
    r"(?i)example\.(com|org|net)|localhost|127\.0\.0\.1|\b(todo|fixme|xxx+)\b|changeme|placeholder|\.\.\.|<[^>]*>"
)
_MONTH = re.compile(r"\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?")


def unknown(files: Files, where: tuple[str, NodePath], kind: str, word: str, known: set[str] | None) -> Iterator[Fault]:
    """A fault if `word` is not in `known`; nothing if `known` is None, because it could not be read."""
    if known is None or word in known:
        return
    matches = close_matches(word, sorted(known))
    hint = f"did you mean {' or '.join(matches)}?" if matches else ""
    code = f"unknown-{kind.replace(' ', '-')}"
    yield files.fault(*where, code, f"there is no {kind} {word!r} in the catalogue", hint)


def source_keys(files: Files) -> Iterator[Fault]:
    """Every source named by a fact is declared in its file, and every declared source is used."""
    for file, record in files.records.items():
        declared = set(getattr(record, "sources", {}))
        used: set[str] = set()
        for path, keys in facts(record):
            for index, key in enumerate(keys):
                used.add(key)
                if key not in declared:
                    hint = f"declare it in the file's `sources`, which has {', '.join(sorted(declared)) or 'none'}"
                    message = f"the source {key!r} is not declared in this file"
                    yield files.fault(file, (*path, index), "missing-source", message, hint)
        for key in sorted(declared - used):
            message, hint = f"no fact names the source {key!r}", "name it at the fact that it backs, or remove it"
            yield files.fault(file, ("sources", key), "unused-source", message, hint, key=True)


def placeholder_urls(files: Files) -> Iterator[Fault]:
    """No URL is a placeholder."""
    for file, parsed in files.parsed.items():
        for path, url in _urls(parsed.data, ()):
            if _PLACEHOLDER.search(url):
                yield files.fault(file, path, "placeholder-url", f"{url!r} is a placeholder", "give the real address")


def _urls(data: Any, path: NodePath) -> Iterator[tuple[NodePath, str]]:
    items = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, value in items:
        if key == "url" and isinstance(value, str):
            yield (*path, key), value
        else:
            yield from _urls(value, (*path, key))


def read_days(files: Files) -> Iterator[Fault]:
    """No source was read in the future."""
    latest = files.today + timedelta(days=1)
    for file, record in files.records.items():
        for key, source in getattr(record, "sources", {}).items():
            if source.retrieved > latest:
                message = f"the source is said to be read on {source.retrieved}, a day that is still to come"
                yield files.fault(file, ("sources", key, "retrieved"), "future-date", message)


def ids(files: Files) -> Iterator[Fault]:
    """A model's and a host's id is its path."""
    named: list[tuple[str, Model | Host]] = [*files.of(Model), *files.of(Host)]
    for file, record in named:
        wanted = id_of(file)
        if record.id != wanted:
            message = f"the id {record.id!r} differs from the file's path"
            yield files.fault(file, ("id",), "id-path", message, f"write {wanted!r}, or move the file")


def aliases(files: Files) -> Iterator[Fault]:
    """Aliases are unique, and none is another model's id."""
    owners = {fold(model.id): model.id for _, model in files.of(Model)}
    for file, model in files.of(Model):
        mine: set[str] = set()
        for index, alias in enumerate(model.aliases):
            key = fold(alias)
            owner = owners.setdefault(key, model.id)
            if owner != model.id or key in mine:
                message = f"the alias {alias!r} already stands for {owner}"
                hint = "aliases are compared without case, spaces, underscores and dashes"
                yield files.fault(file, ("aliases", index), "duplicate-alias", message, hint)
            mine.add(key)


def model_licenses(files: Files) -> Iterator[Fault]:
    """Open weights have a licence of the kind for weights."""
    for file, model in files.of(Model):
        name = model.license.value if model.license else None
        if name is not None:
            yield from license_row(files, (file, ("license", "value")), name, "weights")
        elif model.open_weights:
            hint = "name a row of licenses.yaml in `license`"
            yield files.fault(file, ("access",), "missing-license", "open weights need a license", hint, key=True)


def license_row(files: Files, where: tuple[str, NodePath], name: str, kind: str) -> Iterator[Fault]:
    """A named row of licenses.yaml exists and has the right kind, `weights` or `terms`."""
    yield from unknown(files, where, "license", name, files.names("licenses.yaml", "licenses"))
    found = files.row("licenses.yaml", "licenses", name).get("kind", kind)
    if found != kind:
        message = f"{name!r} is a row of the kind {found}, here one of the kind {kind} is needed"
        yield files.fault(*where, "license-kind", message)


def knowledge_cutoffs(files: Files) -> Iterator[Fault]:
    """A model's knowledge cutoff is a month before its release."""
    for file, model in files.of(Model):
        cutoff = model.knowledge_cutoff.value if model.knowledge_cutoff else None
        path = ("knowledge_cutoff", "value")
        if cutoff is None:
            continue
        if not _MONTH.fullmatch(cutoff):
            yield files.fault(file, path, "cutoff-format", f"{cutoff!r} is no month", 'write it like "2022-09"')
        elif model.release_date.value and cutoff > model.release_date.value.isoformat()[: len(cutoff)]:
            message = f"the knowledge cutoff {cutoff} is after the release on {model.release_date.value}"
            yield files.fault(file, path, "cutoff-after-release", message)


def scores(files: Files) -> Iterator[Fault]:
    """Scores name known tests, are in range, have a plausible date and are not duplicated."""
    benchmarks, harnesses = (files.names("benchmarks.yaml", name) for name in ("benchmarks", "harnesses"))
    for file, model in files.of(Model):
        seen: set[tuple[str, ...]] = set()
        for index, score in enumerate(model.scores):
            at: NodePath = ("scores", index)
            yield from unknown(files, (file, (*at, "benchmark")), "benchmark", score.benchmark, benchmarks)
            yield from unknown(files, (file, (*at, "harness")), "harness", score.harness, harnesses)
            yield from _score_value(files, file, at, score)
            same = (score.benchmark, score.harness, score.shots, score.effort)
            if same in seen:
                message = "this benchmark stands twice with the same harness, shots and effort"
                yield files.fault(file, at, "duplicate-score", message, "keep one, or say how they differ")
            seen.add(same)


def _score_value(files: Files, file: str, at: NodePath, score: Score) -> Iterator[Fault]:
    if not FIRST_SCORE <= score.date <= files.today + timedelta(days=1):
        message = f"the score's date {score.date} is not between {FIRST_SCORE} and today"
        yield files.fault(file, (*at, "date"), "score-date", message)
    yield from _in_range(files, file, (*at, "value"), score.benchmark, score.value)


def opponents(files: Files) -> Iterator[Fault]:
    """A harness with Elo ratings gives the opponent's rating, and its opponent is a known model."""
    rated = {
        score.harness
        for _, model in files.of(Model)
        for score in model.scores
        if files.row("benchmarks.yaml", "benchmarks", score.benchmark).get("unit") == "elo"
    }
    for file, table in files.of(BenchmarksFile):
        for name, harness in table.harnesses.items():
            at: NodePath = ("harnesses", name)
            if name in rated and harness.opponent_elo is None:
                message = "ratings need `opponent_elo`, the rating of the model against which they become wins"
                yield files.fault(file, at, "missing-opponent", message, key=True)
            if harness.opponent is not None:
                yield from unknown(files, (file, (*at, "opponent")), "model", harness.opponent, files.model_ids())


def _in_range(files: Files, file: str, at: NodePath, benchmark: str, value: float) -> Iterator[Fault]:
    unit = files.row("benchmarks.yaml", "benchmarks", benchmark).get("unit")
    low, high = SCORE_RANGES.get(str(unit), (float("-inf"), float("inf")))
    if not low <= value <= high:
        message = f"{value:g} is outside the range {low:g} to {high:g} of the unit {unit}"
        yield files.fault(file, at, "score-range", message)


def linking_scores(files: Files) -> Iterator[Fault]:
    """Scores of subjects outside the catalogue name a known harness and known tests, and are in range."""
    benchmarks, harnesses = (files.names("benchmarks.yaml", name) for name in ("benchmarks", "harnesses"))
    for file, table in files.of(ScoresFile):
        yield from unknown(files, (file, ("harness",)), "harness", table.harness, harnesses)
        for subject, values in table.subjects.items():
            for benchmark, value in values.items():
                at: NodePath = ("subjects", subject, benchmark)
                yield from unknown(files, (file, at), "benchmark", benchmark, benchmarks)
                yield from _in_range(files, file, at, benchmark, value)


def predecessors(files: Files) -> Iterator[Fault]:
    """A predecessor is a model of the catalogue that came out no later."""
    released = {model.id: model.release_date.value for _, model in files.of(Model)}
    for file, model in files.of(Model):
        older = model.predecessor.value if model.predecessor else None
        if older is None:
            continue
        where: tuple[str, NodePath] = (file, ("predecessor", "value"))
        yield from unknown(files, where, "model", older, files.model_ids())
        mine, theirs = model.release_date.value, released.get(older)
        if older == model.id or (mine and theirs and theirs > mine):
            message = f"{older} came out on {theirs}, after {model.id} ({mine})"
            yield files.fault(*where, "predecessor-order", message)


def architectures(files: Files) -> Iterator[Fault]:
    """An architecture is consistent, and its parameters add up to the published number."""
    for file, model in files.of(Model):
        shape = model.architecture.value if model.architecture else None
        if shape is None:
            continue
        at: NodePath = ("architecture", "value")
        for name, message in _impossible(shape):
            yield files.fault(file, (*at, name), "architecture", message)
        published = model.parameters.value.total if model.parameters and model.parameters.value else None
        computed = total_parameters(shape)
        if published and abs(computed / published - 1) > PARAMETERS_TOLERANCE:
            message = f"the architecture has {computed:,} parameters, {published:,} are published"
            hint = f"they may differ by {PARAMETERS_TOLERANCE:.0%} at most"
            yield files.fault(file, ("parameters", "value", "total"), "parameters-differ", message, hint)


def _impossible(shape: Architecture) -> Iterator[tuple[str, str]]:
    """Contradictory keys of an architecture, each with the reason."""
    if shape.attention_heads % shape.kv_heads:
        yield "kv_heads", f"{shape.attention_heads} attention heads cannot share {shape.kv_heads} KV heads evenly"
    if shape.sliding_layers and not shape.sliding_window_tokens:
        yield "sliding_layers", "`sliding_layers` needs `sliding_window_tokens`"
    if (shape.sliding_layers or 0) > shape.layers:
        yield "sliding_layers", f"more sliding layers than the {shape.layers} layers"
    if shape.dense_layers > shape.layers:
        yield "dense_layers", f"more dense layers than the {shape.layers} layers"
    if shape.linear and shape.linear.layers + (shape.sliding_layers or 0) > shape.layers:
        yield "linear", f"more linear and sliding layers than the {shape.layers} layers"
    if bool(shape.experts) != bool(shape.experts_per_token):
        yield "experts" if shape.experts else "experts_per_token", "`experts` and `experts_per_token` come together"
    if (shape.experts_per_token or 0) > (shape.experts or shape.experts_per_token or 0):
        yield "experts_per_token", f"more experts per token than the {shape.experts} experts"


RULES = (
    source_keys, placeholder_urls, read_days, ids, aliases, model_licenses, knowledge_cutoffs, scores,
    opponents, linking_scores, predecessors, architectures,
)  # fmt: skip
