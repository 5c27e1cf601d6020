"""The calendar walked month by month over the real catalogue: nothing that is recommended is over, or not there yet.

Every month is asked for an API and for any deployment, the one for conversation and the other for coding, by turns;
every third month with a horizon.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import date
from typing import NamedTuple

import pytest

from llmselect.catalog.load import load
from llmselect.catalog.schema import Catalog, Host, Offering
from llmselect.requirements import parse
from tests.factories import recommend

FIRST, LAST = date(2023, 6, 15), date(2027, 6, 15)
TASKS = ("conversation", "coding")
HORIZON_MONTHS = 6
SNAPSHOT = re.compile(r"[-@](\d{8}|\d{4}-\d{2}-\d{2}|\d{2}-\d{4}|\d{4}|00\d)(-v\d+:\d+)?$")


class Shown(NamedTuple):
    """An option of an answer, as a rank of its own or under "also at", on the day that was asked about."""

    day: date
    model: str
    option: str
    host: str


@pytest.fixture(scope="module")
def facts() -> Catalog:
    """The real catalogue without the models that can have no rank: base models, and those that nobody has scored."""
    real = load()
    ranked = {name: model for name, model in real.models.items() if model.scores and model.tuning.value == "instruct"}
    return real.model_copy(update={"models": ranked})


def later(day: date, months: int) -> date:
    """The same day of a later month; every month has a fifteenth."""
    count = day.year * 12 + day.month - 1 + months
    return date(count // 12, count % 12 + 1, day.day)


def calendar(step_months: int = 1) -> list[date]:
    days = [FIRST]
    while later(days[-1], step_months) <= LAST:
        days.append(later(days[-1], step_months))
    return days


def shown(facts: Catalog, day: date, task: str, **fields: object) -> Iterator[Shown]:
    """Every option that an answer names."""
    answer = recommend(parse({**fields, "task": task, "as_of": day.isoformat()}), facts, top=10)
    for row in answer.recommendations:
        yield Shown(day, row.model, row.option, row.host)
        yield from (Shown(day, row.model, other.option, other.host) for other in row.also_at)


def offering(facts: Catalog, one: Shown) -> Offering | None:
    """The offering that an option's id names: at one host by its API id where there are several; None for weights."""
    if one.host == "self":
        return None
    rows = [row for row in facts.hosts[one.host].offerings if row.model == one.model]
    if len(rows) == 1:
        return rows[0]
    regions = {"", *(f"{kept.region}/" for row in rows for kept in row.regional)}
    places = [f"{one.model}@{one.host}/{region}" for region in regions]
    named = [
        row for row in rows if row.api_id and any(one.option.startswith(place + row.api_id.value) for place in places)
    ] or [row for row in rows if row.regional]
    return max(named, key=lambda row: len(row.api_id.value or "") if row.api_id else 0)


def end(row: Offering) -> date:
    shutdown = row.lifecycle.shutdown
    return shutdown.value if shutdown and shutdown.value else date.max


def names(row: Offering) -> set[str]:
    return {row.api_id.value, *row.aliases} if row.api_id and row.api_id.value else set(row.aliases)


def snapshots(host: Host, row: Offering) -> list[Offering]:
    """The dated snapshots of a model, offered apart, that an offering's undated names may point to."""
    undated = names(row)
    return [
        other
        for other in host.offerings
        if other.model == row.model
        and other is not row
        and any(SNAPSHOT.search(name) and SNAPSHOT.sub("", name) in undated for name in names(other))
    ]


def last_end(host: Host, row: Offering) -> date:
    """The end of an offering: its own, and no later than that of the last snapshot that its alias can point to."""
    return min(end(row), max((end(other) for other in snapshots(host, row)), default=date.max))


def faults(facts: Catalog, answers: Iterable[Shown], horizon_months: int = 0) -> list[str]:
    """What is over by the day (or the horizon after it), or not released on it."""
    found = []
    for one in answers:
        released = facts.models[one.model].release_date.value
        if released is None or released > one.day:
            found.append(f"{one.day} {one.option}: the model is of {released}")
        row = offering(facts, one)
        if row is None:
            continue
        over = last_end(facts.hosts[one.host], row)
        announced = row.lifecycle.announced.value if row.lifecycle.announced else None
        known = over <= one.day or (announced is not None and announced <= one.day)
        if known and over <= later(one.day, horizon_months):
            found.append(f"{one.day} {one.option}: over on {over}")
        start = row.lifecycle.released
        if start is not None and start.value is not None and start.value > one.day:
            found.append(f"{one.day} {one.option}: offered from {start.value}")
    return found


def by_turns(tasks: tuple[str, str]) -> list[tuple[date, str]]:
    return [(day, tasks[count % 2]) for count, day in enumerate(calendar())]


def test_apis_month_by_month(facts: Catalog) -> None:
    answers = [one for day, task in by_turns(TASKS) for one in shown(facts, day, task, deployment="api")]
    assert faults(facts, answers) == []
    assert len({one.day for one in answers}) > 36
    rows = [row for one in answers if (row := offering(facts, one)) is not None]
    assert len({end(row) for row in rows if end(row) <= LAST}) > 5


def test_any_deployment_month_by_month(facts: Catalog) -> None:
    answers = [one for day, task in by_turns((TASKS[1], TASKS[0])) for one in shown(facts, day, task)]
    assert faults(facts, answers) == []
    assert {one.day for one in answers} >= set(calendar()[12:])


@pytest.mark.parametrize("task", TASKS)
def test_nothing_ends_within_the_horizon(facts: Catalog, task: str) -> None:
    asked = {"deployment": "api", "horizon_months": HORIZON_MONTHS}
    answers = [one for day in calendar(3) for one in shown(facts, day, task, **asked)]
    assert faults(facts, answers, HORIZON_MONTHS) == []
    assert len({one.day for one in answers}) > 9


def test_an_alias_ends_with_its_snapshot(facts: Catalog) -> None:
    """No offering of an undated name outlives the last of the dated ones that it can point to."""
    outliving = [
        f"{host.id}: {row.model} as {sorted(names(row))} ends on {end(row)}"
        for host in facts.hosts.values()
        for row in host.offerings
        if end(row) > last_end(host, row)
    ]
    assert outliving == []


def test_a_name_stands_for_one_end(facts: Catalog) -> None:
    """A name that two offerings of a host share (its regions, say) ends on one day."""
    ends: dict[tuple[str, str], set[date]] = {}
    for host in facts.hosts.values():
        for row in host.offerings:
            for name in names(row):
                ends.setdefault((host.id, name), set()).add(end(row))
    assert {name: days for name, days in ends.items() if len(days) > 1} == {}
