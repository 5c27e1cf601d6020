"""Rules for ids that hosts have ended."""

from collections.abc import Iterator
from datetime import timedelta

from llmselect.catalog.checks.files import Fault, Files, id_of
from llmselect.catalog.ended import EndedFile, EndedIds
from llmselect.catalog.reader import NodePath
from llmselect.catalog.schema import Host


def ended_ids(files: Files) -> Iterator[Fault]:
    """Every id is of a known host, stands once, and ends after its end was announced."""
    served = {id_of(file): _served(host) for file, host in files.of(Host)}
    for file, table in files.of(EndedFile):
        for host, rows in table.ended.items():
            if host not in served and host not in table.hosts:
                hint = "give its name under `hosts`"
                message = f"there is no host {host!r} in the catalogue"
                yield files.fault(file, ("ended", host), "unknown-host", message, hint, key=True)
            yield from _once(files, (file, ("ended", host)), rows, served.get(host, {}))
            for number, row in enumerate(rows):
                yield from _dates(files, file, ("ended", host, number), row)


def _served(host: Host) -> dict[str, str]:
    """Models by the ids that a host takes for them."""
    named = ((name, row.model) for row in host.offerings for name in row.aliases)
    return dict(named) | {row.api_id.value: row.model for row in host.offerings if row.api_id and row.api_id.value}


def _once(
    files: Files, at: tuple[str, NodePath], rows: tuple[EndedIds, ...], served: dict[str, str]
) -> Iterator[Fault]:
    seen = dict(served)
    for number, row in enumerate(rows):
        for place, name in enumerate(row.ids):
            if name in seen:
                message = f"the API id {name!r} stands at this host for {seen[name]} already"
                yield files.fault(at[0], (*at[1], number, "ids", place), "duplicate-api-id", message)
            seen.setdefault(name, f"an id that ended on {row.ended}")


def _dates(files: Files, file: str, at: NodePath, row: EndedIds) -> Iterator[Fault]:
    if row.announced is None:
        return
    if row.announced > row.ended:
        message = f"ended on {row.ended}, before that was announced on {row.announced}"
        yield files.fault(file, (*at, "ended"), "lifecycle-order", message)
    if row.announced > files.today + timedelta(days=1):
        message = f"announced on {row.announced}, a day that is still to come"
        yield files.fault(file, (*at, "announced"), "future-date", message)


RULES = (ended_ids,)
