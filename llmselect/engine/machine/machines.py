"""The machine on which open weights are judged: named, described, detected, or a compute tier's preset."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from math import nan
from typing import Any, Literal, NamedTuple

from llmselect.catalog.names.devices import CPU, DeviceNames, find_device
from llmselect.engine.machine.hardware import DeviceKind, Hardware, Rental, cheapest_rental
from llmselect.engine.machine.usual import (
    ram_bandwidth_gb_s,
    rate_of,
    usual_bandwidth_gb_s,
    usual_power_w,
    usual_tflops,
)
from llmselect.errors import Exit, LlmselectError, fold
from llmselect.estimate.own_speeds import OwnSpeeds
from llmselect.named import with_machine
from llmselect.requirements import Requirements

USABLE_SHARE = {"gpu": 0.92, "soc": 0.75, "cpu": 0.75}
SYSTEM_RAM_SHARE = 0.75
NOTHING_TIMED = OwnSpeeds()
DEFAULT_TIER = "medium"


class StandingPower(NamedTuple):
    """What a machine draws while its devices wait, in parts of their rated power: docs/cost.md has the data sheets.

    `devices` is their own part, `host` that of processors, memory and fans.
    """

    devices: float
    host: float


STANDING_POWER = {
    "datacenter": StandingPower(0.13, 0.45),
    "gpu": StandingPower(0.08, 0.20),
    "soc": StandingPower(0.08, 0.05),
    "cpu": StandingPower(0.08, 0.20),
}


class Detected(NamedTuple):
    """What was found on this machine: RAM in GiB, the processor's name, GPUs as (name, memory in GiB), own speeds."""

    ram_gib: float
    cpu: str
    gpus: tuple[tuple[str, float], ...] = ()
    own_speeds: OwnSpeeds = NOTHING_TIMED


@dataclass(frozen=True, slots=True)
class Machine:
    """One or more equal devices with their memory and the system's RAM.

    `memory_gib` is one device's; `share` is the usable part of it. `bandwidth_gb_s` and `tflops` are one
    device's. `ram_gib` is None where RAM does not count. `rental` is the rent of one that is not owned, where somebody
    asks a dated one. `usual_bandwidth` tells that nobody said the bandwidth. `own_speeds` are the machine's probes and
    the measurements that hold for it; those of hosts hold whatever the machine.
    """

    id: str
    name: str
    kind: DeviceKind
    memory_gib: float
    share: float
    count: int = 1
    bandwidth_gb_s: float | None = None
    tflops: float | None = None
    fp8_tflops: float | None = None
    power_w: float | None = None
    datacenter: bool = False
    ram_gib: float | None = None
    ram_bandwidth_gb_s: float | None = None
    owned: bool = True
    usd_per_gpu_hour: float | None = None
    rental: Rental | None = None
    sources: tuple[str, ...] = ()
    described: bool = False
    usual_bandwidth: bool = False
    own_speeds: OwnSpeeds = field(default=NOTHING_TIMED)

    @property
    def device_gib(self) -> float:
        """Usable memory of all devices together; 0 of a machine that has RAM alone."""
        return 0.0 if self.kind == "cpu" else self.memory_gib * self.count * self.share

    @property
    def system_gib(self) -> float:
        """What the system's RAM adds to it."""
        if self.kind == "cpu":
            return self.memory_gib * self.share
        return (self.ram_gib or 0.0) * SYSTEM_RAM_SHARE if self.kind == "gpu" else 0.0

    @property
    def total_power_w(self) -> float:
        """The rated power of all devices; NaN where nobody states it."""
        return nan if self.power_w is None else self.power_w * self.count

    @property
    def idle_w(self) -> float:
        """What the devices draw while they wait."""
        return self._standing.devices * self.total_power_w

    @property
    def standing_w(self) -> float:
        """What the machine draws while its devices wait: theirs, and its processors', memory's and fans'."""
        return self.idle_w + self._standing.host * self.total_power_w

    @property
    def _standing(self) -> StandingPower:
        return STANDING_POWER["datacenter" if self.datacenter else self.kind]

    @property
    def runtime(self) -> Literal["vllm", "llama.cpp"]:
        """The runtime that people use on it: vLLM on data-centre GPUs, llama.cpp elsewhere."""
        return "vllm" if self.datacenter else "llama.cpp"


def machine_of(needs: Requirements, hardware: Hardware, detected: Detected | None = None) -> Machine:
    """The machine of a request; raises LlmselectError when it cannot be told.

    `detected` is what was found on this machine; its own speeds hold where `--hardware auto` asks for it, those of
    hosts in any case.
    """
    machine = _machine(with_machine(needs, hardware.devices), hardware, detected)
    if detected is None or detected.own_speeds == NOTHING_TIMED:
        return machine
    own = detected.own_speeds
    if needs.hardware != "auto":
        own = OwnSpeeds((), tuple(row for row in own.measurements if row.host != "self"))
    return replace(machine, own_speeds=own)


def _machine(needs: Requirements, hardware: Hardware, detected: Detected | None) -> Machine:
    if needs.hardware is not None and needs.gpu is not None:
        raise LlmselectError("bad-value", "--hardware and --gpu both name a device", "Give one of them.")
    if needs.hardware == "auto":
        return _detected(needs, hardware, detected)
    if needs.hardware == CPU:
        return _processor(needs, hardware, "cpu", "CPU", needs.ram)
    name = needs.gpu or needs.hardware
    if name is not None:
        try:
            device = find_device(name, hardware.devices)
        except LlmselectError:
            if needs.vram is None or needs.bandwidth is None:
                raise
            return _described(needs, hardware, name, needs.vram, needs.gpus, needs.ram)
        return _named(needs, hardware, device, needs.gpus, needs.ram)
    if needs.vram is not None:
        return _described(needs, hardware, "described GPU", needs.vram, needs.gpus, needs.ram)
    return _preset(needs, hardware)


def _named(
    needs: Requirements,
    hardware: Hardware,
    device: str,
    count: int,
    ram_gib: float | None,
    memory_gib: float | None = None,
) -> Machine:
    """A device that the user has; what the user says of its memory goes before what it is sold with."""
    row = hardware.devices[device]
    if row.kind == "cpu":
        return _processor(needs, hardware, device, row.name, ram_gib or row.memory_gib)
    own_memory = needs.vram or (ram_gib if row.kind == "soc" else None) or memory_gib
    return _of_device(needs, hardware, device, count, own_memory, ram_gib)


def _of_device(
    needs: Requirements, hardware: Hardware, device: str, count: int, memory_gib: float | None, ram_gib: float | None
) -> Machine:
    row = hardware.devices[device]
    memory = memory_gib or row.memory_gib
    if memory is None:
        raise LlmselectError("missing-memory", f"{row.name} has no memory of its own", "Add --ram.")
    return Machine(
        id=device,
        name=row.name,
        kind=row.kind,
        count=count,
        memory_gib=memory,
        share=needs.usable_memory_share or USABLE_SHARE[row.kind],
        bandwidth_gb_s=needs.bandwidth or row.bandwidth_gb_s,
        tflops=rate_of(row) or usual_tflops(hardware, row.kind, row.datacenter, row.bandwidth_gb_s),
        fp8_tflops=row.fp8_tflops,
        power_w=needs.power_w or row.power_w or usual_power_w(hardware, row.kind, row.datacenter),
        datacenter=row.datacenter,
        ram_gib=ram_gib,
        ram_bandwidth_gb_s=ram_bandwidth_gb_s(hardware),
        usd_per_gpu_hour=needs.gpu_hour_usd,
        sources=row.source,
    )


def _preset(needs: Requirements, hardware: Hardware) -> Machine:
    """The machine of a compute tier, which is rented."""
    preset = hardware.presets[needs.compute or DEFAULT_TIER]
    ram = needs.ram if needs.ram is not None else preset.ram_gib
    count = needs.gpus if "gpus" in needs.model_fields_set else preset.count
    return _rented(needs, hardware, preset.device, count, ram)


def rented_machine(needs: Requirements, hardware: Hardware, device: str, count: int) -> Machine:
    """So many devices of a kind as a provider rents them, without system memory that counts."""
    return _rented(needs, hardware, device, count, None)


def _rented(needs: Requirements, hardware: Hardware, device: str, count: int, ram_gib: float | None) -> Machine:
    machine = _of_device(needs, hardware, device, count, None, ram_gib)
    rental = cheapest_rental(hardware, device, needs.as_of.toordinal(), count)
    return replace(machine, owned=False, rental=rental)


def _described(
    needs: Requirements, hardware: Hardware, name: str, vram_gib: float, count: int, ram_gib: float | None
) -> Machine:
    """A GPU that flags describe; what they leave out is usual for one of its memory."""
    bandwidth = needs.bandwidth or usual_bandwidth_gb_s(hardware, vram_gib)
    return Machine(
        id=fold(name) if name != "described GPU" else "gpu",
        name=name,
        kind="gpu",
        count=count,
        memory_gib=vram_gib,
        share=needs.usable_memory_share or USABLE_SHARE["gpu"],
        bandwidth_gb_s=bandwidth,
        tflops=usual_tflops(hardware, "gpu", False, bandwidth),
        power_w=needs.power_w or usual_power_w(hardware, "gpu", datacenter=False),
        ram_gib=ram_gib,
        ram_bandwidth_gb_s=ram_bandwidth_gb_s(hardware),
        usd_per_gpu_hour=needs.gpu_hour_usd,
        described=True,
        usual_bandwidth=needs.bandwidth is None,
    )


def _processor(needs: Requirements, hardware: Hardware, device: str, name: str, ram_gib: float | None) -> Machine:
    """A machine without a GPU: its RAM is its memory."""
    if not ram_gib:
        raise LlmselectError(
            "missing-memory", f"how much RAM {name} has is not known", "Add --ram, such as --ram 32GiB."
        )
    row = hardware.devices.get(device)
    bandwidth = needs.bandwidth or (row.bandwidth_gb_s if row else ram_bandwidth_gb_s(hardware))
    return Machine(
        id=device,
        name=name,
        kind="cpu",
        memory_gib=ram_gib,
        share=needs.usable_memory_share or USABLE_SHARE["cpu"],
        bandwidth_gb_s=bandwidth,
        tflops=usual_tflops(hardware, "cpu", False, bandwidth),
        power_w=needs.power_w or (row.power_w if row else None) or usual_power_w(hardware, "cpu", datacenter=False),
        usd_per_gpu_hour=needs.gpu_hour_usd,
        sources=row.source if row else (),
        described=row is None,
        usual_bandwidth=needs.bandwidth is None and row is None,
    )


def _detected(needs: Requirements, hardware: Hardware, found: Detected | None) -> Machine:
    if found is None:
        raise LlmselectError(
            "no-hardware", "this machine's hardware was not detected", "Name it with --gpu or --hardware.", Exit.MISSING
        )
    names, ram = DeviceNames(hardware.devices), needs.ram or found.ram_gib
    name, memory_gib, count = _largest_group(found.gpus)
    if count:
        known = names.known(name)
        if known is not None:
            return _named(needs, hardware, known, count, ram, round(memory_gib, 2))
        return _described(needs, hardware, name, needs.vram or memory_gib, count, ram)
    device = names.known(found.cpu) or CPU
    if device != CPU and hardware.devices[device].kind == "soc":
        return _named(needs, hardware, device, 1, ram)
    return _processor(needs, hardware, device, found.cpu or "CPU", ram)


def pinned(needs: Requirements, hardware: Hardware, found: Detected) -> dict[str, Any]:
    """The fields that name the detected machine in place of `--hardware auto`, so that others can judge by it."""
    names = DeviceNames(hardware.devices)
    fields: dict[str, Any] = {"hardware": None, "ram": needs.ram or found.ram_gib}
    name, memory_gib, count = _largest_group(found.gpus)
    if count:
        known = names.known(name)
        gpu = {"gpu": known} if known else {}
        return {**fields, **gpu, "gpus": count, "vram": needs.vram or (round(memory_gib, 2) if known else memory_gib)}
    return {**fields, "hardware": names.known(found.cpu) or CPU}


def _largest_group(gpus: tuple[tuple[str, float], ...]) -> tuple[str, float, int]:
    """Of unlike GPUs the kind with the most memory together: its name, one GPU's memory, how many; 0 of none."""
    groups = ((name, gib, gpus.count((name, gib))) for name, gib in gpus)
    return max(groups, key=lambda group: group[1] * group[2], default=("", 0.0, 0))
