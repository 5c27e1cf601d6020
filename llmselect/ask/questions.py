"""The questions, read from their data file; what they say stands in the files of each language."""

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
    """A question and the fields of a profile that answer it.

    `always` ones are asked in the order of the file. `typed` is the field that free text goes to. `unless` and
    `hidden` (by choice) leave the question or a choice out where a field has one of the values. `representatives`
    are the answers by which its influence is judged.
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
    hidden: Mapping[str, Mapping[str, Sequence[Any]]] = field(default_factory=dict)

    def applies(self, fields: Fields) -> bool:
        """Whether it makes sense after these answers."""
        return not _holds(self.unless, fields)

    def rows(self, fields: Fields) -> list[str]:
        """The choices that make sense after these answers."""
        return [name for name in self.choices if not _holds(self.hidden.get(name, {}), fields)]


def _holds(conditions: Mapping[str, Sequence[Any]], fields: Fields) -> bool:
    return any(fields.get(name) in values for name, values in conditions.items())


@cache
def questions() -> tuple[Question, ...]:
    """All questions, in the order of the data file."""
    rows = json.loads(Path(__file__).with_name("questions.json").read_text(encoding="utf-8"))
    return tuple(Question(**row) for row in rows)


def chosen(question: Question, names: Sequence[str]) -> dict[str, Any]:
    """The fields of some choices; lists of several are joined."""
    fields: dict[str, Any] = {}
    for name in names:
        for key, value in question.choices[name].items():
            joined = [*fields[key], *value] if key in fields and isinstance(value, list) else value
            fields[key] = joined
    return fields


def typed(question: Question, text: str) -> dict[str, Any]:
    """The fields of an answer in words; raises LlmselectError for one that its field does not take."""
    assert question.typed is not None
    fields = _READERS.get(question.typed, _as_it_is)(question.typed, text.strip())
    _, faults = read(fields)
    if faults:  # who answers questions does not know the fields' names
        raise LlmselectError("bad-value", faults[0].what, faults[0].hint)
    return fields


def _as_it_is(name: str, text: str) -> dict[str, Any]:
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
