"""What to do when a model ends, or is too dear: what stands in for it, and how each differs from it."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from datetime import date
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np

from llmselect.catalog.lookup import offering_status, offerings
from llmselect.catalog.names.ended import WRITES_TEXT, EndedId, EndedIdError, ended_at, ended_ids
from llmselect.catalog.names.hosts import own_host
from llmselect.engine.facts import Facts
from llmselect.engine.implied import implied, way_of_access
from llmselect.engine.kin import NAMED, Kin, successors_of
from llmselect.engine.machine.machines import Detected
from llmselect.engine.named import request_of
from llmselect.engine.recommend import answer_of
from llmselect.engine.replaced import elsewhere_row, old_model, options_of_model
from llmselect.engine.request import Request
from llmselect.engine.rows import Standing, recommended_model
from llmselect.engine.score import best_of_models
from llmselect.engine.scored import Scored, score_options
from llmselect.engine.successor import Successors
from llmselect.engine.tier import WIDER, tier_near, widened
from llmselect.errors import LlmselectError
from llmselect.estimate.interval import Interval
from llmselect.requirements import Requirements, parse
from llmselect.results.recommendation import RecommendedModel
from llmselect.results.replacement import Candidate, Life, Near, OldModel, Replacement

if TYPE_CHECKING:
    from llmselect.catalog.schema import Catalog, Host, Model, Offering

ELSEWHERE, FIELD, LED = "elsewhere", "field", "led"
NO_FILES: Mapping[str, str] = MappingProxyType({})


def replace(
    model: Model,
    given: Mapping[str, Any],
    facts: Facts,
    detected: Detected | None = None,
    top: int = 5,
    found_in: Mapping[str, str] = NO_FILES,
    *,
    keeps_tier: bool = True,
) -> Replacement:
    """Successors of a model; `given` are the user's own requirements, which go over the implied ones.

    `found_in` names the file of each of those that stood in one which nobody named. With `keeps_tier` a successor has
    to be near the old model in money, waiting and quality, see `tier`; where nothing is, the answer says so and ranks
    what qualifies. Raises LlmselectError for bad requirements.
    """
    served = offerings(facts.catalog, model.id)
    gone = [] if served else _ended_as_model(facts.catalog, model)
    asked = implied(model, given, by_api=bool(served or gone))
    needs = parse({**asked, **given}).model_copy(
        update={"found_in": found_in, "window_only": "context_tokens" not in given}
    )
    lives = (
        *(_life(host, offering, needs) for host, offering in served),
        *(_ended_life(one, needs.as_of) for one in gone),
    )
    request = dataclasses.replace(request_of(needs, facts, detected), without=model.id)
    return _Search(request, facts, lives, model, top, keeps_tier).answer(model.id, model.name, asked)


def replace_ended(
    ended: Sequence[EndedId],
    given: Mapping[str, Any],
    facts: Facts,
    detected: Detected | None = None,
    top: int = 5,
    found_in: Mapping[str, str] = NO_FILES,
    *,
    keeps_tier: bool = True,
    meant: Model | None = None,
) -> Replacement:
    """What could take the place of an id that has ended; `meant` is the model that it last was, if that is known.

    It was used by API. Of an id that was no model of the catalogue, what it could do is not known; what it took and
    gave is judged by the first model that its host names in its place, if it does. Raises EndedIdError for what was no
    model that writes text.
    """
    as_of = parse(given).as_of
    if ended[0].kind not in WRITES_TEXT:
        raise EndedIdError(ended[0].api_id, tuple(ended), as_of)
    access = way_of_access(given, open_weights=False, by_api=True)
    asked = implied(meant, given, by_api=True) if meant else {"deployment": access} if access else {}
    needs = parse({**asked, **given}).model_copy(
        update={"found_in": found_in, "window_only": "context_tokens" not in given}
    )
    lives = tuple(_ended_life(one, as_of) for one in ended)
    words = [(life.host, life.replacement) for life in lives]
    stand_in = meant or Successors(facts.catalog, as_of, through_ended=False).of(words)
    request = request_of(needs, facts, detected)
    return _Search(request, facts, lives, stand_in, top, keeps_tier).answer(ended[0].api_id, ended[0].api_id, asked)


def ended_under(catalog: Catalog, name: str, unknown: LlmselectError) -> Sequence[EndedId]:
    """The ends of an id that names no model of the catalogue, as `unknown` says; raises that where none is known."""
    found = unknown.ended if isinstance(unknown, EndedIdError) else ended_at(name, (), ended_ids(catalog))
    if not found:
        raise unknown
    return found


def ended_as_moving(catalog: Catalog, name: str) -> tuple[EndedId, ...]:
    """The ends of an id that its host moved from model to model while it was there."""
    ends = ended_at(name, (), ended_ids(catalog))
    return tuple(one for one in ends if one.host in catalog.hosts and _moves(catalog.hosts[one.host], name))


def _ended_as_model(catalog: Catalog, model: Model) -> list[EndedId]:
    """The ends of a model that no host is known to serve, under its own name and aliases."""
    known, names = ended_ids(catalog), (model.id.partition("/")[2], *model.aliases)
    found = {(one.host, one.ended): one for name in names for one in ended_at(name, (), known)}
    return [one for one in found.values() if one.kind in WRITES_TEXT]


def _moves(host: Host, name: str) -> bool:
    return name.lower() in host.moving_ids


@dataclasses.dataclass(frozen=True, slots=True)
class _Search:
    """What is looked for: `model` is the old one, or what stands in for an id of which nothing is known."""

    request: Request
    facts: Facts
    lives: tuple[Life, ...]
    model: Model | None
    top: int
    keeps_tier: bool

    def answer(self, model_id: str, name: str, asked: dict[str, Any]) -> Replacement:
        """The whole answer under the name that was asked for."""
        old = None if self.model is None else old_model(self.request, self.facts, self.model.id)
        found, near = self._field(old)
        within = near is None or near.widened == 1
        answer = answer_of(found, self.top)
        return Replacement(
            model=model_id,
            name=name,
            lives=self.lives,
            successor=self._led_to(self._in_order()),
            implied=asked,
            old=old,
            near=near,
            vendor=self._vendor(found, old, within),
            elsewhere=self._elsewhere(found, old) if model_id == (old.model if old else None) else None,
            candidates=tuple(self._candidate(row, FIELD, within, old) for row in answer.recommendations),
            recommendation=answer,
        )

    def _field(self, old: OldModel | None) -> tuple[Scored, Near | None]:
        """All options, in order those that are near the old model, or nearest to it where none is."""
        if not self.keeps_tier:
            return score_options(self.request, self.facts), None
        narrow = tier_near(old, self.request)
        for times in WIDER:
            tier = widened(narrow, times)
            found = score_options(dataclasses.replace(self.request, tier=tier), self.facts)
            if len(found.order):
                limits = tier.least_quality_percent, tier.most_usd_per_month, tier.most_answer_s
                return found, None if old is None else Near(*limits, times)
        found = score_options(self.request, self.facts)
        return found, None if old is None else Near(None, None, None, WIDER[-1])

    def _in_order(self) -> list[Life]:
        """Where it ends: the developer's own host first, then those that end it first."""
        own = own_host(self.model.id) if self.model else ""
        return sorted((life for life in self.lives if life.ends), key=lambda life: (life.host != own, life.ends))

    def _led_to(self, lives: Sequence[Life], *, through_ended: bool = True) -> str | None:
        """The model to which the hosts' words lead."""
        words = [(life.host, life.replacement) for life in lives]
        day = self.request.needs.as_of
        found = Successors(self.facts.catalog, day, through_ended=through_ended).of(words)
        return found.id if found else None

    def _vendor(self, found: Scored, old: OldModel | None, within: bool) -> tuple[Candidate, ...]:
        if old is None or self.model is None:
            return ()
        lives, own = self._in_order(), own_host(self.model.id)
        word = self._led_to([life for life in self.lives if life.host == own])
        kin = successors_of(found, self.model, old, word, self._led_to(lives))
        return tuple(self._of_kin(found, one, old, within) for one in kin)

    def _of_kin(self, found: Scored, kin: Kin, old: OldModel, within: bool) -> Candidate:
        """The record of a developer's successor, with the host whose words lead to it."""
        record, why, named_by = _record(found, kin.row), kin.why, None
        if why == NAMED:
            lives = [*self._in_order(), *self.lives]
            life = next(life for life in lives if self._led_to([life]) == record.model)
            direct = self._led_to([life], through_ended=False) == record.model
            why, named_by = NAMED if direct else LED, life.host
        return self._candidate(record, why, kin.near and within, old, named_by)

    def _elsewhere(self, field: Scored, old: OldModel | None) -> Candidate | None:
        """The same model at another host, where its own ends it or asks more."""
        if old is None:
            return None
        found = options_of_model(self.request, self.facts, old.model)
        row = elsewhere_row(found, old.host)
        if row is None:
            return None
        usd = float(found.judged.figures.costs.usd_per_month[1, row])
        ends = any(life.host == old.host and life.ends is not None for life in self.lives)
        if not ends and not usd < (old.usd_per_month or 0.0):
            return None
        better = int(np.count_nonzero(field.score[_best(field)] > found.score[row]))
        return self._candidate(_record(found, row, better + 1), ELSEWHERE, True, old)

    def _candidate(
        self, row: RecommendedModel, why: str, near: bool, old: OldModel | None, named_by: str | None = None
    ) -> Candidate:
        """How a possible successor differs from the old model, of which nothing may be known."""
        catalog, needs = self.facts.catalog, self.request.needs
        new, before = catalog.models[row.model], self.model if old is not None else None
        served = [_life(host, offering, needs) for host, offering in offerings(catalog, new.id) if host == row.host]
        had, has = _capabilities(before) if before else None, _capabilities(new)
        quality, cost = row.criteria.get("quality"), row.cost.usd_per_month if row.cost else None
        return Candidate(
            why=why,
            named_by=named_by,
            near=near,
            recommendation=row,
            quality_points=_difference(quality.value if quality else None, old),
            cost_ratio=_ratio(cost.value if cost else None, old.usd_per_month if old else None),
            price_ratio=_ratio(_token_price(served), _token_price(list(self.lives))),
            context_ratio=_ratio(new.max_context_tokens, before.max_context_tokens if before else None),
            context_tokens=new.max_context_tokens,
            gained=tuple(sorted(has - had)) if had is not None else (),
            lost=tuple(sorted(had - has)) if had is not None else (),
            ends=next((life.ends for life in served if life.ends), None),
        )


def _best(found: Scored) -> np.ndarray:
    return best_of_models(found.order, found.judged.table.options.model_no)


def _record(found: Scored, row: int, rank: int | None = None) -> RecommendedModel:
    """The record of an option that does not compete; its rank is the place that its model has, or would have."""
    score, best = float(found.score[row]), _best(found)
    models = found.judged.table.options.model_no
    own = np.flatnonzero(models[best] == models[row])
    place = int(own[0]) if len(own) else int(np.count_nonzero(found.score[best] > score))
    standing = Standing(
        rank=place + 1 if rank is None else rank,
        score=Interval.exact(score),
        gap_to_next=None,
        win_share=0.0,
        pareto=False,
        tied_with_next=False,
        leads_in=(),
    )
    return recommended_model(found, row, standing)


def _ended_life(one: EndedId, as_of: date) -> Life:
    status = "retired" if one.ended <= as_of else "active"
    return Life(one.host, one.api_id, status, one.ended.isoformat(), one.replacement, None, None)


def _life(host: str, offering: Offering, needs: Requirements) -> Life:
    dates = offering.lifecycle
    ends = dates.shutdown.value if dates.shutdown else None
    price = next(
        (p for p in reversed(offering.prices) if p.above_input_tokens is None and not p.batch and not p.peak_hours),
        None,
    )
    return Life(
        host=host,
        api_id=offering.api_id.value if offering.api_id else None,
        status=offering_status(offering, needs.as_of),
        ends=ends.isoformat() if ends else None,
        replacement=dates.replacement.value if dates.replacement else None,
        input_usd_per_mtok=price.input_usd_per_mtok if price else None,
        output_usd_per_mtok=price.output_usd_per_mtok if price else None,
    )


def _capabilities(model: Model) -> set[str]:
    return set(model.capabilities.value or ()) if model.capabilities else set()


def _difference(quality: float | None, old: OldModel | None) -> float | None:
    return quality - old.quality.value if quality is not None and old is not None and old.quality else None


def _token_price(lives: list[Life]) -> float | None:
    """USD per million input and output tokens added, at the first host that states both."""
    for life in lives:
        if life.input_usd_per_mtok is not None and life.output_usd_per_mtok is not None:
            return life.input_usd_per_mtok + life.output_usd_per_mtok
    return None


def _ratio(new: float | None, old: float | None) -> float | None:
    return new / old if new is not None and old else None
