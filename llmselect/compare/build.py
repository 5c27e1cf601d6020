"""Builds a comparison from subjects and columns; footnotes are numbered in reading order."""

from collections.abc import Mapping, Sequence

from llmselect.compare.columns import Column
from llmselect.compare.subjects import Subject
from llmselect.compare.view import Draft, View
from llmselect.requirements import flag
from llmselect.results.comparison import Cell, Compared, ComparedColumn, Comparison, Note

COMPUTED = {  # columns that depend on the request, with the fields that they use
    "price": ("task", "prompt_tokens", "output_tokens"),
    "quality": ("task",),
    "memory": ("prompt_tokens", "output_tokens"),
}


def comparison(subjects: Sequence[Subject], columns: Mapping[str, Column], view: View, title: str = "") -> Comparison:
    """The table: one row for each subject, one cell for each column."""
    drafts = {name: [column.of(subject, view) for subject in subjects] for name, column in columns.items()}
    numbers: dict[Note, int] = {}
    cells = {name: [_cell(draft, numbers) for draft in column] for name, column in drafts.items()}
    return Comparison(
        title=title,
        columns=tuple(ComparedColumn(name, column.label, column.numeric) for name, column in columns.items()),
        rows=tuple(
            Compared(subject.name, _ids(subject), {name: column[at] for name, column in cells.items()})
            for at, subject in enumerate(subjects)
        ),
        notes=tuple(numbers),
        assumed=_assumed(columns, view),
        as_of=view.needs.as_of.isoformat(),
        catalog_date=view.catalog.date.isoformat(),
    )


def _ids(subject: Subject) -> tuple[str, ...]:
    return tuple(model.id for model in subject.models)


def _cell(draft: Draft, numbers: dict[Note, int]) -> Cell:
    return Cell(draft.text, draft.value, tuple(numbers.setdefault(note, len(numbers) + 1) for note in draft.notes))


def _assumed(columns: Mapping[str, Column], view: View) -> dict[str, str]:
    """The assumptions behind the computed columns, for fields that the request does not give."""
    if {"rank", "where", "score", "wins", "cost", "speed"} & columns.keys():
        return view.answer.assumed
    kinds = {name.partition("_")[0] if name.startswith("memory") else name.rpartition("_")[2] for name in columns}
    fields = [field for kind, fields in COMPUTED.items() if kind in kinds for field in fields]
    load = view.request.workload
    texts = {
        "task": view.needs.task,
        "prompt_tokens": f"{load.prompt_tokens:,}",
        "output_tokens": f"{load.output_tokens:,}",
    }
    flags = {name: flag(name) for name in dict.fromkeys(fields)}
    from_file = {word: text for word, text in view.needs.from_file().items() if word in flags.values()}
    given = view.needs.model_fields_set
    return from_file | {word: texts[name] for name, word in flags.items() if name not in given}
