"""Devices, the machines that stand for a compute tier, and what providers ask for an hour of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

DeviceKind = Literal["gpu", "soc", "cpu"]


@dataclass(frozen=True, slots=True)
class Device:
    """A GPU, a system-on-chip with unified memory, or a processor; rates are dense, as the vendor states them."""

    device: str
    name: str
    kind: DeviceKind
    datacenter: bool
    memory_gib: float | None
    bandwidth_gb_s: float
    power_w: float | None
    fp16_tflops: float | None
    bf16_tflops: float | None
    fp8_tflops: float | None
    derived_tflops: float | None
    source: tuple[str, ...]
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Preset:
    """The machine that a compute tier stands for."""

    tier: str
    device: str
    count: int
    ram_gib: float


@dataclass(frozen=True, slots=True)
class Rental:
    """What a provider charged per GPU and hour in a span of days (proleptic); `gpus` are rented together."""

    rental_no: int
    device: str
    provider: str
    gpus: int
    managed: bool
    usd_per_gpu_hour: float
    from_day: int
    to_day: int | None
    checked_day: int
    source: tuple[str, ...]
    note: str | None = None

    def holds(self, day: int) -> bool:
        """Whether it is a price of that day."""
        return self.from_day <= day and (self.to_day is None or day <= self.to_day)


@dataclass(frozen=True, slots=True)
class Hardware:
    """Devices by id, presets by tier, and rentals."""

    devices: Mapping[str, Device]
    presets: Mapping[str, Preset]
    rentals: tuple[Rental, ...]


def cheapest_rental(hardware: Hardware, device: str, day: int, count: int = 1) -> Rental | None:
    """The rent at which `count` devices cost least on a day, managed endpoints left out; None where none is known.

    Before the first day of which a rent is known, the first ones stand in for it.
    """
    rentals = [row for row in valid_rentals(hardware, device, day) if not row.managed]
    if not rentals:
        later = [row for row in hardware.rentals if row.device == device and not row.managed and row.from_day > day]
        rentals = [row for row in later if row.from_day == min(row.from_day for row in later)]
    return min(rentals, key=lambda row: (row.usd_per_gpu_hour * max(count, row.gpus), row.provider), default=None)


def valid_rentals(hardware: Hardware, device: str, day: int) -> list[Rental]:
    """The dated prices of a device on a day, managed endpoints among them."""
    return [row for row in hardware.rentals if row.device == device and row.holds(day)]
