"""What the catalogue calls its models, in the ways in which names are looked up; each is made when first needed."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

from llmselect.catalog.names.ended import EndedId, ended_ids
from llmselect.catalog.names.families import Family
from llmselect.catalog.names.text import parts, tokens
from llmselect.errors import fold

if TYPE_CHECKING:
    from llmselect.catalog.schema import Catalog, Model, Offering

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Index:
    """The names of a catalogue's models."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog

    @cached_property
    def own(self) -> Mapping[str, list[str]]:
        """Ids, names and repositories."""
        models = self._catalog.models.values()
        return _grouped((fold(one), model.id) for model in models for one in own_spellings(model))

    @cached_property
    def short(self) -> Mapping[str, list[str]]:
        """Those without their developer: `llama-2-13b-chat` of `meta/llama-2-13b-chat`."""
        models = self._catalog.models.values()
        return _grouped((fold(tail(one)), model.id) for model in models for one in own_spellings(model) if "/" in one)

    @cached_property
    def aliases(self) -> Mapping[str, list[str]]:
        """What else models are called, with and without a developer before it."""
        models = self._catalog.models.values()
        named = ((one, model.id) for model in models for alias in model.aliases for one in {alias, tail(alias)})
        return _grouped((fold(one), model_id) for one, model_id in named)

    @cached_property
    def api_ids(self) -> Mapping[str, list[tuple[str, str]]]:
        """Hosts and models by the ids that hosts take, folded."""
        found: dict[str, list[tuple[str, str]]] = {}
        for host in self._catalog.hosts.values():
            for offering in host.offerings:
                for name in api_ids(offering):
                    found.setdefault(fold(name), []).append((host.id, offering.model))
        return found

    @cached_property
    def ended(self) -> Mapping[str, list[EndedId]]:
        """Ids that hosts have ended and that no offering has, folded."""
        return ended_ids(self._catalog)

    @cached_property
    def by_words(self) -> Mapping[tuple[str, ...], list[str]]:
        """All names by their sorted words, those that hosts give among them."""
        known = [(tail(one), model.id) for model in self._catalog.models.values() for one in spellings(model)]
        hosts = self._catalog.hosts.values()
        served = [
            (name, row.model) for host in hosts for row in host.offerings for name in api_ids(row) if "/" not in name
        ]
        return _grouped((tuple(sorted(tokens(one))), model) for one, model in [*known, *served])

    @cached_property
    def rows(self) -> list[Row]:
        """Every way to write a model's own name."""
        return [Row(model, words) for model in self._catalog.models.values() for words in _spelled_words(model)]

    @cached_property
    def by_core(self) -> Mapping[tuple[str, ...], list[Row]]:
        """The same by what they say of which model it is, without tuning and dates."""
        return _grouped((row.parts.core, row) for row in self.rows)

    @cached_property
    def families(self) -> list[Family]:
        """The families of models."""
        found: dict[str, list[Model]] = {}
        for model in self._catalog.models.values():
            found.setdefault(model.family.value or "", []).append(model)
        return [Family.of(name, members) for name, members in found.items() if name]

    @cached_property
    def owners(self) -> frozenset[str]:
        """The owners of repositories, folded."""
        owners = {
            one.partition("/")[0] for model in self._catalog.models.values() for one in spellings(model) if "/" in one
        }
        return frozenset(map(fold, owners))

    @cached_property
    def developers(self) -> list[tuple[str, ...]]:
        """The words of developers' names, longest first: `meta llama`, `mistral ai`, `openai`."""
        names = {
            name
            for model in self._catalog.models.values()
            for name in (model.developer.value or "", model.id.partition("/")[0], _owner(model))
        }
        return sorted({tokens(name) for name in names if tokens(name)}, key=len, reverse=True)


class Row:
    """One way to write a model's name, taken apart."""

    __slots__ = ("family", "model", "parts", "words")

    def __init__(self, model: Model, words: tuple[str, ...]) -> None:
        self.model = model
        self.words = words
        self.parts = parts(words)
        self.family = tokens(model.family.value or "")


def spellings(model: Model) -> Iterator[str]:
    """What the catalogue calls a model: its id, name, repositories and aliases."""
    yield from own_spellings(model)
    yield from model.aliases


def own_spellings(model: Model) -> Iterator[str]:
    """A model's id, name and repositories: an alias among them that has a slash is a repository too."""
    yield from (model.id, model.name, *(alias for alias in model.aliases if "/" in alias))
    for fact in (model.weights, model.gguf):
        if fact is not None and fact.value is not None:
            yield fact.value


def api_ids(offering: Offering) -> Iterator[str]:
    """The ids that a host takes for an offering."""
    if offering.api_id is not None and offering.api_id.value is not None:
        yield offering.api_id.value
    yield from offering.aliases


def _spelled_words(model: Model) -> list[tuple[str, ...]]:
    names = (model.id, model.name, *model.aliases)
    found = dict.fromkeys(tokens(tail(one)) for one in names)
    return [words for words in found if words]


def tail(name: str) -> str:
    """A name without its developer or owner."""
    return name.rpartition("/")[2]


def _owner(model: Model) -> str:
    return model.weights.value.partition("/")[0] if model.weights is not None and model.weights.value else ""


def _grouped(rows: Iterable[tuple[K, V]]) -> dict[K, list[V]]:
    found: dict[K, list[V]] = {}
    for key, value in rows:
        found.setdefault(key, []).append(value)
    return found
