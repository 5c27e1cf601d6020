"""Replacements for a model: where it ends, the implied requirements, the candidates and their differences."""

from collections.abc import Iterator, Mapping, Sequence

from llmselect.render.answer import footer, left_out, names_of, quality_text, where
from llmselect.render.empty import empty, first_names
from llmselect.render.format.blocks import Block, Column, Heading, Items, Paragraph, Table
from llmselect.render.format.csv import Rows, table_csv
from llmselect.render.format.wrap import NO_BREAK
from llmselect.render.phrases import Phrases
from llmselect.render.words import UNKNOWN, flag, money, number
from llmselect.results.base import plain
from llmselect.results.replacement import Candidate, Life, Replacement

MAX_ENDS = 6
COLUMNS = (
    "why", "near", "rank", "model", "name", "option", "host", "deployment", "quality", "quality_points", "cost_ratio",
    "price_ratio", "context_ratio", "gained", "lost", "ends", "cost", "cost_unit", "score", "warnings",
)  # fmt: skip
_STATES = {"unknown": "maybe_gone", "announced": "not_yet"}


def replacement_blocks(answer: Replacement, say: Phrases, names: Mapping[str, str]) -> Iterator[Block]:
    """The answer in reading order; `names` are all models' names by id."""
    found = answer.recommendation
    yield Paragraph(headline(answer, say), strong=True)
    if answer.successor is not None and answer.successor != answer.model:
        yield Paragraph(say("leads_to", name=names.get(answer.successor, answer.successor)))
    if answer.rows:
        first = answer.rows[0].recommendation
        yield Paragraph(say("successor", name=first.name, where=where(first, say)))
    else:
        yield Paragraph(say("nothing_rated" if found.unrated else "nothing"))
    if found.doubts:
        yield Paragraph(" ".join(found.doubts), say("doubts"))
    if asked := implied_flags(answer):
        yield Paragraph("; ".join([*asked, say("drop_implied")]), say("implied"))
    if found.assumed:
        yield Paragraph("; ".join(f"{name} {text}" for name, text in found.assumed.items()), say("assumed"))
    if answer.rows:
        yield from _candidates(answer, say)
    else:
        yield from empty(found, {**names, **names_of(found)}, say)
    yield from _still_served(answer, say)
    yield from left_out(found, say, everything="--json")
    yield footer(found, say)


def headline(answer: Replacement, say: Phrases, lives: Sequence[Life] | None = None, most: int = MAX_ENDS) -> str:
    """When and where a model ends, with the successors that hosts name: the first `most` of some lives, or of all."""
    if lives is None:
        dated = sorted((life for life in answer.lives if life.ends is not None), key=lambda life: str(life.ends))
        named = {(life.host, life.ends) for life in dated if life.replacement}  # once per host and date is enough
        lives = [life for life in dated if life.replacement or (life.host, life.ends) not in named]
    parts = list(dict.fromkeys(_end_text(life, say) for life in lives))
    if answer.implied.get("open_weights"):
        parts.append(say("runs_on"))
    opening = say(_headline_key(answer.lives), name=answer.name)
    return opening + (say.colon + first_names(parts, say.separator, say, most) if parts else "") + say("stop")


def _headline_key(lives: Sequence[Life]) -> str:
    if not lives:
        return "life_none"
    if all(life.status == "retired" for life in lives):
        return "life_over"
    if all(life.ends is None for life in lives):
        return "life_endless"
    return "life_ends" if all(life.ends is not None for life in lives) else "life_partly"


def _end_text(life: Life, say: Phrases) -> str:
    key = "ended_at" if life.status == "retired" else "ends_at"
    successor = say("names", successor=life.replacement) if life.replacement else ""
    return say(key, host=life.host, date=life.ends) + successor


def implied_flags(answer: Replacement, *, short: bool = False) -> list[str]:
    """The implied requirements in effect, as command-line flags; in `short` without what every model of text gives."""
    asked = answer.recommendation.requirements
    found = {name: value for name, value in answer.implied.items() if asked.get(name) == plain(value)}
    if not short:
        return [flag(name, value) for name, value in found.items()]
    if tuple(found.get("modality_out", ())) == ("text",):
        del found["modality_out"]
    return [flag(name, ",".join(value) if isinstance(value, (list, tuple)) else value) for name, value in found.items()]


def _candidates(answer: Replacement, say: Phrases) -> Iterator[Block]:
    titles = ("quality", "difference", "price", "context")
    columns = [Column("#", "right"), Column(say("model")), Column(say("where"))]
    columns += [Column(say(title), "right") for title in titles]
    columns += [Column(say("capabilities")), Column(say("ends"))]
    rows = [_row(candidate, say) for candidate in answer.rows]
    yield Heading(say("candidates"))
    yield Table(tuple(columns), tuple(rows), head=2)
    yield Paragraph(say("replace_legend", yardstick=answer.recommendation.yardstick))
    notes = [_note(candidate, say) for candidate in answer.rows]
    if any(notes):
        yield Heading(say("notes"))
        yield Items(tuple(note for note in notes if note))


def _row(candidate: Candidate, say: Phrases) -> tuple[str, ...]:
    row, points = candidate.recommendation, candidate.quality_points
    changed = [*(f"+{name}" for name in candidate.gained), *(f"-{name}" for name in candidate.lost)]
    return (
        mark_of(candidate, say),
        row.name + (f"{NO_BREAK}?" if row.unverified else ""),
        where(row, say),
        quality_text(row.criteria.get("quality")),
        UNKNOWN if points is None else f"{points:+.1f}",
        _times(candidate.price_ratio),
        _times(candidate.context_ratio),
        " ".join(changed) or "=",
        candidate.ends or "-",
    )


def mark_of(candidate: Candidate, say: Phrases) -> str:
    """What stands before a row: the maker's, the same model elsewhere, or its rank in the field."""
    if candidate.why == "field":
        return str(candidate.recommendation.rank)
    return say("replace.elsewhere" if candidate.why == "elsewhere" else "replace.vendor")


def _times(ratio: float | None) -> str:
    return UNKNOWN if ratio is None else f"{number(ratio)}{NO_BREAK}x"


def _note(candidate: Candidate, say: Phrases) -> str:
    row = candidate.recommendation
    parts = [*row.warnings, *([say("unverified_row", text=", ".join(row.unverified))] if row.unverified else [])]
    return f"{row.name}{say.colon}{say.separator.join(parts)}" if parts else ""


def _still_served(answer: Replacement, say: Phrases) -> Iterator[Block]:
    """The hosts that still serve the model itself, cheapest first."""
    lives = [life for life in answer.lives if life.status != "retired"]
    if not lives:
        return
    titles = (("host", "left"), ("api_id", "left"), ("input_price", "right"), ("output_price", "right"))
    columns = [Column(say(title), "right" if side == "right" else "left") for title, side in titles]
    rows = [
        (
            life.host,
            life.api_id or UNKNOWN,
            money(life.input_usd_per_mtok, listed=True),
            money(life.output_usd_per_mtok, listed=True),
            say("ending_on", date=life.ends) if life.ends else say(_STATES.get(life.status, "no_end")),
        )
        for life in sorted(lives, key=_cheapest)
    ]
    yield Heading(say("still_served", name=answer.name))
    yield Table((*columns, Column(say("state"))), tuple(rows))


def _cheapest(life: Life) -> tuple[bool, float, str]:
    """Sort key: active offerings first, then by price."""
    prices = (life.input_usd_per_mtok, life.output_usd_per_mtok)
    total = sum(price for price in prices if price is not None) if None not in prices else float("inf")
    return life.status != "active", total, life.host


def replacement_csv(answer: Replacement) -> str:
    """One row for each possible successor: the developer's own first, then the same model elsewhere, then the field."""
    return table_csv(*replacement_rows(answer))


def replacement_rows(answer: Replacement) -> Rows:
    """The rows of the candidates' CSV."""
    rows = []
    for candidate in answer.rows:
        row, criteria = candidate.recommendation, candidate.recommendation.criteria
        cost = criteria.get("cost")
        found = {
            **{name: getattr(row, name) for name in COLUMNS if hasattr(row, name)},
            **{name: getattr(candidate, name) for name in COLUMNS if hasattr(candidate, name)},
            "quality": criteria["quality"].value if "quality" in criteria else None,
            "gained": " ".join(candidate.gained),
            "lost": " ".join(candidate.lost),
            "cost": cost.value if cost else None,
            "cost_unit": cost.unit if cost else None,
            "warnings": "; ".join(row.warnings),
        }
        rows.append([found[name] for name in COLUMNS])
    return Rows(COLUMNS, rows)
