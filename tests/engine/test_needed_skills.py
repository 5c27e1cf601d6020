"""What a request asks for beside its task: which skills, how much of the quality, and who gains by it."""

from typing import Any

import numpy as np
import pytest

from llmselect.catalog.load import open_catalog
from llmselect.engine.facts import Facts
from llmselect.engine.named import request_of
from llmselect.engine.needed_skills import MOST, Asked, Need, needed_skills
from llmselect.engine.request import Request
from llmselect.engine.skill_mix import efforts_at
from llmselect.estimate.intervals import lower_quartile
from llmselect.requirements import parse

NEEDS = {
    "images": Need("vision", 0.4, 30, 66, 82, None),
    "long-context": Need("long-context", 0.4, 15, 58, 72, 64_000),
    "tools": Need("tool-use", 0.3, 25, 75, 92, None),
    "language": Need("multilingual", 0.4, 40, 80, 90, None),
}
PLAIN = {"knowledge": 2.0, "reasoning": 2.0}


def shares(
    context_tokens: int = 2000, modality_in: tuple[str, ...] = (), mix: Any = None, **fields: Any
) -> dict[str, float]:
    asked = Asked(parse({"task": "qa", **fields}), ("text", *modality_in), context_tokens)
    return {skill: share for skill, (_, share) in needed_skills(asked, NEEDS, mix or PLAIN).items()}


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({}, {}),
        ({"modality_in": ("image",)}, {"vision": 0.4}),
        ({"modality_in": ("pdf",)}, {"vision": 0.4}),
        ({"modality_in": ("audio",)}, {}),
        ({"context_tokens": 63_999}, {}),
        ({"context_tokens": 64_000}, {"long-context": 0.4}),
        ({"needs": ["tools"]}, {"tool-use": 0.3}),
        ({"needs": ["structured-output"]}, {}),
        ({"language": "en"}, {}),
        ({"language": "ja"}, {"language-ja": 0.4}),
        ({"language": ["ja", "ar", "en"]}, {"language-ja": 0.2, "language-ar": 0.2}),
        ({"needs": ["tools"], "mix": {"tool-use": 0.3, "reasoning": 0.7}}, {}),
        ({"needs": ["tools"], "mix": {"tool-use": 0.1, "reasoning": 0.9}}, {"tool-use": 0.2 / 0.9}),
        ({"modality_in": ("image",), "needs": ["tools"], "language": "ja"},
         {"vision": 0.4 / 1.1 * MOST, "tool-use": 0.3 / 1.1 * MOST, "language-ja": 0.4 / 1.1 * MOST}),
    ],
)  # fmt: skip
def test_which_skills_are_asked_for_and_how_much_they_count(asked: dict[str, Any], found: dict[str, float]) -> None:
    assert shares(**asked) == pytest.approx(found)


def real() -> Facts:
    return Facts(open_catalog(own=False))


def asked(facts: Facts, **fields: Any) -> Request:
    return request_of(parse({"task": "qa", **fields}), facts)


def test_the_mix_is_the_tasks_score_and_the_skills_by_their_shares() -> None:
    facts = real()
    plain, request = facts.efforts("qa").at_task, asked(facts, modality_in="image")
    mixed = efforts_at(request.task, facts).at_task
    seen = facts.at_skill("vision")
    places = {key: at for at, key in enumerate(zip(plain.model, plain.effort, strict=True))}
    at = np.array([places[key] for key in zip(seen.model, seen.effort, strict=True)])
    ends = np.stack([seen.quality_low_percent, seen.quality_percent, seen.quality_high_percent])
    sure = np.where(seen.tested, ends[1], lower_quartile(ends))
    assert request.task.asked == {"vision": 0.4}
    assert mixed.quality_percent[at] == pytest.approx(0.6 * plain.quality_percent[at] + 0.4 * sure, nan_ok=True)
    assert request.task.ample_percent == pytest.approx(0.6 * 68 + 0.4 * 66)
    assert sum(request.task.skills.values()) == pytest.approx(1.0)


def test_nothing_asked_for_leaves_the_task_as_it_is() -> None:
    facts = real()
    assert efforts_at(asked(facts, language="en").task, facts) is facts.efforts("qa")


def test_a_language_without_a_test_is_judged_by_languages_at_large() -> None:
    facts = real()
    assert facts.is_tested("language-ja")
    assert not facts.is_tested("language-th")
    assert not facts.tested_models("language-th")
    assert (
        facts.at_skill("language-th").quality_percent.tolist()
        == facts.at_skill("multilingual").quality_percent.tolist()
    )


def test_the_language_decides_between_models_that_differ_in_it() -> None:
    facts = real()
    rows = {code: facts.at_skill(f"language-{code}") for code in ("yo", "de")}
    spread = {code: float(np.std(row.quality_percent[row.tested])) for code, row in rows.items()}
    assert spread["yo"] > 1.5 * spread["de"], "models differ more in Yoruba than in German"
