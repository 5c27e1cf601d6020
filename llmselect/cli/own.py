"""The user's own speeds, as commands read, write and show them."""

import os
from typing import TYPE_CHECKING

from llmselect.cli.streams import complain
from llmselect.errors import LlmselectError
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
    """The model that a name means without a choice between several; `flag` is how to name it otherwise."""
    from llmselect.catalog.names.models import ModelNames

    try:
        found = ModelNames(catalog).find(name)
    except LlmselectError as error:
        hint = f"{error.hint.removesuffix('`llmselect list` shows all.').strip()} Name it with {flag} MODEL."
        raise LlmselectError(error.code, f"no model of the catalogue is called {name[:80]!r}", hint.strip()) from None
    if not found.exact:
        message = f"{name[:80]!r} may mean several models, such as {found.id}"
        raise LlmselectError("ambiguous-model", message, f"Name it exactly, with {flag} MODEL.")
    return catalog.models[found.id]


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
