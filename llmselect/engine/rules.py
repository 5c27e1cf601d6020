"""Hard rules: each passes, fails with what was needed and what was had, or cannot be decided."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, NamedTuple

from llmselect.engine import rules_data, rules_fit, rules_terms
from llmselect.engine.options import Option
from llmselect.engine.situation import Situation
from llmselect.engine.verdict import Fail, Unknown, Verdict

Check = Callable[[Option, Situation], Verdict]


class Rule(NamedTuple):
    """A rule by its plain name. `unknown` says what an undecided one does unless flags say otherwise:
    exclude the option, or keep it marked.

    `fields` are the requirements whose change can lift it, for finding the smallest relaxation.
    """

    name: str
    check: Check
    unknown: Literal["exclude", "keep"]
    fields: tuple[str, ...]
    scope: Literal["model", "option"] = "option"


_SIZE = ("context_tokens", "prompt_tokens", "output_tokens")
_TERMS = ("license", "deployment", "host")
_WAIT = ("max_ttft_ms", "max_latency_s")
_VOLUME = ("requests_per_month", "requests_per_day")
_MACHINE = ("vram", "gpus", "ram", "quantization", "concurrency")

RULES: tuple[Rule, ...] = (
    Rule("exists", rules_terms.exists, "exclude", ()),
    Rule("lifecycle", rules_terms.lifecycle, "exclude", ("horizon_months",)),
    Rule("hosting", rules_terms.hosting, "exclude", ("deployment", "host", "offline", "open_weights")),
    Rule("license", rules_terms.license_fits, "exclude", ("monthly_active_users", "domicile", *_TERMS)),
    Rule("privacy", rules_data.privacy, "exclude", ("privacy",)),
    Rule("region", rules_data.region, "exclude", ("region",)),
    Rule("instruct", rules_terms.instruct, "exclude", ("needs",), "model"),
    Rule("modality", rules_terms.modality, "exclude", ("modality_in", "modality_out")),
    Rule("capability", rules_terms.capability, "keep", ("needs",)),
    Rule("language", rules_data.language, "keep", ("language",), "model"),
    Rule("quality", rules_data.quality_floor, "exclude", ("min_score", "at_least"), "model"),
    Rule("context", rules_fit.context, "keep", _SIZE),
    Rule("memory", rules_fit.memory, "exclude", _SIZE + _MACHINE),
    Rule("speed", rules_fit.speed, "keep", ("response_time", "min_tok_s", *_SIZE, *_MACHINE)),
    Rule("latency", rules_fit.latency, "keep", ("response_time", *_WAIT, *_SIZE, *_MACHINE)),
    Rule("throughput", rules_fit.throughput, "keep", (*_VOLUME, *_SIZE, *_MACHINE)),
    Rule("budget", rules_fit.budget, "keep", ("budget", "response_time", *_VOLUME, *_SIZE, *_MACHINE)),
)
BY_NAME = {rule.name: rule for rule in RULES}


@dataclass(frozen=True, slots=True)
class Judgement:
    """All the reasons against an option, and what could not be verified although it was kept."""

    against: tuple[tuple[str, Fail | Unknown], ...]
    unverified: tuple[tuple[str, Unknown], ...]

    @property
    def passes(self) -> bool:
        """Whether nothing speaks against the option."""
        return not self.against


def judge(option: Option, situation: Situation) -> Judgement:
    """Every rule's word on an option. `--strict` excludes all unknowns, `--allow-unknown` keeps all."""
    against: list[tuple[str, Fail | Unknown]] = []
    unverified: list[tuple[str, Unknown]] = []
    for rule in RULES:
        verdict = _verdict(rule, option, situation)
        if verdict is None:
            continue
        if isinstance(verdict, Fail) or _excludes(rule, situation):
            against.append((rule.name, verdict))
        else:
            unverified.append((rule.name, verdict))
    return Judgement(tuple(against), tuple(unverified))


def _excludes(rule: Rule, situation: Situation) -> bool:
    needs = situation.needs
    return (rule.unknown == "exclude" and not needs.allow_unknown) or (rule.unknown == "keep" and needs.strict)


def _verdict(rule: Rule, option: Option, situation: Situation) -> Verdict:
    if rule.scope == "option":
        return rule.check(option, situation)
    key = (rule.name, option.model.id)
    if key not in situation.memo:
        situation.memo[key] = rule.check(option, situation)
    verdict: Verdict = situation.memo[key]
    return verdict
