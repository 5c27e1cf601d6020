"""Blocks as GitHub-flavoured Markdown."""

import re
from collections.abc import Iterable

from llmselect.render.blocks import Bars, Block, Code, Heading, Items, Paragraph, Table

_URL = re.compile(r"https?://[^\s<>|`]*[^\s<>|`,.;:)\]]")
_SPECIAL = re.compile(r"[\\`*\[<>~|]|&(?=#?\w+;)|(?<![^\W_])_|_(?![^\W_])")
_FIRST = re.compile(r"^(#{1,6}\s|[-+>=]|\d+(?=[.)]\s))")


def markdown(blocks: Iterable[Block]) -> str:
    """The blocks as Markdown, an empty line between them."""
    return "\n\n".join(text for block in blocks if (text := _block(block))) + "\n"


def _block(block: Block) -> str:
    if isinstance(block, Heading):
        return f"{'#' * block.level} {inline(block.text)}"
    if isinstance(block, Bars):
        return ""
    if isinstance(block, Code):
        return f"```\n{block.text}\n```"
    if isinstance(block, Paragraph):
        text = inline(block.text)
        if block.strong:
            return f"**{text}**"
        return f"**{inline(block.label)}:** {text}" if block.label else _FIRST.sub(_escaped_first, text)
    if isinstance(block, Items):
        marks = block.marks or ("-",) * len(block.items)
        return "\n".join(_item(mark, item) for mark, item in zip(marks, block.items, strict=True))
    return _table(block)


def _item(mark: str, item: str) -> str:
    text = inline(item)
    if re.fullmatch(r"\d+\.", mark):
        return f"{mark} {text}"
    return f"- {_FIRST.sub(_escaped_first, text)}" if mark == "-" else f"- {inline(mark)} {text}"


def _escaped_first(match: re.Match[str]) -> str:
    """What would start a list, a heading or a quote, with a backslash where it does not."""
    found = match[0]
    return f"{found}\\" if found[0].isdigit() else f"\\{found}"


def _table(table: Table) -> str:
    titles = [column.title or " " for column in table.columns]
    rules = ["---:" if column.align == "right" else "---" for column in table.columns]
    return "\n".join(_row(cells) for cells in (map(_cell, titles), rules, *(map(_cell, row) for row in table.rows)))


def _row(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def _cell(text: str) -> str:
    return inline(text) or " "


def inline(text: str) -> str:
    """Text on one line in which nothing is markup; addresses become links."""
    text = text.replace("\n", " ").replace("\u00a0", " ")
    parts, place = [], 0
    for url in _URL.finditer(text):
        parts += [_SPECIAL.sub(r"\\\g<0>", text[place : url.start()]), f"<{url[0]}>"]
        place = url.end()
    return "".join([*parts, _SPECIAL.sub(r"\\\g<0>", text[place:])])
