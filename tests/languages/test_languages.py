"""Every language says all that the others say, with the same figures, of everything that has a name."""

import json
import string
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest

from llmselect import languages
from llmselect.catalog.schema import CriterionName
from llmselect.engine.constraints import CONSTRAINTS
from llmselect.languages import LANGUAGES, language, of_locale, texts

FOLDER = Path(languages.__file__).parent
PARTS = sorted(path.name.removesuffix(".json") for path in (FOLDER / "en").iterdir())
OTHERS = [name for name in LANGUAGES if name != "en"]
NO_WORDS = {"separator", "colon", "comma"}


def _leaves(value: Any, place: str = "") -> Iterator[tuple[str, str]]:
    """Each text with its place in the file, but for words to type, of which a language may have more."""
    if place.startswith("/commands/"):
        return
    if isinstance(value, str):
        yield place, value
        return
    pairs = value.items() if isinstance(value, dict) else enumerate(value)
    for key, inner in pairs:
        yield from _leaves(inner, f"{place}/{key}")


def _figures(text: str) -> list[str]:
    return sorted({name for _, name, _, _ in string.Formatter().parse(text) if name})


def test_a_folder_for_each_language() -> None:
    assert sorted(path.name for path in FOLDER.iterdir() if path.is_dir() and path.name != "__pycache__") == sorted(
        LANGUAGES
    )


@pytest.mark.parametrize("other", OTHERS)
@pytest.mark.parametrize("part", PARTS)
def test_nothing_is_missing_and_the_figures_are_the_same(part: str, other: str) -> None:
    english, translated = dict(_leaves(texts("en", part))), dict(_leaves(texts(other, part)))
    assert english.keys() == translated.keys()
    assert {place: _figures(text) for place, text in english.items()} == {
        place: _figures(text) for place, text in translated.items()
    }


@pytest.mark.parametrize("name", LANGUAGES)
@pytest.mark.parametrize("part", PARTS)
def test_no_text_is_empty_and_no_key_stands_twice(part: str, name: str) -> None:
    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        assert len({key for key, _ in pairs}) == len(pairs)
        return dict(pairs)

    data = json.loads((FOLDER / name / f"{part}.json").read_text(encoding="utf-8"), object_pairs_hook=unique)
    assert [place for place, text in _leaves(data) if not text.strip()] == []


@pytest.mark.parametrize("part", PARTS)
def test_chinese_is_chinese(part: str) -> None:
    """A text that was left in English is found by its lack of Chinese letters; ids and figures have none."""
    plain = {
        place
        for place, text in _leaves(texts("zh-TW", part))
        if not any("\u4e00" <= letter <= "\u9fff" for letter in text) and any(c.isalpha() for c in _wordless(text))
    }
    assert plain <= {"/api"}


def _wordless(text: str) -> str:
    return "".join(literal for literal, *_ in string.Formatter().parse(text))


@pytest.mark.parametrize("name", LANGUAGES)
def test_rules_and_criteria_have_names(name: str) -> None:
    labels = texts(name, "labels")
    assert [one.name for one in CONSTRAINTS if f"rule.{one.name}" not in labels] == []
    assert [criterion for criterion in get_args(CriterionName) if criterion not in labels] == []


@pytest.mark.parametrize(
    ("said", "meant"),
    [("zh-TW", "zh-TW"), ("zh", "zh-TW"), ("ZH_tw", "zh-TW"), ("zh-Hant", "zh-TW"), ("en", "en"), ("zh-CN", None),
     ("中文", "zh-TW"), ("English", "en"), ("fr", None)],
)  # fmt: skip
def test_what_people_call_a_language(said: str, meant: str | None) -> None:
    assert language(said) == meant


@pytest.mark.parametrize(
    ("environment", "meant"),
    [
        ({}, "en"),
        ({"LANG": "zh_TW.UTF-8"}, "zh-TW"),
        ({"LANG": "zh_TW.UTF-8", "LC_ALL": "C.UTF-8"}, "en"),
        ({"LANG": "en_US.UTF-8", "LC_MESSAGES": "zh_HK"}, "zh-TW"),
        ({"LANG": "zh_TW@radical", "LC_ALL": ""}, "zh-TW"),
        ({"LANG": "zh_CN.UTF-8"}, "en"),
        ({"LANG": "fr_FR"}, "en"),
    ],
)
def test_the_locale_chooses(environment: dict[str, str], meant: str) -> None:
    assert of_locale(environment) == meant
