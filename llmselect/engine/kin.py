"""What a model's own developer offers in its place: what it names, the newest of its line, or what is near its bill."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from llmselect.catalog.names.hosts import own_host
from llmselect.catalog.sql.read import Integers
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

    First what its own host's words lead to (`own_word`). Else, near the old model, the newest of its line or a newer
    one of its developer at about its bill, what any host's words lead to (`word`), whatever of its developer; or else
    the newest of its line, and the words, near or not. Where the first is not near, what is near follows.
    """
    newer = line_of(found.judged.table.facts, [model.id, *([own_word] if own_word else [])])
    alike, others = _of_developer(found, model, old)
    own = _options(found, [own_word] if own_word else [], old, NAMED)
    line, named = _options(found, newer, old, LINE), _options(found, [word] if word else [], old, NAMED)
    near_line = [kin for kin in line if kin.near]
    at_bill = [kin for kin in _options(found, alike, old, DEVELOPER) if kin.near]
    at_any = [kin for kin in _options(found, others, old, DEVELOPER) if kin.near]
    if near_line and at_bill and _released(found, at_bill[0]) > _released(found, near_line[0]):
        near_line = at_bill
    near = [*near_line, *(kin for kin in named if kin.near), *at_bill, *at_any]
    first = next(iter([*own, *near, *line, *named]), None)
    if first is None:
        return []
    others_near = [kin for kin in near if kin.row != first.row]
    return [first, *([] if first.near else others_near[:1])]


def _released(found: Scored, kin: Kin) -> float:
    table = found.judged.table
    return float(table.facts.models.release_day[table.options.model_no[kin.row]])


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


def _of_developer(found: Scored, model: Model, old: OldModel) -> tuple[list[str], list[str]]:
    """The developer's newer models near the old one: those no weaker at about its bill, the newest first; the ablest
    of the others first. Without a bill of the old one nothing tells its tier among them, and there are none.
    """
    if not old.usd_per_month:
        return [], []
    facts, released = found.judged.table.facts, model.release_date.value
    catalog, quality = facts.catalog.models, found.values["quality"].interval[1]
    best = {found.model(row): row for row in reversed(found.order.tolist())}  # of each model
    newer = [
        one
        for one in map(catalog.__getitem__, best)
        if one.developer.value == model.developer.value
        and not unfinished(one.id)
        and one.release_date.value is not None
        and released is not None
        and one.release_date.value > released
    ]
    usd = found.judged.figures.costs.usd_per_month[1]
    times = {one.id: float(usd[best[one.id]]) / old.usd_per_month for one in newer}
    least = old.quality.value if old.quality else 0.0
    alike = [one for one in newer if quality[best[one.id]] >= least and not times[one.id] < 1 / NEAR.times_usd]
    alike = sorted(alike, key=lambda one: (_newest_first(one)[:2], abs(np.log(times[one.id])), one.id))
    others = sorted((one for one in newer if one not in alike), key=lambda one: (-quality[best[one.id]], one.id))
    return [one.id for one in alike], [one.id for one in others]


def _options(found: Scored, models: Sequence[str], old: OldModel, why: str) -> list[Kin]:
    """The options by which some models would follow; models without one are left out."""
    return [kin for kin in (_option(found, model, old, why) for model in models) if kin is not None]


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
        for kind in (found.rankable, ~found.rankable):
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
