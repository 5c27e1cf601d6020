"""What a screen keeps: the notes that matter most, then rows; what it leaves out is named."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llmselect.render.first_notes import ranks_text
from llmselect.render.format.blocks import Block, Column, Paragraph, Table
from llmselect.render.format.layout import plain
from llmselect.render.phrases import Phrases
from llmselect.render.screen import Chosen, Note, fitted, labelled

WIDTH = 40
NOTES = st.lists(
    st.builds(
        Note, st.just("why"), st.integers(1, 100).map(lambda n: "word " * n), st.just("behind.why"), st.integers(2, 5)
    ),
    max_size=6,
)


def _draw(chosen: Chosen) -> list[Block]:
    table = Table((Column("rows"),), tuple((str(row),) for row in range(chosen.rows)))
    texts = [Paragraph(note.text) for note in chosen.notes]
    return [*texts, table, Paragraph(f"{len(chosen.left_out)} left out")]


def _parts(blocks: list[Block]) -> tuple[list[str], int, int]:
    """The notes, the rows, and how many notes are said to be left out."""
    *texts, table, last = blocks
    assert isinstance(table, Table)
    assert isinstance(last, Paragraph)
    return [block.text for block in texts if isinstance(block, Paragraph)], len(table.rows), int(last.text.split()[0])


@given(NOTES, st.integers(8, 40))
def test_a_screen_fits_and_counts_what_it_leaves_out(notes: list[Note], lines: int) -> None:
    blocks = fitted(_draw, lambda rows: notes, range(5, 1, -1), lines, WIDTH)
    texts, rows, left_out = _parts(blocks)
    assert plain(blocks, WIDTH).count("\n") <= lines
    assert len(texts) + left_out == len(notes)
    assert 2 <= rows <= 5


@given(NOTES, st.integers(8, 40))
def test_more_lines_never_show_fewer_rows_or_drop_the_first_note(notes: list[Note], lines: int) -> None:
    less, more = (_parts(fitted(_draw, lambda rows: notes, range(5, 1, -1), room, WIDTH)) for room in (lines, 200))
    assert more == ([note.text for note in notes], 5, 0)
    if notes and notes[0].text in less[0]:
        assert less[0][0] == notes[0].text


@pytest.mark.parametrize(("least_rows", "rows", "kept"), [(2, 2, 1), (4, 5, 0), (5, 5, 0)])
def test_a_table_shrinks_only_for_what_matters(least_rows: int, rows: int, kept: int) -> None:
    note = Note("why", "one " * 30, "behind.why", least_rows)  # three lines and an empty one
    texts, shown, left_out = _parts(fitted(_draw, lambda rows: [note], range(5, 1, -1), 9, WIDTH))
    assert (shown, len(texts), left_out) == (rows, kept, 1 - kept)


def test_notes_of_one_label_stand_on_lines_of_their_own_but_for_assumptions() -> None:
    notes = [Note("screen.caution", text, "") for text in ("One is old.", "Another is unknown.")]
    notes += [Note("assumed", text, "") for text in ("--task qa", "--gpu T4")]
    expected = "Caution  One is old.\n         Another is unknown.\nAssumed  --task qa; --gpu T4\n"
    assert plain([labelled(notes, Phrases())], 80) == expected


@pytest.mark.parametrize(
    ("ranks", "text"), [([2], "2"), ([1, 2], "1 and 2"), ([1, 2, 3], "1 to 3"), ([2, 4, 5, 6, 9], "2, 4 to 6 and 9")]
)
def test_ranks_in_a_row_are_told_as_from_and_to(ranks: list[int], text: str) -> None:
    assert ranks_text(ranks, Phrases()) == text
