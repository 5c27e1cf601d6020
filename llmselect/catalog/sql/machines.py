"""Tables of hardware: devices, the machines that stand for a tier, rentals, and what runtimes reach on them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from llmselect.catalog.sql.table import Row, days, row_of

if TYPE_CHECKING:
    from llmselect.catalog.schema import HardwareFile, SpeedFile


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceRow(Row):
    """A GPU, a system-on-chip with unified memory, or a processor (`kind`); rates are dense, as the vendor states.

    `derived_tflops` is what its units do at their clock in 16 bits, NULL where those are not known.
    """

    table: ClassVar[str] = "devices"
    indexed: ClassVar[tuple[str, ...]] = ("device",)

    device: str
    name: str
    kind: str
    vendor: str
    datacenter: bool
    memory_gib: float | None
    bandwidth_gb_s: float
    power_w: float | None
    fp16_tflops: float | None
    bf16_tflops: float | None
    fp8_tflops: float | None
    derived_tflops: float | None
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PresetRow(Row):
    """A compute tier: the machine that `--compute` stands for."""

    table: ClassVar[str] = "presets"

    tier: str
    device: str
    count: int
    ram_gib: float
    summary: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RentalRow(Row):
    """What a provider charged per GPU and hour; `gpus` are rented together."""

    table: ClassVar[str] = "rentals"
    indexed: ClassVar[tuple[str, ...]] = ("device",)

    rental_no: int | None = None
    device: str
    provider: str
    gpus: int
    managed: bool
    usd_per_gpu_hour: float
    from_date: str
    from_day: int
    to_date: str | None
    to_day: int | None
    checked_date: str
    checked_day: int
    source: str
    note: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeedConstantsRow(Row):
    """What a runtime reaches on a kind of device: shares of the vendor's peaks, and times of its own.

    `levels` are the quantisations that they are for, all where it is empty; spreads are factors of a 90 % interval.
    """

    table: ClassVar[str] = "speed_constants"

    fit_no: int | None = None
    runtime: str
    kind: str
    mixture: bool
    levels: str
    step_overhead_s: float
    layer_overhead_s: float
    sequence_s: float
    read_share: float
    expert_read_share: float
    compute_share: float
    expert_compute_share: float
    sum_s: float
    link_gb_s: float
    stall_share: float
    first_token_s: float
    decode_spread: float
    prefill_spread: float
    queue_spread: float
    rows: int | None
    left_out: str | None
    median_error_percent: float | None
    source: str
    note: str | None


def hardware_rows(file: HardwareFile) -> Iterator[Row]:
    """Every device, preset and rental."""
    for name, device in file.devices.items():
        yield row_of(DeviceRow, device, device=name, derived_tflops=device.units.tflops if device.units else None)
    yield from (row_of(PresetRow, row, tier=tier) for tier, row in file.presets.items())
    for row in file.rentals:
        yield row_of(RentalRow, row, **days(**{"from": row.from_, "to": row.to, "checked": row.checked}))


def speed_rows(file: SpeedFile) -> Iterator[Row]:
    """Every set of constants."""
    return (row_of(SpeedConstantsRow, fit, median_error_percent=fit.median_error) for fit in file.fits)
