"""Rules on where requests go, what becomes of them, and what a model is good for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmselect.engine.cite import Ref, ref
from llmselect.engine.criteria import option_quality
from llmselect.engine.options import Option
from llmselect.engine.quality import best_quality, efforts_of
from llmselect.engine.rules_terms import host_of
from llmselect.engine.situation import Situation
from llmselect.engine.verdict import Fail, Unknown, Verdict

if TYPE_CHECKING:
    from llmselect.catalog.schema import DataHandling, Fact

# What each level of privacy asks of a host: the fact, the value it must have, and how that reads.
_HANDLING = {
    "no-training": ("trains_on_requests", False, "no training on requests", "trains on requests"),
    "zero-retention": ("zero_retention", True, "zero retention", "keeps requests"),
    "vpc": ("private_network", True, "a private network", "public endpoints only"),
}


def privacy(option: Option, situation: Situation) -> Verdict:
    """What becomes of requests: nothing leaves a machine of one's own; a host must say what it does."""
    level = situation.needs.privacy
    if option.deployment == "self-host":
        return None
    if level == "on-prem" or option.offering is None:
        return Fail("on premises", f"served by {option.host}")
    name, wanted, needed, had = _HANDLING[level]
    fact = _handling(option, situation, name)
    if fact is None or fact.value is None:
        return Unknown(needed, f"how {option.host} handles requests")
    return None if fact.value is wanted else Fail(needed, had, ref(host_of(option, situation), fact))


def _handling(option: Option, situation: Situation, name: str) -> Fact[bool] | None:
    """The offering's own word, or its host's."""
    own = option.offering.data if option.offering else None
    general: DataHandling = situation.catalog.hosts[option.host].data
    fact: Fact[bool] | None = getattr(own, name) if own is not None else None
    return fact or getattr(general, name)


def region(option: Option, situation: Situation) -> Verdict:
    """Served from the region asked for; a machine of one's own stands where one puts it."""
    wanted = situation.needs.region
    if wanted is None or option.deployment == "self-host":
        return None
    needed = f"served from {wanted.upper()}"
    fact = option.offering.regions if option.offering else None
    if fact is None and option.host in situation.catalog.hosts:
        fact = situation.catalog.hosts[option.host].regions
    if fact is None or fact.value is None:
        return Unknown(needed, f"from which regions {option.host} serves it")
    places = {place.upper() for place in fact.value}
    near = {place.partition("-")[0] for place in places} | places
    return (
        None if wanted.upper() in near else Fail(needed, ", ".join(fact.value), ref(host_of(option, situation), fact))
    )


def language(option: Option, situation: Situation) -> Verdict:
    """Made for the natural languages asked for, by its developer's word."""
    wanted = set(situation.needs.language)
    fact = option.model.languages
    if fact is None or fact.value is None:
        return Unknown(", ".join(sorted(wanted)), "its languages")
    missing = sorted(wanted - set(fact.value))
    if missing:
        return Fail(", ".join(missing), f"made for {', '.join(fact.value)}", ref(option.model, fact))
    return None


def quality_floor(option: Option, situation: Situation) -> Verdict:
    """Reaches the scores that `--min-score` asks for, by the newest independent result, else the newest
    vendor's, and is expected to do the task as well as the model of `--at-least`.
    """
    model, harnesses = option.model, situation.catalog.benchmarks.harnesses
    for benchmark, floor in situation.needs.min_score.items():
        scores = [score for score in model.scores if score.benchmark == benchmark]
        if not scores:
            return Unknown(f"{benchmark} of at least {floor:g}", f"its {benchmark} score")
        newest = max(scores, key=lambda score: (harnesses[score.harness].independent, score.date, score.value))
        if newest.value < floor:
            had = f"{newest.value:g} ({newest.harness})"
            return Fail(f"{benchmark} of at least {floor:g}", had, Ref(model, newest.source))
    return _at_least(option, situation) if situation.needs.at_least is not None else None


def _at_least(option: Option, situation: Situation) -> Verdict:
    """No weaker than the reference at its best effort (or the one asked for), by the middle of the estimates."""
    reference = situation.catalog.models[situation.needs.at_least or ""]
    floor = best_quality(reference, situation.task, situation.catalog, situation.needs.effort)
    own = option_quality(option, situation)
    needed = f"no weaker than {reference.name}"
    if floor is None:
        return Unknown(needed, f"the ability of {reference.name}: no test has scored it")
    if own is None:
        return Unknown(needed, "its ability: no test has scored it")
    if own.score.value < floor.score.value:
        return Fail(f"{needed} ({floor.score.value:.1f} %)", f"{own.score.value:.1f} %", own.ref)
    return None


def effort(option: Option, situation: Situation) -> Verdict:
    """At the effort asked for; a model that was scored at `default` alone has no levels to choose from."""
    wanted = situation.needs.effort
    if option.effort == wanted or wanted is None:
        return None
    if set(efforts_of(option.model, situation.catalog.abilities)) == {"default"}:
        return None
    return Fail(f"effort {wanted}", f"effort {option.effort}")
