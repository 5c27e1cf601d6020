"""The user's own speeds, as commands read, write and show them."""

import os
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from llmselect.cli.streams import complain
from llmselect.errors import LlmselectError, unknown_name
from llmselect.folders import data_place

if TYPE_CHECKING:
    from pathlib import Path

    from llmselect.catalog.schema import Catalog, Model
    from llmselect.estimate.own_speeds import Measurement, OwnSpeeds, ProbedRates
    from llmselect.hardware.detect import Detected
    from llmselect.probe.report import StoredFile, StoredMeasurement, StoredRates
    from llmselect.probe.store.speeds import Stored

RUNTIMES = ("llama.cpp", "vllm", "transformers")


def store() -> "Path":
    """The file of own speeds; it need not exist."""
    from pathlib import Path

    from llmselect.probe.store.speeds import FILE

    return Path(data_place(), FILE)


def note(text: str) -> None:
    """A line on stderr."""
    complain(text)


def own_speeds(found: "Detected | None") -> "OwnSpeeds":
    """What is stored of a machine and of hosts; nothing where the environment turns the user's layers off."""
    from llmselect.catalog.overlay import DISABLED
    from llmselect.estimate.own_speeds import OwnSpeeds
    from llmselect.probe.store.speeds import own_speeds as read

    if os.environ.get(DISABLED):
        return OwnSpeeds()
    try:
        return read(store(), found, note)
    except RuntimeError:  # no home directory
        return OwnSpeeds()


def hosts_speeds() -> "OwnSpeeds | None":
    """What is stored of hosts; None where nothing is, which costs no more than a look at the folder of data."""
    try:
        if not os.path.isdir(data_place()):
            return None
    except RuntimeError:  # no home directory
        return None
    found = own_speeds(None)
    return found if found.measurements else None


def named_model(catalog: "Catalog", name: str, flag: str) -> "Model":
    """The model of exactly this name, alias, repository or API id; `flag` is how to name it otherwise."""
    from llmselect.catalog.lookup import resolve_model

    by_api_id = {row.model for host in catalog.hosts.values() for row in host.offerings if _api_id(row) == name}
    if len(by_api_id) == 1:
        return catalog.models[by_api_id.pop()]
    tail = name.replace("\\", "/").rstrip("/").rpartition("/")[2]
    try:
        return resolve_model(catalog, name)
    except LlmselectError as error:
        for other in (tail, name.replace(":", "-")):
            try:
                return resolve_model(catalog, other)
            except LlmselectError:
                continue
        hint = f"{error.hint.removesuffix('`llmselect list` shows all.').strip()} Name it with {flag} MODEL."
        raise LlmselectError(error.code, f"no model of the catalogue is called {name[:80]!r}", hint.strip()) from None


def _api_id(offering: Any) -> str | None:
    return offering.api_id.value if offering.api_id is not None else None


def chosen_runtime(name: str | None) -> str | None:
    """The runtime of a flag; raises LlmselectError for others."""
    if name is not None and name not in RUNTIMES:
        raise unknown_name("runtime", name, RUNTIMES, f"It may be {', '.join(RUNTIMES)}.")
    return name


def level_of(catalog: "Catalog", name: str | None, runtime: str | None) -> str | None:
    """The level of quantisation that an artifact such as Q4_K_M is, or a level's own name; None where it is none."""
    levels = catalog.quantizations.quantizations
    if name is None or name in levels:
        return name
    for level, row in levels.items():
        for maker, artifact in row.artifacts.items():
            if artifact.name.lower() == name.lower() and runtime in (None, maker):
                return level
    return None


def chosen_level(catalog: "Catalog", name: str | None, runtime: str | None) -> str | None:
    """The level of a flag; raises LlmselectError for a name that is none."""
    level = level_of(catalog, name, runtime)
    if name is not None and level is None:
        known = [*catalog.quantizations.quantizations, *_artifacts(catalog)]
        levels = ", ".join(catalog.quantizations.quantizations)
        raise unknown_name("quantization", name, known, f"It may be {levels}, or a file's kind such as Q4_K_M.")
    return level


def _artifacts(catalog: "Catalog") -> Iterable[str]:
    return (one.name for row in catalog.quantizations.quantizations.values() for one in row.artifacts.values())


def shown_rates(row: "ProbedRates") -> "StoredRates":
    """A row of rates as it is printed."""
    from llmselect.probe.report import StoredRates

    known = {**row.rates._asdict(), **row._asdict()}
    return StoredRates(**{name: known[name] for name in StoredRates.__dataclass_fields__})


def shown_measurement(row: "Measurement") -> "StoredMeasurement":
    """A measurement as it is printed."""
    from llmselect.probe.report import StoredMeasurement

    return StoredMeasurement(**row._asdict())


def shown_file(stored: "Stored", here: "Detected | None") -> "StoredFile":
    """A machine's stored speeds as they are printed; `here` is the machine at hand."""
    from llmselect.probe.report import StoredFile
    from llmselect.probe.store.speeds import fingerprint

    machine = stored.hardware
    return StoredFile(
        str(store()),
        machine_words(machine) if machine else None,
        machine is not None and here is not None and fingerprint(machine) == fingerprint(here),
        tuple(map(shown_rates, stored.rates)),
        tuple(map(shown_measurement, stored.measurements)),
    )


def machine_words(machine: "Detected") -> str:
    """A machine in a line."""
    gpus = [f"{name} {gib:.0f} GiB" for name, gib in machine.gpus]
    return ", ".join([f"{machine.cpu}, {machine.cores} processors, {machine.ram_gib:.0f} GiB RAM", *gpus])
