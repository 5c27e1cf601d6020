"""`llmselect catalog status`: how fresh the catalogue is, what ends soon, what is unrated, where sources disagree."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from llmselect.cli.framework.command import Command
from llmselect.cli.framework.command import Ending as HelpEnding
from llmselect.cli.framework.flags import Flag
from llmselect.cli.framework.output import check_output, chosen_format, emit
from llmselect.cli.show import AS_OF, FORMAT, FORMATS, JSON, OUTPUT, day
from llmselect.errors import Exit

if TYPE_CHECKING:
    from llmselect.catalog.status import Ending, PriceDisagreement, Status
    from llmselect.render.format.blocks import Block

DEFAULT_DAYS, MAX_DAYS = 90, 36_500
MAX_NAMES = 8
FLAGS = (
    AS_OF,
    Flag("days", "Judgement", "Lists what ends within so many days.", "N", str(DEFAULT_DAYS)),
    Flag("all", "Output", "Names every unrated model, not the first few.", kind="switch"),
    FORMAT,
    JSON,
    OUTPUT,
)
_ENDING = HelpEnding(
    ("llmselect catalog status", "llmselect catalog status --as-of 2027-03-01 --json"),
    "None; --output writes one file. No network.",
    (0, 2, 4),
)


def status(**given: Any) -> Exit:
    """Says how old the catalogue's facts are, what ends soon, which models are unrated and which prices disagree."""
    from llmselect.catalog.load import load
    from llmselect.catalog.status import status as state_of
    from llmselect.cli.framework.inputs import whole_number

    form = chosen_format(given["format"], given["json"], FORMATS)
    path = check_output(given["output"])
    as_of = day(given["as_of"])
    days = whole_number("--days", given["days"], DEFAULT_DAYS, MAX_DAYS)
    catalog = load()
    state = state_of(catalog, as_of, days)
    emit(_text(state, catalog.date.isoformat(), days, form, given["all"], to_file=path is not None), path)
    return Exit.DONE


def _text(state: "Status", catalog_date: str, days: int, form: str, everything: bool, to_file: bool) -> str:
    if form == "json":
        from llmselect.render.format.json import envelope

        return envelope("catalog status", "ok", _data(state, catalog_date, days))
    from llmselect.cli.recommend import surface
    from llmselect.render.format.text import text

    return text(_blocks(state, catalog_date, days, everything), form, *surface(to_file))


def _data(state: "Status", catalog_date: str, days: int) -> dict[str, Any]:
    from llmselect.results.base import plain

    data: dict[str, Any] = plain(state)
    as_of = data.pop("day").isoformat()
    ending = [{**row, "shutdown": row["shutdown"].isoformat()} for row in data.pop("ending")]
    return {"as_of": as_of, "days": days, **data, "ending": ending, "catalog": {"date": catalog_date}}


def _blocks(state: "Status", catalog_date: str, days: int, everything: bool) -> "Iterator[Block]":
    from llmselect.render.format.blocks import Column, Heading, Items, Paragraph, Table

    ends, unrated = len(state.ending), len(state.unrated)
    yield Paragraph(
        f"Catalogue of {catalog_date}, as of {state.day}; offerings that end within {days} days: {ends}; prices on "
        f"which sources disagree: {len(state.disagreements)}; models without a rating: {unrated}.",
        strong=True,
    )
    titles = ("kind of fact", "facts", "newest", "median", "oldest")
    ages = tuple(
        (row.kind, f"{row.count:,}", *(_days(one) for one in (row.newest, row.median, row.oldest)))
        for row in state.ages
    )
    yield Heading("Age in days, since the facts were last checked")
    yield Table(tuple(Column(title, "right" if title != titles[0] else "left") for title in titles), ages)
    if state.ending:
        yield Heading(f"Ends within {days} days")
        yield Items(tuple(map(_ending, state.ending)), tuple(f"{row.shutdown}" for row in state.ending))
    if state.disagreements:
        yield Heading("Prices on which sources disagree, USD per million input and output tokens")
        yield Items(tuple(_disagreement(row) for row in state.disagreements))
    if state.unrated:
        shown = state.unrated if everything else state.unrated[:MAX_NAMES]
        rest = [f"and {unrated - len(shown)} more (--all names them)"] if unrated > len(shown) else []
        yield Paragraph(", ".join([*shown, *rest]), "Unrated")


def _days(age: int | None) -> str:
    return "?" if age is None else str(age)


def _ending(row: "Ending") -> str:
    days = "today" if row.days == 0 else f"in {row.days} day{'' if row.days == 1 else 's'}"
    called = f" (API id {row.api_id})" if row.api_id else ""
    names = f"; {row.host} names {row.replacement}" if row.replacement else ""
    return f"{row.model} at {row.host}{called}, {days}{names}"


def _disagreement(row: "PriceDisagreement") -> str:
    own = f"{_pair(*row.price)} ({', '.join(row.sources)})"
    return f"{row.model} at {row.host}: {own}; " + "; ".join(f"{_pair(*one[1:])} ({one[0]})" for one in row.others)


def _pair(first: float | None, second: float | None) -> str:
    from llmselect.render.words import number

    return f"{number(first)} / {number(second)}"


COMMAND = Command(status, FLAGS, _ENDING)
