"""The user's own speeds, as commands read, write and show them."""

from typing import TYPE_CHECKING

from llmselect.cli.framework.streams import complain
from llmselect.errors import LlmselectError
from llmselect.this_machine import store as store

if TYPE_CHECKING:
    from llmselect.catalog.schema import Catalog, Model
    from llmselect.estimate.own_speeds import Measurement, ProbedRates
    from llmselect.hardware.detect import Detected
    from llmselect.probe.report import StoredFile, StoredMeasurement, StoredRates
    from llmselect.probe.store.speeds import StoredSpeeds


def note(text: str) -> None:
    """A line on stderr."""
    complain(text)


def named_model(catalog: "Catalog", name: str, flag: str) -> "Model":
    """The one model that a name means exactly; the error's hint names `flag` as the alternative."""
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
    """A row of rates as a report's record."""
    from llmselect.probe.report import StoredRates

    known = {**row.rates._asdict(), **row._asdict()}
    return StoredRates(**{name: known[name] for name in StoredRates.__dataclass_fields__})


def shown_measurement(row: "Measurement") -> "StoredMeasurement":
    """A measurement as a report's record."""
    from llmselect.probe.report import StoredMeasurement

    return StoredMeasurement(**row._asdict())


def shown_file(stored: "StoredSpeeds", here: "Detected | None") -> "StoredFile":
    """A machine's stored speeds as a report's record; `here` is this machine."""
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
    """A machine's hardware as one line."""
    gpus = [f"{name} {gib:.0f} GiB" for name, gib in machine.gpus]
    return ", ".join([f"{machine.cpu}, {machine.cores} processors, {machine.ram_gib:.0f} GiB RAM", *gpus])
