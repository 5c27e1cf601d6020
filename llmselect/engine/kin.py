"""What a model's own developer offers in its place: what it names, the newest of its line, or what is near its bill."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from llmselect.catalog.sql.read import Integers
from llmselect.catalog.names.hosts import own_host
from llmselect.engine.columns import SELF_HOST
from llmselect.engine.facts import Facts
from llmselect.engine.score import ranked
from llmselect.engine.scored import Scored
from llmselect.engine.tier import NEAR, TIER, unfinished
from llmselect.results.replacement import OldModel

if TYPE_CHECKING:
    from llmselect.catalog.schema import Model

NAMED, LINE, DEVELOPER = "named", "line", "developer"  # why something is the developer's successor


class Kin(NamedTuple):
    """The developer's successor: its option among all, why it is one, and whether it is near the old model."""

    row: int
    why: str
    near: bool


def successors_of(found: Scored, model: Model, old: OldModel, own_word: str | None, word: str | None) -> list[Kin]:
    """What of `found`, the options of a request, its developer offers in place of a model; none where nothing is.

    First what its own host's words lead to (`own_word`), or near the old model the newest of its line, what any host's
    words lead to (`word`), the newest of its developer, or else the same of its line and of words, near or not. Where
    that is not near, what is near follows.
    """
    newer = line_of(found.judged.table.facts, [model.id, *([own_word] if own_word else [])])
    words, own = [word] if word else [], [own_word] if own_word else []
    kin = [_option(found, one, old, NAMED) for one in own]
    lines = [_option(found, one, old, LINE) for one in newer]
    named = [_option(found, one, old, NAMED) for one in words]
    developer = [_option(found, one, old, DEVELOPER) for one in _of_developer(found, model, old)]
    nearby = [one for one in (*lines, *named, *developer) if one is not None and one.near]
    first = next((one for one in (*kin, *nearby, *lines, *named) if one is not None), None)
    if first is None:
        return []
    return [first, *([] if first.near else nearby[:1])]


def line_of(facts: Facts, models: list[str]) -> list[str]:
    """All that follow some models in their developer's line of one tier, the newest first; previews last."""
    after: dict[str, list[Model]] = {}
    for one in facts.catalog.models.values():
        if one.predecessor is not None and one.predecessor.value is not None:
            after.setdefault(one.predecessor.value, []).append(one)
    found: dict[str, Model] = {}
    waiting = list(models)
    while waiting:
        for one in after.get(waiting.pop(), []):
            if one.id not in found:
                found[one.id] = one
                waiting.append(one.id)
    return [one.id for one in sorted(found.values(), key=_newest_first)]


def _newest_first(model: Model) -> tuple[bool, int, str]:
    released = model.release_date.value
    return unfinished(model.id), -(released.toordinal() if released else 0), model.id


def _of_developer(found: Scored, model: Model, old: OldModel) -> Iterator[str]:
    """The developer's newer models that can be ranked near the old one's quality and bill, the newest first; what is
    cheaper by more than that comes last.
    """
    facts, released = found.judged.table.facts, model.release_date.value
    catalog = facts.catalog.models
    ranked = {found.model(row): row for row in reversed(found.order.tolist())}  # the best row of each
    theirs = [
        catalog[one]
        for one in ranked
        if catalog[one].developer.value == model.developer.value and one != model.id and not unfinished(one)
    ]
    newer = [one for one in theirs if one.release_date.value and released and one.release_date.value > released]
    usd = found.judged.figures.costs.usd_per_month[1]
    times = {one.id: float(usd[ranked[one.id]]) / (old.usd_per_month or np.nan) for one in newer}
    least = 1 / NEAR.times_usd
    near = [one for one in newer if not times[one.id] < least]
    newest = sorted(near, key=lambda one: (_newest_first(one)[:2], abs(np.log(times[one.id])), one.id))
    cheaper = sorted((one for one in newer if one not in near), key=lambda one: (-times[one.id], one.id))
    yield from (one.id for one in (*newest, *cheaper))


def _option(found: Scored, model: str, old: OldModel, why: str) -> Kin | None:
    """The option by which a model would follow: the best near the old one, else the cheapest that is no weaker.

    Of what its developer's own host has ever served only that host's options count, or those on one's own machine: what
    the developer ends is no successor for its being served elsewhere.
    """
    table = found.judged.table
    facts = table.facts
    own = table.options.model_no == facts.model_no[model]
    at_home = np.array([host == own_host(model) for host in facts.offerings.host], dtype=bool)
    home = table.of_offerings(at_home, False)
    if np.any(own & home):
        own &= home | (table.options.deployment == SELF_HOST)
    for admitted, near in ((found.judgement.passes, True), (found.passes_but_for(TIER), False)):
        for kind in (found.rankable, table.options.expected, ~table.options.expected):
            rows = ranked(found.score, np.flatnonzero(admitted & own & kind), found.tie_place)
            if len(rows):
                return Kin(int(rows[0]) if near else _cheapest(found, rows, old), why, near)
    return None


def _cheapest(found: Scored, rows: Integers, old: OldModel) -> int:
    """The cheapest of some options that are not clearly weaker than the old model, else the best of them."""
    quality, usd = found.values["quality"].interval[1, rows], found.judged.figures.costs.usd_per_month[1, rows]
    able = rows[quality >= (old.quality.low if old.quality else 0.0)]
    if not len(able):
        return int(rows[0])
    bills = usd[np.isin(rows, able)]
    return int(able[np.argsort(bills, kind="stable")[0]])
