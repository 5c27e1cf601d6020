"""Where a model is offered, and the status of models and offerings on a day."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Literal

from llmselect.catalog.words import GONE_DAYS

if TYPE_CHECKING:
    from llmselect.catalog.schema import Catalog, Model, Offering

Status = Literal["active", "announced", "legacy", "retired", "unknown"]
STATUSES: tuple[Status, ...] = ("active", "announced", "legacy", "retired", "unknown")


def offerings(catalog: Catalog, model_id: str) -> list[tuple[str, Offering]]:
    """A model's offerings with their hosts' ids, in the catalogue's order."""
    return [(host.id, row) for host in catalog.hosts.values() for row in host.offerings if row.model == model_id]


def offering_status(offering: Offering, as_of: date) -> Status:
    """An offering's status on a day: announced before its release, retired from its shutdown on.

    Unknown if it has no shutdown date and no source has listed it for half a year.
    """
    dates = offering.lifecycle
    if dates.released is not None and dates.released.value is not None and dates.released.value > as_of:
        return "announced"
    if dates.shutdown is not None and dates.shutdown.value is not None:
        return "retired" if dates.shutdown.value <= as_of else "active"
    seen = dates.last_seen.value if dates.last_seen is not None else None
    return "active" if seen is not None and (as_of - seen).days <= GONE_DAYS else "unknown"


def model_status(catalog: Catalog, model: Model, as_of: date) -> Status:
    """A model's status on a day.

    `legacy`: every host has shut it down, but its weights can still be run. `retired`: no longer available.
    """
    if model.release_date.value is not None and model.release_date.value > as_of:
        return "announced"
    found = {offering_status(row, as_of) for _, row in offerings(catalog, model.id)}
    if "active" in found:
        return "active"
    if model.open_weights:
        return "legacy" if "retired" in found else "active"
    return next((status for status in ("retired", "announced") if status in found), "unknown")
