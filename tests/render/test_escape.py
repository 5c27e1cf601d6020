"""What would do harm in a medium is written out there, and all else stays as it is."""

import csv
import io
import json
from html.parser import HTMLParser

import pytest

from llmselect.render.format import escape
from llmselect.render.format.blocks import Code, Column, Heading, Items, Paragraph, Table
from llmselect.render.format.csv import table_csv
from llmselect.render.format.html import html
from llmselect.render.format.layout import plain
from llmselect.render.format.markdown import markdown
from llmselect.render.format.terminal import draw

HARMLESS = ("", "plain", "GPT-5 mini", "語言模型", "café – 3 × 2", "👩‍👩‍👧", "نص عربي", "a\tb", "$1,000 & more")
HARMFUL = {
    "\x1b[31mred": r"\x1b[31mred",
    "\x1b]0;title\x07": r"\x1b]0;title\x07",
    "bell\x07": r"bell\x07",
    "over\rwritten": r"over\rwritten",
    "back\x08space": r"back\x08space",
    "nul\x00": r"nul\x00",
    "del\x7f": r"del\x7f",
    "csi\x9b31m": r"csi\x9b31m",
    "\u202egnp.exe": r"\u202egnp.exe",
    "iso\u2066late\u2069": r"iso\u2066late\u2069",
    "zero\u200bwidth": r"zero\u200bwidth",
    "line\u2028break": r"line\u2028break",
    "byte\udce9": r"byte\xe9",
    "half\ud83d": r"half\ud83d",
    "tag\U000e0041": r"tag\U000e0041",
}


@pytest.mark.parametrize("text", HARMLESS)
def test_what_is_harmless_stays(text: str) -> None:
    assert escape.terminal(text) == text


@pytest.mark.parametrize(("text", "shown"), HARMFUL.items())
def test_controls_are_written_out_in_every_medium(text: str, shown: str) -> None:
    assert escape.terminal(text) == escape.line(text) == shown
    blocks = [
        Heading(text),
        Paragraph(text, label=text),
        Items((text,)),
        Code(text),
        Table((Column(text),), ((text,),)),
    ]
    for written in (plain(blocks, 80), markdown(blocks), html(blocks), table_csv([text], [[text]])):
        assert text not in written
        assert not set(written) & (set(text) - set(shown) - set("\n"))
        written.encode()  # no half of a pair
    assert text not in draw(blocks, 80)
    assert json.loads(escape.json(json.dumps([text], ensure_ascii=False))) == [text]


def test_lines_end_only_where_they_may() -> None:
    assert escape.terminal("a\nb\tc") == "a\nb\tc"
    assert escape.line("a\nb\tc\r") == r"a\nb\tc\r"


def test_colours_of_ours_stay_and_others_do_not() -> None:
    assert escape.coloured("\x1b[1;32mok\x1b[0m\x1b[2J\x07") == "\x1b[1;32mok\x1b[0m" + r"\x1b[2J\x07"


@pytest.mark.parametrize("value", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", '=HYPERLINK("http://evil.test")'])
def test_text_is_no_formula_of_a_spreadsheet(value: str) -> None:
    title, cell = csv.reader(io.StringIO(table_csv([value], [[value]]), newline=""))
    assert title == cell
    assert cell[0].startswith("'")


def test_numbers_of_a_table_stay_numbers() -> None:
    assert table_csv(["a", "b", "c", "d"], [[-1.5, None, True, "x"]]) == "a,b,c,d\n-1.5,,true,x\n"


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("a|b", r"a\|b"),
        ("`code`", r"\`code\`"),
        ("[x](javascript:alert(1))", r"\[x](javascript:alert(1))"),
        ("<script>", r"\<script\>"),
        ("**bold** _it_", r"\*\*bold\*\* \_it\_"),
        ("snake_case", "snake_case"),
        ("&lt;", r"\&lt;"),
        ("two\nlines", "two lines"),
    ],
)
def test_nothing_is_markup(text: str, written: str) -> None:
    assert escape.markdown(text) == written


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("# title", r"\# title"),
        ("- item", r"\- item"),
        ("+ item", r"\+ item"),
        ("> quote", r"\> quote"),
        ("1. first", r"1\. first"),
        ("===", r"\==="),
        ("1.5 GB", "1.5 GB"),
    ],
)
def test_a_line_starts_nothing(text: str, written: str) -> None:
    assert escape.markdown_paragraph(text) == written


@pytest.mark.parametrize("text", ["```", "a\n````\nb", "`x`"])
def test_code_ends_where_it_ends(text: str) -> None:
    first, *inner, last = escape.markdown_code(text).split("\n")
    assert first == last
    assert set(first) == {"`"}
    assert "\n".join(inner) == text
    assert all(first not in line for line in inner)


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str | None] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.links += [value for name, value in attrs if name == "href"]


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        '"><img src=x onerror=alert(1)>',
        "javascript:alert(1)",
        'https://a.test/"onclick="x',
    ],
)
def test_a_page_holds_no_tags_of_others(text: str) -> None:
    blocks = [Heading(text), Paragraph(text), Items((text,)), Table((Column(text),), ((text,),)), Code(text)]
    parser = _Tags()
    parser.feed(html(blocks))
    assert not {"script", "img"} & set(parser.tags)
    assert all(link is not None and link.startswith("https://") for link in parser.links)


@pytest.mark.parametrize("path", ["::error::x", "::set-output name=x::y", "##[error]x", ":"])
def test_a_path_at_the_start_of_a_line_is_no_workflow_command(path: str) -> None:
    assert escape.path(path) == f"./{path}"
    assert escape.path("src/main.py") == "src/main.py"


def test_workflow_commands_hold_one_line() -> None:
    assert escape.github_message("100%\r\n::error::") == "100%25%0D%0A::error::"
    assert escape.github_property("a,b::c\n") == "a%2Cb%3A%3Ac%0A"


def test_letters_beyond_an_encoding_are_pairs_of_json() -> None:
    assert json.loads(f'"{escape.utf_16("語😀")}"') == "語😀"
