"""What is usual of devices, where a machine's own figures are not known."""

from __future__ import annotations

from collections.abc import Iterable
from statistics import median

from llmselect.engine.machine.hardware import Device, DeviceKind, Hardware

ALIKE = 1.25  # devices whose memories differ by no more than this factor are alike
SYSTEM_RAM_DEVICE = "ddr4-3200-dual-channel"
# TFLOP/s of a processor per GB/s of its memory: 8 cores at 4 GHz with 32 operations a cycle (AVX2: two fused
# multiply-adds of 8 numbers) beside two channels of DDR4-3200.
PROCESSOR_TFLOPS_PER_GB_S = 8 * 4e9 * 32 / 1e12 / 51.2


def usual_power_w(hardware: Hardware, kind: DeviceKind, datacenter: bool) -> float | None:
    """The median of what devices of a kind draw; None where none is known."""
    return _median(
        row.power_w for row in hardware.devices.values() if row.kind == kind and row.datacenter == datacenter
    )


def usual_tflops(hardware: Hardware, kind: DeviceKind, datacenter: bool, bandwidth_gb_s: float | None) -> float | None:
    """What devices of a kind compute that read their memory so fast; None where nothing is known."""
    if bandwidth_gb_s is None:
        return None
    if kind == "cpu":
        return PROCESSOR_TFLOPS_PER_GB_S * bandwidth_gb_s
    alike = [row for row in hardware.devices.values() if row.kind == kind and row.datacenter == datacenter]
    ratio = _median(rate / row.bandwidth_gb_s for row in alike if (rate := rate_of(row)) is not None)
    return None if ratio is None else ratio * bandwidth_gb_s


def rate_of(device: Device) -> float | None:
    """TFLOP/s in 16 bits: as the vendor states it, else what its units do; None where neither is known."""
    return device.bf16_tflops or device.fp16_tflops or device.derived_tflops


def usual_bandwidth_gb_s(hardware: Hardware, memory_gib: float) -> float | None:
    """The median of what GPUs of such a memory read, data-centre devices aside; of all where none is alike."""
    cards = [row for row in hardware.devices.values() if row.kind == "gpu" and not row.datacenter and row.memory_gib]
    alike = [row for row in cards if 1 / ALIKE <= (row.memory_gib or 0) / memory_gib <= ALIKE]
    return _median(row.bandwidth_gb_s for row in alike or cards)


def ram_bandwidth_gb_s(hardware: Hardware) -> float | None:
    """What a usual PC reads from its RAM; None in a catalogue without such a device."""
    row = hardware.devices.get(SYSTEM_RAM_DEVICE)
    return row.bandwidth_gb_s if row else None


def _median(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return median(known) if known else None
