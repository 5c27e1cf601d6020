"""How long before an end a host usually makes it known."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from statistics import median
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from llmselect.catalog.schema import Catalog

Notice = tuple[date, date]  # the day of an announcement, and the day of the end


@dataclass(frozen=True, slots=True)
class UsualNotice:
    """The median days between announcement and end over a host's notices; `notices` is their number."""

    days: float
    notices: int


def usual_notices(catalog: Catalog) -> dict[str, UsualNotice]:
    """The usual notice of every host that has ever given one, by host.

    What was announced on one day for one day is one notice, however many ids it names: else a clearing of thirty old
    embeddings would outweigh ten models.
    """
    found: dict[str, set[Notice]] = {}
    for host, notice in _notices(catalog):
        found.setdefault(host, set()).add(notice)
    return {
        host: UsualNotice(float(median((end - announced).days for announced, end in notices)), len(notices))
        for host, notices in found.items()
    }


def _notices(catalog: Catalog) -> Iterator[tuple[str, Notice]]:
    for host in catalog.hosts.values():
        for offering in host.offerings:
            announced, end = offering.lifecycle.announced, offering.lifecycle.shutdown
            if announced is not None and end is not None and announced.value is not None and end.value is not None:
                yield host.id, (announced.value, end.value)
    for name, rows in catalog.ended.ended.items():
        yield from ((name, (row.announced, row.ended)) for row in rows if row.announced is not None)
