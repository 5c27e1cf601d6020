"""Hard rules: each passes, fails with what was needed and what was had, or cannot be decided."""

from collections.abc import Callable, Hashable, Sequence
from typing import Any, Literal

from llmselect.engine import rules_data, rules_fit, rules_terms
from llmselect.engine.options import Option, Site
from llmselect.engine.situation import Situation
from llmselect.engine.verdict import Fail, Unknown, Verdict
from llmselect.frozen import NamedTuple
from llmselect.requirements import Requirements

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


class Said(NamedTuple):
    """What the rules say that do not simply pass, and what comes of it."""

    verdicts: tuple[tuple[Rule, Fail | Unknown], ...]
    judgement: Judgement


Row = tuple[Option, Judgement]
_NOTHING = Said((), Judgement((), ()))


class Judge:
    """Every rule of which the needs ask something, by its scope, and what was said by those that look at no effort."""

    def __init__(self, situation: Situation) -> None:
        self._situation, self._needs = situation, situation.needs
        plain = Requirements().model_dump()
        given = {name for name, value in self._needs.model_dump().items() if value != plain[name]}
        asked = [rule for rule in RULES if not rule.asked or not given.isdisjoint(rule.asked)]
        self._of_site, self._of_machine, self._of_option = (
            [rule for rule in asked if rule.scope == scope] for scope in SCOPES
        )
        self._of_places: dict[Hashable, Said] = {}
        self._of_bases: dict[int, tuple[Option, Said]] = {}  # with the option, so that no other takes its identity

    @property
    def asks_of_options(self) -> bool:
        """Whether some rule looks at an option's effort, or at more than its memory."""
        return bool(self._of_option)

    def of_site(self, site: Site) -> Said:
        """All that is said by the rules that look at a model and at where it runs alone."""
        return self._said(self._of_site, site, _NOTHING)

    def admits(self, site: Site) -> bool:
        """Whether none of these speaks against it; no more are asked than it takes to know."""
        return self._none_against(self._of_site, site)

    def passing(self, efforts: Sequence[Option]) -> Sequence[Option]:
        """Of options at a place that passes, which differ in their effort alone, those that pass every rule."""
        base = efforts[0].base or efforts[0]
        if base.offering is None and not self._none_against(self._of_machine, base):
            return ()
        if not self._of_option:
            return efforts
        return [option for option in efforts if self._none_against(self._of_option, option)]

    def judged(self, efforts: Sequence[Option], of_site: Said | None = None) -> list[Row]:
        """Options that differ in their effort alone, with every rule's word; `of_site` is what was said of theirs."""
        base = efforts[0].base or efforts[0]
        before = of_site or self._of_place(base)
        shared = before if base.offering is not None else self._of_base(base, before)
        if not self._of_option:
            return [(option, shared.judgement) for option in efforts]
        return [(option, self._said(self._of_option, option, shared).judgement) for option in efforts]

    def _of_place(self, option: Option) -> Said:
        """The same of an option's site, said once for all options there."""
        place = option.place
        said = self._of_places.get(place)
        if said is None:
            said = self._of_places[place] = self.of_site(option)
        return said

    def _of_base(self, option: Option, of_site: Said) -> Said:
        """What the rules say that look at no effort."""
        kept, shared = self._of_bases.get(id(option), (None, _NOTHING))
        if kept is None:
            shared = self._said(self._of_machine, option, of_site)
            self._of_bases[id(option)] = option, shared
        return shared

    def _none_against(self, rules: list[Rule], site: Site) -> bool:
        situation = self._situation
        for rule in rules:
            verdict = rule.check(site, situation)
            if verdict is not None and (isinstance(verdict, Fail) or self._excludes(rule)):
                return False
        return True

    def _said(self, rules: list[Rule], site: Site, before: Said) -> Said:
        """What these rules say beside what others have said already."""
        situation = self._situation
        own = [(rule, verdict) for rule in rules if (verdict := rule.check(site, situation)) is not None]
        if not own:
            return before
        verdicts = sorted([*before.verdicts, *own], key=lambda row: _ORDER[row[0].name]) if before.verdicts else own
        against: list[tuple[str, Fail | Unknown]] = []
        unverified: list[tuple[str, Unknown]] = []
        for rule, verdict in verdicts:
            if isinstance(verdict, Fail) or self._excludes(rule):
                against.append((rule.name, verdict))
            else:
                unverified.append((rule.name, verdict))
        return Said(tuple(verdicts), Judgement(tuple(against), tuple(unverified)))

    def _excludes(self, rule: Rule) -> bool:
        needs = self._needs
        return (rule.unknown == "exclude" and not needs.allow_unknown) or (rule.unknown == "keep" and needs.strict)


def judge_of(situation: Situation) -> Judge:
    """The judge of a situation's needs, one for all that ask."""
    key = ("judge", id(situation.needs))
    found: Judge | None = situation.memo.get(key)
    if found is None:
        found = situation.memo[key] = Judge(situation)
    return found


def judge(option: Option, situation: Situation) -> Judgement:
    """Every rule's word on an option. `--strict` excludes all unknowns, `--allow-unknown` keeps all."""
    return judge_of(situation).judged([option])[0][1]


def passing(efforts: Sequence[Option], situation: Situation) -> Sequence[Option]:
    """Of options at a place that passes, which differ in their effort alone, those that pass every rule."""
    return judge_of(situation).passing(efforts)
