"""Lays out blocks as plain text: nothing is cut, long lines wrap, tables that do not fit become records."""

from collections.abc import Iterable, Sequence

from llmselect.render.format import escape
from llmselect.render.format.blocks import Bars, Block, Code, Heading, Items, Paragraph, Table, with_text
from llmselect.render.format.wrap import NO_BREAK, pieces, size, wrap

NARROWEST = 20
MIN_COLUMN = 16
GAP = "  "


def plain(blocks: Iterable[Block], width: int) -> str:
    """The blocks as text, separated by empty lines except after a heading."""
    wide = max(width, NARROWEST)
    parts: list[str] = []
    joined = True
    for block in blocks:
        text = "\n".join(lines_of(with_text(block, escape.terminal), wide))
        if text:
            parts.append(text if joined else "\n" + text)
            joined = isinstance(block, Heading)
    return "\n".join(parts) + "\n"


def lines_of(block: Block, width: int) -> list[str]:
    """One block's lines."""
    if isinstance(block, Heading):
        return wrap(block.text, width)
    if isinstance(block, Bars):
        return []
    if isinstance(block, Code):
        return [f"  {line}" for line in block.text.splitlines()]
    if isinstance(block, Paragraph):
        return wrap(labelled(block), width, hanging="  " if block.label else "")
    if isinstance(block, Items):
        marks = block.marks or ("-",) * len(block.items)
        return [line for mark, item in zip(marks, block.items, strict=True) for line in _item(mark, item, width)]
    return _table(block, width)


def _item(mark: str, item: str, width: int) -> list[str]:
    """The lines of an item, all behind the width of its mark."""
    lines = wrap(item, width - size(mark) - 1)
    marks = [mark.replace(NO_BREAK, " "), *[" " * size(mark)] * (len(lines) - 1)]
    return [f"{before} {line}".rstrip() for before, line in zip(marks, lines, strict=True)]


def labelled(block: Paragraph) -> str:
    """A paragraph's text after its label, with a full-width colon for East Asian labels."""
    if not block.label:
        return block.text
    return f"{block.label}{': ' if size(block.label[-1]) < 2 else '：'}{block.text}"


def title_lines(table: Table, width: int) -> int:
    """The number of lines of a table's titles; 0 if its rows become records."""
    table, _ = _split(table, width)
    widths = _widths(table, width)
    return len(_row([column.title for column in table.columns], table, widths)) if widths else 0


def _table(table: Table, width: int) -> list[str]:
    whole = table
    table, below = _split(table, width)
    widths = _widths(table, width)
    if widths is None:
        return _records(whole, width)
    indent = " " * (widths[0] + len(GAP))
    lines = _row([column.title for column in table.columns], table, widths)
    for index, row in enumerate(table.rows):
        lines += _row(row, table, widths)
        lines += [indent + line for line in wrap(below[index], width - len(indent))] if below else []
    return lines


def _split(table: Table, width: int) -> tuple[Table, tuple[str, ...]]:
    """The table without its column `under`, and that column's cells, unless the whole table fits the width."""
    at = table.under
    if at is None or sum(_natural(table)) + len(GAP) * (len(table.columns) - 1) <= width:
        return table, ()
    rows = tuple((*row[:at], *row[at + 1 :]) for row in table.rows)
    columns = (*table.columns[:at], *table.columns[at + 1 :])
    return Table(columns, rows, table.head), tuple(row[at] for row in table.rows)


def _natural(table: Table) -> list[int]:
    """The width of each column when nothing wraps."""
    columns = zip(*([column.title for column in table.columns], *table.rows), strict=True)
    return [max(size(cell) for cell in column) for column in columns]


def _row(row: Sequence[str], table: Table, widths: Sequence[int]) -> list[str]:
    cells = [wrap(cell, room) for cell, room in zip(row, widths, strict=True)]
    lines = []
    for depth in range(max(len(cell) for cell in cells)):
        parts = [
            _aligned(cell[depth] if depth < len(cell) else "", room, column.align)
            for cell, room, column in zip(cells, widths, table.columns, strict=True)
        ]
        lines.append(GAP.join(parts).rstrip())
    return lines


def _aligned(text: str, width: int, align: str) -> str:
    space = " " * (width - size(text))
    return space + text if align == "right" else text + space


def _widths(table: Table, width: int) -> list[int] | None:
    """Column widths that fit, shrinking first what has most slack, never below the longest word; None if impossible."""
    columns = list(zip(*([column.title for column in table.columns], *table.rows), strict=True))
    min_widths = [max(size(piece) for cell in column for piece, _ in pieces(cell)) for column in columns]
    widths = _natural(table)
    floor = [
        max(low, MIN_COLUMN) if column.align == "left" and wide > MIN_COLUMN else low
        for low, wide, column in zip(min_widths, widths, table.columns, strict=True)
    ]
    room = width - len(GAP) * (len(columns) - 1)
    while sum(widths) > room:
        slack = [wide - low for wide, low in zip(widths, floor, strict=True)]
        if max(slack) <= 0:
            return None
        widths[slack.index(max(slack))] -= 1
    return widths


def _records(table: Table, width: int) -> list[str]:
    """Each row as a record: its first cells on one line, the others below it with their titles."""
    head, lines = table.head, []
    for row in table.rows:
        lines += wrap(" ".join(cell for cell in row[:head] if cell), width, hanging="  ")
        named = [
            f"{column.title} {cell}" if column.title else cell
            for column, cell in zip(table.columns[head:], row[head:], strict=True)
            if cell
        ]
        lines += _joined(named, width)
    return lines


def _joined(parts: Sequence[str], width: int) -> list[str]:
    """Parts joined by semicolons, with line breaks between parts where possible."""
    lines, line = [], ""
    for index, part in enumerate(parts):
        text = part + (";" if index < len(parts) - 1 else "")
        joined = f"{line} {text}" if line else f"    {text}"
        if line and size(joined) > width:
            lines.append(line)
            joined = f"    {text}"
        line = joined
    wrapped = [piece for each in [*lines, line] for piece in wrap(each, width, hanging="      ")]
    return ["    " + piece.lstrip() if not piece.startswith("      ") else piece for piece in wrapped if piece]
