"""Everything that can be chosen: a model at a host, or its weights on the machine, at an effort."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from llmselect.catalog.sql.read import Flags, Integers, Numbers
from llmselect.engine.columns import NOWHERE, SELF_HOST, AtTask
from llmselect.engine.facts import Efforts, Facts
from llmselect.engine.machine.own import Own
from llmselect.engine.request import Request
from llmselect.engine.skill_mix import efforts_at
from llmselect.estimate.rows import take

S = TypeVar("S", bound=np.generic)


@dataclass(slots=True)
class Options:
    """All options, those at hosts first, then those on the machine, then models that can be had nowhere.

    Each is a row of `Offerings`, or of `Own`, or of neither: -1 stands there. Weights on the machine without a row of
    `Own` are those of unknown size.
    """

    model_no: Integers
    """Row in `Models`."""
    offering_no: Integers
    """Row in `Offerings`; -1 for weights."""
    own_no: Integers
    """Row in `Own`; -1 at hosts."""
    at_task_no: Integers
    """Row in `AtTask`: the effort, and what is expected of the model there."""
    deployment: Integers
    """Index into `DEPLOYMENTS`."""
    license_no: Integers
    """Row in `Licenses`: of the weights on the machine, of the host's terms elsewhere; -1 where unknown."""
    modalities_in_bits: Integers
    """What it takes: the host's word, or the model's own; none where unknown."""
    modalities_out_bits: Integers
    """What it gives."""
    capability_bits: Integers
    """What it is known to be able to do."""
    lacks_bits: Integers
    """What it is known not to be able to do."""
    context_tokens: Numbers
    """The context window: the host's limit, or the model's own where the host states none."""
    input_tokens: Numbers
    """The longest prompt, likewise."""
    output_tokens: Numbers
    """The longest answer, likewise."""

    def __len__(self) -> int:
        return len(self.model_no)


@dataclass(slots=True)
class Table:
    """The options of one request, with the tables whose rows they name."""

    facts: Facts
    request: Request
    own: Own
    efforts: Efforts
    options: Options

    @property
    def expected(self) -> Flags:
        """Which options nobody has scored, so that their quality is what their predecessors make one expect, (n,)."""
        evidence = np.array([word == "expected" for word in self.at_task.evidence], dtype=bool)
        return evidence[self.options.at_task_no]

    @property
    def at_task(self) -> AtTask:
        """What is expected of models at efforts."""
        return self.efforts.at_task

    def of_offerings(self, column: NDArray[S], elsewhere: float | NDArray[S]) -> NDArray[S]:
        """A column of `Offerings` for each option; `elsewhere` for what is not at a host."""
        return taken(column, self.options.offering_no, elsewhere)

    def of_own(self, column: NDArray[S], elsewhere: float | NDArray[S]) -> NDArray[S]:
        """A column of `Own` for each option; `elsewhere` for what is not on the machine, or of unknown size."""
        return taken(column, self.options.own_no, elsewhere)

    def of_models(self, column: NDArray[S]) -> NDArray[S]:
        """A column of `Models` for each option."""
        return column[self.options.model_no]


def taken(column: NDArray[S], rows: Integers, elsewhere: float | NDArray[S]) -> NDArray[S]:
    """The rows of a column (…, m) that others refer to, (…, n); `elsewhere` where they refer to none."""
    filler = np.asarray(elsewhere, dtype=column.dtype)
    if not column.shape[-1]:
        return np.broadcast_to(filler, (*column.shape[:-1], len(rows))).copy()
    return np.where(rows >= 0, column[..., rows], filler)


def make_table(request: Request, facts: Facts, own: Own, among: Integers | None = None) -> Table:
    """The options of a request, of all models or of the rows `among` them; `own` are the weights on its machine."""
    efforts, bases = efforts_at(request.task, facts), _bases(facts, own)
    if among is not None:
        bases = take(bases, np.flatnonzero(np.isin(bases.model_no, among)))
    if request.without is not None:
        bases = take(bases, np.flatnonzero(bases.model_no != facts.model_no[request.without]))
    base, at_task_no = _row_per_effort(bases.model_no, efforts)
    options = Options(**{name: getattr(bases, name)[base] for name in _Bases.__slots__}, at_task_no=at_task_no)
    return Table(facts, request, own, efforts, options)


@dataclass(slots=True)
class _Bases:
    """Options without their effort: the columns of `Options` that no effort changes."""

    model_no: Integers
    offering_no: Integers
    own_no: Integers
    deployment: Integers
    license_no: Integers
    modalities_in_bits: Integers
    modalities_out_bits: Integers
    capability_bits: Integers
    lacks_bits: Integers
    context_tokens: Numbers
    input_tokens: Numbers
    output_tokens: Numbers


def _bases(facts: Facts, own: Own) -> _Bases:
    """Offerings, then weights on the machine, then weights of unknown size, then models that can be had nowhere."""
    models, held = facts.models, len(own.model_no)
    every, hosted = np.arange(len(models.model)), np.flatnonzero(facts.model_of_offering >= 0)
    at_hosts, on_machine = np.isin(every, facts.model_of_offering), np.isin(every, own.model_no)
    sizeless = models.open_weights & np.isnan(models.total_params) & ~on_machine
    nowhere = ~at_hosts & ~on_machine & ~sizeless
    model_no = np.concatenate([facts.model_of_offering[hosted], own.model_no, every[sizeless], every[nowhere]])
    n, here = len(model_no), len(hosted)
    offering_no, own_no = np.full(n, -1), np.full(n, -1)
    offering_no[:here], own_no[here : here + held] = hosted, np.arange(held)
    deployment = np.full(n, SELF_HOST)
    deployment[:here] = facts.deployment_of_offering[hosted]
    deployment[n - np.count_nonzero(nowhere) :] = NOWHERE

    def stated(name: str) -> Numbers:
        own_word: Numbers = getattr(models, name)[model_no]
        at_host = taken(getattr(facts.offerings, name), offering_no, np.nan)
        return np.where(np.isnan(at_host), own_word, at_host)

    of_weights = np.where(deployment == SELF_HOST, facts.license_of_model[model_no], -1)
    return _Bases(
        model_no=model_no,
        offering_no=offering_no,
        own_no=own_no,
        deployment=deployment,
        license_no=taken(facts.license_of_offering, offering_no, of_weights),
        modalities_in_bits=bits(stated("modalities_in_bits")),
        modalities_out_bits=bits(models.modalities_out_bits[model_no]),
        capability_bits=_capabilities(facts, model_no, offering_no, deployment),
        lacks_bits=bits(stated("lacks_bits")),
        context_tokens=stated("context_tokens"),
        input_tokens=stated("input_tokens"),
        output_tokens=stated("output_tokens"),
    )


def bits(column: Numbers) -> Integers:
    """A column of bits; none where they are unknown."""
    return np.nan_to_num(column, nan=0.0).astype(np.int64)


def _capabilities(facts: Facts, model_no: Integers, offering_no: Integers, deployment: Integers) -> Integers:
    """What the model or the host confirms; a host must say itself that it fine-tunes, weights can be fine-tuned."""
    tuning, at_host = facts.bits["fine-tuning"], bits(taken(facts.offerings.capability_bits, offering_no, 0.0))
    known = bits(facts.models.capability_bits[model_no]) | at_host
    known = np.where(offering_no >= 0, known & (~tuning | at_host), known)
    return np.where(deployment == SELF_HOST, known | tuning, known)


def _row_per_effort(model_no: Integers, efforts: Efforts) -> tuple[Integers, Integers]:
    """Each offering and artifact (n,) once per effort of its model: row numbers of both, and the rows of `AtTask`."""
    count = efforts.count[model_no]
    base = np.repeat(np.arange(len(model_no)), count)
    step = np.arange(len(base)) - np.repeat(np.cumsum(count) - count, count)
    return base, efforts.first[model_no[base]] + step


def option_id(table: Table, row: int) -> str:
    """The id of an option: model@host, with quantisation, runtime, machine and effort where it has them."""
    options, facts = table.options, table.facts
    model = facts.models.model[options.model_no[row]]
    effort = table.at_task.effort[options.at_task_no[row]]
    end = "" if effort == "default" else f":{effort}"
    offering = int(options.offering_no[row])
    if offering >= 0:
        return f"{model}@{facts.places[offering]}{end}"
    own = int(options.own_no[row])
    if own >= 0:
        return f"{model}@self:{table.own.label(own, table.request.machine)}{end}"
    return f"{model}@{'self' if options.deployment[row] == SELF_HOST else 'none'}{end}"
