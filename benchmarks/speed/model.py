"""The constants of the speed arithmetic as unknowns, and their fit to measured rows.

Every constant has a prior, a middle and a factor, in logarithms: few models and few machines were measured, so that a
constant which the rows hardly touch must stay near what is known of such machines.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from statistics import median
from typing import NamedTuple

import numpy
from rows import Row
from scipy.optimize import least_squares

from llmselect.estimate.rates import Rates
from llmselect.estimate.speed import Load, Parallel, decode_parts, prefill_parts, tpot_s, ttft_s
from llmselect.estimate.work import Work

OUTLIER = 0.25  # log residuals beyond this count linearly


class Unknown(NamedTuple):
    """A constant for each value of `key` (such as the runtime); `middle` times or over `factor` is its prior."""

    name: str
    key: Callable[[Row], str]
    middle: float
    factor: float
    most: float = math.inf


def everywhere(row: Row) -> str:
    """One constant for all rows."""
    return ""


def by_runtime(row: Row) -> str:
    """A constant for each runtime."""
    return row.runtime


def by_kind(row: Row) -> str:
    """A constant for each kind of device."""
    return row.kind


SERVER = (
    Unknown("step_overhead_s", by_runtime, 1e-3, 2.0),
    Unknown("layer_overhead_s", by_runtime, 30e-6, 1.5),
    Unknown("mixture_layer_s", by_runtime, 20e-6, 2.0),
    Unknown("sequence_s", by_runtime, 10e-6, 2.0),
    Unknown("read_share", everywhere, 0.75, 1.15, 0.95),
    Unknown("expert_read_share", everywhere, 0.6, 1.3, 0.95),
    Unknown("compute_share", everywhere, 0.5, 1.3, 0.95),
    Unknown("sum_s", everywhere, 6e-6, 1.5),
    Unknown("link_share", everywhere, 0.5, 1.5, 0.95),
    Unknown("stall_share", by_runtime, 0.7, 1.4, 1.0),
    Unknown("first_token_s", by_runtime, 30e-3, 2.0),
)
HOME = (
    Unknown("step_overhead_s", by_kind, 0.6e-3, 2.0),
    Unknown("layer_overhead_s", by_kind, 10e-6, 2.0),
    Unknown("mixture_layer_s", by_kind, 20e-6, 2.0),
    Unknown("read_share", by_kind, 0.7, 1.15, 0.95),
    Unknown("expert_read_share", by_kind, 0.6, 1.3, 0.95),
    Unknown("low_bits_factor", everywhere, 0.9, 1.2, 1.0),
)


class Constants(NamedTuple):
    """Fitted values by (name, key)."""

    unknowns: tuple[Unknown, ...]
    values: dict[tuple[str, str], float]

    def of(self, name: str, row: Row, otherwise: float = 0.0) -> float:
        """A row's value; the prior's middle for a key that no row had."""
        for unknown in self.unknowns:
            if unknown.name == name:
                return self.values.get((name, unknown.key(row)), unknown.middle)
        return otherwise


class Table(NamedTuple):
    """Rows as columns. `steps` is their work, of rows whose devices read the whole attention each that of all devices;
    `prompts` is that of a prompt, for whose first token no device waits.
    """

    rows: Sequence[Row]
    steps: Work
    prompts: Work
    load: Load
    batch: numpy.ndarray


def table(rows: Sequence[Row]) -> Table:
    """The columns of some rows."""
    work = Work(*(column(rows, lambda row, name=name: getattr(row.work, name)) for name in Work.__slots__))
    devices, copied = column(rows, lambda row: row.devices), column(rows, lambda row: row.replicated)
    load = Load(*(column(rows, lambda row, name=name: getattr(row, name)) for name in LOAD))
    steps = replace(
        work,
        dense_bytes=work.dense_bytes * numpy.where(copied, devices, 1),
        kv_splits=numpy.where(copied, devices, work.kv_splits),
    )
    return Table(rows, steps, work, load, column(rows, lambda row: row.batch))


LOAD = ("prompt_tokens", "output_tokens", "cached_tokens")


def column(rows: Sequence[Row], value: Callable[[Row], float]) -> numpy.ndarray:
    """A number of each row."""
    return numpy.array([float(value(row)) for row in rows])


def rates(constants: Constants, rows: Sequence[Row]) -> Rates:
    """The rates of the rows' devices under the constants."""

    def of(name: str, otherwise: float = 0.0) -> numpy.ndarray:
        return column(rows, lambda row: constants.of(name, row, otherwise))

    bandwidth, peak = column(rows, lambda row: row.bandwidth_gb_s), column(rows, lambda row: row.tflops)
    low_bits = numpy.where(column(rows, lambda row: row.low_bits), of("low_bits_factor", 1.0), 1.0)
    mixture = numpy.where(column(rows, lambda row: row.mixture), of("mixture_layer_s"), 0.0)
    nothing, one, compute = numpy.zeros(len(rows)), numpy.ones(len(rows)), peak * of("compute_share", 1.0)
    return Rates(
        step_overhead_s=of("step_overhead_s"),
        layer_overhead_s=of("layer_overhead_s") + mixture,
        read_gb_s=bandwidth * of("read_share") * low_bits,
        expert_read_gb_s=bandwidth * of("expert_read_share") * low_bits,
        attention_s=nothing,
        prefill_tflops=compute,
        expert_prefill_tflops=compute,
        decode_spread=one,
        prefill_spread=one,
        sequence_s=of("sequence_s"),
        first_token_s=of("first_token_s"),
        stall_share=of("stall_share", 1.0),
        queue_spread=one,
        layout_s=nothing,
        lookup_s=nothing,
    )


def parallel(constants: Constants, rows: Sequence[Row]) -> Parallel:
    """How the rows' devices exchange sums."""
    link = column(rows, lambda row: row.link_gb_s * constants.of("link_share", row))
    return Parallel(column(rows, lambda row: row.devices), column(rows, lambda row: constants.of("sum_s", row)), link)


class Predicted(NamedTuple):
    """Seconds per output token and to the first one."""

    tpot_s: numpy.ndarray
    ttft_s: numpy.ndarray


def predicted(constants: Constants, columns: Table) -> Predicted:
    """Both of every row."""
    found, shared = rates(constants, columns.rows), parallel(constants, columns.rows)
    load, batch = columns.load, columns.batch
    prompt, first = (
        prefill_parts(work, found, load.prompt_tokens, load.cached_tokens, shared).total_s
        for work in (columns.steps, columns.prompts)
    )
    step = decode_parts(columns.steps, found, batch, load.depth_tokens, shared).total_s
    return Predicted(tpot_s(step, prompt, found, load, batch), ttft_s(first, found, batch))


def predicted_by(constants: dict[str, Constants], rows: Sequence[Row]) -> Predicted:
    """Both of every row by the constants of its group, in the order of the rows."""
    tpot, ttft = numpy.empty(len(rows)), numpy.empty(len(rows))
    groups = numpy.array([row.group for row in rows])
    for group in set(groups.tolist()):
        at = numpy.flatnonzero(groups == group)
        found = predicted(constants[group], table([rows[place] for place in at]))
        tpot[at], ttft[at] = found
    return Predicted(tpot, ttft)


def fit(unknowns: tuple[Unknown, ...], rows: Sequence[Row], start: Constants | None = None) -> Constants:
    """Robust least squares of the logarithms of TPOT, and of TTFT where it was measured, with the priors."""
    names = [(unknown, key) for unknown in unknowns for key in sorted({unknown.key(row) for row in rows})]
    middle = numpy.log([unknown.middle for unknown, _ in names])
    width = numpy.log([unknown.factor for unknown, _ in names])
    most = numpy.log([unknown.most for unknown, _ in names])
    first = middle
    if start is not None:
        first = numpy.log([start.values.get((unknown.name, key), unknown.middle) for unknown, key in names])

    def constants(point: numpy.ndarray) -> Constants:
        found = zip(names, numpy.exp(point), strict=True)
        return Constants(unknowns, {(unknown.name, key): float(value) for (unknown, key), value in found})

    columns, timed = table(rows), numpy.array([row.ttft_s is not None for row in rows])
    steps, firsts = column(rows, lambda row: row.tpot_s), column(rows, lambda row: row.ttft_s or math.nan)

    def residuals(point: numpy.ndarray) -> numpy.ndarray:
        found = predicted(constants(point), columns)
        errors = _robust(numpy.log(found.tpot_s / steps))
        waits = 0.5 * _robust(numpy.log(found.ttft_s[timed] / firsts[timed]))
        return numpy.concatenate([errors, waits, (point - middle) / width * OUTLIER])

    low = numpy.full(len(names), -30.0)
    first = numpy.minimum(first, most - 1e-6)
    found = least_squares(residuals, first, bounds=(low, most), x_scale=width, max_nfev=30, ftol=1e-4, xtol=1e-3)
    return constants(found.x)


def _robust(errors: numpy.ndarray) -> numpy.ndarray:
    """Quadratic near 0, linear beyond (Huber): the square of this is the loss."""
    size = numpy.abs(errors)
    beyond = numpy.sqrt(OUTLIER * (2 * numpy.maximum(size, OUTLIER) - OUTLIER))
    return numpy.where(size <= OUTLIER, errors, numpy.copysign(beyond, errors))


def left_out(unknowns: tuple[Unknown, ...], rows: Sequence[Row]) -> dict[str, Constants]:
    """For each group the constants that the other groups alone give."""
    all_rows = fit(unknowns, rows)
    groups = sorted({row.group for row in rows})
    return {group: fit(unknowns, [row for row in rows if row.group != group], all_rows) for group in groups}


def median_error(pairs: Sequence[tuple[float, float]]) -> float:
    """Median of |predicted / measured - 1|."""
    return median(abs(predicted / measured - 1) for predicted, measured in pairs)


def spread(errors: Sequence[float], share: float = 0.9) -> float:
    """The factor within which a share of new measurements lies: the conformal quantile of |log residuals|."""
    ordered = sorted(abs(error) for error in errors)
    return math.exp(ordered[min(len(ordered) - 1, math.ceil(share * (len(ordered) + 1)) - 1)])
