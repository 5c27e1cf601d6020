"""How long an option's answers are, thinking included."""

from __future__ import annotations

from collections.abc import Mapping
from statistics import median
from typing import TYPE_CHECKING

from llmselect.engine.options import Option
from llmselect.engine.situation import Situation
from llmselect.estimate.interval import Interval

if TYPE_CHECKING:
    from llmselect.catalog.scale import Ability

EFFORTS = ("low", "medium", "high", "max")
THINKING_SPREAD = 3.0  # a request may take a third or three times the thinking that is expected of its task


def answer_tokens(option: Option, situation: Situation) -> Interval:
    """Output tokens of an answer, thinking included: what the request asks for, and what the effort thinks.

    The thinking is what LiveBench's questions of the task's skills took (their mean less the answer), times the
    task's share of it, within a factor of `THINKING_SPREAD`. Efforts that nobody measured take the median of
    others at the same one; a low effort that was measured of nobody lies between nothing and the next higher one's.
    """
    shown, thought = situation.workload.output_tokens, thinking_tokens(option, situation)
    return Interval(shown + thought.low, shown + thought.value, shown + thought.high)


def thinking_tokens(option: Option, situation: Situation) -> Interval:
    """The part of an answer that is thought and not shown; none where all models are taken to be as verbose."""
    if situation.traffic.model == option.model.id:
        total = situation.total_tokens
        return Interval.exact(total.thinking / total.requests)
    key = ("tokens", option.model.id, option.effort)
    if key not in situation.memo:
        thought = _thinking(option, situation) if situation.needs.verbosity == "own" else Interval.exact(0.0)
        situation.memo[key] = thought.scaled(situation.task.thinking_share)
    tokens: Interval = situation.memo[key]
    return tokens


def thinking_is_known(option: Option) -> bool:
    """Whether the tokens of an option's effort were measured, or there is no thinking to count."""
    capabilities = option.model.capabilities.value if option.model.capabilities else None
    plain = option.effort == "none" or (option.effort == "default" and "reasoning" not in (capabilities or ()))
    return plain or option.effort in option.model.effort_tokens


def _thinking(option: Option, situation: Situation) -> Interval:
    spread = THINKING_SPREAD
    fact = next((fact for name, fact in option.model.effort_tokens.items() if name == option.effort), None)
    if fact is not None:
        thought = _of_the_task(fact.value or {}, situation)
    elif not _thinks(option, situation):
        return Interval.exact(0.0)
    else:
        usual = _usual_tokens(situation)
        if option.effort not in usual:
            most = _of_the_task(usual.get(_next_higher(option.effort, usual), {}), situation)
            return Interval(0.0, most / spread, most)
        thought = _of_the_task(usual[option.effort], situation)
    return Interval(thought / spread, thought, thought * spread)


def _of_the_task(tokens: Mapping[str, int], situation: Situation) -> float:
    """The mean over the task's skills by their weights, as far as they were measured."""
    mix = {skill: weight for skill, weight in situation.task.skills.items() if skill in tokens}
    return float(sum(tokens[skill] * weight for skill, weight in mix.items()) / sum(mix.values())) if mix else 0.0


def _next_higher(effort: str, usual: Mapping[str, Mapping[str, int]]) -> str:
    above = EFFORTS[EFFORTS.index(effort) + 1 :] if effort in EFFORTS else ()
    return next((name for name in above if name in usual), "")


def _thinks(option: Option, situation: Situation) -> bool:
    """Whether an effort is taken to think: a named one; `default` of a reasoning model unless its scores say not."""
    if option.effort != "default":
        return option.effort != "none"
    capabilities = option.model.capabilities.value if option.model.capabilities else None
    efforts = situation.catalog.abilities.models.get(option.model.id, {})
    reasoning = "reasoning" in (capabilities or ()) or not {"default", "none"}.issuperset(efforts)
    return reasoning and ("none" not in efforts or _above_none(efforts))


def _above_none(efforts: Mapping[str, Ability]) -> bool:
    """Whether `default` is abler than halfway from no thinking to the ablest other effort."""
    level = {name: sum(ability.level) / len(ability.level) for name, ability in efforts.items()}
    ablest = max(value for name, value in level.items() if name != "default")
    return level["default"] > (level["none"] + ablest) / 2


def _usual_tokens(situation: Situation) -> dict[str, dict[str, int]]:
    """The median tokens by effort and skill over the models that were measured."""
    usual: dict[str, dict[str, int]] | None = situation.known.of_catalog.get("usual-tokens")
    if usual is None:
        found: dict[str, dict[str, list[int]]] = {}
        for model in situation.catalog.models.values():
            for name, fact in model.effort_tokens.items():
                for skill, count in (fact.value or {}).items():
                    found.setdefault(name, {}).setdefault(skill, []).append(count)
        usual = {
            name: {skill: round(median(counts)) for skill, counts in skills.items()} for name, skills in found.items()
        }
        situation.known.of_catalog["usual-tokens"] = usual
    return usual
