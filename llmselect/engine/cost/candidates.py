"""Options with their bills: the rows of a table that a cost plan lists."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from llmselect.catalog.sql.read import Integers
from llmselect.engine.columns import DEPLOYMENTS, EVIDENCE
from llmselect.engine.constraints.judge import Judgement, judge
from llmselect.engine.constraints.kinds import Judged
from llmselect.engine.criteria import quality
from llmselect.engine.figures import make_figures
from llmselect.engine.machine.bills import OwnBills, own_bills
from llmselect.engine.machine.fleets import Fleets, fleets
from llmselect.engine.machine.hardware import Rental
from llmselect.engine.options import Table, option_id
from llmselect.engine.values import Values
from llmselect.estimate.curve import Curve
from llmselect.estimate.interval import Interval
from llmselect.estimate.intervals import HIGH, LOW, VALUE, interval_at
from llmselect.estimate.rows import take


class Curves(NamedTuple):
    """Monthly cost over volume: at the interval's low end, at its middle and at its high end."""

    low: Curve
    value: Curve
    high: Curve

    def usd(self, requests: float) -> Interval:
        """USD per month at a volume."""
        return Interval(*(curve.usd(requests) for curve in self))


@dataclass(frozen=True, slots=True, eq=False)
class Priced:
    """A table whose options are judged; `own_rows` are those that are weights on its machine, `fleets` are of these."""

    judged: Judged
    judgement: Judgement
    quality: Values
    own_rows: Integers
    fleets: Fleets

    @property
    def table(self) -> Table:
        """The options."""
        return self.judged.table


@dataclass(frozen=True, slots=True, eq=False)
class Candidate:
    """One option with its bill in USD at the asked volume; `rental` where a provider's machines serve it.

    `batch`, `unit_requests` and `machines` are None where no machine of one's own serves it, or its speed is unknown.
    """

    priced: Priced
    row: int
    option: str
    usd_per_month: Interval
    usd_per_1k_requests: Interval
    evidence: str
    curves: Curves
    stale_days: int
    rental: Rental | None = None
    free: bool = False
    machines: Interval | None = None
    utilization: float | None = None
    batch: int | None = None
    unit_requests: Interval | None = None

    @property
    def table(self) -> Table:
        """The table that it is a row of."""
        return self.priced.table

    @property
    def id(self) -> str:
        """The option's id, with the provider of its machines behind it."""
        return f"{self.option}/{'-'.join(self.rental.provider.lower().split())}" if self.rental else self.option

    @property
    def model_no(self) -> int:
        """Row in `Models`."""
        return int(self.table.options.model_no[self.row])

    @property
    def at_host(self) -> bool:
        """Whether a host serves the model."""
        return bool(self.table.options.offering_no[self.row] >= 0)

    @property
    def deployment(self) -> str:
        """How it is had: api, managed or self-host."""
        managed = self.rental is not None and self.rental.managed
        return "managed" if managed else DEPLOYMENTS[self.table.options.deployment[self.row]]

    @property
    def effort(self) -> str:
        """The effort at which it thinks."""
        rows = self.table.at_task
        return rows.effort[int(self.table.options.at_task_no[self.row])]

    @property
    def quality_percent(self) -> Interval | None:
        """The expected score at the task."""
        return interval_at(self.priced.quality.interval, self.row)


def price(table: Table) -> Priced:
    """A table's options with their figures and verdicts."""
    judged = Judged(table, make_figures(table))
    own_rows = np.flatnonzero(table.options.own_no >= 0)
    tokens = judged.figures.tokens.answer[:, own_rows]
    held = fleets(table.own, table.options.own_no[own_rows], tokens, table.request)
    return Priced(judged, judge(judged), quality(judged), own_rows, held)


def at_hosts(priced: Priced, rows: Sequence[int]) -> list[Candidate]:
    """Options at hosts, given their rows, that have a price."""
    costs, table = priced.judged.figures.costs, priced.table
    volume = table.request.monthly_requests or 1
    found = []
    for row in rows:
        month, each = interval_at(costs.usd_per_month, row), interval_at(costs.usd_per_1k_requests, row)
        if month is not None and each is not None:
            curves = Curves(*(Curve(per_request=usd / volume) for usd in month))
            bill = (EVIDENCE[costs.evidence[row]], curves, int(costs.stale_days[row]))
            found.append(Candidate(priced, row, option_id(table, row), month, each, *bill, free=bool(costs.free[row])))
    return found


def on_machines(priced: Priced, rows: Sequence[int], rental: Rental | None = None) -> list[Candidate]:
    """Weights on the table's machine, given their rows, that have a price; `rental` stands in for the machine's own."""
    positions = np.searchsorted(priced.own_rows, rows)
    held = take(priced.fleets, positions)
    bills = own_bills(held, priced.table.request, rental)
    known = np.flatnonzero(~np.isnan(bills.usd_per_month[1]))
    return [_on_machine(priced, rows[at], held, bills, at, rental) for at in known.tolist()]


def _on_machine(priced: Priced, row: int, held: Fleets, bills: OwnBills, at: int, rental: Rental | None) -> Candidate:
    served = interval_at(held.unit_requests, at)
    utilization = float(bills.utilization[at])
    return Candidate(
        priced=priced,
        row=row,
        option=option_id(priced.table, row),
        usd_per_month=Interval(*bills.usd_per_month[:, at].tolist()),
        usd_per_1k_requests=Interval(*bills.usd_per_1k_requests[:, at].tolist()),
        evidence="derived" if bills.exact[at] else "estimated",
        curves=_curves(bills, at),
        stale_days=bills.stale_days,
        rental=rental,
        machines=interval_at(bills.machines, at) if served else None,
        utilization=None if np.isnan(utilization) else utilization,
        batch=int(held.batch[at]) if served else None,
        unit_requests=served,
    )


def _curves(bills: OwnBills, at: int) -> Curves:
    found = bills.by_volume

    def curve(end: int) -> Curve:
        return Curve(
            fixed=float(found.fixed[end, at]),
            per_request=float(found.per_request[end, at]),
            per_unit=float(found.per_unit[end, at]),
            unit_requests=float(found.unit_requests[end, at]),
            most_units=bills.most_units,
        )

    return Curves(curve(LOW), curve(VALUE), curve(HIGH))
