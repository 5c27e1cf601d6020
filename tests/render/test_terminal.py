"""What only a terminal shows: a chart of contributions, with and without colours."""

import re

import pytest

from llmselect.render.format.blocks import Bars, Column, Table
from llmselect.render.format.layout import plain
from llmselect.render.format.terminal import draw

CHART = Bars("Parts", ("1. A long name of a model", "2. Other"), (("quality", (0.4, 0.2)), ("cost", (0.0, 0.1))))


def _lines(width: int) -> list[str]:
    return re.sub(r"\x1b\[[0-9;]*m", "", draw([CHART], width)).splitlines()


@pytest.mark.parametrize("width", [60, 80, 140])
def test_bars_keep_to_the_width_and_to_their_values(width: int) -> None:
    lines = _lines(width)
    assert lines[0] == "Parts"
    assert max(map(len, lines)) <= width
    quality, cost = lines[2:]
    longest, half = quality.removeprefix("quality").split("0.40")
    assert longest.count("█") == pytest.approx(2 * half.count("█"), abs=1)
    assert cost.split() == ["cost", "0.00", "█" * round(longest.count("█") / 4), "0.10"]


def test_names_give_way_to_ranks_where_they_do_not_fit() -> None:
    assert "A long name of a model" in _lines(120)[1]
    assert _lines(44)[1].split() == ["1.", "2."]


def test_colours_obey_no_color(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert "\x1b[32m" in draw([CHART], 80)
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b[32m" not in draw([CHART], 80)


def _wide(under: int | None) -> Table:
    columns = (Column("#", "right"), Column("model"), Column("where"), Column("score", "right"))
    return Table(columns, (("1", "A model with a name", "a place with many words in it", "0.9"),), 2, under)


@pytest.mark.parametrize(("width", "lines"), [(80, 2), (50, 3)])
def test_a_column_goes_below_its_row_where_the_line_is_short(width: int, lines: int) -> None:
    text = plain([_wide(2)], width).splitlines()
    assert len(text) == lines
    if lines == 3:
        assert text[1].split() == ["1", "A", "model", "with", "a", "name", "0.9"]
        assert text[2] == "   a place with many words in it"
