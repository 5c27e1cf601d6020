"""A comparison in each format: models as columns, or turned as rows; footnotes behind raised numbers."""

from collections.abc import Iterator
from typing import Any

from llmselect.compare.result import Cell, Comparison, Note
from llmselect.render.blocks import Block, Column, Heading, Items, Paragraph, Table
from llmselect.render.csv import table_csv
from llmselect.render.details import citation_text
from llmselect.render.json import plain
from llmselect.render.phrases import Phrases
from llmselect.render.wrap import NO_BREAK

_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


def comparison_blocks(row: Comparison, say: Phrases, *, turned: bool = False) -> Iterator[Block]:
    """The table, then its footnotes; `turned` makes models rows."""
    if row.title:
        yield Heading(row.title)
    if row.rows:
        yield _table(row, turned)
    else:
        yield Paragraph(say("nothing"), strong=True)
        yield Paragraph(say("compared_nothing"))
    if row.notes:
        marks = tuple(f"{number}." for number in range(1, len(row.notes) + 1))
        yield Items(tuple(note_text(note, say) for note in row.notes), marks)
    if row.assumed:
        yield Paragraph("; ".join(f"{flag} {text}" for flag, text in row.assumed.items()), say("assumed"))
    yield Paragraph(say("compared", date=row.catalog_date, as_of=row.as_of))


def _table(row: Comparison, turned: bool) -> Table:
    names = [each.name for each in row.rows]
    cells = [[_marked(cell) for cell in each.cells] for each in row.rows]
    if turned:
        columns = [Column(column.label, "right" if column.numeric else "left") for column in row.columns]
        lines = [(name, *found) for name, found in zip(names, cells, strict=True)]
    else:
        columns = [Column(name) for name in names]
        lines = [(column.label, *(found[at] for found in cells)) for at, column in enumerate(row.columns)]
    return Table((Column(""), *columns), tuple(lines))


def _marked(cell: Cell) -> str:
    marks = " ".join(str(number).translate(_RAISED) for number in cell.notes)
    return f"{cell.text}{NO_BREAK}{marks}" if marks else cell.text


def note_text(note: Note, say: Phrases) -> str:
    """A footnote's words, then its sources."""
    sources = "; ".join(citation_text(source, say) for source in note.sources)
    return f"{note.text} ({sources})" if note.text and sources else note.text or sources


def comparison_csv(row: Comparison, *, turned: bool = False) -> str:
    """The table with values as data where one fits a cell, and without footnotes."""
    cells = [[_datum(cell) for cell in each.cells] for each in row.rows]
    if turned:
        lines = [(each.name, *found) for each, found in zip(row.rows, cells, strict=True)]
        return table_csv(("model", *(column.name for column in row.columns)), lines)
    lines = [(column.name, *(found[at] for found in cells)) for at, column in enumerate(row.columns)]
    return table_csv(("column", *(each.name for each in row.rows)), lines)


def _datum(cell: Cell) -> Any:
    if cell.value is None:
        return None if cell.text == "?" else cell.text
    return cell.value if isinstance(cell.value, (bool, int, float, str)) else cell.text


def comparison_data(row: Comparison) -> dict[str, Any]:
    """The comparison as plain data, the cells of a row by the names of the columns."""
    names = [column.name for column in row.columns]
    data: dict[str, Any] = plain(row)
    for each in data["rows"]:
        each["cells"] = dict(zip(names, each["cells"], strict=True))
    return data
