"""How long an option's answers are, thinking included."""

from statistics import median

from llmselect.engine.options import Option
from llmselect.engine.situation import Situation
from llmselect.estimate.interval import Interval

THINKING_SPREAD = 3.0  # a request may take a third or three times the thinking that is expected of its task


def answer_tokens(option: Option, situation: Situation) -> Interval:
    """Output tokens of an answer, thinking included: what the request asks for, and what the effort thinks.

    The thinking is what LiveBench's questions of the task's skills took (their mean less the answer), times the
    task's share of it, within a factor of `THINKING_SPREAD`. Efforts that nobody measured take the median of
    others at the same one; where there is none, thinking is not counted.
    """
    return Interval.exact(situation.workload.output_tokens).plus(thinking_tokens(option, situation))


def thinking_tokens(option: Option, situation: Situation) -> Interval:
    """The part of an answer that is thought and not shown; none where all models are taken to be as verbose."""
    key = ("tokens", option.model.id, option.effort)
    if key not in situation.memo:
        thought = _thinking(option, situation) if situation.needs.verbosity == "own" else 0.0
        share, spread = situation.task.thinking_share, THINKING_SPREAD
        situation.memo[key] = Interval(thought / spread, thought, thought * spread).scaled(share)
    tokens: Interval = situation.memo[key]
    return tokens


def thinking_is_known(option: Option) -> bool:
    """Whether the tokens of an option's effort were measured, or there is no thinking to count."""
    capabilities = option.model.capabilities.value if option.model.capabilities else None
    plain = option.effort == "none" or (option.effort == "default" and "reasoning" not in (capabilities or ()))
    return plain or option.effort in option.model.effort_tokens


def _thinking(option: Option, situation: Situation) -> float:
    fact = next((fact for name, fact in option.model.effort_tokens.items() if name == option.effort), None)
    tokens = fact.value if fact is not None else None
    if tokens is None and _thinks(option, situation):
        tokens = _usual_tokens(option.effort, situation)
    mix = {skill: weight for skill, weight in situation.task.skills.items() if skill in (tokens or {})}
    if not tokens or not mix:
        return 0.0
    total = sum(mix.values())
    return float(sum(tokens[skill] * weight for skill, weight in mix.items()) / total)


def _thinks(option: Option, situation: Situation) -> bool:
    """Whether an effort is taken to think: a named one, and `default` of a reasoning model that has no other mode."""
    if option.effort != "default":
        return option.effort != "none"
    capabilities = option.model.capabilities.value if option.model.capabilities else None
    return "reasoning" in (capabilities or ()) and "none" not in situation.catalog.abilities.models.get(
        option.model.id, {}
    )


def _usual_tokens(effort: str, situation: Situation) -> dict[str, int]:
    """The median tokens per skill over the models that were measured at an effort, or at the next one that was."""
    usual: dict[str, dict[str, int]] | None = situation.memo.get("usual-tokens")
    if usual is None:
        found: dict[str, dict[str, list[int]]] = {}
        for model in situation.catalog.models.values():
            for name, fact in model.effort_tokens.items():
                for skill, count in (fact.value or {}).items():
                    found.setdefault(name, {}).setdefault(skill, []).append(count)
        usual = {
            name: {skill: round(median(counts)) for skill, counts in skills.items()} for name, skills in found.items()
        }
        situation.memo["usual-tokens"] = usual
    return usual.get(effort, {})
