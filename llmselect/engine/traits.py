"""Criteria that rest on facts of models and licences: context, safety, openness, adaptability."""

from __future__ import annotations

import numpy as np

from llmselect.catalog.sql.read import Flags, Numbers
from llmselect.engine.columns import DERIVED, PUBLISHED, SELF_HOST, UNKNOWN
from llmselect.engine.constraints.kinds import Judged
from llmselect.engine.constraints.terms import model_fact, offering_fact
from llmselect.engine.facts import Facts
from llmselect.engine.options import Table
from llmselect.engine.priors import usual_context_tokens, usual_of_models, valued
from llmselect.engine.sources import Origin
from llmselect.engine.values import Values, scale_of

FAITHFUL = "faithful-summaries"
# What a method of alignment is worth without a test: no method is a proof, so at most half.
_METHODS = {
    "none": 0.0,
    "distillation": 0.2,
    "sft": 0.3,
    "dpo": 0.45,
    "rlhf": 0.5,
    "rlaif": 0.5,
    "constitutional-ai": 0.5,
}
_OTHER_LICENCE = 0.6  # openness of weights whose licence is not OSI-approved
_TUNED_BY_HOST = 0.7  # a service tunes it, and keeps the weights
_TUNABLE_ELSEWHERE = 0.5  # the weights can be had and tuned, but elsewhere


def context(judged: Judged) -> Values:
    """How many times over the context window holds what the request needs."""
    table = judged.table
    needed = table.request.workload.context_tokens
    scale = scale_of(table.facts.record("scale", "context_headroom"))
    likely = usual_context_tokens(table) / needed
    return valued(scale.unit, table.options.context_tokens / needed, likely, scale.utility, PUBLISHED)


def context_origin(judged: Judged, row: int) -> Origin:
    """The host's limit, else the model's."""
    table, at = judged.table, int(judged.table.options.offering_no[row])
    stated = at >= 0 and not np.isnan(table.facts.offerings.context_tokens[at])
    return (offering_fact if stated else model_fact)(table, row, "limits", "context_tokens")


def safety(judged: Judged) -> Values:
    """What tests say of inventions, else how its developer says that the model was aligned."""
    table, facts, at = judged.table, judged.table.facts, judged.table.options.model_no
    tested, aligned = _tested(facts), _aligned(facts)
    day = table.request.as_of_day
    tests, methods = usual_of_models(facts, tested, day), usual_of_models(facts, aligned, day)
    each, likely = np.where(np.isnan(tested), aligned, tested), np.where(np.isnan(tests), methods, tests)
    return valued("safety", each[at], likely[:, at], _as_it_is, PUBLISHED)


def _tested(facts: Facts) -> Numbers:
    """What each model's share of summaries without an invention is worth, (models,); NaN where it was not tested."""
    scale, tested = scale_of(facts.record("scale", "faithful_summaries_percent")), facts.newest_scores(FAITHFUL)
    share = np.array([tested[model][0] if model in tested else np.nan for model in facts.models.model])
    return scale.utility(share)


def _aligned(facts: Facts) -> Numbers:
    """What each model's alignment is worth, (models,); NaN where no method is known."""
    return np.array([_method(names) for names in facts.models.alignment_methods], dtype=np.float64)


def _method(methods: str) -> float:
    """The worth of the strongest of some methods; NaN where none is known."""
    return max((_METHODS[method] for method in methods.split(", ") if method in _METHODS), default=np.nan)


def safety_origin(judged: Judged, row: int) -> Origin:
    """The test's result, else the developer's word."""
    table = judged.table
    tested = table.facts.newest_scores(FAITHFUL).get(table.facts.models.model[table.options.model_no[row]])
    return model_fact(table, row, "alignment") if tested is None else Origin("scores", str(tested[2]))


def openness(judged: Judged) -> Values:
    """1 for weights under an OSI-approved licence, 0.6 for weights under another, 0 for none."""
    table, facts = judged.table, judged.table.facts
    approved = np.append(facts.licenses.osi_approved, np.nan)[facts.license_of_model]
    of_weights = np.where(np.isnan(approved), np.nan, np.where(approved == 1, 1.0, _OTHER_LICENCE))
    each, at = np.where(facts.models.open_weights, of_weights, 0.0), table.options.model_no
    likely = usual_of_models(facts, each, table.request.as_of_day, facts.models.open_weights)
    return valued("openness", each[at], likely[:, at], _as_it_is, PUBLISHED)


def adaptability(judged: Judged) -> Values:
    """Fitness for a specific domain: the mean of room for retrieved passages and of ease of fine-tuning."""
    table = judged.table
    room, tuning = context(judged), _tuning(table)
    utility = (room.utility + tuning.utility) / 2
    stated = np.where(tuning.evidence == PUBLISHED, DERIVED, tuning.evidence)
    evidence = np.where((room.evidence == PUBLISHED) | (stated == UNKNOWN), stated, room.evidence)
    return Values("adaptability", np.where(evidence == UNKNOWN, np.nan, utility), utility, evidence)


def tunable(table: Table) -> Flags:
    """Which options can be fine-tuned where they are, (n,): weights that one may tune, and what their host tunes."""
    own = (table.options.deployment == SELF_HOST) & (model_tunability(table.facts)[table.options.model_no] > 0)
    found: Flags = own | _by_service(table)
    return found


def _by_service(table: Table) -> Flags:
    """Which options their host fine-tunes; one that does says so, (n,)."""
    stated = table.options.capability_bits & table.facts.bits["fine-tuning"] != 0
    found: Flags = stated & (table.options.deployment != SELF_HOST)
    return found


def _tuning(table: Table) -> Values:
    """How easily an option is fine-tuned, from 0 to 1: weights on the machine by their size, or a service of the host.

    Served weights count half, since what is served stays as it is.
    """
    facts, at = table.facts, table.options.model_no
    each = model_tunability(facts)
    likely = usual_of_models(facts, each, table.request.as_of_day, facts.models.open_weights)
    here = np.where(table.options.deployment == SELF_HOST, 1.0, _TUNABLE_ELSEWHERE)
    known = np.where(_by_service(table), np.fmax(here * each[at], _TUNED_BY_HOST), here * each[at])
    return valued("tuning", known, here * likely[:, at], _as_it_is, PUBLISHED)


def model_tunability(facts: Facts) -> Numbers:
    """The ease of fine-tuning a model's weights, (models,): 0 where one may not, less with size; NaN where unknown."""
    scale = scale_of(facts.record("scale", "tuned_params"))
    right = np.append(facts.licenses.derivatives, np.nan)[facts.license_of_model]
    right = np.where(facts.models.open_weights, right, 0.0)
    found: Numbers = np.where(right == 0, 0.0, right * scale.utility(facts.models.total_params))
    return found


def _as_it_is(utility: Numbers) -> Numbers:
    return utility
