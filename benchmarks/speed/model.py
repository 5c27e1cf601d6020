"""The constants of the speed arithmetic as unknowns, and their fit to measured rows.

Every constant has a prior, a middle and a factor, in logarithms: few models and few machines were measured, so that a
constant which the rows hardly touch must stay near what is known of such machines.
"""

import math
from collections.abc import Callable, Sequence
from statistics import median
from typing import NamedTuple

import numpy
from rows import Row
from scipy.optimize import least_squares

from llmselect.estimate.own_speeds import DeviceRates
from llmselect.estimate.speed import Parallel, tpot_s, ttft_s

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
    """Fitted values by (name, key); `known` remembers the rates of machines."""

    unknowns: tuple[Unknown, ...]
    values: dict[tuple[str, str], float]
    known: dict[object, DeviceRates]

    def of(self, name: str, row: Row, otherwise: float = 0.0) -> float:
        """A row's value; the prior's middle for a key that no row had."""
        for unknown in self.unknowns:
            if unknown.name == name:
                return self.values.get((name, unknown.key(row)), unknown.middle)
        return otherwise


def rates(constants: Constants, row: Row) -> DeviceRates:
    """The rates of a row's device under the constants."""
    machine = (row.runtime, row.kind, row.mixture, row.low_bits, row.bandwidth_gb_s, row.tflops)
    if machine not in constants.known:
        constants.known[machine] = _rates(constants, row)
    return constants.known[machine]


def _rates(constants: Constants, row: Row) -> DeviceRates:
    extra = constants.of("mixture_layer_s", row) if row.mixture else 0.0
    low_bits = constants.of("low_bits_factor", row, 1.0) if row.low_bits else 1.0
    compute = row.tflops * constants.of("compute_share", row, 1.0)
    return DeviceRates(
        step_overhead_s=constants.of("step_overhead_s", row),
        layer_overhead_s=constants.of("layer_overhead_s", row) + extra,
        read_gb_s=row.bandwidth_gb_s * constants.of("read_share", row) * low_bits,
        expert_read_gb_s=row.bandwidth_gb_s * constants.of("expert_read_share", row) * low_bits,
        attention_s=0.0,
        prefill_tflops=compute,
        expert_prefill_tflops=compute,
        decode_spread=1.0,
        prefill_spread=1.0,
        evidence="estimated",
        sequence_s=constants.of("sequence_s", row),
        first_token_s=constants.of("first_token_s", row),
        stall_share=constants.of("stall_share", row, 1.0),
        queue_spread=1.0,
    )


def parallel(constants: Constants, row: Row) -> Parallel:
    """How a row's devices exchange sums."""
    return Parallel(row.devices, constants.of("sum_s", row), row.link_gb_s * constants.of("link_share", row))


def predicted_tpot_s(constants: Constants, row: Row) -> float:
    """Seconds per output token."""
    work = row.work
    if row.replicated:  # each device reads the whole attention for its share of the sequences
        work = work._replace(dense_bytes=work.dense_bytes * row.devices, kv_splits=row.devices)
    return tpot_s(work, rates(constants, row), row.load, parallel(constants, row))


def predicted_ttft_s(constants: Constants, row: Row) -> float:
    """Seconds to the first token."""
    return ttft_s(row.work, rates(constants, row), row.load, parallel(constants, row))


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
        return Constants(unknowns, {(unknown.name, key): float(value) for (unknown, key), value in found}, {})

    def residuals(point: numpy.ndarray) -> numpy.ndarray:
        now = constants(point)
        errors = [_robust(math.log(predicted_tpot_s(now, row) / row.tpot_s)) for row in rows]
        errors += [0.5 * _robust(math.log(predicted_ttft_s(now, row) / row.ttft_s)) for row in rows if row.ttft_s]
        return numpy.concatenate([errors, (point - middle) / width * OUTLIER])

    low = numpy.full(len(names), -30.0)
    first = numpy.minimum(first, most - 1e-6)
    found = least_squares(residuals, first, bounds=(low, most), x_scale=width, max_nfev=30, ftol=1e-4, xtol=1e-3)
    return constants(found.x)


def _robust(error: float) -> float:
    """Quadratic near 0, linear beyond (Huber): the square of this is the loss."""
    size = abs(error)
    if size <= OUTLIER:
        return error
    return math.copysign(math.sqrt(OUTLIER * (2 * size - OUTLIER)), error)


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
