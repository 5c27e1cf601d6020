"""Writing the catalogue's file: all tables from one checked catalogue, or those rows anew that a layer changed."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Any, ClassVar

from llmselect.catalog.compiled import FORMAT
from llmselect.catalog.sql import (
    api_speeds,
    at_skill,
    at_task,
    ends,
    hosts,
    machines,
    models,
    names,
    records,
    shapes,
    tables,
    tasks,
)
from llmselect.catalog.sql.table import CAPABILITIES, MODALITIES, Row, as_json, create_sql, insert

if TYPE_CHECKING:
    from sqlite3 import Connection

    from llmselect.catalog.schema import Catalog, Strict


@dataclass(frozen=True, slots=True)
class MetaRow(Row):
    """What is to be known of the file itself: `format`, `date` (newest day on which a source was read), `digest` of
    all facts, and the vocabularies of bits (`modalities`, `capabilities`) as JSON lists, the first word being bit 1.
    """

    table: ClassVar[str] = "meta"
    derived: ClassVar[bool] = True

    key: str
    value: str


TABLES: tuple[type[Row], ...] = (
    *(MetaRow, models.ModelRow, shapes.ShapeRow, models.ScoreRow, models.AbilityRow, at_task.AtTaskRow),
    *(at_skill.AtSkillRow, at_task.UsualThinkingRow, hosts.HostRow, hosts.OfferingRow, hosts.PriceRow),
    *(tables.LicenseRow, ends.EndedIdRow, ends.UsualNoticeRow, api_speeds.ApiSpeedRow),
    *(tables.BenchmarkRow, tables.HarnessRow, tables.ScaleTestRow, tables.QuantizationRow),
    *(tables.QuantizationLossRow, machines.DeviceRow, machines.PresetRow, machines.RentalRow),
    *(machines.SpeedConstantsRow, tasks.TaskRow, tasks.TaskSkillRow, tasks.TaskWeightRow, tasks.ScaleRow),
    *(tasks.DocumentRuleRow, tasks.DocumentExpansionRow, tasks.GlossaryRow, names.NameRow),
    *(records.RecordRow, records.SourceRow),
)
Rows = Callable[[Any], Iterator[Row]]
OF_MODEL: tuple[Rows, ...] = (models.model_rows, shapes.shape_rows, names.model_names, records.model_records)
OF_HOST: tuple[Rows, ...] = (hosts.host_rows, names.host_names, records.host_records)
OF_TABLE: dict[str, tuple[Rows, ...]] = {
    "licenses": (tables.license_rows, names.license_names),
    "benchmarks": (tables.benchmark_rows, names.benchmark_names),
    "hardware": (machines.hardware_rows, names.device_names),
    "quantizations": (tables.quantization_rows,),
    "speed": (machines.speed_rows,),
    "tasks": (tasks.task_rows,),
    "document": (tasks.document_rows,),
    "abilities": (models.ability_rows, tables.scale_test_rows),
    "thinking": (),
    "glossary": (tasks.glossary_rows, names.term_names),
    "ollama": (),
    "ended": (ends.ended_rows,),
    "hosted": (api_speeds.api_speed_rows,),
}


def write(connection: Connection, catalog: Catalog) -> None:
    """Creates and fills all tables in an empty database."""
    for kind in TABLES:
        for statement in create_sql(kind):
            connection.execute(statement)
    for file, _ in files_of(catalog):
        _write_file(connection, catalog, file)
    _write_derived(connection, catalog)
    connection.commit()


def rewrite(connection: Connection, catalog: Catalog, files: Collection[str]) -> None:
    """Rewrites the rows of some files, and the tables derived from all files; nothing else changes."""
    for kind in TABLES:
        if kind.derived:
            connection.execute(f"DELETE FROM {kind.table}")
        else:
            connection.executemany(f"DELETE FROM {kind.table} WHERE file = ?", ((file,) for file in files))
    for file in sorted(files):
        _write_file(connection, catalog, file)
    _write_derived(connection, catalog)
    connection.commit()


def files_of(catalog: Catalog) -> Iterator[tuple[str, Strict]]:
    """Every file of a catalogue, without `.yaml`, and what it says."""
    yield from ((f"models/{id}", model) for id, model in catalog.models.items())
    yield from ((f"hosts/{id}", host) for id, host in catalog.hosts.items())
    yield from ((name, getattr(catalog, name)) for name in OF_TABLE)


def _write_file(connection: Connection, catalog: Catalog, file: str) -> None:
    folder, _, id = file.partition("/")
    if folder == "models":
        rows = (row for make in OF_MODEL for row in make(catalog.models[id]))
    elif folder == "hosts":
        rows = (row for make in OF_HOST for row in make(catalog.hosts[id]))
    else:
        table: Strict = getattr(catalog, file)
        insert(connection, records.file_records(file, table), file)
        rows = (row for make in OF_TABLE[file] for row in make(table))
    insert(connection, rows, file)


def _write_derived(connection: Connection, catalog: Catalog) -> None:
    insert(connection, at_task.at_task_rows(catalog))
    insert(connection, at_skill.at_skill_rows(catalog))
    insert(connection, ends.usual_notice_rows(catalog))
    insert(connection, [MetaRow("format", FORMAT), MetaRow("date", catalog.date.isoformat())])
    insert(connection, [MetaRow("modalities", as_json(MODALITIES)), MetaRow("capabilities", as_json(CAPABILITIES))])
    insert(connection, [MetaRow("digest", sha256(records.catalog_json(connection).encode()).hexdigest())])
