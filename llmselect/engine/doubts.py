"""What of a request could not be judged, in a sentence each: what a reader must know before the ranking."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import numpy as np

from llmselect.catalog.names.codes import language_name
from llmselect.catalog.sql.read import Integers
from llmselect.catalog.words import language_skill
from llmselect.engine.constraints.kinds import FAIL, UNDECIDED
from llmselect.engine.needed_skills import SEEN
from llmselect.engine.request import Request
from llmselect.engine.scored import Scored

OLD_CATALOG_DAYS = 30
# What nobody states of options that a constraint cannot judge.
_UNSTATED = {
    "license": "whether their licences allow this use",
    "privacy": "what their hosts do with requests",
    "region": "from where they are served",
    "modality": "what kinds of data they take",
    "capability": "whether they can do what --needs asks for",
    "language": "which languages they were made for",
    "quality": "the scores that were asked for",
    "context": "how large their context windows are",
    "budget": "what they cost",
}
_PLURALS = {"image": "images", "video": "videos", "pdf": "PDF files"}
_TESTS_OF = {"vision": "images", "long-context": "long contexts", "tool-use": "tools"}


def doubts(found: Scored, shown: Integers) -> tuple[str, ...]:
    """An old catalogue, nothing good enough, needs that no test tells of, and facts that nobody states of options."""
    request = found.judged.table.request
    catalog = date.fromisoformat(found.judged.table.facts.meta["date"])
    about = (*_age(request, catalog), *_insufficient(found), *_untested(found, shown))
    return (*about, *_unstated(found, shown), *_left_out(found))


def _age(request: Request, catalog: date) -> Iterator[str]:
    days = request.as_of_day - catalog.toordinal()
    if days > OLD_CATALOG_DAYS:
        yield f"The catalogue is of {catalog}, {days} days before the day asked about: what is newer is missing."


def _insufficient(found: Scored) -> Iterator[str]:
    """Where nothing that is ranked is sufficient for the task."""
    task, quality = found.judged.table.request.task, found.values["quality"].interval[1, found.order]
    best = float(np.nanmax(quality, initial=0.0))
    if len(quality) and not np.all(np.isnan(quality)) and best < task.insufficient_percent:
        least = f"below {task.insufficient_percent:g} % is insufficient for {task.name}"
        yield f"Nothing that qualifies is good enough: the best quality is {best:.1f} %, and {least}."


def _untested(found: Scored, shown: Integers) -> Iterator[str]:
    """What is asked for that no test tells of: at all, or of some of the shown models."""
    table = found.judged.table
    seen = SEEN if "vision" in table.request.task.skills else frozenset()
    others = [_PLURALS.get(kind, kind) for kind in table.request.modalities_in if kind not in ("text", *seen)]
    if others:
        yield f"Quality is judged by tests of text; none says how well a model reads {' or '.join(others)}."
    for code in table.request.needs.language:
        if code != "en" and not table.facts.is_tested(language_skill(code)):
            yield f"No test is in {language_name(code)}: quality is judged by tests in other languages."
    for skill in table.request.task.asked:
        tested = table.facts.tested_models(skill)
        unseen = [number for number in np.unique(table.options.model_no[shown]).tolist() if number not in tested]
        if unseen and table.facts.is_tested(skill):
            some = f"{len(unseen)} of the {len(shown)} models" if len(unseen) < len(shown) else "the models"
            yield f"For {some} below no test of {_skill_words(skill)} is known: their other scores stand for it."


def _skill_words(skill: str) -> str:
    """What a skill is asked for by."""
    return _TESTS_OF.get(skill) or language_name(skill.removeprefix(language_skill("")))


def _unstated(found: Scored, shown: Integers) -> Iterator[str]:
    """What is unknown of some of the shown options."""
    needs = found.judged.table.request.needs
    for constraint, verdicts in zip(found.judgement.asked, found.judgement.verdicts, strict=True):
        unknown = int(np.count_nonzero(verdicts[shown] == UNDECIDED))
        usual = constraint.name == "language" and set(needs.language) == {"en"}  # what all of them are made for
        if unknown and constraint.name in _UNSTATED and not usual:
            some = f"{unknown} of the {len(shown)} models" if unknown < len(shown) else "the models"
            yield f"For {some} below nobody states {_UNSTATED[constraint.name]}: check before you choose."


def _left_out(found: Scored) -> Iterator[str]:
    """Models that are out for nothing but what nobody states, where they are half as many as those that are ranked."""
    judgement, options = found.judgement, found.judged.table.options
    against, ranked = judgement.against, options.model_no[found.order]
    missing = np.any(against, axis=0) & ~np.any(judgement.verdicts == FAIL, axis=0)
    asked = [
        place
        for place, constraint in enumerate(judgement.asked)
        if constraint.asked and constraint.name in _UNSTATED and np.any(against[place] & missing)
    ]
    others = [place for place in range(len(judgement.asked)) if place not in asked]
    rows = missing & ~np.any(against[others], axis=0)
    models = np.setdiff1d(options.model_no[rows], ranked)
    if len(models) and 2 * len(models) >= len(np.unique(ranked)):
        facts = " or ".join(_UNSTATED[judgement.asked[place].name] for place in asked)
        yield f"{len(models)} models are left out only because nobody states {facts}."
