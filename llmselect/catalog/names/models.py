"""Which model of the catalogue a person means: by id, name, repository, tag, a host's id, or the newest of a line."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from llmselect.catalog.names.ended import EndedIdError, ended_at
from llmselect.catalog.names.families import Family, FamilyError, family_error, unknown_model
from llmselect.catalog.names.hosts import own_host
from llmselect.catalog.names.index import Index, Row, tail
from llmselect.catalog.names.served import moving_model, tagged_repository
from llmselect.catalog.names.spelling import MAX_CHARACTERS, Reading, readings
from llmselect.catalog.names.text import Parts, is_number, is_size, parts, tokens
from llmselect.catalog.names.understood import Understood
from llmselect.errors import LlmselectError, fold

if TYPE_CHECKING:
    from llmselect.catalog.schema import Catalog, Model


def find_model(catalog: Catalog, name: str, as_of: date | None = None) -> Model:
    """The model that a person calls `name`; `as_of` is the day on which a host's moving id is read.

    Raises LlmselectError with close matches, and with its members where the name is a family's.
    """
    return catalog.models[ModelNames(catalog).find(name, as_of).id]


class ModelNames:
    """The names of a catalogue's models, for looking up one or many."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._index = Index(catalog)

    def find(self, name: str, as_of: date | None = None) -> Understood:
        """What a name means; raises LlmselectError for one that is a family's, unknown, or means several."""
        if not name.strip() or len(name) > MAX_CHARACTERS:
            raise unknown_model(name, (), (), ())
        tried = list(readings(name, self._catalog.hosts, self._index.owners))
        whole = [reading for reading in tried if "/" not in reading.text]
        for look in (self._named, self._of_family, self._same_words, self._of_line, self._untagged):
            for reading in tried if look == self._named else whole:
                found = look(reading, as_of)
                if found is not None:
                    return replace(found, hosts=reading.hosts, quantization=reading.quantization)
        error = self._unknown(name, tried)
        raise error if isinstance(error, FamilyError) else self._ended(tried, as_of) or error

    # -- one name, one model

    def _named(self, reading: Reading, as_of: date | None) -> Understood | None:
        """By id, name, repository, a host's own id, or a tag: what names one model and no other."""
        key = fold(reading.text)
        found = self._one(reading, self._index.own.get(key, ()))
        if found is None and not reading.ollama:
            found = self._served(reading, as_of)
        if found is None and (":" in reading.text or reading.ollama):
            found = self._tag(reading)
        if found is None:
            found = self._one(reading, self._index.short.get(key, ()))
        if found is None and self._family(reading) is None:
            found = self._one(reading, self._index.aliases.get(key, ()))
        return found

    def _one(self, reading: Reading, ids: Iterable[str]) -> Understood | None:
        """The one of some models, or its tuned sibling where the name may mean either."""
        found = list(dict.fromkeys(ids))
        if len(found) > 1:
            raise LlmselectError(
                "ambiguous-model",
                f"unknown model {reading.text[:60]!r}: more than one has that name",
                f"More than one has that name; name one: {', '.join(found)}.",
            )
        if not found:
            return None
        return Understood(found[0]) if reading.exact or "/" in reading.text else self._rather_tuned(found[0], reading)

    def _rather_tuned(self, model_id: str, reading: Reading) -> Understood:
        """A base model's tuned sibling, which is what people mean unless they say base."""
        model = self._catalog.models[model_id]
        if model.tuning.value != "base" or parts(tokens(reading.text)).base or reading.text.lower().endswith("-hf"):
            return Understood(model_id)
        wanted, core = parts(tokens(reading.text)), parts(tokens(tail(model_id))).core
        rows = [row for row in self._index.by_core.get(core, ()) if row.model.tuning.value == "instruct"]
        tuned = [row for row in rows if _agrees(wanted, row.parts, row.model)]
        if not tuned:
            return Understood(model_id)
        chosen = max((row.model for row in tuned), key=_age)
        return Understood(chosen.id, f"the tuned model; the base model is {model_id}", exact=False)

    def _served(self, reading: Reading, as_of: date | None) -> Understood | None:
        """By the exact id that a host takes, on the day where the id moves from model to model."""
        if reading.newest:
            return None  # what stood before `latest` is a line, not an id
        moved = moving_model(self._catalog.hosts, reading.text, reading.hosts, as_of or date.today())
        if moved is not None:
            return moved
        rows = self._index.api_ids.get(fold(reading.text), ())
        rows = [row for row in rows if row[0] in reading.hosts] or list(rows)
        own = [row for row in rows if row[0] == own_host(row[1])]
        models = list(dict.fromkeys(model for _, model in own or rows))
        if len(models) != 1 or (not reading.exact and not own and self._family(reading) is not None):
            return None
        return Understood(models[0]) if reading.hosts else self._rather_tuned(models[0], reading)

    def _tag(self, reading: Reading) -> Understood | None:
        """By a tag of Ollama's library, whose models stand in the catalogue by their repository."""
        repository = tagged_repository(self._catalog.ollama.tags, reading.text)
        ids = self._index.own.get(fold(repository), ()) if repository else ()
        if repository and not ids:
            raise LlmselectError(
                "unknown-model",
                f"unknown model {reading.text[:60]!r}",
                f"Ollama has {repository} under that tag, which is not in the catalogue; `llmselect catalog add` "
                "adds a model of your own.",
            )
        return Understood(ids[0]) if ids else None

    # -- families and lines

    def _of_family(self, reading: Reading, as_of: date | None) -> Understood | None:
        """A family's name is no model: raises LlmselectError with its members, unless it has but one."""
        family = self._family(reading)
        if family is None or any(map(is_size, family.words)):  # one size in several versions is a line
            return None
        if reading.newest:
            return _newest(family.members, as_of, f"the newest of {family.name}")
        if len(family.members) == 1 and len(self._begun(family.words)) == 1:
            return Understood(family.members[0].id)
        if len(family.members) == 1:
            return None
        raise family_error(reading.text, family, self._index.families)

    def _family(self, reading: Reading) -> Family | None:
        for words in self._ways(reading):
            while words and words[-1] in ("family", "series", "models"):
                words = words[:-1]
            found = next((family for family in self._index.families if family.words == words), None)
            if found is not None:
                return found
        return None

    def _begun(self, words: tuple[str, ...]) -> list[Family]:
        """The families whose names begin with some words."""
        return [family for family in self._index.families if words and family.words[: len(words)] == words]

    def _same_words(self, reading: Reading, as_of: date | None) -> Understood | None:
        """By the same words, whatever stands between them, in any order."""
        for words in self._ways(reading):
            for wanted in (words, tuple(word.removeprefix("v") if is_number(word) else word for word in words)):
                ids = list(dict.fromkeys(self._index.by_words.get(tuple(sorted(wanted)), ())))
                own = [one for one in ids if sorted(tokens(tail(one))) == sorted(wanted)]
                if len(ids) > 1 and len(own) != 1:
                    return self._best(reading, [self._catalog.models[one] for one in ids], as_of)
                if ids:
                    return self._one(reading, own if len(ids) > 1 else ids)
        return None

    def _of_line(self, reading: Reading, as_of: date | None) -> Understood | None:
        """By what it is and how large: the tuned one before the base, the newest of its versions."""
        for words in self._ways(reading):
            wanted = parts(words)
            if len(wanted.core) < 2:
                continue
            rows = [row for row in self._index.by_core.get(wanted.core, ()) if _agrees(wanted, row.parts, row.model)]
            if reading.exact and not wanted.tuned:  # a repository without the word is the base model's
                rows = [row for row in rows if not row.parts.tuned]
            if not rows and not reading.exact:
                rows = self._wider(wanted, words, reading)
            models = list({row.model.id: row.model for row in rows}.values())
            if wanted.base:
                models = [model for model in models if model.tuning.value == "base"]
            if models:
                return self._best(reading, models, as_of)
        return None

    def _untagged(self, reading: Reading, as_of: date | None) -> Understood | None:
        """By a name of Ollama's library without a tag, where no family begins with it: what it gives then."""
        if any(self._begun(words) for words in self._ways(reading)):
            return None
        found = self._tag(reading)
        return replace(found, note="what Ollama gives under that name") if found else None

    def _wider(self, wanted: Parts, words: tuple[str, ...], reading: Reading) -> list[Row]:
        """Models with more words than the name: a line's version numbers, what only one of a size has, the brand."""
        given = set(wanted.core)
        more = [
            row for row in self._index.rows if given <= set(row.parts.core) and _agrees(wanted, row.parts, row.model)
        ]
        rows = [row for row in more if row.words[0] == words[0]]
        if reading.newest or not any(is_number(word) for word in words):
            line = [row for row in rows if all(map(is_number, set(row.parts.core) - given))]
            if line:
                return line
        family = [row for row in rows if wanted.sizes and words[: len(row.family)] == row.family]
        if len({row.model.id for row in family}) == 1:
            return family
        brand = [row for row in more if set(row.parts.core) - given == {row.words[0]}]
        return brand if len({row.model.id for row in brand}) == 1 else []

    def _best(self, reading: Reading, models: list[Model], as_of: date | None) -> Understood | None:
        """The newest of some models; tuned ones before base ones, and before dated ones those that have no date."""
        if len(models) == 1:
            return Understood(models[0].id, exact=False)
        known = [model for model in models if as_of is None or _age(model)[0] <= as_of]
        tuned = [model for model in known if model.tuning.value != "base"]
        candidates = known if reading.exact or not tuned else tuned
        split = {model.id: parts(tokens(tail(model.id))) for model in candidates}
        plain = {row.core for row in split.values() if not row.dates}
        lasting = [one for one in candidates if not split[one.id].dates or split[one.id].core not in plain]
        return _newest(lasting, as_of, "the newest of its line" if len(lasting) > 1 else "the plain one of its line")

    def _ways(self, reading: Reading) -> list[tuple[str, ...]]:
        """A name's words, and those without the developer's before them."""
        words = tokens(reading.text)
        found = [words]
        for developer in self._index.developers:
            rest = words[len(developer) :]
            if words[: len(developer)] == developer and rest and not is_number(rest[0]) and not is_size(rest[0]):
                found.append(rest)
        return found

    def _ended(self, tried: list[Reading], as_of: date | None) -> LlmselectError | None:
        """The error for an id that a host has ended: last, since hosts of open models take ids like many names."""
        for reading in tried:
            ended = ended_at(reading.text, reading.hosts, self._index.ended)
            if ended:
                return EndedIdError(reading.text, ended, as_of or date.today())
        return None

    def _unknown(self, name: str, tried: list[Reading]) -> LlmselectError:
        """The error for a name that means nothing: families that begin like it, else close matches."""
        ways = list(dict.fromkeys(words for reading in tried for words in self._ways(reading)))
        for reading in tried:
            begun = [family for words in self._ways(reading) for family in self._begun(words)]
            if begun:
                members = tuple(model for family in begun for model in family.members)
                return family_error(reading.text, Family(reading.text.lower(), begun[0].words[:1], members), ())
        return unknown_model(name, ways, self._index.rows, self._index.families)


def _agrees(wanted: Parts, known: Parts, model: Model) -> bool:
    """Whether the dates and versions of a name are those of a model, written out or its day of release."""
    released = model.release_date.value
    day = released.isoformat() if released else ""
    own = {day.replace("-", ""), day[5:].replace("-", ""), day[2:7].replace("-", ""), *day.split("-")}
    said = {word for word in wanted.dates if word != "latest"}
    return said <= set(known.dates) | own and set(wanted.active) <= set(known.active)


def _newest(models: Iterable[Model], as_of: date | None, note: str) -> Understood | None:
    known = [model for model in models if as_of is None or _age(model)[0] <= as_of]
    return Understood(max(known, key=_age).id, note, exact=False) if known else None


def _age(model: Model) -> tuple[date, str]:
    return (model.release_date.value or date.min, model.id)
