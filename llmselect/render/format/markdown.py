"""Blocks as GitHub-flavoured Markdown."""

import re
from collections.abc import Iterable

from llmselect.render.format import escape
from llmselect.render.format.blocks import Bars, Block, Code, Heading, Items, Paragraph, Table


def markdown(blocks: Iterable[Block]) -> str:
    """The blocks as Markdown, separated by empty lines."""
    return "\n\n".join(text for block in blocks if (text := _block(block))) + "\n"


def _block(block: Block) -> str:
    if isinstance(block, Heading):
        return f"{'#' * block.level} {escape.markdown(block.text)}"
    if isinstance(block, Bars):
        return ""
    if isinstance(block, Code):
        return escape.markdown_code(block.text)
    if isinstance(block, Paragraph):
        text = escape.markdown(block.text)
        if block.strong:
            return f"**{text}**"
        return f"**{escape.markdown(block.label)}:** {text}" if block.label else escape.markdown_paragraph(block.text)
    if isinstance(block, Items):
        marks = block.marks or ("-",) * len(block.items)
        return "\n".join(_item(mark, item) for mark, item in zip(marks, block.items, strict=True))
    return _table(block)


def _item(mark: str, item: str) -> str:
    if mark == "-":
        return f"- {escape.markdown_paragraph(item)}"
    start = mark if re.fullmatch(r"\d+\.", mark) else f"- {escape.markdown(mark)}"
    return f"{start} {escape.markdown(item)}"


def _table(table: Table) -> str:
    titles = [column.title or " " for column in table.columns]
    rules = ["---:" if column.align == "right" else "---" for column in table.columns]
    return "\n".join(_row(cells) for cells in (map(_cell, titles), rules, *(map(_cell, row) for row in table.rows)))


def _row(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def _cell(text: str) -> str:
    return escape.markdown(text) or " "
