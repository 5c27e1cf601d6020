"""A comparison as blocks and CSV: models as columns, or transposed as rows, with numbered footnotes."""

from collections.abc import Iterator
from typing import Any

from llmselect.render.details import citation_text
from llmselect.render.format.blocks import Block, Column, Heading, Items, Paragraph, Table
from llmselect.render.format.csv import Rows, table_csv
from llmselect.render.format.wrap import NO_BREAK
from llmselect.render.phrases import Phrases
from llmselect.results.comparison import Cell, Comparison, Note

_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


def comparison_blocks(row: Comparison, say: Phrases, *, transposed: bool = False) -> Iterator[Block]:
    """The table and its footnotes; `transposed` makes models rows."""
    if row.title:
        yield Heading(row.title)
    if row.rows:
        yield _table(row, transposed)
    else:
        yield Paragraph(say("nothing"), strong=True)
        yield Paragraph(say("compared_nothing"))
    if row.notes:
        marks = tuple(f"{number}." for number in range(1, len(row.notes) + 1))
        yield Items(tuple(note_text(note, say) for note in row.notes), marks)
    if row.assumed:
        yield Paragraph("; ".join(f"{flag} {text}" for flag, text in row.assumed.items()), say("assumed"))
    yield Paragraph(say("compared", date=row.catalog_date, as_of=row.as_of))


def _table(row: Comparison, transposed: bool) -> Table:
    names = [each.name for each in row.rows]
    cells = [[_marked(cell) for cell in each.cells.values()] for each in row.rows]
    if transposed:
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
    """A footnote's text, then its sources."""
    sources = "; ".join(citation_text(source, say) for source in note.sources)
    return f"{note.text} ({sources})" if note.text and sources else note.text or sources


def comparison_csv(row: Comparison, *, transposed: bool = False) -> str:
    """The table without footnotes; cells are plain values where possible, else text."""
    return table_csv(*comparison_rows(row, transposed=transposed))


def comparison_rows(row: Comparison, *, transposed: bool = False) -> Rows:
    """The rows of the comparison's CSV; `turned` makes models rows."""
    cells = [[_datum(cell) for cell in each.cells.values()] for each in row.rows]
    if transposed:
        lines = [(each.name, *found) for each, found in zip(row.rows, cells, strict=True)]
        return Rows(("model", *(column.name for column in row.columns)), lines)
    lines = [(column.name, *(found[at] for found in cells)) for at, column in enumerate(row.columns)]
    return Rows(("column", *(each.name for each in row.rows)), lines)


def _datum(cell: Cell) -> Any:
    if cell.value is None:
        return None if cell.text == "?" else cell.text
    return cell.value if isinstance(cell.value, (bool, int, float, str)) else cell.text
