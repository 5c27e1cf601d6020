"""A decision record: Markdown for people, followed by a comment with the same decision as JSON for `recheck`."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from llmselect.files import JsonFaultError, parse_json
from llmselect.render.answer import recommendation_blocks, where
from llmselect.render.details import details
from llmselect.render.excluded import all_excluded
from llmselect.render.format import escape
from llmselect.render.format.blocks import Block, Code, Column, Heading, Paragraph, Table
from llmselect.render.format.markdown import markdown
from llmselect.render.phrases import Phrases
from llmselect.render.words import UNKNOWN, money
from llmselect.results.decision import Choice, Decision
from llmselect.results.recommendation import Recommendation

OPENING, CLOSING = "<!-- llmselect-decision", "-->"
RECORD_VERSION = 1


def decision_record(
    answer: Recommendation, kept: Decision, command: Sequence[str], say: Phrases, names: Mapping[str, str],
    *, explain: bool = False, all_options: bool = False,
) -> str:  # fmt: skip
    """The record; `command` is the command line that prints it again, as words."""
    how = {"explain": explain, "all_options": all_options}
    return f"{markdown(_blocks(answer, kept, command, say, names, how))}\n{machine_block(kept)}\n"


def machine_block(kept: Decision) -> str:
    """The decision as JSON in a comment, escaped so that nothing in it can end the comment."""
    text = json.dumps({"version": RECORD_VERSION, **kept.to_dict()}, ensure_ascii=False, indent=1, allow_nan=False)
    return f"{OPENING}\n{escape.json(text).replace('>', chr(92) + 'u003e')}\n{CLOSING}"


def read_block(text: str) -> dict[str, Any] | None:
    """The decision in a record's text; None if there is no readable one."""
    _, found, rest = text.partition(OPENING)
    body, ended, _ = rest.partition(CLOSING)
    if not found or not ended:
        return None
    try:
        data = parse_json(body)
    except JsonFaultError:
        return None
    return data if isinstance(data, dict) and data.get("version") == RECORD_VERSION else None


def _blocks(
    answer: Recommendation, kept: Decision, command: Sequence[str], say: Phrases, names: Mapping[str, str],
    how: Mapping[str, bool],
) -> Iterator[Block]:  # fmt: skip
    rows = answer.recommendations
    chosen = f"{rows[0].name}, {where(rows[0], say)}" if rows else say("record_none")
    yield Heading(say("record_title", chosen=chosen), 1)
    yield from _requirements(answer, kept, say)
    yield Heading(say("record_answer"))
    yield from recommendation_blocks(answer, say, names=names, all_options=how["all_options"], record=True)
    if rows:
        yield Heading(say("record_terms"))
        yield _terms(kept.choices, say)
    yield from all_excluded(answer, say)
    yield from details(answer, say, every_exclusion=how["explain"])
    yield from _pinned(answer, kept, say)
    yield Heading(say("record_command"))
    yield Paragraph(say("record_again"))
    yield Code(_shell(command))


def _shell(command: Sequence[str]) -> str:
    import shlex

    return shlex.join(command)


def _requirements(answer: Recommendation, kept: Decision, say: Phrases) -> Iterator[Block]:
    yield Heading(say("record_requirements"))
    rows = ((f"--{name.replace('_', '-')}", _value(value)) for name, value in kept.request.items())
    given = [(*row, say("record_given")) for row in rows]
    assumed = [(flag, text, say("record_assumed")) for flag, text in answer.assumed.items()]
    columns = (Column(say("record_flag")), Column(say("value")), Column(""))
    yield Table(columns, (*given, *assumed))


def _value(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name}={item}" for name, item in value.items())
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


_OF_TERMS = ("input_price", "output_price", "gpu_hour", "cost")


def _terms(rows: Sequence[Choice], say: Phrases) -> Table:
    lines = [
        (
            row.name,
            _rate(row.terms.input_usd_per_mtok),
            _rate(row.terms.output_usd_per_mtok),
            _rate(row.terms.gpu_hour_usd),
            f"{money(row.cost)} {say(row.cost_unit)}",
            row.terms.license or UNKNOWN,
            row.terms.ends or ("-" if "@self" in row.option else say("no_end")),
        )
        for row in rows
    ]
    figures = (Column(say(title), "right") for title in _OF_TERMS)
    return Table((Column(say("model")), *figures, Column(say("license")), Column(say("ends"))), tuple(lines))


def _rate(value: float | None) -> str:
    return "-" if value is None else money(value, listed=True)


def _pinned(answer: Recommendation, kept: Decision, say: Phrases) -> Iterator[Block]:
    yield Heading(say("record_pinned"))
    rows = (
        (say("record_day"), kept.as_of),
        (say("record_catalog"), f"{kept.catalog_date}, {answer.catalog.models} x {answer.catalog.options}"),
        ("SHA-256", kept.catalog_digest),
        (say("record_hardware"), kept.hardware),
        (say("record_seed"), str(answer.seed)),
    )
    yield Table((Column(""), Column(say("value"))), rows)
