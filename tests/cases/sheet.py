"""The answer sheet: situations whose right answer is known without the engine, and how an answer is held to them."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from pydantic import BaseModel, ConfigDict, Field

from llmselect.catalog.load import open_catalog
from llmselect.engine import recommend
from llmselect.engine.constraints.judge import Judgement
from llmselect.engine.constraints.kinds import Judged
from llmselect.engine.facts import Facts
from llmselect.engine.named import request_of
from llmselect.engine.scored import Scored, score_options
from llmselect.estimate.memory import PLACEMENTS
from llmselect.requirements import Requirements, parse
from llmselect.results.recommendation import Recommendation

CASES = Path(__file__).parent
SOURCE = r"^(arithmetic: .{10,}|catalog/\S+\.yaml: .{3,}|https://\S+|pkg:\S+)"


class Strict(BaseModel):
    """A part of a case; unknown keys are mistakes."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Because(Strict):
    """The rules, and no others, that speak against some option of a model; `has` stands in a reason's text."""

    rules: str | tuple[str, ...]
    has: str | None = None

    @property
    def names(self) -> set[str]:
        return {self.rules} if isinstance(self.rules, str) else set(self.rules)


class Expected(Strict):
    """A number computed by hand; `tolerance` is a share of it."""

    value: float
    tolerance: float = Field(default=0.005, ge=0, le=0.1)


class Memory(Strict):
    """GiB of an option's parts, and where they lie."""

    weights_gib: Expected | None = None
    kv_cache_gib: Expected | None = None
    placement: str | None = None


class Bounds(Strict):
    """Tokens per second that physics or a measurement set as ends: the estimate's interval lies below or above."""

    at_most: float | None = None
    at_least: float | None = None


class Relaxed(Strict):
    """A relaxation that must be offered: fields with their new values, and a model that it lets through."""

    changes: dict[str, Any]
    tolerance: float = 0.0
    admits: str | None = None


class Case(Strict):
    """One situation. `include` models pass every rule (ranked or unrated); `exclude` ones pass none as a whole."""

    why: str = Field(min_length=60)
    source: str | tuple[str, ...]
    request: dict[str, Any]
    include: tuple[str, ...] = ()
    exclude: dict[str, str | tuple[str, ...] | Because] = Field(default_factory=dict)
    rank_above: tuple[tuple[str, str], ...] = ()
    first_of: tuple[str, ...] = ()
    first_not: tuple[str, ...] = ()
    option_include: tuple[str, ...] = ()
    option_exclude: dict[str, str] = Field(default_factory=dict)
    unverified: dict[str, str] = Field(default_factory=dict)
    unscored: tuple[str, ...] = ()
    cost_usd_per_month: dict[str, Expected] = Field(default_factory=dict)
    cost_usd_per_1k_requests: dict[str, Expected] = Field(default_factory=dict)
    memory: dict[str, Memory] = Field(default_factory=dict)
    decode_tok_s: dict[str, Bounds] = Field(default_factory=dict)
    empty: bool = False
    relaxation: tuple[Relaxed, ...] = ()
    document_answer: str | None = None

    @property
    def sources(self) -> tuple[str, ...]:
        return (self.source,) if isinstance(self.source, str) else self.source

    @property
    def needs(self) -> Requirements:
        return parse(self.request)


@dataclass
class Answer:
    """What the engine says to a case: the whole recommendation, and each option's judgement on its own."""

    needs: Requirements
    facts: Facts

    @cached_property
    def whole(self) -> Recommendation:
        return recommend.recommend(self.needs, self.facts)

    @cached_property
    def scored(self) -> Scored:
        return score_options(request_of(self.needs, self.facts), self.facts)

    @cached_property
    def ranks(self) -> dict[str, int]:
        return {row.model: row.rank for row in self.whole.recommendations}

    @cached_property
    def passing(self) -> set[str]:
        return {*self.ranks, *(row.model for row in self.whole.unrated)}

    @property
    def judged(self) -> Judged:
        return self.scored.judged

    @property
    def judgement(self) -> Judgement:
        return self.scored.judgement

    def rows(self, pattern: str) -> list[int]:
        """The options that an id pattern names; the pattern begins with the model's id."""
        options = self.judged.table.options
        model_no = self.facts.model_no[pattern.partition("@")[0]]
        rows = np.flatnonzero(options.model_no == model_no).tolist()
        return [row for row in rows if fnmatchcase(self.scored.id(row), pattern)]

    def against(self, row: int) -> list[str]:
        """The constraints that exclude an option."""
        return [name for name, _, _ in self.judgement.reasons(self.judged, row)]


@cache
def real_facts() -> Facts:
    """The project's own catalogue, opened once."""
    return Facts(open_catalog(CASES.parent.parent / "catalog", own=False))


@cache
def read_case(name: str) -> Case:
    return Case.model_validate(yaml.safe_load((CASES / f"{name}.yaml").read_text(encoding="utf-8")))


def case_names() -> list[str]:
    return sorted(path.stem for path in CASES.glob("*.yaml"))


def models_of(case: Case) -> set[str]:
    """Every model that a case names."""
    relaxed = [row.admits for row in case.relaxation if row.admits]
    pairs = [model for pair in case.rank_above for model in pair]
    patterns = [*case.option_include, *case.option_exclude, *case.unverified, *case.memory, *case.decode_tok_s]
    patterns += [*case.cost_usd_per_month, *case.cost_usd_per_1k_requests]
    plain = [*case.include, *case.exclude, *case.first_of, *case.first_not, *case.unscored, *relaxed, *pairs]
    return {*plain, *(pattern.partition("@")[0] for pattern in patterns)}


def failures(case: Case, facts: Facts) -> list[str]:
    """Every way in which the engine's answer to a case is not the right one."""
    answer = Answer(case.needs, facts)
    checks = (_names, _includes, _excludes, _order, _first, _options, _unverified, _costs, _memory, _speeds, _emptiness)
    return [fault for check in checks for fault in check(case, answer)]


def _names(case: Case, answer: Answer) -> Iterator[str]:
    figures_of = (case.memory, case.decode_tok_s, case.cost_usd_per_month, case.cost_usd_per_1k_requests)
    for pattern in (*case.option_exclude, *(pattern for row in figures_of for pattern in row)):
        if not answer.rows(pattern):
            yield f"no option is called {pattern}"


def _includes(case: Case, answer: Answer) -> Iterator[str]:
    for model in case.include:
        if model not in answer.passing:
            yield f"{model} should pass; {_against(answer, model) or 'it is not in the catalogue'}"


def _against(answer: Answer, model: str) -> str:
    rows = [row for row in answer.whole.excluded if row.model == model]
    return "; ".join(f"{row.option}: {[(r.rule, r.needed, r.had) for r in row.reasons]}" for row in rows)


def _excludes(case: Case, answer: Answer) -> Iterator[str]:
    for model, wanted in case.exclude.items():
        because = wanted if isinstance(wanted, Because) else Because(rules=wanted)
        if model in answer.passing:
            yield f"{model} should be excluded by {because.names}"
        elif not any(_is_because(row.reasons, because) for row in answer.whole.excluded if row.model == model):
            yield f"{model} should be excluded by {because} alone; {_against(answer, model)}"


def _is_because(reasons: Sequence[Any], because: Because) -> bool:
    texts = [f"{reason.needed} | {reason.had}" for reason in reasons]
    said = because.has is None or any(because.has in text for text in texts)
    return said and {reason.rule for reason in reasons} == because.names


def _order(case: Case, answer: Answer) -> Iterator[str]:
    for better, worse in case.rank_above:
        if not answer.ranks.get(better, 10**6) < answer.ranks.get(worse, 0):
            yield f"{better} (rank {answer.ranks.get(better)}) should stand above {worse} ({answer.ranks.get(worse)})"


def _first(case: Case, answer: Answer) -> Iterator[str]:
    first = next((model for model, rank in answer.ranks.items() if rank == 1), None)
    if case.first_of and first not in case.first_of:
        yield f"{first} is first, not one of {case.first_of}"
    if first in case.first_not:
        yield f"{first} should not be first"
    if case.document_answer is not None:
        said = answer.whole.document.answer if answer.whole.document else None
        if said != case.document_answer:
            yield f"the document's answer is {case.document_answer}, not {said}"
    for model in case.unscored:
        if first == model and not answer.facts.query("SELECT 1 FROM scores WHERE model = ? LIMIT 1", model):
            yield f"{model} is first without a single score"


def _options(case: Case, answer: Answer) -> Iterator[str]:
    for pattern in case.option_include:
        rows = answer.rows(pattern)
        if not any(answer.judgement.passes[row] for row in rows):
            yield f"{pattern} should pass: {[(answer.scored.id(row), answer.against(row)) for row in rows]}"
    for pattern, name in case.option_exclude.items():
        for row in answer.rows(pattern):
            if name not in answer.against(row):
                yield f"{answer.scored.id(row)} should be excluded by {name}, not {answer.against(row)}"


def _unverified(case: Case, answer: Answer) -> Iterator[str]:
    for pattern, name in case.unverified.items():
        rows = [row for row in answer.rows(pattern) if answer.judgement.passes[row]]
        unsure = {one for row in rows for one, _ in answer.judgement.unverified(answer.judged, row)}
        if name not in unsure:
            yield f"{pattern} should pass with {name} marked unknown: {unsure}"


def _costs(case: Case, answer: Answer) -> Iterator[str]:
    for field in ("usd_per_month", "usd_per_1k_requests"):
        usd = getattr(answer.judged.figures.costs, field)[1]
        for pattern, expected in getattr(case, f"cost_{field}").items():
            for row in answer.rows(pattern):
                if not _near(usd[row], expected):
                    yield f"{answer.scored.id(row)} costs {usd[row]}, not {expected.value} ({field})"


def _memory(case: Case, answer: Answer) -> Iterator[str]:
    table = answer.judged.table
    for pattern, wanted in case.memory.items():
        for row in answer.rows(pattern):
            own, at, id = table.own, int(table.options.own_no[row]), answer.scored.id(row)
            assert at >= 0, id
            for name, value in (("weights_gib", own.weights_gib[at]), ("kv_cache_gib", own.kv_gib[at])):
                expected = getattr(wanted, name)
                if expected is not None and not _near(value, expected):
                    yield f"{id}: {name} is {value:.2f}, not {expected.value}"
            placement = PLACEMENTS[own.placement[at]]
            if wanted.placement not in (None, placement):
                yield f"{id} lies {placement}, not {wanted.placement}"


def _speeds(case: Case, answer: Answer) -> Iterator[str]:
    for pattern, bounds in case.decode_tok_s.items():
        for row in answer.rows(pattern):
            high, rate, low = 1 / answer.judged.figures.speeds.tpot_s[:, row]
            assert rate > 0, answer.scored.id(row)
            if bounds.at_most is not None and high > bounds.at_most:
                yield f"{answer.scored.id(row)} would make {low} to {high} tok/s, more than {bounds.at_most}"
            if bounds.at_least is not None and low < bounds.at_least:
                yield f"{answer.scored.id(row)} would make {low} to {high} tok/s, less than {bounds.at_least}"


def _near(value: float, expected: Expected) -> bool:
    return abs(value - expected.value) <= expected.tolerance * abs(expected.value) + 1e-9


def _emptiness(case: Case, answer: Answer) -> Iterator[str]:
    if case.empty and answer.ranks:
        yield f"nothing should qualify, but {list(answer.ranks)[:5]} do"
    offered = [{change.field: change.to for change in row.changes} for row in answer.whole.relaxations]
    for wanted in case.relaxation:
        rows = [
            row
            for row, changes in zip(answer.whole.relaxations, offered, strict=True)
            if changes.keys() == wanted.changes.keys()
            and all(_same(changes[name], value, wanted.tolerance) for name, value in wanted.changes.items())
        ]
        if not rows:
            yield f"{wanted.changes} should be offered, not {offered}"
        elif wanted.admits is not None and not any(wanted.admits in row.admits for row in rows):
            yield f"{wanted.changes} should admit {wanted.admits}, not {[row.admits for row in rows]}"


def _same(value: Any, wanted: Any, tolerance: float) -> bool:
    if isinstance(wanted, (int, float)) and not isinstance(wanted, bool) and isinstance(value, (int, float)):
        return abs(value - wanted) <= tolerance * abs(wanted)
    return bool((list(value) if isinstance(value, tuple) else value) == wanted)


def well_sourced(case: Case) -> bool:
    return all(re.match(SOURCE, source) for source in case.sources)
