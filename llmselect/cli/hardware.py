"""`llmselect hardware`: what this machine has, what the catalogue knows of it, and which own speeds are stored."""

import platform
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from llmselect.cli.framework.command import Command, Ending
from llmselect.cli.framework.output import check_output, chosen_format, emit
from llmselect.cli.show import FORMAT, FORMATS, JSON, OUTPUT
from llmselect.errors import Exit

if TYPE_CHECKING:
    from llmselect.catalog.schema import Catalog, Device
    from llmselect.hardware.detect import Detected
    from llmselect.probe.report import DeviceReport, HardwareReport, StoredFile
    from llmselect.render.format.blocks import Block

MIB = 2**20
_ENDING = Ending(
    ("llmselect hardware", "llmselect hardware --json"),
    "Runs the tools of GPU vendors that are installed (nvidia-smi, rocm-smi, amd-smi, xpu-smi); --output writes one "
    "file. No network.",
    (0, 2, 4, 5),
)


def hardware(**given: Any) -> Exit:
    """Shows this machine as --hardware auto sees it: processor, memory, GPUs, and what is known of their speed."""
    form = chosen_format(given["format"], given["json"], FORMATS)
    path = check_output(given["output"])
    emit(_text(_report(), form, to_file=path is not None), path)
    return Exit.DONE


def _report() -> "HardwareReport":
    from llmselect.catalog.load import open_catalog
    from llmselect.engine.facts import Facts
    from llmselect.engine.machine.machines import Detected, machine_of
    from llmselect.hardware.caches import last_cache_bytes
    from llmselect.hardware.detect import detect
    from llmselect.hardware.processor import apple_gpu_cores, physical_cores
    from llmselect.probe.report import HardwareReport
    from llmselect.requirements import parse

    found, facts = detect(), Facts(open_catalog())
    machine = machine_of(parse({"hardware": "auto"}), facts.hardware, Detected(found.ram_gib, found.cpu, found.gpus))
    devices = (_processor(found, facts.catalog), *_gpus(found, facts.catalog))
    unlike = [one.name for one in devices[1:] if one.name != machine.name and one.catalogue_id != machine.id]
    apple = apple_gpu_cores()
    return HardwareReport(
        system=f"{platform.system()} {platform.release()} {platform.machine()}",
        cpu=found.cpu,
        cores=found.cores,
        physical_cores=physical_cores(),
        last_cache_bytes=last_cache_bytes(),
        ram_gib=found.ram_gib,
        devices=devices,
        not_counted=tuple(f"{name}: models run on {machine.name}, which has more memory" for name in unlike),
        judged_as=f"{machine.count} x {machine.id}" + (f" with {apple} GPU cores" if apple else ""),
        own_speeds=_own(found),
    )


def _processor(found: "Detected", catalog: "Catalog") -> "DeviceReport":
    return _device(found.cpu, "cpu", 1, None, catalog)


def _gpus(found: "Detected", catalog: "Catalog") -> "Iterator[DeviceReport]":
    for name, gib in dict.fromkeys(found.gpus):
        yield _device(name, "gpu", found.gpus.count((name, gib)), gib, catalog)


def _device(name: str, kind: str, count: int, memory_gib: float | None, catalog: "Catalog") -> "DeviceReport":
    """A device with the catalogue's facts about it, if its name is known."""
    from llmselect.catalog.names.devices import DeviceNames
    from llmselect.probe.report import DeviceReport

    known = DeviceNames(catalog.hardware.devices).known(name)
    row: Device | None = catalog.hardware.devices[known] if known else None
    return DeviceReport(
        name=name,
        kind=row.kind if row else kind,
        vendor=row.vendor if row else "",
        count=count,
        memory_gib=memory_gib,
        catalogue_id=known,
        catalogue_memory_gib=row.memory_gib if row else None,
        bandwidth_gb_s=row.bandwidth_gb_s if row else None,
        tflops=(row.bf16_tflops or row.fp16_tflops) if row else None,
        power_w=row.power_w if row else None,
        sources=tuple(catalog.hardware.sources[key].url for key in row.source) if row else (),
    )


def _own(found: "Detected") -> "StoredFile | None":
    """This machine's stored speeds; None if there are none."""
    from llmselect.cli.speed.own import note, shown_file, store
    from llmselect.probe.store.speeds import stored_for_machine

    stored = stored_for_machine(store(), found, note)
    return shown_file(stored, found) if stored.rates or stored.measurements else None


def _text(report: "HardwareReport", form: str, to_file: bool) -> str:
    if form == "json":
        from llmselect.render.format.json import envelope

        return envelope("hardware", "ok", report.to_dict())
    from llmselect.cli.recommend import surface
    from llmselect.render.format.text import text

    return text(_blocks(report), form, *surface(to_file))


def _blocks(report: "HardwareReport") -> "Iterator[Block]":
    from llmselect.cli.speed.stored import file_blocks
    from llmselect.render.format.blocks import Column, Heading, Items, Paragraph, Table

    cores = f"{report.physical_cores} cores, " if report.physical_cores else ""
    cache = f", last cache {report.last_cache_bytes / MIB:,.0f} MiB" if report.last_cache_bytes else ""
    yield Paragraph(
        f"{report.cpu}: {cores}{report.cores} logical processors, {report.ram_gib:.1f} GiB RAM", strong=True
    )
    yield Paragraph(f"{report.system}{cache}; `--hardware auto` judges models on {report.judged_as}.")
    titles = ("device", "count", "memory GiB", "bandwidth GB/s", "TFLOP/s (16 bits)", "W", "in the catalogue as")
    columns = tuple(Column(title, "left" if title in (titles[0], titles[-1]) else "right") for title in titles)
    yield Table(columns, tuple(map(_cells, report.devices)))
    lines = [*report.not_counted, *_unknown(report)]
    if lines:
        yield Items(tuple(lines))
    sources = tuple(dict.fromkeys(url for one in report.devices for url in one.sources))
    if sources:
        yield Heading("Sources of the catalogue's figures")
        yield Items(sources)
    if report.own_speeds is None:
        yield Paragraph("none stored; `llmselect probe` measures this machine in half a minute.", "Own speeds")
    else:
        yield from file_blocks(report.own_speeds)


def _cells(one: "DeviceReport") -> tuple[str, ...]:
    from llmselect.render.words import UNKNOWN, number

    memory = one.memory_gib if one.memory_gib is not None else one.catalogue_memory_gib
    figures = (memory, one.bandwidth_gb_s, one.tflops, one.power_w)
    shown = ("-" if one.kind == "cpu" and place == 0 else number(value) for place, value in enumerate(figures))
    return one.name, str(one.count), *shown, one.catalogue_id or UNKNOWN


def _unknown(report: "HardwareReport") -> Iterator[str]:
    for one in report.devices:
        if one.catalogue_id is None:
            hint = "its speed is not known until `llmselect probe` has measured it, or --bandwidth says it"
            yield f"{one.name} is not in the catalogue: {hint}"


COMMAND = Command(hardware, (FORMAT, JSON, OUTPUT), _ENDING)
