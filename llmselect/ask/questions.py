"""The questions, from their data file; their texts are in the language files."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from llmselect.errors import LlmselectError
from llmselect.requirements import read

Fields = Mapping[str, Any]
_SEVERAL = re.compile(r"([0-9]{1,4})\s*[x×]\s*(\D.*)", re.IGNORECASE)  # 2x RTX 4090
_MEMORY = re.compile(r"[\d.]+\s*(gib|gb|g)", re.IGNORECASE)
_SECONDS = re.compile(r"(\d+(?:\.\d+)?)\s*(?:s|sec|秒)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Question:
    """A question and the profile fields that it sets.

    Questions with `always` are asked first, in file order. `typed` is the field that free text sets. `unless` skips
    the question, and `hidden` a choice, if a field has one of the listed values; `only_with` asks it where one of these
    fields has a value. `representatives` are typical answers, from which the question's influence is computed.
    """

    id: str
    fields: Sequence[str]
    representatives: Sequence[Fields]
    choices: Mapping[str, Fields]
    always: bool = False
    many: bool = False
    default: str | None = None
    typed: str | None = None
    unless: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    only_with: Sequence[str] = ()
    hidden: Mapping[str, Mapping[str, Sequence[Any]]] = field(default_factory=dict)

    def applies(self, fields: Fields) -> bool:
        """Whether the question makes sense after these answers."""
        named = not self.only_with or any(fields.get(name) is not None for name in self.only_with)
        return named and not _matches_any(self.unless, fields)

    def rows(self, fields: Fields) -> list[str]:
        """The choices that make sense after these answers."""
        return [name for name in self.choices if not _matches_any(self.hidden.get(name, {}), fields)]


def _matches_any(conditions: Mapping[str, Sequence[Any]], fields: Fields) -> bool:
    return any(fields.get(name) in values for name, values in conditions.items())


@cache
def questions() -> tuple[Question, ...]:
    """All questions, in the order of the data file."""
    rows = json.loads(Path(__file__).with_name("questions.json").read_text(encoding="utf-8"))
    return tuple(Question(**row) for row in rows)


def fields_of_choices(question: Question, names: Sequence[str]) -> dict[str, Any]:
    """The fields that some choices set together; their lists are concatenated."""
    fields: dict[str, Any] = {}
    for name in names:
        for key, value in question.choices[name].items():
            joined = [*fields[key], *value] if key in fields and isinstance(value, list) else value
            fields[key] = joined
    return fields


def fields_of_text(question: Question, text: str) -> dict[str, Any]:
    """The fields that a typed answer sets; raises LlmselectError if its field does not accept it."""
    assert question.typed is not None
    fields = _READERS.get(question.typed, _unchanged)(question.typed, text.strip())
    _, faults = read(fields)
    if faults:  # the fault without the field's name, which the questionnaire never shows
        raise LlmselectError("bad-value", faults[0].what, faults[0].hint)
    return fields


def _unchanged(name: str, text: str) -> dict[str, Any]:
    return {name: text}


def _machine(name: str, text: str) -> dict[str, Any]:
    if _MEMORY.fullmatch(text):
        return {"vram": text}
    several = _SEVERAL.fullmatch(text)
    return {name: several[2], "gpus": int(several[1])} if several else {name: text}


def _seconds(name: str, text: str) -> dict[str, Any]:
    unit = _SECONDS.fullmatch(text)
    return {name: unit[1] if unit else text}


def _code(name: str, text: str) -> dict[str, Any]:
    return {name: text.upper()}


def _codes(name: str, text: str) -> dict[str, Any]:
    return {name: text.replace(",", " ").split()}


_READERS: Mapping[str, Callable[[str, str], dict[str, Any]]] = {
    "gpu": _machine,
    "max_latency_s": _seconds,
    "region": _code,
    "domicile": _code,
    "language": _codes,
}
