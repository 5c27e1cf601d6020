"""The machine at hand: what it has, and what the user has measured on it and at hosts."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from llmselect.estimate.own_speeds import OwnSpeeds
from llmselect.folders import data_place

if TYPE_CHECKING:
    from llmselect.hardware.detect import Detected

Say = Callable[[str], None]


class Here(NamedTuple):
    """RAM in GiB, the processor's name, GPUs as (name, memory in GiB), and own speeds."""

    ram_gib: float
    cpu: str
    gpus: tuple[tuple[str, float], ...]
    own_speeds: OwnSpeeds


def at_hand(hardware: str | None, say: Say) -> Here | None:
    """This machine with its own speeds where `hardware` is `auto`; else own speeds of hosts, if there are any."""
    if hardware != "auto":
        hosts = hosts_speeds(say)
        return Here(0.0, "", (), hosts) if hosts is not None else None
    from llmselect.hardware.detect import detect  # here, because most requests name their machine

    found = detect()
    return Here(found.ram_gib, found.cpu, found.gpus, own_speeds(found, say))


def store() -> Path:
    """The file of own speeds; it need not exist."""
    from llmselect.probe.store.speeds import FILE

    return Path(data_place(), FILE)


def own_speeds(found: "Detected | None", say: Say) -> OwnSpeeds:
    """What is stored of a machine and of hosts; nothing where the environment turns the user's layers off."""
    from llmselect.catalog.overlay import DISABLED
    from llmselect.probe.store.speeds import own_speeds as read

    if os.environ.get(DISABLED):
        return OwnSpeeds()
    try:
        return read(store(), found, say)
    except RuntimeError:  # no home directory
        return OwnSpeeds()


def hosts_speeds(say: Say) -> OwnSpeeds | None:
    """What is stored of hosts; None where nothing is, which costs no more than a look at the folder of data."""
    try:
        if not os.path.isdir(data_place()):
            return None
    except RuntimeError:  # no home directory
        return None
    found = own_speeds(None, say)
    return found if found.measurements else None
