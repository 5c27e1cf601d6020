"""What fits one screen: a table of few rows, and the notes that matter most; those left out are named."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from llmselect.render.format.blocks import Block, Items
from llmselect.render.format.layout import plain
from llmselect.render.format.wrap import NO_BREAK, size
from llmselect.render.phrases import Phrases

LINES, WIDTH = 24, 80


class Note(NamedTuple):
    """A text behind the label with the key `label`; the text with the key `named` says what it is where it is left out.

    `least_rows` is to how many rows the table may shrink for it.
    """

    label: str
    text: str
    named: str
    least_rows: int = 2


class Chosen(NamedTuple):
    """What a screen shows: rows of the table, notes in the order of their importance; and the notes left out."""

    rows: int
    notes: tuple[Note, ...] = ()
    left_out: tuple[Note, ...] = ()

    def of(self, labels: Sequence[str]) -> list[Note]:
        """The notes under some labels, in the labels' order."""
        return [note for label in labels for note in self.notes if note.label == label]


def fitted(
    draw: Callable[[Chosen], list[Block]], notes: Callable[[int], Sequence[Note]], rows: range, lines: int, width: int
) -> list[Block]:
    """The blocks that `draw` makes of the most that fits so many lines of a width.

    `notes` gives those of a table of so many rows, the most important first; `rows` are the tables to try, the longest
    first. A table shrinks for a note that allows it. The last is drawn whether or not it fits.
    """
    best = None
    for count in rows:
        found = notes(count)
        chosen = _notes_that_fit(draw, count, found, lines, width)
        if _height(draw(chosen), width) > lines and count != rows[-1]:
            continue
        if best is None or _kept(chosen, found, count) > _kept(best, found, count):
            best = chosen
        if not any(note.least_rows < count for note in chosen.left_out):
            break
    return draw(best) if best is not None else []


def _kept(chosen: Chosen, notes: Sequence[Note], rows: int) -> list[int]:
    """How many notes of each kind are kept, in the order of `notes`, of those for which a table has so few rows."""
    kept = [note.named for note in chosen.notes if note.least_rows <= rows]
    return [kept.count(kind) for kind in dict.fromkeys(note.named for note in notes)]


def _notes_that_fit(
    draw: Callable[[Chosen], list[Block]], rows: int, notes: Sequence[Note], lines: int, width: int
) -> Chosen:
    """One note after the other, those that are still to come counted as left out."""
    chosen = Chosen(rows, (), tuple(notes))
    for note in notes:
        more = Chosen(rows, (*chosen.notes, note), tuple(one for one in chosen.left_out if one is not note))
        if _height(draw(more), width) <= lines:
            chosen = more
    return chosen


def _height(blocks: Sequence[Block], width: int) -> int:
    return plain(blocks, width).count("\n")


def labelled(notes: Sequence[Note], say: Phrases, together: Sequence[str] = ("assumed",)) -> Items:
    """Notes behind labels of one width; each on a line of its own, but for those `together`, which are joined."""
    lines: list[tuple[str, str]] = []
    for note in notes:
        if note.label in together and lines and lines[-1][0] == note.label:
            lines[-1] = (note.label, lines[-1][1] + say.separator + note.text)
        else:
            lines.append((note.label, note.text))
    wide = max((size(say(label)) for label, _ in lines), default=0)
    before = [None, *(label for label, _ in lines)]
    marks = ("" if label == last else say(label) for (label, _), last in zip(lines, before, strict=False))
    return Items(tuple(text for _, text in lines), tuple(mark + NO_BREAK * (wide - size(mark) + 1) for mark in marks))


def left_out_text(notes: Sequence[Note], say: Phrases) -> list[str]:
    """What the notes that are left out are, each kind once."""
    return list(dict.fromkeys(say(note.named) for note in notes))
