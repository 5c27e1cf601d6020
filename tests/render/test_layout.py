"""Text of a width: nothing is cut, wide letters count twice, tables become records where they must."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llmselect.render.format.blocks import Block, Column, Heading, Items, Paragraph, Table
from llmselect.render.format.layout import plain
from llmselect.render.format.markdown import markdown
from llmselect.render.format.terminal import draw
from llmselect.render.format.wrap import NO_BREAK, size, wrap

WORDS = st.text(st.sampled_from("abc 模型，。(–-/"), max_size=120)


@given(WORDS, st.integers(20, 60))
def test_wrapping_loses_nothing(text: str, width: int) -> None:
    assert "".join("".join(wrap(text, width)).split()) == "".join(text.split())


@given(st.lists(st.text("abc-/", min_size=1, max_size=18), max_size=30), st.integers(20, 60))
def test_lines_fit_where_words_do(words: list[str], width: int) -> None:
    assert all(size(line) <= width for line in wrap(" ".join(words), width))


def test_long_words_stay_whole() -> None:
    url = "https://example.test/" + "a" * 60
    assert wrap(f"see {url} there", 30) == ["see", url, "there"]


def test_a_hanging_indent_follows() -> None:
    assert wrap("one two three four", 9, hanging="  ") == ["one two", "  three", "  four"]


def test_no_break_spaces_hold_and_print_as_spaces() -> None:
    assert wrap(f"about 1{NO_BREAK}x{NO_BREAK}GPU", 8) == ["about", "1 x GPU"]


def test_wide_letters_take_two_columns() -> None:
    assert size("模型 a") == 6
    assert wrap("模型選擇", 4) == ["模型", "選擇"]


def test_closing_marks_do_not_begin_a_line() -> None:
    assert wrap("模型，選擇", 4) == ["模", "型，", "選擇"]


TABLE = Table(
    (Column("#", "right"), Column("model"), Column("cost", "right")), (("1", "A model", "$2"), ("10", "B", "?")), 2
)


def test_columns_align() -> None:
    assert plain([TABLE], 40) == " #  model    cost\n 1  A model    $2\n10  B           ?\n"


def test_a_narrow_table_becomes_records() -> None:
    long = Table(TABLE.columns, (("1", "word" * 8, "$2"),), 2)
    assert plain([long], 24) == f"1 {'word' * 8}\n    cost $2\n".replace("1 word", "1\n  word", 1)


def test_blocks_stand_apart_and_headings_stay_with_theirs() -> None:
    blocks: list[Block] = [Paragraph("One."), Heading("Two"), Items(("a", "b")), Paragraph("c", "Label")]
    assert plain(blocks, 40) == "One.\n\nTwo\n- a\n- b\n\nLabel: c\n"


def test_labels_take_the_colon_of_their_script() -> None:
    assert plain([Paragraph("甲", "假設")], 40) == "假設：甲\n"


def test_markdown_escapes_what_would_be_markup() -> None:
    table = Table((Column("a|b"), Column("", "right")), (("<x>", "1*2"),))
    assert markdown([table]) == "| a\\|b |   |\n| --- | ---: |\n| \\<x\\> | 1\\*2 |\n"


def test_a_terminal_gets_the_same_text(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")
    blocks: list[Block] = [
        Paragraph("Best.", strong=True),
        Heading("Two"),
        Items(("a",)),
        Paragraph("b", "Label"),
        TABLE,
    ]
    drawn = draw(blocks, 60)
    assert "\x1b[" in drawn
    assert re.sub(r"\x1b\[[0-9;]*m", "", drawn) == plain(blocks, 60)


def test_no_color_is_honoured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    assert not re.search(r"\x1b\[[0-9;]*3[0-9]", draw([Paragraph("Best.", strong=True)], 60))
