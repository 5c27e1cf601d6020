"""How long an option's answers are, thinking included."""

from __future__ import annotations

from llmselect.catalog import thinking
from llmselect.engine.options import Option
from llmselect.engine.situation import Situation
from llmselect.estimate.interval import Interval


def answer_tokens(option: Option, situation: Situation) -> Interval:
    """Output tokens of an answer, thinking included: what the request asks for, and what the effort thinks."""
    shown, thought = situation.workload.output_tokens, thinking_tokens(option, situation)
    return Interval(shown + thought.low, shown + thought.value, shown + thought.high)


def thinking_tokens(option: Option, situation: Situation) -> Interval:
    """The part of an answer that is thought and not shown; none where all models are taken to be as verbose."""
    if situation.traffic.model == option.model.id:
        total = situation.total_tokens
        return Interval.exact(total.thinking / total.requests)
    key = ("tokens", option.model.id, option.effort)
    if key not in situation.memo:
        situation.memo[key] = _thinking(option, situation)
    tokens: Interval = situation.memo[key]
    return tokens


def thinking_is_known(option: Option) -> bool:
    """Whether the tokens of an option's effort were measured, or there is no thinking to count."""
    return thinking.thinking_is_known(option.model, option.effort)


def _thinking(option: Option, situation: Situation) -> Interval:
    if situation.needs.verbosity != "own":
        return Interval.exact(0.0)
    abilities = situation.catalog.abilities.models.get(option.model.id, {})
    usual = _usual_tokens(situation)
    return Interval(*thinking.thinking_tokens(option.model, option.effort, abilities, situation.task, usual))


def _usual_tokens(situation: Situation) -> thinking.Tokens:
    known = situation.known.of_catalog
    if "usual-tokens" not in known:
        known["usual-tokens"] = thinking.usual_tokens(situation.catalog.models.values())
    usual: thinking.Tokens = known["usual-tokens"]
    return usual
