"""What a model's own developer offers in its place: what it names, the newest of its line, or what is near its bill."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from llmselect.catalog.sql.read import Integers
from llmselect.engine.facts import Facts
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


def successor_of(found: Scored, model: Model, old: OldModel, own_word: str | None, word: str | None) -> Kin | None:
    """What of `found`, the options of a request, its developer offers in place of a model; None where nothing is.

    In this order: what its own host's words lead to (`own_word`); near the old model, the newest of its line, what any
    host's words lead to (`word`), the newest of its developer; then the same of its line and of words, near or not.
    """
    newer = line_of(found.judged.table.facts, [model.id, *([own_word] if own_word else [])])
    words, own = [word] if word else [], [own_word] if own_word else []
    tries = [
        *((NAMED, one, False) for one in own),
        *((LINE, one, True) for one in newer),
        *((NAMED, one, True) for one in words),
        *((DEVELOPER, one, True) for one in _of_developer(found, model, old)),
        *((LINE, one, False) for one in newer),
        *((NAMED, one, False) for one in words),
    ]
    for why, one, nearby in tries:
        if one == model.id:
            continue
        kin = _option(found, one, old, why)
        if kin is not None and (kin.near or not nearby):
            return kin
    return None


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
    """The developer's newer models that can be ranked near the old one's quality and bill, the newest first."""
    facts, released = found.judged.table.facts, model.release_date.value
    catalog = facts.catalog.models
    ranked = {found.model(row): row for row in reversed(found.order.tolist())}  # the best row of each
    theirs = [
        catalog[one]
        for one in ranked
        if catalog[one].developer.value == model.developer.value and one != model.id and not unfinished(one)
    ]
    newer = [one for one in theirs if one.release_date.value and released and one.release_date.value > released]
    bills = {one.id: found.judged.figures.costs.usd_per_month[1, ranked[one.id]] for one in newer}
    least = 0.0 if old.usd_per_month is None else old.usd_per_month / NEAR.times_usd
    near = [one for one in newer if bills[one.id] >= least]
    cheaper = sorted((one for one in newer if one not in near), key=lambda one: -bills[one.id])
    yield from (one.id for one in (*sorted(near, key=_newest_first), *cheaper))


def _option(found: Scored, model: str, old: OldModel, why: str) -> Kin | None:
    """The option by which a model would follow: the best near the old one, else the cheapest that is no weaker."""
    table = found.judged.table
    if model not in table.facts.model_no:
        return None
    own = table.options.model_no == table.facts.model_no[model]
    near = found.order[own[found.order]]
    if len(near):
        return Kin(int(near[0]), why, near=True)
    rows = found.but_for(TIER)
    rows = rows[own[rows]]
    if len(rows):
        return Kin(_cheapest(found, rows, old), why, near=False)
    unrated = np.flatnonzero(found.judgement.passes & own & ~found.rankable)
    if not len(unrated):
        return None
    expected = found.judged.table.options.expected[unrated]
    order = np.lexsort((found.tie_place[unrated], -found.score[unrated], ~expected))
    return Kin(int(unrated[order[0]]), why, near=True)


def _cheapest(found: Scored, rows: Integers, old: OldModel) -> int:
    """The cheapest of some options that are not clearly weaker than the old model, else the best of them."""
    quality, usd = found.values["quality"].interval[1, rows], found.judged.figures.costs.usd_per_month[1, rows]
    able = rows[quality >= (old.quality.low if old.quality else 0.0)]
    if not len(able):
        return int(rows[0])
    bills = usd[np.isin(rows, able)]
    return int(able[np.argsort(bills, kind="stable")[0]])
