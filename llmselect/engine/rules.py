"""Hard rules: each passes, fails with what was needed and what was had, or cannot be decided."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypeVar

from llmselect.engine import rules_data, rules_fit, rules_terms
from llmselect.engine.options import Option, Site, base_of
from llmselect.engine.situation import Situation
from llmselect.engine.verdict import Fail, Unknown, Verdict
from llmselect.requirements import Requirements

if TYPE_CHECKING:
    from llmselect.catalog.schema import Model

T = TypeVar("T")
Check = Callable[[Any, Situation], Verdict]  # of a site by a rule of scope `place`, else of an option
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


Row = tuple[Option, Judgement]
Against = tuple["Model", str, int, Judgement]  # options alike but for figures: the id of the nearest, how many they are
_NOTHING = Judgement((), ())


class Asked(NamedTuple):
    """A rule of which the needs ask something; `excludes` is whether what it cannot decide speaks against an option."""

    name: str
    check: Check
    excludes: bool
    scope: Scope


def rules_asked(needs: Requirements) -> list[Asked]:
    """The rules of which the needs ask something."""
    plain = Requirements()
    asked = [rule for rule in RULES if not rule.asked or any(_differ(needs, plain, name) for name in rule.asked)]
    return [Asked(rule.name, rule.check, _excludes(rule, needs), rule.scope) for rule in asked]


def _differ(needs: Requirements, plain: Requirements, name: str) -> bool:
    return bool(getattr(needs, name) != getattr(plain, name))


def _excludes(rule: Rule, needs: Requirements) -> bool:
    return (rule.unknown == "exclude" and not needs.allow_unknown) or (rule.unknown == "keep" and needs.strict)


def none_against(rules: Sequence[Asked], site: Site, situation: Situation) -> bool:
    """Whether none of these rules speaks against a site or an option; no more are asked than it takes to know."""
    for _, check, excludes, _ in rules:
        verdict = check(site, situation)
        if verdict is not None and (excludes or isinstance(verdict, Fail)):
            return False
    return True


class Judge:
    """Every rule of which the needs ask something, by its scope, and what was said by those that look at no effort."""

    def __init__(self, needs: Requirements) -> None:
        self._needs, asked = needs, rules_asked(needs)  # kept, so that no others take their identity
        self._of_site, self._of_machine, self._of_option = (
            [rule for rule in asked if rule.scope == scope] for scope in SCOPES
        )
        self._of_places: dict[Hashable, Judgement] = {}
        self._of_bases: dict[int, tuple[Option, Judgement]] = {}  # with the option, for the same reason

    @property
    def asks_of_options(self) -> bool:
        """Whether some rule looks at an option's effort, or at more than its memory."""
        return bool(self._of_option)

    def of_site(self, site: Site, situation: Situation) -> Judgement:
        """All that is said by the rules that look at a model and at where it runs alone."""
        return _said(self._of_site, site, situation, _NOTHING)

    def of_base(self, option: Option, situation: Situation, of_site: Judgement) -> Judgement:
        """What is said by those that look at no effort; `of_site` is what was said of its site."""
        if option.offering is not None:
            return of_site
        kept, said = self._of_bases.get(id(option), (None, _NOTHING))
        if kept is None:
            said = _said(self._of_machine, option, situation, of_site)
            self._of_bases[id(option)] = option, said
        return said

    def judged(self, efforts: Sequence[Option], situation: Situation, of_site: Judgement | None = None) -> list[Row]:
        """Options that differ in their effort alone, with every rule's word."""
        base = base_of(efforts)
        said = self.of_base(base, situation, of_site or self._of_place(base, situation))
        if not self._of_option:
            return [(option, said) for option in efforts]
        return [(option, _said(self._of_option, option, situation, said)) for option in efforts]

    def admits(self, site: Site, situation: Situation) -> bool:
        """Whether no rule that looks at a model and at where it runs alone speaks against it."""
        return none_against(self._of_site, site, situation)

    def passing(self, efforts: Sequence[Option], situation: Situation) -> Sequence[Option]:
        """Of options at a place that passes, which differ in their effort alone, those that pass every rule."""
        base = base_of(efforts)
        if base.offering is None and not none_against(self._of_machine, base, situation):
            return ()
        if not self._of_option:
            return efforts
        return [option for option in efforts if none_against(self._of_option, option, situation)]

    def _of_place(self, option: Option, situation: Situation) -> Judgement:
        """What was said of an option's site, once for all options there."""
        place = option.place
        said = self._of_places.get(place)
        if said is None:
            said = self._of_places[place] = self.of_site(option, situation)
        return said


def _said(rules: list[Asked], site: Site, situation: Situation, before: Judgement) -> Judgement:
    """What these rules say beside what others have said already."""
    against: list[tuple[str, Fail | Unknown]] = []
    unverified: list[tuple[str, Unknown]] = []
    for name, check, excludes, _ in rules:
        verdict = check(site, situation)
        if verdict is not None:
            if excludes or isinstance(verdict, Fail):
                against.append((name, verdict))
            else:
                unverified.append((name, verdict))
    if not against and not unverified:
        return before
    return Judgement(_ordered(before.against, against), _ordered(before.unverified, unverified))


def _ordered(before: tuple[tuple[str, T], ...], own: list[tuple[str, T]]) -> tuple[tuple[str, T], ...]:
    """Verdicts in the order of the rules."""
    return tuple(sorted([*before, *own], key=lambda row: _ORDER[row[0]]) if before else own)


def judge_of(situation: Situation) -> Judge:
    """The judge of a situation's needs, one for all that ask."""
    key = ("rules", id(situation.needs))
    found: Judge | None = situation.memo.get(key)
    if found is None:
        found = situation.memo[key] = Judge(situation.needs)
    return found


def judge(option: Option, situation: Situation) -> Judgement:
    """Every rule's word on an option. `--strict` excludes all unknowns, `--allow-unknown` keeps all."""
    return judge_of(situation).judged([option], situation)[0][1]


def passing(efforts: Sequence[Option], situation: Situation) -> Sequence[Option]:
    """Of options at a place that passes, which differ in their effort alone, those that pass every rule."""
    return judge_of(situation).passing(efforts, situation)
