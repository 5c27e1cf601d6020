"""Blocks as GitHub-flavoured Markdown."""

from collections.abc import Iterable

from llmselect.render.blocks import Block, Heading, Items, Paragraph, Table


def markdown(blocks: Iterable[Block]) -> str:
    """The blocks as Markdown, an empty line between them."""
    return "\n\n".join(text for block in blocks if (text := _block(block))) + "\n"


def _block(block: Block) -> str:
    if isinstance(block, Heading):
        return f"## {_inline(block.text)}"
    if isinstance(block, Paragraph):
        text = _inline(block.text)
        if block.strong:
            return f"**{text}**"
        return f"**{_inline(block.label)}:** {text}" if block.label else text
    if isinstance(block, Items):
        marks = block.marks or ("-",) * len(block.items)
        pairs = zip(marks, block.items, strict=True)
        return "\n".join(f"{'- ' if mark == '-' else f'- {mark} '}{_inline(item)}" for mark, item in pairs)
    return _table(block)


def _table(table: Table) -> str:
    titles = [column.title or " " for column in table.columns]
    rules = ["---:" if column.align == "right" else "---" for column in table.columns]
    return "\n".join(_row(cells) for cells in (titles, rules, *table.rows))


def _row(cells: Iterable[str]) -> str:
    return "| " + " | ".join(_inline(cell).replace("|", "\\|") for cell in cells) + " |"


def _inline(text: str) -> str:
    """Text whose angle brackets and stars stay what they are, on one line."""
    text = text.replace("\n", " ").replace("\u00a0", " ")
    return text.replace("<", "&lt;").replace("*", "\\*")
