"""Families of models, and what is said to a name that is no model's: a family's members, or close names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from llmselect.catalog.names.text import EARLY, TUNED, is_size, likeness, tokens
from llmselect.errors import LlmselectError, cut

if TYPE_CHECKING:
    from llmselect.catalog.names.index import Row
    from llmselect.catalog.schema import Model

MAX_NAMED = 8
ALL = "`llmselect list` shows all."


@dataclass(frozen=True, slots=True)
class Family:
    """Models that share a line's name; `words` is that name taken apart."""

    name: str
    words: tuple[str, ...]
    members: tuple[Model, ...]

    @classmethod
    def of(cls, name: str, members: Sequence[Model]) -> Family:
        """A family with its members, newest first and base models last among equals."""
        return cls(name, tokens(name), newest_first(members))


class FamilyError(LlmselectError):
    """A family's name where one model's is needed; `family` has the models."""

    def __init__(self, name: str, family: Family, hint: str) -> None:
        super().__init__("ambiguous-model", f"{cut(name)!r} names a family of models, not one of them", hint)
        self.family = family


def newest_first(models: Sequence[Model]) -> tuple[Model, ...]:
    """Models by their day of release, the newest first; of one day tuned ones, then the larger."""
    return tuple(sorted(models, key=_order))


def _order(model: Model) -> tuple[int, bool, float, str]:
    released = model.release_date.value
    size = model.parameters.value.total if model.parameters is not None and model.parameters.value else 0.0
    return (-released.toordinal() if released else 0, model.tuning.value == "base", -size, model.id)


def family_error(name: str, family: Family, others: Sequence[Family]) -> FamilyError:
    """The error that lists a family's models, newest first, and the families that continue its name."""
    members = newest_first(family.members)
    listed = ", ".join(model.id for model in members[:MAX_NAMED])
    more = f" and {len(members) - MAX_NAMED} more" if len(members) > MAX_NAMED else ""
    near = [other for other in others if other is not family and other.words[: len(family.words)] == family.words]
    near.sort(key=lambda other: _order(other.members[0]))
    also = f" Families near it: {', '.join(other.name for other in near[:MAX_NAMED])}." if near else ""
    return FamilyError(name, family, f"Name one, newest first: {listed}{more}.{also}")


def unknown_model(
    name: str, ways: Sequence[tuple[str, ...]], rows: Sequence[Row], families: Sequence[Family]
) -> LlmselectError:
    """The error for a name that is nobody's: what it may be a slip for, else the family that it begins with.

    `ways` are the name's words, as they may be read; `rows` are the ways to write the models' names.
    """
    near = _near(ways, rows)
    family = _family_before(ways, families)
    if near:
        hint = f"Did you mean {' or '.join(near)}? {ALL}"
    elif family is not None or (family := _named_among(ways, rows)) is not None:
        sizes = {word for words in ways for word in words if is_size(word)}
        members = sorted(newest_first(family.members), key=lambda model: not sizes & set(tokens(model.id)))
        hint = f"Known of {family.name}: {_ids(members)}. {ALL}"
    else:
        hint = ALL
    return LlmselectError("unknown-model", f"unknown model {cut(name)!r}", hint)


def _near(ways: Sequence[tuple[str, ...]], rows: Sequence[Row], most: int = 3) -> list[str]:
    """The ids of models whose words are those of a name but for slips of the hand, best first, the newest first."""
    vocabulary = {word for row in rows for word in row.words}
    scored: dict[str, float] = {}
    for row in rows:
        score = max((likeness(words, row.words, vocabulary) for words in ways), default=0.0)
        if score > scored.get(row.model.id, 0.0):
            scored[row.model.id] = score
    models = newest_first([model for model in {row.model.id: row.model for row in rows}.values() if model.id in scored])
    return [model.id for model in sorted(models, key=lambda one: (one.tuning.value == "base", -scored[one.id]))][:most]


def _family_before(ways: Sequence[tuple[str, ...]], families: Sequence[Family]) -> Family | None:
    """The family whose whole name a name begins with, the longest; else all that begin with its first word."""
    brands = {one.words[0] for one in families if one.words[0].isalpha()}
    found = [one for one in families for words in ways if words[: len(one.words)] == one.words]
    found = [one for one in found if len(one.words) > 1 or one.words[0] not in brands]
    if found:
        return max(found, key=lambda one: len(one.words))
    for words in ways:
        line = [one for one in families if words and words[0].isalpha() and one.words[0] == words[0]]
        if line:
            return Family(words[0], words[:1], tuple(model for one in line for model in one.members))
    return None


def _named_among(ways: Sequence[tuple[str, ...]], rows: Sequence[Row]) -> Family | None:
    """All models that have a word, where that is the whole name: `haiku`, `7b`."""
    for word in (words[0] for words in ways if len(words) == 1 and words[0] not in TUNED | EARLY):
        members = {row.model.id: row.model for row in rows if word in row.words}
        if members:
            return Family.of(word, list(members.values()))
    return None


def _ids(models: Sequence[Model]) -> str:
    more = f" and {len(models) - MAX_NAMED} more" if len(models) > MAX_NAMED else ""
    return ", ".join(model.id for model in models[:MAX_NAMED]) + more
