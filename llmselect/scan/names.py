"""Which exact names mean which offering, and when that offering ends."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from llmselect.catalog.names.hosts import prefixed
from llmselect.catalog.schema import Catalog, Offering


@dataclass(frozen=True, slots=True)
class Named:
    """An offering that a name means: where it is served, when it ends (None: no end known), what follows."""

    host: str
    model: str
    ends: date | None
    replacement: str | None


def known_names(catalog: Catalog) -> dict[str, tuple[Named, ...]]:
    """Every exact API id and alias, with the offerings that carry it; an alias ends with its snapshot."""
    found: dict[str, list[Named]] = {}
    for host in catalog.hosts.values():
        for offering in host.offerings:
            named = _named(host.id, offering)
            for name in _ids(offering):
                found.setdefault(name, []).append(named)
    return {name: tuple(rows) for name, rows in found.items()}


def _named(host: str, offering: Offering) -> Named:
    life = offering.lifecycle
    ends = life.shutdown.value if life.shutdown else None
    return Named(host, offering.model, ends, life.replacement.value if life.replacement else None)


def _ids(offering: Offering) -> Iterator[str]:
    if offering.api_id is not None and offering.api_id.value is not None:
        yield offering.api_id.value
    yield from offering.aliases


def meaning(word: str, names: Mapping[str, tuple[Named, ...]]) -> tuple[str, tuple[Named, ...]] | None:
    """The name that a word is, alone or behind a provider's prefix; None for any other word."""
    while word not in names:
        found = prefixed(word)
        if found is None:
            return None
        word = found[1]
    return word, names[word]
