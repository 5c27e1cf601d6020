"""Blocks as one self-contained HTML page."""

import re
from collections.abc import Iterable

from llmselect.render.format.blocks import Bars, Block, Code, Heading, Items, Paragraph, Table
from llmselect.render.format.escape import html as _text
from llmselect.render.format.escape import html_linked as _linked

_STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; max-width: 76rem; margin: 2rem auto; padding: 0 1rem; }
:root { color-scheme: light dark; }
table { border-collapse: collapse; display: block; overflow-x: auto; }
th, td { border: 1px solid #8886; padding: .35rem .6rem; text-align: left; vertical-align: top; }
th { background: #8882; }
.right { text-align: right; }
.answer { font-size: 1.15rem; font-weight: 600; }
li { overflow-wrap: anywhere; }
""".strip()
_PAGE = """<!DOCTYPE html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
{style}
</style>
</head>
<body>
{body}
</body>
</html>
"""


def html(blocks: Iterable[Block], language: str = "en") -> str:
    """The page in `language` (en or zh); its title is the first heading or the line with the answer."""
    found = list(blocks)
    body = html_body(found)
    titles = (block.text for block in found if isinstance(block, (Heading, Paragraph)) and _leads(block))
    title = _text(next(titles, "llmselect"))
    return _PAGE.format(language="zh-Hant" if language == "zh" else language, title=title, style=_STYLE, body=body)


def html_body(blocks: Iterable[Block]) -> str:
    """The blocks as an HTML fragment."""
    return "\n".join(text for block in blocks if (text := _block(block)))


def _leads(block: Heading | Paragraph) -> bool:
    return isinstance(block, Heading) or block.strong


def _block(block: Block) -> str:
    if isinstance(block, Heading):
        return f"<h{block.level}>{_text(block.text)}</h{block.level}>"
    if isinstance(block, Bars):
        return ""
    if isinstance(block, Code):
        return f"<pre><code>{_text(block.text)}</code></pre>"
    if isinstance(block, Paragraph):
        if block.strong:
            return f'<p class="answer">{_linked(block.text)}</p>'
        label = f"<strong>{_text(block.label)}:</strong> " if block.label else ""
        return f"<p>{label}{_linked(block.text)}</p>"
    return _items(block) if isinstance(block, Items) else _table(block)


def _items(block: Items) -> str:
    ordered = bool(block.marks) and all(re.fullmatch(r"\d+\.", mark) for mark in block.marks)
    marks = [f"{_text(mark)} " for mark in block.marks] if block.marks and not ordered else [""] * len(block.items)
    lines = "\n".join(f"<li>{mark}{_linked(item)}</li>" for mark, item in zip(marks, block.items, strict=True))
    kind = "ol" if ordered else "ul"
    return f"<{kind}>\n{lines}\n</{kind}>" if block.items else ""


def _table(table: Table) -> str:
    kinds = [' class="right"' if column.align == "right" else "" for column in table.columns]
    titles = "".join(f"<th{kind}>{_text(column.title)}</th>" for kind, column in zip(kinds, table.columns, strict=True))
    rows = (
        "".join(f"<td{kind}>{_linked(cell)}</td>" for kind, cell in zip(kinds, row, strict=True)) for row in table.rows
    )
    body = "\n".join(f"<tr>{row}</tr>" for row in rows)
    return f"<table>\n<thead>\n<tr>{titles}</tr>\n</thead>\n<tbody>\n{body}\n</tbody>\n</table>"
