"""The machine on which open weights are judged: named, described, detected, or a compute tier's preset."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from llmselect.catalog.names.devices import CPU, DeviceNames, find_device
from llmselect.engine.named import named
from llmselect.errors import Exit, LlmselectError, fold
from llmselect.estimate.memory import Room
from llmselect.estimate.own_speeds import OwnSpeeds
from llmselect.requirements import Requirements

if TYPE_CHECKING:
    from llmselect.catalog.schema import Catalog, Rental

USABLE_SHARE = {"gpu": 0.92, "soc": 0.75, "cpu": 0.75}
SYSTEM_RAM_SHARE = 0.75
SYSTEM_RAM_DEVICE = "ddr4-3200-dual-channel"
NOTHING_TIMED = OwnSpeeds()
DEFAULT_TIER: Literal["medium"] = "medium"


class Detected(NamedTuple):
    """What was found on this machine: RAM in GiB, the processor's name, GPUs as (name, memory in GiB), own speeds."""

    ram_gib: float
    cpu: str
    gpus: tuple[tuple[str, float], ...] = ()
    own_speeds: OwnSpeeds = NOTHING_TIMED


@dataclass(frozen=True)
class Machine:
    """One or more equal devices with their memory and the system's RAM.

    `memory_gib` is one device's; `share` is the usable part of it. `bandwidth_gb_s` and `tflops` are one
    device's, None where nobody states them. `ram_gib` is None where RAM does not count. `own_speeds` are the probes
    of this machine and the measurements that hold for it; those of hosts hold whatever the machine.
    """

    id: str
    name: str
    kind: Literal["gpu", "soc", "cpu"]
    count: int
    memory_gib: float
    share: float
    bandwidth_gb_s: float | None
    tflops: float | None
    power_w: float | None
    datacenter: bool
    ram_gib: float | None
    ram_bandwidth_gb_s: float | None
    owned: bool
    usd_per_gpu_hour: float | None
    rental: Rental | None
    sources: tuple[str, ...]
    described: bool = False
    fp8_tflops: float | None = None
    own_speeds: OwnSpeeds = NOTHING_TIMED

    @cached_property
    def room(self) -> Room:
        """Usable memory: the devices' together, and what the system's RAM adds."""
        if self.kind == "cpu":
            return Room(0.0, self.memory_gib * self.share)
        system = (self.ram_gib or 0.0) * SYSTEM_RAM_SHARE if self.kind == "gpu" else 0.0
        return Room(self.memory_gib * self.count * self.share, system)

    @property
    def runtime(self) -> Literal["vllm", "llama.cpp"]:
        """The runtime that people use on it: vLLM on data-centre GPUs, llama.cpp elsewhere."""
        return "vllm" if self.datacenter else "llama.cpp"


def resolve(needs: Requirements, catalog: Catalog, detected: Detected | None = None) -> Machine:
    """The machine of a request; raises LlmselectError when it cannot be told.

    `detected` is what was found on this machine; its own speeds hold where `--hardware auto` asks for it, those of
    hosts in any case.
    """
    machine = _resolved(named(needs, catalog), catalog, detected)
    if detected is None or detected.own_speeds == NOTHING_TIMED:
        return machine
    own = detected.own_speeds
    if needs.hardware != "auto":
        own = OwnSpeeds((), tuple(row for row in own.measurements if row.host != "self"))
    return replace(machine, own_speeds=own)


def _resolved(needs: Requirements, catalog: Catalog, detected: Detected | None) -> Machine:
    if needs.hardware is not None and needs.gpu is not None:
        raise LlmselectError("bad-value", "--hardware and --gpu both name a device", "Give one of them.")
    if needs.hardware == "auto":
        return _detected(needs, catalog, detected)
    if needs.hardware == CPU:
        return _processor(needs, catalog, "cpu", "CPU")
    name = needs.gpu or needs.hardware
    if name is not None:
        try:
            device_id = find_device(name, catalog.hardware.devices)
        except LlmselectError:
            if needs.vram is None or needs.bandwidth is None:
                raise
            return _described(needs, catalog, name)
        return _named(needs, catalog, device_id)
    if needs.vram is not None:
        return _described(needs, catalog, "described GPU")
    return _preset(needs, catalog)


def _named(needs: Requirements, catalog: Catalog, device_id: str, memory_gib: float | None = None) -> Machine:
    device = catalog.hardware.devices[device_id]
    if device.kind == "cpu":
        return _processor(needs, catalog, device_id, device.name, device.memory_gib)
    own_memory = needs.vram or (needs.ram if device.kind == "soc" else None) or memory_gib
    return _from_device(needs, catalog, device_id, needs.gpus, own_memory, needs.ram, owned=True)


def _from_device(
    needs: Requirements,
    catalog: Catalog,
    device_id: str,
    count: int,
    memory_gib: float | None,
    ram_gib: float | None,
    *,
    owned: bool,
) -> Machine:
    device = catalog.hardware.devices[device_id]
    memory = memory_gib or device.memory_gib
    if memory is None:
        raise LlmselectError("missing-memory", f"{device.name} has no memory of its own", "Add --ram.")
    rates = [rate for rate in (device.bf16_tflops, device.fp16_tflops) if rate]
    return Machine(
        id=device_id,
        name=device.name,
        kind=device.kind,
        count=count,
        memory_gib=memory,
        share=needs.usable_memory_share or USABLE_SHARE[device.kind],
        bandwidth_gb_s=needs.bandwidth or device.bandwidth_gb_s,
        tflops=rates[0] if rates else None,
        power_w=needs.power_w or device.power_w,
        datacenter=device.datacenter,
        ram_gib=ram_gib,
        ram_bandwidth_gb_s=_ram_bandwidth(catalog),
        owned=owned,
        usd_per_gpu_hour=needs.gpu_hour_usd,
        rental=None if owned else cheapest_rental(catalog, device_id, needs.as_of, count),
        sources=device.source,
        fp8_tflops=device.fp8_tflops,
    )


def _preset(needs: Requirements, catalog: Catalog) -> Machine:
    preset = catalog.hardware.presets[needs.compute or DEFAULT_TIER]
    ram = needs.ram if needs.ram is not None else preset.ram_gib
    count = needs.gpus if "gpus" in needs.model_fields_set else preset.count
    return _from_device(needs, catalog, preset.device, count, None, ram, owned=False)


def _described(needs: Requirements, catalog: Catalog, name: str) -> Machine:
    """A GPU that flags describe; its bandwidth may stay unknown, and its speed with it."""
    return Machine(
        id=fold(name) if name != "described GPU" else "gpu",
        name=name,
        kind="gpu",
        count=needs.gpus,
        memory_gib=needs.vram or 0.0,
        share=needs.usable_memory_share or USABLE_SHARE["gpu"],
        bandwidth_gb_s=needs.bandwidth,
        tflops=None,
        power_w=needs.power_w,
        datacenter=False,
        ram_gib=needs.ram,
        ram_bandwidth_gb_s=_ram_bandwidth(catalog),
        owned=True,
        usd_per_gpu_hour=needs.gpu_hour_usd,
        rental=None,
        sources=(),
        described=True,
    )


def _processor(
    needs: Requirements, catalog: Catalog, device_id: str, name: str, ram_gib: float | None = None
) -> Machine:
    """A machine without a GPU: its RAM is its memory."""
    ram = needs.ram or ram_gib
    if ram is None:
        raise LlmselectError(
            "missing-memory", f"how much RAM {name} has is not known", "Add --ram, such as --ram 32GiB."
        )
    device = catalog.hardware.devices.get(device_id)
    return Machine(
        id=device_id,
        name=name,
        kind="cpu",
        count=1,
        memory_gib=ram,
        share=needs.usable_memory_share or USABLE_SHARE["cpu"],
        bandwidth_gb_s=needs.bandwidth or (device.bandwidth_gb_s if device else None),
        tflops=None,
        power_w=needs.power_w or (device.power_w if device else None),
        datacenter=False,
        ram_gib=None,
        ram_bandwidth_gb_s=None,
        owned=True,
        usd_per_gpu_hour=needs.gpu_hour_usd,
        rental=None,
        sources=device.source if device else (),
        described=device is None,
    )


def _detected(needs: Requirements, catalog: Catalog, found: Detected | None) -> Machine:
    if found is None:
        raise LlmselectError(
            "no-hardware", "this machine's hardware was not detected", "Name it with --gpu or --hardware.", Exit.MISSING
        )
    names = DeviceNames(catalog.hardware.devices)
    ram = needs.ram or found.ram_gib
    name, memory_gib, count = _largest_group(found.gpus)
    with_ram = needs.model_copy(update={"ram": ram, "gpus": max(1, count)})
    if count:
        known = names.known(name)
        if known is not None:
            return _named(with_ram, catalog, known, round(memory_gib, 2))
        return _described(with_ram.model_copy(update={"vram": needs.vram or memory_gib}), catalog, name)
    device_id = names.known(found.cpu) or CPU
    if device_id != CPU and catalog.hardware.devices[device_id].kind == "soc":
        return _named(with_ram, catalog, device_id)
    return _processor(with_ram, catalog, device_id, found.cpu or "CPU", ram)


def pinned(needs: Requirements, catalog: Catalog, found: Detected) -> dict[str, Any]:
    """The fields that name the detected machine in place of `--hardware auto`, so that others can judge by it."""
    names = DeviceNames(catalog.hardware.devices)
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


def cheapest_rental(catalog: Catalog, device_id: str, as_of: date, count: int = 1) -> Rental | None:
    """The dated on-demand price at which so many devices cost least on a day; None where nobody has dated one."""
    own = [rental for rental in valid_rentals(catalog, device_id, as_of) if not rental.managed]
    return min(
        own, key=lambda rental: (rental.usd_per_gpu_hour * max(count, rental.gpus), rental.provider), default=None
    )


def valid_rentals(catalog: Catalog, device_id: str, as_of: date) -> list[Rental]:
    """The dated prices of a device on a day, managed endpoints among them."""
    return [
        rental
        for rental in catalog.hardware.rentals
        if rental.device == device_id and rental.from_ <= as_of and (rental.to is None or as_of <= rental.to)
    ]


def rented_machine(needs: Requirements, catalog: Catalog, device_id: str, count: int) -> Machine:
    """So many devices of a kind as a provider rents them, without system memory that counts."""
    return _from_device(needs, catalog, device_id, count, None, None, owned=False)


def _ram_bandwidth(catalog: Catalog) -> float | None:
    device = catalog.hardware.devices.get(SYSTEM_RAM_DEVICE)
    return device.bandwidth_gb_s if device else None
