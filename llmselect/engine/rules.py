"""Hard rules: each passes, fails with what was needed and what was had, or cannot be decided."""

from collections.abc import Callable, Hashable, Sequence
from typing import Literal

from llmselect.engine import rules_data, rules_fit, rules_terms
from llmselect.engine.options import Option
from llmselect.engine.situation import Situation
from llmselect.engine.verdict import Fail, Unknown, Verdict
from llmselect.frozen import NamedTuple
from llmselect.requirements import Requirements

Check = Callable[[Option, Situation], Verdict]
Scope = Literal["place", "machine", "option"]
SCOPES: tuple[Scope, ...] = ("place", "machine", "option")


class Rule(NamedTuple):
    """A rule by its plain name. `unknown` says what an undecided one does unless flags say otherwise:
    exclude the option, or keep it marked.

    `fields` are the requirements whose change can lift it, for finding the smallest relaxation. `asked`
    names those without which the request asks nothing of the rule; without any it always applies.
    A rule of scope `place` looks at the model and at where it runs, one of scope `machine` at weights on a machine,
    neither of them at an effort.
    """

    name: str
    check: Check
    unknown: Literal["exclude", "keep"]
    fields: tuple[str, ...]
    scope: Scope = "option"
    asked: tuple[str, ...] = ()


_SIZE = ("context_tokens", "prompt_tokens", "output_tokens")
_LICENSE = ("license", "monthly_active_users", "domicile")
_FLOOR = ("min_score", "at_least")
_PACE = ("response_time", "min_tok_s")
_WAIT = ("response_time", "max_ttft_ms", "max_latency_s")
_VOLUME = ("requests_per_month", "requests_per_day")
_MONEY = ("budget", "response_time", *_VOLUME)
_MACHINE = ("vram", "gpus", "ram", "quantization", "concurrency")

RULES: tuple[Rule, ...] = (
    Rule("exists", rules_terms.exists, "exclude", (), "place"),
    Rule("lifecycle", rules_terms.lifecycle, "exclude", ("horizon_months",), "place"),
    Rule("hosting", rules_terms.hosting, "exclude", ("deployment", "host", "offline", "open_weights"), "place"),
    Rule("license", rules_terms.license_fits, "exclude", (*_LICENSE, "deployment", "host"), "place", asked=_LICENSE),
    Rule("privacy", rules_data.privacy, "exclude", ("privacy",), "place", asked=("privacy",)),
    Rule("region", rules_data.region, "exclude", ("region",), "place", asked=("region",)),
    Rule("instruct", rules_terms.instruct, "exclude", ("needs",), "place"),
    Rule("modality", rules_terms.modality, "exclude", ("modality_in", "modality_out"), "place"),
    Rule("capability", rules_terms.capability, "keep", ("needs",), "place", asked=("needs",)),
    Rule("language", rules_data.language, "keep", ("language",), "place", asked=("language",)),
    Rule("quality", rules_data.quality_floor, "exclude", _FLOOR, asked=_FLOOR),
    Rule("effort", rules_data.effort, "exclude", ("effort",), asked=("effort",)),
    Rule("context", rules_fit.context, "keep", _SIZE, "place"),
    Rule("memory", rules_fit.memory, "exclude", _SIZE + _MACHINE, "machine"),
    Rule("speed", rules_fit.speed, "keep", (*_PACE, *_SIZE, *_MACHINE), asked=_PACE),
    Rule("latency", rules_fit.latency, "keep", (*_WAIT, *_SIZE, *_MACHINE), asked=_WAIT),
    Rule("throughput", rules_fit.throughput, "keep", (*_VOLUME, *_SIZE, *_MACHINE), asked=_VOLUME),
    Rule("budget", rules_fit.budget, "keep", (*_MONEY, *_SIZE, *_MACHINE), asked=("budget",)),
)
BY_NAME = {rule.name: rule for rule in RULES}
_ORDER = {rule.name: place for place, rule in enumerate(RULES)}


class Judgement(NamedTuple):
    """All the reasons against an option, and what could not be verified although it was kept."""

    against: tuple[tuple[str, Fail | Unknown], ...]
    unverified: tuple[tuple[str, Unknown], ...]

    @property
    def passes(self) -> bool:
        """Whether nothing speaks against the option."""
        return not self.against


def judge(option: Option, situation: Situation) -> Judgement:
    """Every rule's word on an option. `--strict` excludes all unknowns, `--allow-unknown` keeps all."""
    return judge_efforts([option], situation)[0][1]


def judge_efforts(options: Sequence[Option], situation: Situation) -> list[tuple[Option, Judgement]]:
    """The same of options that differ in their effort alone."""
    asked, base = _asked(situation), options[0].base or options[0]
    shared = _of_place(base, asked, situation) if base.offering is not None else _of_base(base, asked, situation)
    if not asked.of_option:
        return [(option, shared.judgement) for option in options]
    return [(option, _said(asked.of_option, option, situation, shared).judgement) for option in options]


class _Said(NamedTuple):
    """What the rules say that do not simply pass, and what comes of it."""

    verdicts: tuple[tuple[Rule, Fail | Unknown], ...]
    judgement: Judgement


class _Asked(NamedTuple):
    """The rules of which the needs ask something, by their scope, and what those that look at no effort said:
    by place, and by the identity of an option without its effort, which is kept so that no other takes it.
    """

    needs: Requirements
    of_place: list[Rule]
    of_machine: list[Rule]
    of_option: list[Rule]
    of_places: dict[Hashable, _Said]
    of_bases: dict[int, tuple[Option, _Said]]


_NOTHING = _Said((), Judgement((), ()))


def place_passes(option: Option, situation: Situation, *, whole: bool = False) -> bool:
    """Whether no rule speaks against an option that looks at its model and at where that runs alone.

    With `whole` all of them are asked, and what they say is kept for `judge`; else no further than the first that does.
    """
    asked = _asked(situation)
    if whole:
        return _of_place(option, asked, situation).judgement.passes
    return none_against(asked.of_place, option, situation)


def passing(efforts: Sequence[Option], situation: Situation) -> Sequence[Option]:
    """Of options at a place that passes, which differ in their effort alone, those that pass every rule."""
    asked, base = _asked(situation), efforts[0].base or efforts[0]
    if base.offering is None and not none_against(asked.of_machine, base, situation):
        return ()
    if not asked.of_option:
        return efforts
    return [option for option in efforts if none_against(asked.of_option, option, situation)]


def none_against(rules: Sequence[Rule], option: Option, situation: Situation) -> bool:
    """Whether none of these rules speaks against an option; what they say is not kept."""
    for rule in rules:
        verdict = rule.check(option, situation)
        if verdict is not None and (isinstance(verdict, Fail) or _excludes(rule, situation)):
            return False
    return True


def _of_place(option: Option, asked: _Asked, situation: Situation) -> _Said:
    place = option.place
    said = asked.of_places.get(place)
    if said is None:
        said = asked.of_places[place] = _said(asked.of_place, option, situation, _NOTHING)
    return said


def _of_base(option: Option, asked: _Asked, situation: Situation) -> _Said:
    """What the rules say that look at no effort."""
    kept, shared = asked.of_bases.get(id(option), (None, _NOTHING))
    if kept is None:
        before = _of_place(option, asked, situation)
        shared = _said(asked.of_machine, option, situation, before)
        asked.of_bases[id(option)] = option, shared
    return shared


def _said(rules: list[Rule], option: Option, situation: Situation, before: _Said) -> _Said:
    """What these rules say beside what others have said already."""
    own = [(rule, verdict) for rule in rules if (verdict := rule.check(option, situation)) is not None]
    if not own:
        return before
    verdicts = sorted([*before.verdicts, *own], key=lambda row: _ORDER[row[0].name]) if before.verdicts else own
    against: list[tuple[str, Fail | Unknown]] = []
    unverified: list[tuple[str, Unknown]] = []
    for rule, verdict in verdicts:
        if isinstance(verdict, Fail) or _excludes(rule, situation):
            against.append((rule.name, verdict))
        else:
            unverified.append((rule.name, verdict))
    return _Said(tuple(verdicts), Judgement(tuple(against), tuple(unverified)))


def _asked(situation: Situation) -> _Asked:
    """The rules of which the request asks something, by their scope."""
    key = ("rules", id(situation.needs))
    found: _Asked | None = situation.memo.get(key)
    if found is None:
        asked = rules_asked(situation.needs)
        place, machine, own = ([rule for rule in asked if rule.scope == scope] for scope in SCOPES)
        found = situation.memo[key] = _Asked(situation.needs, place, machine, own, {}, {})
    return found


def rules_asked(needs: Requirements) -> list[Rule]:
    """The rules of which the needs ask something."""
    return [
        rule
        for rule in RULES
        if not rule.asked or any(getattr(needs, name) != getattr(Requirements, name) for name in rule.asked)
    ]


def _excludes(rule: Rule, situation: Situation) -> bool:
    needs = situation.needs
    return (rule.unknown == "exclude" and not needs.allow_unknown) or (rule.unknown == "keep" and needs.strict)
