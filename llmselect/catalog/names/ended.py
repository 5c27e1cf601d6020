"""Ids that hosts have ended: what an id was, when it ended, and what its host names in its place."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from llmselect.errors import LlmselectError, cut, fold

if TYPE_CHECKING:
    from llmselect.catalog.schema import Catalog

WRITES_TEXT = ("chat", "completion")


@dataclass(frozen=True, slots=True)
class EndedId:
    """An id that a host's API took until `ended`; `kind` says what it was, `replacement` what the host names now."""

    api_id: str
    host: str
    host_name: str
    kind: str
    announced: date | None
    ended: date
    replacement: str | None


class EndedIdError(LlmselectError):
    """The name of an id that has ended, or will, and of no model in the catalogue; `ended` says where and when."""

    def __init__(self, name: str, ended: tuple[EndedId, ...], on: date) -> None:
        verb = "ended" if ended[0].ended <= on else "ends"
        where = " and ".join(f"on {one.ended} at {one.host}" for one in ended)
        super().__init__("ended-model", f"{cut(name)!r} {verb} {where}; it is not in the catalogue", _instead(ended))
        self.ended = ended


def _instead(ended: tuple[EndedId, ...]) -> str:
    """What the hosts name in its place, and how to find more."""
    named = [f"{one.host} names {one.replacement} in its place. " for one in ended if one.replacement]
    if ended[0].kind not in WRITES_TEXT:
        return f"{''.join(named)}It was of the kind {ended[0].kind}: `llmselect list` shows models that write text."
    return f"{''.join(named)}`llmselect replace` ranks what could take its place."


def ended_ids(catalog: Catalog) -> dict[str, list[EndedId]]:
    """Every id that has ended and that no offering has, folded, the first that ended first."""
    found: dict[str, list[EndedId]] = {}
    names = {host.id: host.name for host in catalog.hosts.values()} | catalog.ended.hosts
    for host, rows in catalog.ended.ended.items():
        for row in rows:
            for api_id in row.ids:
                one = EndedId(api_id, host, names[host], row.kind, row.announced, row.ended, row.replacement)
                found.setdefault(fold(api_id), []).append(one)
    for ids in found.values():
        ids.sort(key=lambda one: (one.ended, one.host))
    return found


def ended_at(name: str, hosts: Collection[str], known: Mapping[str, list[EndedId]]) -> tuple[EndedId, ...]:
    """What a name was at the hosts that it speaks of, or at all; empty for one that never ended."""
    found = known.get(fold(name), [])
    return tuple([one for one in found if one.host in hosts] or found)
