"""Answers over a large catalogue stay readable: the nearest misses, counts by rule, few names, whole JSON."""

from dataclasses import replace
from pathlib import Path

import pytest

from llmselect.catalog.load import load
from llmselect.render.answer import recommendation_blocks
from llmselect.render.excluded import NEAREST
from llmselect.render.format.layout import plain
from llmselect.render.format.markdown import markdown
from llmselect.render.phrases import Phrases
from llmselect.requirements import parse
from llmselect.results.recommendation import Change, Exclusion, Reason, Recommendation, Relaxation, Unrated
from tests.factories import recommend


def _excluded(name: str, *rules: str, host: str = "self") -> Exclusion:
    reasons = tuple(Reason(rule, "this", f"that of {name}") for rule in rules)
    return Exclusion(f"acme/{name}", name.title(), f"acme/{name}@{host}", 1, reasons)


def _many(host: str = "self") -> tuple[Exclusion, ...]:
    """Six models that are near, one of them by two ways, and twenty far away."""
    far = [_excluded(f"far-{i:02}", "hosting") for i in range(10)]
    further = [_excluded(f"further-{i:02}", "memory", "license") for i in range(10)]
    near = [_excluded(f"near-{i}", "memory") for i in range(6)]
    return (*near, _excluded("near-0", "lifecycle", "license", host="cloud"), *far, *further)


@pytest.fixture(scope="module")
def answer(small_catalog: Path) -> Recommendation:
    found = recommend(parse({"as_of": "2026-11-23"}), load(small_catalog))
    return replace(found, excluded=_many())


def _text(row: Recommendation, explain: bool = False) -> str:
    return plain(recommendation_blocks(row, Phrases(), explain=explain), 200)


def _section(text: str) -> list[str]:
    return text[text.index("Excluded models: ") :].splitlines()


def test_only_the_nearest_are_told(answer: Recommendation) -> None:
    lines = _section(_text(answer))
    assert lines[0] == f"Excluded models: 26; the {NEAREST} nearest to passing"
    told = [line.partition(":")[0].removeprefix("- ") for line in lines[1 : NEAREST + 1]]
    assert told == [f"Near-{i}" for i in range(NEAREST)]
    assert lines[NEAREST + 1] == ""


def test_a_models_nearest_way_speaks_and_names_its_host(answer: Recommendation) -> None:
    lines = _section(_text(answer))
    assert lines[1] == "- Near-0: self memory: needs this, has that of near-0"
    assert lines[2] == "- Near-1: memory: needs this, has that of near-1"


def test_each_rule_has_its_count(answer: Recommendation) -> None:
    lines = _section(_text(answer))
    start = next(i for i, line in enumerate(lines) if line.startswith("By rule"))
    assert lines[start : start + 3] == [
        "By rule (one model may count more than once): memory 16, hosting 10, license 10",
        "",
        "--explain lists all 26 with their reasons.",
    ]


def test_explain_lists_all_and_says_no_more_of_it(answer: Recommendation) -> None:
    text = _text(answer, explain=True)
    assert "--explain lists" not in text
    assert all(row.option in text for row in answer.excluded)


def test_twelve_are_told_whole(answer: Recommendation) -> None:
    few = replace(answer, excluded=_many()[:13])
    lines = _section(_text(few))
    assert lines[0] == "Excluded models: 12"
    assert any("cloud lifecycle" in line for line in lines)


def test_markdown_and_json(answer: Recommendation) -> None:
    text = markdown(recommendation_blocks(answer, Phrases("zh-TW")))
    assert "## 排除的模型：26；最接近符合的 5 個" in text
    assert len(answer.to_dict()["excluded"]) == 27


def test_an_empty_answer_counts_once_and_cuts_what_a_change_admits(answer: Recommendation) -> None:
    admits = tuple(f"acme/near-{i}" for i in range(20))
    text = _text(replace(answer, recommendations=(), relaxations=(Relaxation((Change("ram", 1.0, 2.0),), admits),)))
    assert "What binds (models): memory 16, hosting 10, license 10" in text
    assert "By rule" not in text
    assert f"the {NEAREST} nearest to passing" in text
    assert (
        "--ram 2GiB admits Near-0, Near-1, Near-2, Near-3, Near-4, Near-5, acme/near-6, acme/near-7, and 12 more"
        in text
    )


def test_unrated_models_are_named_once_by_what_they_lack(answer: Recommendation) -> None:
    rows = tuple(Unrated(f"acme/u{i:02}", f"U{i:02}", f"acme/u{i:02}@self", "no exam") for i in range(11))
    other = Unrated("acme/v", "V", "acme/v@self", "no test")
    many = replace(answer, unrated=(*rows, other))
    assert "Unrated: no exam: U00, U01, U02, U03, U04, U05, U06, U07, and 3 more; no test: V\n" in _text(many)
    assert "U10; no test: V" in _text(many, explain=True)
    assert len(many.to_dict()["unrated"]) == 12


def test_a_named_machine_on_which_nothing_qualifies_is_told(answer: Recommendation) -> None:
    at_hosts = tuple(row for row in answer.recommendations if row.deployment != "self-host")
    named = replace(answer, requirements={**answer.requirements, "gpu": "x"}, recommendations=at_hosts)
    assert "Best on your machine: nothing qualifies; nearest is Near-0: memory: needs this" in _text(named)
    assert "nothing qualifies" not in _text(answer)
