"""What has changed since a decision, as blocks."""

from collections.abc import Iterator

from llmselect.render.format.blocks import Block, Column, Heading, Paragraph, Table
from llmselect.render.format.csv import Rows
from llmselect.render.phrases import Phrases
from llmselect.render.words import UNKNOWN, number
from llmselect.results.decision import Moved, Recheck

COLUMNS = ("matters", "model", "what", "before", "after", "change")


def recheck_rows(row: Recheck) -> Rows:
    """One row per change."""
    return Rows(COLUMNS, [[getattr(move, name) for name in COLUMNS] for move in row.moved])


def recheck_blocks(row: Recheck, say: Phrases) -> Iterator[Block]:
    """The line with the answer, the changes that matter, then the rest."""
    matters, rest = [m for m in row.moved if m.matters], [m for m in row.moved if not m.matters]
    yield Paragraph(say("recheck_reopen" if matters else "recheck_holds", name=row.chosen or "-"), strong=True)
    for title, moves in (("recheck_matters", matters), ("recheck_rest", rest)):
        if moves:
            yield Heading(say(title))
            yield _table(moves, say)
    key = "recheck_changed" if row.catalog_changed else "recheck_same"
    yield Paragraph(say(key, decided=row.decided_as_of, as_of=row.as_of, date=row.now.catalog_date))


def _table(moves: list[Moved], say: Phrases) -> Table:
    columns = (
        Column(say("moved_model")), Column(say("moved_what")), Column(say("moved_before")), Column(say("moved_after")),
        Column(say("moved_by"), "right"),
    )  # fmt: skip
    return Table(columns, tuple(_cells(move, say) for move in moves), head=2)


_FIGURES = ("input_usd_per_mtok", "output_usd_per_mtok", "gpu_hour_usd", "cost", "quality", "license")


def _cells(move: Moved, say: Phrases) -> tuple[str, ...]:
    points = move.what == "winner"
    by = "" if move.change is None else f"{move.change:+.3f}" if points else f"{move.change:+.1%}"
    none = UNKNOWN if move.what in _FIGURES else "-"
    return move.name, say(f"moved.{move.what}"), _value(move.before, none), _value(move.after, none), by


def _value(value: str | float | None, none: str) -> str:
    return none if value is None else value if isinstance(value, str) else number(value)
