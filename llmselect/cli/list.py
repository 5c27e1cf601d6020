"""`llmselect list`: the models of the catalogue, filtered and sorted."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

from llmselect.cli.framework.command import Command, Ending
from llmselect.cli.framework.flags import Flag
from llmselect.cli.framework.output import check_output, chosen_format, emit
from llmselect.cli.show import AS_OF, JSON, OUTPUT, day
from llmselect.errors import Exit, LlmselectError, fold, unknown_name
from llmselect.requirements import FIELDS

if TYPE_CHECKING:
    from llmselect.catalog.schema import Catalog, Model
    from llmselect.results.listing import ListedModel

FLAGS = (
    Flag("developer", "Filters", "Models of one developer.", "NAME"),
    Flag("family", "Filters", "Models of one family.", "NAME"),
    Flag("license", "Filters", "Models under one licence, such as apache-2.0.", "ID"),
    Flag("open_weights", "Filters", "Models whose weights are published.", kind="switch"),
    Flag("modality_in", "Filters", "Models that take it in. Repeatable.", "text|image|audio|video|pdf", kind="list"),
    Flag(
        "task",
        "Filters",
        "Models that fit a task by tuning and modality: " + ", ".join(FIELDS["task"].choices) + ".",
        "TASK",
    ),
    Flag("min_context", "Filters", "Models with at least that window, such as 8k.", "N"),
    Flag("host", "Filters", "Models that a host serves, or served.", "NAME"),
    Flag("status", "Filters", "Models of one status on the day.", "active|announced|legacy|retired|unknown"),
    Flag("sort", "Output", "What to sort by.", "name|release|context|parameters|SKILL", "name"),
    AS_OF,
    Flag("format", "Output", "How to write it.", "table|markdown|json|csv|html", "table"),
    JSON,
    OUTPUT,
)
_ENDING = Ending(
    (
        "llmselect list --open-weights --min-context 8k",
        "llmselect list --sort coding --open-weights",
        "llmselect list --developer openai --status retired --json",
    ),
    "None; --output writes one file. No network.",
    (0, 2, 3, 4),
)
SCORE_COLUMNS = ("skill", "value", "low", "high", "effort", "test")
COLUMNS = (
    "id",
    "name",
    "developer",
    "release_date",
    "open_weights",
    "license",
    "context_tokens",
    "parameters",
    "status",
)
TITLES = ("id", "name", "developer", "release", "open weights", "licence", "context", "parameters", "status")


def list_models(**given: Any) -> Exit:
    """Lists the models that the catalogue knows, with their status on a day.

    legacy: weights that still run although every host has ended it. retired: cannot be had any more.
    """
    from llmselect.catalog.load import load

    form = chosen_format(given["format"], given["json"])
    path = check_output(given["output"])
    as_of = day(given["as_of"])
    catalog = load()
    chosen = _filtered(catalog, given, as_of)
    by = fold(given["sort"] or "name")
    skill = {fold(name): name for name in catalog.abilities.skills}.get(by)
    rows = [_row(catalog, model, as_of) for model in _sorted(chosen, "name" if skill else by)]
    rows = _by_skill(catalog, rows, skill) if skill else rows
    emit(_text(rows, form, as_of, catalog.date, to_file=path is not None), path)
    return Exit.DONE if rows else Exit.NOTHING_QUALIFIES


def _filtered(catalog: "Catalog", given: dict[str, Any], as_of: date) -> "list[Model]":
    """The models that pass every filter; raises LlmselectError for an invalid value."""
    from llmselect.catalog.lookup import STATUSES, model_status, offerings
    from llmselect.catalog.names.hosts import find_hosts
    from llmselect.requirements import parse

    models = [*catalog.models.values()]
    known: dict[str, tuple[Iterable[str], Callable[[Model], Iterable[str | None]]]] = {
        "developer": ({m.developer.value or "" for m in models}, lambda m: [m.developer.value]),
        "family": ({m.family.value or "" for m in models}, lambda m: [m.family.value]),
        "license": (catalog.licenses.licenses, lambda m: [m.license.value if m.license else None]),
        "status": (STATUSES, lambda m: [model_status(catalog, m, as_of)]),
    }
    for name, (values, of) in known.items():
        if given[name] is not None:
            wanted = _known(name, given[name], values)
            models = [model for model in models if wanted in of(model)]
    if given["host"] is not None:
        hosts = set(find_hosts(given["host"], catalog.hosts))
        models = [model for model in models if hosts & {host for host, _ in offerings(catalog, model.id)}]
    raw = {"modality_in": given["modality_in"] or (), "context_tokens": given["min_context"], "task": given["task"]}
    needs = parse({name: value for name, value in raw.items() if value})
    if given["open_weights"]:
        models = [model for model in models if model.open_weights]
    if given["task"] is not None:
        models = [model for model in models if _fits(catalog, model, needs.task)]
    models = [model for model in models if set(needs.modality_in) <= set(model.modalities_in.value or ())]
    return [model for model in models if (model.max_context_tokens or 0) >= (needs.context_tokens or 0)]


def _known(name: str, word: str, values: Iterable[str]) -> str:
    by_key = {fold(value): value for value in values}
    if fold(word) not in by_key:
        raise unknown_name(name, word, by_key.values(), listed=True)
    return by_key[fold(word)]


def _fits(catalog: "Catalog", model: "Model", task: Any) -> bool:
    wanted = catalog.tasks.tasks[task]
    tuned = not wanted.instruct or model.tuning.value == "instruct"
    taken, given = set(model.modalities_in.value or ()), set(model.modalities_out.value or ())
    return tuned and set(wanted.modalities_in) <= taken and set(wanted.modalities_out) <= given


_SORTS: dict[str, Callable[[Any], Any]] = {
    "name": lambda model: model.name.casefold(),
    "release": lambda model: (model.release_date.value or date.max, model.id),
    "context": lambda model: (-(model.max_context_tokens or 0), model.id),
    "parameters": lambda model: (-_parameters(model), model.id),
}


def _sorted(models: "list[Model]", by: str) -> "list[Model]":
    if by not in _SORTS:
        known = ", ".join(_SORTS)
        raise LlmselectError("bad-value", f"--sort: {by!r} is not one of {known} or a skill", "Choose one of them.")
    return sorted(models, key=_SORTS[by])


def _by_skill(catalog: "Catalog", rows: "list[ListedModel]", skill: str) -> "list[ListedModel]":
    """The scored models, best first, each with its best effort's expected score on the reference test."""
    from llmselect.catalog.abilities.curves import aims_of, expected_scores
    from llmselect.estimate.interval import Interval
    from llmselect.results.listing import ExpectedScore

    scale, found = catalog.abilities, []
    aims = aims_of(scale, {skill: 1.0})
    for row in rows:
        places = [(expected_scores(place, aims), effort) for effort, place in scale.models.get(row.id, {}).items()]
        if places:
            ends, effort = max(places, key=lambda place: (place[0][1], place[1]))
            interval = Interval(*(round(end, 1) for end in ends))
            score = ExpectedScore(skill, interval, effort, scale.reference[skill])
            found.append((-interval.value, row.id, replace(row, expected_score=score)))
    return [row for _, _, row in sorted(found, key=lambda one: one[:2])]


def _parameters(model: Any) -> int:
    return model.parameters.value.total if model.parameters and model.parameters.value else 0


def _row(catalog: "Catalog", model: "Model", as_of: date) -> "ListedModel":
    from llmselect.catalog.lookup import model_status
    from llmselect.results.listing import ListedModel

    return ListedModel(
        id=model.id,
        name=model.name,
        developer=model.developer.value,
        release_date=model.release_date.value.isoformat() if model.release_date.value else None,
        open_weights=model.open_weights,
        license=model.license.value if model.license else None,
        context_tokens=model.max_context_tokens,
        parameters=_parameters(model) or None,
        status=model_status(catalog, model, as_of),
    )


def _text(rows: "list[ListedModel]", form: str, as_of: date, catalog_date: date, to_file: bool) -> str:
    if form == "json":
        from llmselect.render.format.json import envelope
        from llmselect.results.listing import CatalogDate, ModelList

        found = ModelList(tuple(rows), as_of.isoformat(), CatalogDate(catalog_date.isoformat()))
        return envelope("list", "ok" if rows else "empty", found.to_dict())
    if form == "csv":
        from llmselect.render.format.csv import table_csv

        more = SCORE_COLUMNS if rows and rows[0].expected_score else ()
        header = (*COLUMNS, *(f"expected_score_{name}" for name in more))
        return table_csv(header, ([*(getattr(row, name) for name in COLUMNS), *_score_cells(row)] for row in rows))
    from llmselect.cli.recommend import ONE_ROW_A_LINE, surface
    from llmselect.render.format.blocks import Block, Column, Paragraph, Table
    from llmselect.render.format.text import text

    right = ("context", "parameters")
    skill = rows[0].expected_score.skill if rows and rows[0].expected_score else None
    titles = (*TITLES, skill) if skill else TITLES
    table = Table(tuple(Column(t, "right" if t in right else "left") for t in titles), tuple(map(_cells, rows)), head=2)
    line = (
        f"Models: {len(rows)}, as of {as_of}; catalogue of {catalog_date}."
        if rows
        else "No model matches these filters."
    )
    blocks: list[Block] = [table, Paragraph(line)] if rows else [Paragraph(line)]
    return text(blocks, form, *surface(to_file, ONE_ROW_A_LINE))


def _score_cells(row: "ListedModel") -> tuple[Any, ...]:
    score = row.expected_score
    if score is None:
        return ()
    return score.skill, score.interval.value, score.interval.low, score.interval.high, score.effort, score.test


def _cells(row: "ListedModel") -> tuple[str, ...]:
    found = []
    for name in COLUMNS:
        value = getattr(row, name)
        if name == "parameters" and value is not None:
            found.append(f"{value / 1e9:.3g}B")
        elif isinstance(value, bool):
            found.append("open" if value else "closed")
        else:
            found.append("?" if value is None else f"{value:,}" if isinstance(value, int) else str(value))
    if row.expected_score is not None:
        low, value, high = row.expected_score.interval
        effort = "" if row.expected_score.effort == "default" else f" at {row.expected_score.effort}"
        found.append(f"{value:.0f} ({low:.0f}-{high:.0f}){effort}")
    return tuple(found)


COMMAND = Command(list_models, FLAGS, _ENDING)
