"""What is compared: a model, a family, or the models that one name of the source document means."""

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from llmselect.catalog.names.families import FamilyError
from llmselect.catalog.names.models import find_model
from llmselect.catalog.schema import Catalog, Model

NOMINAL = 0.1  # how far the size in a name may be from the number of parameters


class Subject(NamedTuple):
    """One or several models that share a place in a comparison."""

    name: str
    models: tuple[Model, ...]


def named(catalog: Catalog, words: Iterable[str]) -> list[Subject]:
    """The subjects that a person names, each once: a model, or else a family. Raises LlmselectError with matches."""
    found = [_subject(catalog, word) for word in words]
    return list({tuple(model.id for model in subject.models): subject for subject in found}.values())


def _subject(catalog: Catalog, word: str) -> Subject:
    try:
        model = find_model(catalog, word)
    except FamilyError as error:
        return Subject(error.family.name, tuple(sorted(error.family.members, key=lambda model: model.id)))
    return Subject(model.name, (model,))


def of_document(catalog: Catalog, table: str) -> list[Subject]:
    """The subjects of one of the source document's comparisons, by the names that it uses."""
    subjects = catalog.document.tables[table].subjects
    return [Subject(name, tuple(catalog.models[model] for model in models)) for name, models in subjects.items()]


def labels(subject: Subject) -> dict[str, str]:
    """What tells a subject's models apart, by id: their sizes where all have one, else their names."""
    sizes = {model.id: size_text(model) for model in subject.models}
    if all(sizes.values()):
        return {name: size or "" for name, size in sizes.items()}
    return {model.id: model.name for model in subject.models}


def size_text(model: Model) -> str | None:
    """A model's size as its name or, where that has none, its number of parameters says it; None where unknown."""
    count = parameters(model)
    if not count:
        return None
    named = re.search(r"\b(\d+(?:\.\d+)?)B\b", model.name, re.IGNORECASE)
    if named and abs(float(named[1]) * 1e9 / count - 1) < NOMINAL:
        return f"{named[1]}B"
    return f"{count / 1e9:.3g}B" if count >= 1e9 else f"{count / 1e6:.3g}M"


def parameters(model: Model) -> int | None:
    """The number of all weights, where it is published."""
    return model.parameters.value.total if model.parameters and model.parameters.value else None


def grouped(rows: Sequence[tuple[str, str]]) -> dict[str, list[str]]:
    """Labels by the text that they share, each once; rows are (label, text)."""
    found: dict[str, list[str]] = {}
    for label, text in rows:
        names = found.setdefault(text, [])
        if label not in names:
            names.append(label)
    return found
