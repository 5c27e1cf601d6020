"""The table of spellings: by what names people call the things of the catalogue."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from llmselect.catalog.sql.table import Row, value
from llmselect.errors import fold

if TYPE_CHECKING:
    from llmselect.catalog.schema import BenchmarksFile, GlossaryFile, HardwareFile, Host, LicensesFile, Model


@dataclass(frozen=True, slots=True, kw_only=True)
class NameRow(Row):
    """A spelling of a thing's name. `folded` is it without case, spaces, dashes and underscores.

    `kind` says what it names (`model`, `host`, `device`, `license`, `benchmark`, `term`), `id` which one, `role` what
    the spelling is to it: `id`, `name`, `alias`, `weights` or `gguf` (repositories), or at a `host` `api_id`,
    `api_alias` or `litellm_key`.
    """

    table: ClassVar[str] = "names"
    indexed: ClassVar[tuple[str, ...]] = ("folded", "kind")

    folded: str
    kind: str
    id: str
    role: str
    spelling: str
    host: str | None = None


def model_names(model: Model) -> Iterator[Row]:
    """A model's id, name, aliases and repositories."""
    yield from _names("model", model.id, ("id", model.id), ("name", model.name), *_aliases(model.aliases))
    yield from _names("model", model.id, ("weights", value(model.weights)), ("gguf", value(model.gguf)))


def host_names(host: Host) -> Iterator[Row]:
    """A host's id and name, and by what ids requests name its models."""
    yield from _names("host", host.id, ("id", host.id), ("name", host.name))
    for row in host.offerings:
        aliases = (("api_alias", alias) for alias in row.aliases)
        spellings = (("api_id", value(row.api_id)), *aliases, ("litellm_key", row.litellm_key))
        yield from _names("model", row.model, *spellings, host=host.id)


def license_names(file: LicensesFile) -> Iterator[Row]:
    """Ids, names and SPDX ids of licences."""
    for key, row in file.licenses.items():
        yield from _names("license", key, ("id", key), ("name", row.name), ("alias", row.spdx))


def benchmark_names(file: BenchmarksFile) -> Iterator[Row]:
    """Ids and names of benchmarks."""
    for key, row in file.benchmarks.items():
        yield from _names("benchmark", key, ("id", key), ("name", row.name))


def device_names(file: HardwareFile) -> Iterator[Row]:
    """Ids, names and aliases of devices."""
    for key, row in file.devices.items():
        yield from _names("device", key, ("id", key), ("name", row.name), *_aliases(row.aliases))


def term_names(file: GlossaryFile) -> Iterator[Row]:
    """Ids, names in both languages and aliases of terms."""
    for key, row in file.terms.items():
        names = (("id", key), ("name", row.name.en), ("name", row.name.zh_tw))
        yield from _names("term", key, *names, *_aliases(row.aliases))


def _aliases(aliases: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    return (("alias", alias) for alias in aliases)


def _names(kind: str, id: str, *spellings: tuple[str, str | None], host: str | None = None) -> Iterator[Row]:
    for role, spelling in spellings:
        if spelling:
            yield NameRow(folded=fold(spelling), kind=kind, id=id, role=role, spelling=spelling, host=host)
