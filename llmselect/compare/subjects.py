"""The subjects of a comparison: a model, a family, or the models behind a name in the source document."""

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from llmselect.catalog.names.families import FamilyError
from llmselect.catalog.names.models import find_model
from llmselect.catalog.schema import Catalog, Model

SIZE_TOLERANCE = 0.1  # relative difference allowed between the size in a name and the number of parameters


class Subject(NamedTuple):
    """One or more models that share a row or column of a comparison."""

    name: str
    models: tuple[Model, ...]


def subjects_by_name(catalog: Catalog, words: Iterable[str]) -> list[Subject]:
    """The models or families with these names, without duplicates. Raises LlmselectError for an unknown name."""
    found = [_subject(catalog, word) for word in words]
    return list({tuple(model.id for model in subject.models): subject for subject in found}.values())


def _subject(catalog: Catalog, word: str) -> Subject:
    try:
        model = find_model(catalog, word)
    except FamilyError as error:
        return Subject(error.family.name, tuple(sorted(error.family.members, key=lambda model: model.id)))
    return Subject(model.name, (model,))


def document_subjects(catalog: Catalog, table: str) -> list[Subject]:
    """The subjects of one of the source document's comparisons, with its names."""
    subjects = catalog.document.tables[table].subjects
    return [Subject(name, tuple(catalog.models[model] for model in models)) for name, models in subjects.items()]


def labels(subject: Subject) -> dict[str, str]:
    """Labels for a subject's models, by id: their sizes if all are known, else their names."""
    sizes = {model.id: size_text(model) for model in subject.models}
    if all(sizes.values()):
        return {name: size or "" for name, size in sizes.items()}
    return {model.id: model.name for model in subject.models}


def size_text(model: Model) -> str | None:
    """A model's size, such as `8B`, from its name or its number of parameters; None if unknown."""
    count = parameters(model)
    if not count:
        return None
    subjects_by_name = re.search(r"\b(\d+(?:\.\d+)?)B\b", model.name, re.IGNORECASE)
    if subjects_by_name and abs(float(subjects_by_name[1]) * 1e9 / count - 1) < SIZE_TOLERANCE:
        return f"{subjects_by_name[1]}B"
    return f"{count / 1e9:.3g}B" if count >= 1e9 else f"{count / 1e6:.3g}M"


def parameters(model: Model) -> int | None:
    """The total number of parameters; None if it is not published."""
    return model.parameters.value.total if model.parameters and model.parameters.value else None


def labels_by_text(rows: Sequence[tuple[str, str]]) -> dict[str, list[str]]:
    """Labels grouped by text, without duplicates; rows are (label, text)."""
    found: dict[str, list[str]] = {}
    for label, text in rows:
        names = found.setdefault(text, [])
        if label not in names:
            names.append(label)
    return found
