"""The exact names of offerings, and when each offering ends."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from llmselect.catalog.names.hosts import prefixed
from llmselect.catalog.schema import Catalog, Offering


@dataclass(frozen=True, slots=True)
class NamedOffering:
    """An offering behind a name: its host and model, its shutdown date (None if unknown) and its replacement."""

    host: str
    model: str
    ends: date | None
    replacement: str | None


Names = Mapping[str, tuple[NamedOffering, ...]]  # the offerings behind each API id and alias


def known_names(catalog: Catalog) -> dict[str, tuple[NamedOffering, ...]]:
    """The offerings behind every exact API id and alias; an alias ends with its snapshot."""
    found: dict[str, list[NamedOffering]] = {}
    for host in catalog.hosts.values():
        for offering in host.offerings:
            named = _named(host.id, offering)
            for name in _ids(offering):
                found.setdefault(name, []).append(named)
    return {name: tuple(rows) for name, rows in found.items()}


def _named(host: str, offering: Offering) -> NamedOffering:
    life = offering.lifecycle
    ends = life.shutdown.value if life.shutdown else None
    return NamedOffering(host, offering.model, ends, life.replacement.value if life.replacement else None)


def _ids(offering: Offering) -> Iterator[str]:
    if offering.api_id is not None and offering.api_id.value is not None:
        yield offering.api_id.value
    yield from offering.aliases


def known_name(
    word: str, names: Mapping[str, tuple[NamedOffering, ...]]
) -> tuple[str, tuple[NamedOffering, ...]] | None:
    """The name, and its offerings, that a word is with or without a provider's prefix; None if it is no known name."""
    while word not in names:
        found = prefixed(word)
        if found is None:
            return None
        word = found[1]
    return word, names[word]
