"""Markdown and HTML: parsers that know nothing of us read the same cells back, whatever stands in them."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from llmselect.render.format import escape
from llmselect.render.format.blocks import Bars, Code, Column, Heading, Items, Paragraph, Table
from llmselect.render.format.html import html
from llmselect.render.format.layout import plain
from llmselect.render.format.markdown import markdown
from tests.reading import alignments, html_tables, html_tags, markdown_tables

CELLS = st.text(alphabet="ab1 |\\`*_~[]()<>&;#!\"'$-+=\u00a0\n¹²é模", max_size=12)
TABLES = st.integers(1, 4).flatmap(lambda width: st.lists(st.tuples(*[CELLS] * width), min_size=1, max_size=4))


def _plain(cell: str) -> str:
    return cell.replace("\n", " ").replace("\u00a0", " ").strip()


def _table(rows: list[tuple[str, ...]]) -> Table:
    return Table(tuple(Column(f"c{i}", "right" if i else "left") for i in range(len(rows[0]))), tuple(rows))


@settings(max_examples=100, deadline=None)
@given(TABLES)
def test_a_markdown_parser_reads_every_cell_back(rows: list[tuple[str, ...]]) -> None:
    (read,) = markdown_tables(markdown([_table(rows)]))
    assert read[1:] == [[_plain(cell) for cell in row] for row in rows]


@settings(max_examples=60, deadline=None)
@given(TABLES)
def test_an_html_parser_reads_every_cell_back(rows: list[tuple[str, ...]]) -> None:
    (read,) = html_tables(html([_table(rows)]))
    assert read[1:] == [[_plain(cell) for cell in row] for row in rows]


def test_right_columns_lean_right() -> None:
    assert alignments(markdown([_table([("a", "1", "2")])])) == ["", "text-align:right", "text-align:right"]


@pytest.mark.parametrize("entity", ["&amp;", "&#38;", "&lt;b&gt;"])
def test_what_looks_like_an_entity_stays(entity: str) -> None:
    assert markdown_tables(markdown([_table([(entity,)])]))[0][1] == [entity]


def test_addresses_become_links_whatever_signs_they_hold() -> None:
    assert escape.markdown("see https://a.test/x_y_*z* (https://b.test/q?a=1&b=2), so") == (
        "see <https://a.test/x_y_*z*> (<https://b.test/q?a=1&b=2>), so"
    )
    assert '<a href="https://b.test/q?a=1&amp;b=2">' in html([Paragraph("https://b.test/q?a=1&b=2")])


@pytest.mark.parametrize("text", ["1. first", "- dash", "# no title", "> no quote", "+ plus"])
def test_a_paragraph_does_not_become_a_list(text: str) -> None:
    assert markdown([Paragraph(text)]).startswith(("\\", "1\\"))


def test_numbered_items_are_an_ordered_list() -> None:
    items = [Items(("first", "second"), ("1.", "2."))]
    assert markdown(items) == "1. first\n2. second\n"
    assert "<ol>\n<li>first</li>\n<li>second</li>\n</ol>" in html(items)


def test_an_html_page_needs_nothing_else() -> None:
    page = html([Heading("<Title>"), Paragraph("a & b", "L"), Code("x < y"), Items(("one",)), _table([("a",)])])
    assert not html_tags(page) & {"script", "link", "img", "iframe"}
    assert "<title>&lt;Title&gt;</title>" in page
    assert "<strong>L:</strong> a &amp; b" in page
    assert "<pre><code>x &lt; y</code></pre>" in page


def test_commands_are_never_wrapped_and_charts_are_for_terminals() -> None:
    blocks = [Code("llmselect " + "x " * 60), Bars("t", ("a",), (("b", (1.0,)),))]
    assert len(plain(blocks, 60).splitlines()) == 1
    assert "█" not in plain(blocks, 60) + markdown(blocks) + html(blocks)
