"""What the catalogue says, as the engine reads it: columns at once, whole records on demand."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, fields
from functools import cached_property
from sqlite3 import Connection, DatabaseError, OperationalError
from typing import TYPE_CHECKING, Any

import numpy as np

from llmselect.catalog.compiled import connection_file, damaged
from llmselect.catalog.names.hosts import own_host
from llmselect.catalog.sql.read import Flags, Integers, Numbers, Texts, positions, read
from llmselect.engine.columns import DEPLOYMENTS, ApiSpeeds, AtSkill, AtTask, Licenses, Models, Offerings, Prices
from llmselect.engine.life import Lives, lives_of
from llmselect.engine.machine.artifacts import Artifacts, OwnFacts, QualityLosses, SpeedConstants
from llmselect.engine.machine.hardware import Device, Hardware, Preset, Rental
from llmselect.engine.request import Json, Records
from llmselect.estimate.rates import Shares
from llmselect.estimate.shapes import Shapes

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

    from llmselect.catalog.names.models import ModelNames
    from llmselect.catalog.schema import Catalog


@dataclass(slots=True)
class Efforts:
    """The rows of `AtTask` by model: the row of its first effort and how many there are, (models,) each."""

    at_task: AtTask
    first: Integers
    count: Integers


@dataclass(slots=True)
class _ShapedModels:
    model: Texts


@dataclass(slots=True)
class _Constants:
    """The columns of `SpeedConstants` but for its shares."""

    fit_no: Integers
    runtime: Texts
    kind: Texts
    levels: Texts
    mixture: Flags
    sum_s: Numbers
    link_gb_s: Numbers


@dataclass
class Facts:
    """One catalogue, opened."""

    connection: Connection
    _records: dict[tuple[str, str], tuple[str, Json]] = field(default_factory=dict)
    _efforts: dict[str, Efforts] = field(default_factory=dict)
    _at_skill: dict[str, AtSkill] = field(default_factory=dict)
    _newest: dict[str, dict[str, tuple[float, str, int]]] = field(default_factory=dict)

    @cached_property
    def meta(self) -> dict[str, str]:
        """What the file says of itself."""
        return dict(self.query("SELECT key, value FROM meta"))

    @cached_property
    def catalog(self) -> Catalog:
        """The whole catalogue as records, which takes a while: for names that people write in many ways."""
        from llmselect.catalog.schema import Catalog
        from llmselect.catalog.sql.records import catalog_json

        return Catalog.model_validate_json(catalog_json(self.connection))

    @cached_property
    def model_names(self) -> ModelNames:
        """What people call the models."""
        from llmselect.catalog.names.models import ModelNames

        return ModelNames(self.catalog)

    @cached_property
    def models(self) -> Models:
        """All models, by id."""
        return read(self.connection, Models, "models", order="model")

    @cached_property
    def licenses(self) -> Licenses:
        """All licences and terms."""
        return read(self.connection, Licenses, "licenses")

    @cached_property
    def offerings(self) -> Offerings:
        """All offerings, by model, host and API id."""
        return read(self.connection, Offerings, "offerings", order="model, host, api_id, rowid")

    @cached_property
    def at_developer(self) -> Flags:
        """Which offerings are at the host that the model's developer runs."""
        pairs = zip(self.offerings.host, self.offerings.model, strict=True)
        return np.array([host == own_host(model) for host, model in pairs], dtype=bool)

    @cached_property
    def lives(self) -> Lives:
        """How long offerings last, in the order of `offerings`."""
        notices = dict(self.query("SELECT host, notice_days FROM usual_notices"))
        return lives_of(self.offerings, self.models, self.model_of_offering, notices)

    @cached_property
    def prices(self) -> Prices:
        """All prices, by tier and first day, so that of those of one tier the last one counts."""
        return read(self.connection, Prices, "prices", order="above_input_tokens, from_day, price_no")

    @cached_property
    def api_speeds(self) -> ApiSpeeds:
        """How fast models answered at hosts; of the same model and host the last row counts."""
        return read(self.connection, ApiSpeeds, "api_speeds", order="speed_no")

    @cached_property
    def usual_api_speeds(self) -> Json | None:
        """The constants of what is usual of hosts' speeds; None in a catalogue without them."""
        found: Json | None = self.record("hosted", "hosted").get("usual")
        return found

    def query(self, statement: str, *values: Any) -> list[Any]:
        """The rows of a query; raises LlmselectError where the file is damaged."""
        try:
            return self.connection.execute(statement, values).fetchall()
        except OperationalError:  # a mistake in what is asked
            raise
        except DatabaseError as error:
            raise damaged(connection_file(self.connection), error) from error

    def efforts(self, task: str) -> Efforts:
        """What is expected of models at a task."""
        if task not in self._efforts:
            self._efforts[task] = self._read_efforts(task)
        return self._efforts[task]

    def is_tested(self, skill: str) -> bool:
        """Whether there is a test of a skill or a natural language."""
        return bool(self.query("SELECT 1 FROM at_skill WHERE skill = ? LIMIT 1", skill))

    def tested_models(self, skill: str) -> set[int]:
        """The rows in `models` of those that have a score of a skill or a natural language."""
        if not self.is_tested(skill):
            return set()
        rows = self.at_skill(skill)
        return {self.model_no[model] for model, tested in zip(rows.model, rows.tested, strict=True) if tested}

    def at_skill(self, skill: str) -> AtSkill:
        """What is expected of models in a skill; in a natural language without a test, as in languages at large."""
        if skill not in self._at_skill:
            at = skill if self.is_tested(skill) else "multilingual"
            self._at_skill[skill] = read(self.connection, AtSkill, "at_skill", order="model, rowid", skill=at)
        return self._at_skill[skill]

    def records_of(self, task: str) -> Records:
        """The records on which a request of a task rests; what no test of the catalogue measures cannot be judged."""
        needs = {id: self.record("need", id) for id in sorted(self.ids("need"))}
        tested = {id: row for id, row in needs.items() if self.is_tested(row["skill"])}
        return Records(self.record("task", task), tested, self.record("document", "document"))

    def ids(self, kind: str) -> set[str]:
        """The ids of all records of a kind."""
        return {id for (id,) in self.query("SELECT id FROM records WHERE kind = ?", kind)}

    def record(self, kind: str, id: str) -> Json:
        """A whole record as it is written in the file, without its sources."""
        return self.record_in(kind, id)[1]

    def record_in(self, kind: str, id: str) -> tuple[str, Json]:
        """The same with the file of the catalogue in which it stands."""
        if (kind, id) not in self._records:
            [(file, text)] = self.query("SELECT file, json FROM records WHERE kind = ? AND id = ?", kind, id)
            self._records[kind, id] = file, json.loads(text)
        return self._records[kind, id]

    @cached_property
    def hardware(self) -> Hardware:
        """Devices, compute tiers and rentals."""
        aliases: dict[str, tuple[str, ...]] = {}
        for device, alias in self.query("SELECT id, spelling FROM names WHERE kind = 'device' AND role = 'alias'"):
            aliases[device] = (*aliases.get(device, ()), alias)
        devices = [Device(**row, aliases=aliases.get(row["device"], ())) for row in self._rows(Device, "devices")]
        return Hardware(
            devices={row.device: row for row in devices},
            presets={row["tier"]: Preset(**row) for row in self._rows(Preset, "presets")},
            rentals=tuple(Rental(**row) for row in self._rows(Rental, "rentals")),
        )

    def _rows(self, kind: type[DataclassInstance], table: str) -> Iterator[dict[str, Any]]:
        """The rows of a table, as fields of a record; `source` are the keys of its sources."""
        names = [column.name for column in fields(kind) if column.name != "aliases"]
        for values in self.query(f"SELECT {', '.join(names)} FROM {table} ORDER BY rowid"):
            row = dict(zip(names, values, strict=True))
            yield {**row, "source": tuple(json.loads(row["source"]))} if "source" in row else row

    @cached_property
    def on_machines(self) -> OwnFacts:
        """What it takes to run weights on a machine of one's own: shapes by model, quantisations, speed constants."""
        db, models = self.connection, self.models
        shaped = read(db, _ShapedModels, "shapes")
        rows = positions(shaped.model, models.model)
        shapes = read(db, Shapes, "shapes")
        unknown = {
            name: np.append(getattr(shapes, name), False if name == "assumed" else np.nan) for name in Shapes.__slots__
        }
        losses = read(db, QualityLosses, "quantization_losses")
        constants = read(db, _Constants, "speed_constants", order="fit_no")
        return OwnFacts(
            shapes=Shapes(**{name: column[rows] for name, column in unknown.items()}),
            released_bits=np.where(np.isnan(models.released_bits), 16.0, models.released_bits),
            total_params=models.total_params,
            open_weights=models.open_weights,
            artifacts=read(db, Artifacts, "quantizations", order="position, rowid"),
            losses=losses,
            constants=SpeedConstants(
                **{name: getattr(constants, name) for name in SpeedConstants.__slots__ if name != "shares"},
                shares=read(db, Shares, "speed_constants", order="fit_no"),
            ),
        )

    @cached_property
    def model_no(self) -> dict[str, int]:
        """The row of each model in `models`."""
        return {model: row for row, model in enumerate(self.models.model)}

    @cached_property
    def license_of_model(self) -> Integers:
        """The row in `licenses` of each model's weights; -1 where it is unknown."""
        return positions(self.licenses.license, self.models.license)

    @cached_property
    def license_of_offering(self) -> Integers:
        """The row in `licenses` of each offering's terms; -1 where they are unknown."""
        return positions(self.licenses.license, self.offerings.terms)

    @cached_property
    def model_of_offering(self) -> Integers:
        """The row in `models` of each offering."""
        return positions(self.models.model, self.offerings.model)

    @cached_property
    def deployment_of_offering(self) -> Integers:
        """The index into `DEPLOYMENTS` of each offering."""
        return positions(DEPLOYMENTS, self.offerings.deployment)

    @cached_property
    def offering_of_price(self) -> Integers:
        """The row in `offerings` of each price."""
        return positions(self.offerings.offering, self.prices.offering)

    @cached_property
    def places(self) -> list[str]:
        """Where each offering is: its host and region, and its API id where the model is there several times."""
        offered = self.offerings
        places = [
            f"{host}/{region}" if region else host for host, region in zip(offered.host, offered.region, strict=True)
        ]
        pairs = list(zip(offered.model, places, strict=True))
        several = Counter(pairs)
        named = zip(pairs, offered.api_id, strict=True)
        return [f"{pair[1]}/{api_id}" if several[pair] > 1 else pair[1] for pair, api_id in named]

    @cached_property
    def bits(self) -> dict[str, int]:
        """The bit of each modality; of each capability too, whose bits stand in columns of their own."""
        words = [json.loads(self.meta[name]) for name in ("modalities", "capabilities")]
        return {word: 1 << place for vocabulary in words for place, word in enumerate(vocabulary)}

    def bits_of(self, words: Sequence[str]) -> int:
        """Some modalities, or some capabilities, as bits."""
        return sum(self.bits[word] for word in set(words))

    def words_of(self, bits: int, vocabulary: str) -> list[str]:
        """The words of a vocabulary (`modalities` or `capabilities`) that bits stand for."""
        return [word for place, word in enumerate(json.loads(self.meta[vocabulary])) if bits >> place & 1]

    def newest_scores(self, benchmark: str) -> dict[str, tuple[float, str, int]]:
        """Of each model the newest independent result at a benchmark, else its newest vendor's: the score, its harness
        and its row in `scores`.
        """
        if benchmark not in self._newest:
            rows = self.query(
                "SELECT model, value, scores.harness, score_no FROM scores JOIN harnesses USING (harness)"
                " WHERE benchmark = ? ORDER BY independent, date, value, score_no DESC",
                benchmark,
            )
            self._newest[benchmark] = {model: (value, harness, score_no) for model, value, harness, score_no in rows}
        return self._newest[benchmark]

    def _read_efforts(self, task: str) -> Efforts:
        rows = read(self.connection, AtTask, "at_task", order="model, rowid", task=task)
        model_no = positions(self.models.model, rows.model)
        models = len(self.models.model)
        first = np.full(models, -1)
        first[model_no[::-1]] = np.arange(len(model_no))[::-1]  # a model's rows stand together
        return Efforts(rows, first, np.bincount(model_no, minlength=models))
