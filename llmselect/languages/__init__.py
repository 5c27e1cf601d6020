"""What llmselect says in each language: data files, one folder a language, the same keys in each.

`labels.json` holds the words of answers, `ask.json` the questionnaire. A third language is a third folder.
"""

import os
from collections.abc import Mapping
from functools import cache
from typing import Any

ENGLISH, CHINESE = "en", "zh-TW"
LANGUAGES = (ENGLISH, CHINESE)
_ALIASES = {
    **dict.fromkeys(("en", "english", "英文"), ENGLISH),
    **dict.fromkeys(("zh", "zh-tw", "zh-hk", "zh-mo", "zh-hant", "tw", "chinese", "中文", "繁體中文"), CHINESE),
}
_VARIABLES = ("LC_ALL", "LC_MESSAGES", "LANG")  # in the order in which POSIX asks them


def language(name: str) -> str | None:
    """The language that a person calls `name`, such as zh or zh_TW; None where there is no such one."""
    return _ALIASES.get(name.strip().lower().replace("_", "-"))


def of_locale(environment: Mapping[str, str]) -> str:
    """The language of the locale, English where it is another: simplified Chinese is one of those."""
    chosen = next((environment[name] for name in _VARIABLES if environment.get(name)), "")
    return language(chosen.partition(".")[0].partition("@")[0]) or ENGLISH


@cache
def texts(of: str, part: str) -> dict[str, Any]:
    """A data file of a language: the part `labels` or `ask`."""
    import json  # here, because help texts need none of it

    with open(os.path.join(os.path.dirname(__file__), of, f"{part}.json"), encoding="utf-8") as file:
        found: dict[str, Any] = json.load(file)
    return found
