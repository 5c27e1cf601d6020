"""Finds models by the names on a command line, with a note on stderr if a name was ambiguous."""

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING

from llmselect.cli.framework.streams import complain

if TYPE_CHECKING:
    from llmselect.catalog.names.understood import Understood
    from llmselect.catalog.schema import Catalog, Model


def model_of(catalog: "Catalog", name: str, as_of: date | None = None) -> "Model":
    """The model with this name; raises LlmselectError with close matches, or with a family's members."""
    return models_of(catalog, (name,), as_of)[0]


def models_of(catalog: "Catalog", names: Iterable[str], as_of: date | None = None) -> "list[Model]":
    """The models with these names, without duplicates."""
    from llmselect.catalog.names.models import ModelNames

    known = ModelNames(catalog)
    found = [_with_note(name, known.find(name, as_of)) for name in names]
    return [catalog.models[model_id] for model_id in dict.fromkeys(one.id for one in found)]


def understood(catalog: "Catalog", name: str) -> "Understood":
    """A model's name with all that it says: the id, and the format of the weights."""
    from llmselect.catalog.names.models import ModelNames

    return _with_note(name, ModelNames(catalog).find(name))


def _with_note(name: str, found: "Understood") -> "Understood":
    if found.note:
        complain(f"note: {name[:80]!r} is read as {found.id}: {found.note}")
    return found
