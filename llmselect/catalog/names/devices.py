"""GPUs and machines as people write them: `2x RTX 3090`, `A100 40GB`, `MacBook Pro M3`, `M4 Max 128GB`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Protocol

from llmselect.catalog.names.unknown_devices import unknown_device
from llmselect.errors import LlmselectError, cut, fold

CPU = "cpu"
MAX_GPUS = 64
_PLURAL = re.compile(r"(?<=\d{4})s$")  # of two 4080s; else a 4080S is a 4080 Super
_CPU_NAMES = frozenset(
    map(
        fold,
        (
            "cpu",
            "cpu only",
            "only cpu",
            "no gpu",
            "without gpu",
            "none",
            "processor",
            "處理器",
            "处理器",
            "無 gpu",
            "沒有 gpu",
        ),
    )
)
_NUMBERS = {
    **dict.fromkeys(("single", "one", "a", "單"), 1),
    **dict.fromkeys(("dual", "double", "twin", "two", "pair of", "a pair of", "雙", "双", "兩張", "两张"), 2),
    **dict.fromkeys(("triple", "three"), 3),
    **dict.fromkeys(("quad", "four"), 4),
    **{"six": 6, "eight": 8},
}
_TIMES = "[x×*✕]"
_COUNTS = (
    re.compile(rf"(?P<count>\d+)\s*{_TIMES}\s*(?P<name>.+)"),  # 2x 3090
    re.compile(rf"{_TIMES}\s*(?P<count>\d+)\s+(?P<name>.+)"),  # x2 3090
    re.compile(rf"(?P<name>.+?)\s*(?:{_TIMES}|:)\s*(?P<count>\d+)"),  # 3090 x2, H100:8
    re.compile(rf"(?P<word>{'|'.join(sorted(_NUMBERS, key=len, reverse=True))})[\s-]*(?P<name>.+)"),  # dual 3090
    re.compile(r"(?P<count>\d+)\s+(?!.*\bm\d)(?P<name>.+)"),  # 2 3090s, but a MacBook Pro 14 M3 is one
    re.compile(r"(?:nvidia )?(?P<system>[dh]gx)[\s-]*(?P<name>[abh]\d.+)"),  # DGX H100
)
_KINDS_OF_MEMORY = r"(?:\s+(?:of\s+)?(?:unified|hbm\w*|gddr\w*|lpddr\w*|v?ram))*(?:\s*memory)?"
_MEMORY = re.compile(rf"(?<![\w.])(\d+(?:\.\d+)?)[\s-]*(gib|gb|g|tb|tib){_KINDS_OF_MEMORY}(?![\w])")
_INCHES = re.compile(r"(?<=\d)[ -]*(?:\"|″|”|''|吋)")
_SIGNS = re.compile(r"\((?:r|tm|c)\)|[®™©();\"]|,(?!\d)")
# What stands around a Mac's chip: the machine, its size in inches, its month and year.
_MACHINES = (
    "mbp|mba|macbook pro|macbook air|macbook|mac mini|mac studio|mac pro|imac pro|imac|mac|"
    "apple silicon|apple|mini|air|studio"
)
_MAC = re.compile(
    rf"\b(?:(?:{_MACHINES.replace(' ', '[ -]*')}|chip|late|early|mid)\b"
    r"|\d\d(?:\.\d)?[ -]*(?:inch|(?=\s+m\d))"
    r"|(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\s|20\d\d\b)"
)
_CORES = re.compile(r"\b\d+[\s-]*cores?(?:\s*(?:gpu|cpu))?\b")
_LAPTOP = re.compile(r"\b(?:laptop|mobile|notebook|max-q)\b|(?<=\d{4})m\b")
_EMPTY_WORDS = frozenset(
    ("nvidia", "geforce", "amd", "radeon", "intel", "instinct", "tesla", "gpu", "gpus", "graphics", "card", "cards",
     "with", "accelerator", "nvlink", "sli", "edition", "founders", "fe", "desktop", "memory", "vram", "machine", "pc",
     "and", "of", "each", "顯卡", "顯示卡", "显卡")
)  # fmt: skip
SYSTEM_GPUS = 8  # of NVIDIA's DGX and HGX systems
MEMORY_SLACK = 0.1  # a vendor's gigabytes are sometimes what of them can be used


class NamedDevice(Protocol):
    """What of a device its names depend on."""

    @property
    def name(self) -> str:
        """What its maker calls it."""

    @property
    def kind(self) -> str:
        """gpu, soc or cpu."""

    @property
    def aliases(self) -> tuple[str, ...]:
        """What else it is called."""

    @property
    def memory_gib(self) -> float | None:
        """Its own memory."""


@dataclass(frozen=True, slots=True)
class NamedMachine:
    """What a name says of a machine: its device's id (`cpu` for one without a GPU), how many, how much memory.

    `count` and `memory_gib` are None where the name says nothing.
    """

    device: str
    count: int | None = None
    memory_gib: float | None = None


def find_machine(name: str, devices: Mapping[str, NamedDevice]) -> NamedMachine:
    """The machine that a person or a driver calls `name`; raises LlmselectError with a way to describe it."""
    folded = fold(name)
    for key, device in devices.items():  # most names are written as they stand in the catalogue
        if folded in map(fold, (key, device.name, *device.aliases)):
            return NamedMachine(key)
    return DeviceNames(devices).find(name)


def find_device(name: str, devices: Mapping[str, NamedDevice]) -> str:
    """The id of the device that a person or a driver calls `name`, whatever else the name says."""
    return find_machine(name, devices).device


class DeviceNames:
    """The names of devices, for looking up one or many."""

    def __init__(self, devices: Mapping[str, NamedDevice]) -> None:
        self._devices = devices
        self._known: dict[str, str] = {}
        bare: dict[str, str] = {}
        for spelling, key in self._spellings():
            self._known[fold(_plain(spelling))] = key
            bare.setdefault(_bare(spelling), key)
        self._by_words = {_words(spelling): key for spelling, key in self._spellings()}
        self._bare = {spelling: key for spelling, key in bare.items() if spelling and spelling not in self._known}

    def known(self, name: str) -> str | None:
        """The id of the device of exactly this name, as drivers report it; None for others."""
        return self._known.get(fold(_plain(name)))

    def find(self, name: str) -> NamedMachine:
        """The machine that a name means; raises LlmselectError with a way to describe it."""
        text = _plain(name)
        if fold(text) in _CPU_NAMES:
            return NamedMachine(CPU)
        for count, rest in _counted(text):
            found = self._one(rest, count or 1)
            if found is not None and (count is None or self._devices[found.device].kind != "cpu"):
                return replace(found, count=_checked(count, name))
        raise unknown_device(name, dict(self._spellings()))

    def _one(self, text: str, count: int) -> NamedMachine | None:
        """One of `count` devices by its name, with its memory taken out where the name has no meaning with it."""
        device = self._device(text)
        if device is not None:
            return NamedMachine(device)
        stated = _MEMORY.search(text)
        if stated is None:
            return None
        device = self._device(f"{text[: stated.start()]} {text[stated.end() :]}")
        if device is None:
            return None
        memory = float(stated[1]) * (1024 if stated[2].startswith("t") else 1)
        if f"{device}-{memory:g}gb" in self._devices:
            return NamedMachine(f"{device}-{memory:g}gb")
        return NamedMachine(device, memory_gib=self._memory(device, memory, count))

    def _device(self, text: str) -> str | None:
        """A device by its name, a Mac's by its chip, a laptop's where the name says that it is one."""
        if fold(text) in self._known:
            return self._known[fold(text)]
        without = _LAPTOP.sub(" ", text)
        found = self._looked_up(without) or self._looked_up(_CORES.sub(" ", _MAC.sub(" ", without + " ")))
        if found is None and without.rstrip().endswith("s"):
            found = self._looked_up(without.rstrip()[:-1])
        if found is None or without == text or self._devices[found].kind != "gpu" or found.endswith("-laptop"):
            return found
        return f"{found}-laptop" if f"{found}-laptop" in self._devices else None

    def _looked_up(self, text: str) -> str | None:
        bare = _bare(text)
        by_words = self._by_words.get(_words(text))
        return self._known.get(fold(text)) or self._known.get(bare) or self._bare.get(bare) or by_words

    def _memory(self, device_id: str, memory: float, count: int) -> float | None:
        """The memory that a name states; None where it is the device's own, or that of all `count` of them.

        Raises LlmselectError for another.
        """
        device = self._devices[device_id]
        if device.kind != "gpu":
            return memory
        own = device.memory_gib or 0.0
        if any(abs(memory - whole) <= MEMORY_SLACK * whole for whole in (own, own * count)):
            return None
        message = f"{device.name} has {own:g} GB, not {memory:g}"
        hint = f"Leave the memory out, or add --vram {memory:g}GiB if yours was changed."
        raise LlmselectError("bad-value", message, hint)

    def _spellings(self) -> Iterator[tuple[str, str]]:
        for key, device in self._devices.items():
            yield from ((spelling, key) for spelling in (key, device.name, *device.aliases))


def _plain(name: str) -> str:
    """A name in small letters without trade marks, brackets and needless spaces, with inches in words."""
    return " ".join(_SIGNS.sub(" ", _INCHES.sub(" inch ", name.casefold())).split())


def _bare(text: str) -> str:
    """A name folded, without makers and words that say nothing."""
    return fold(" ".join(_telling(text)))


def _words(text: str) -> tuple[str, ...]:
    """A name's telling words in whatever order they stand."""
    return tuple(sorted(_telling(re.sub(r"(\d)\s*(?:gib|gb|g)\b", r"\1gb", _plain(text)))))


def _telling(text: str) -> list[str]:
    return [word for word in re.split(r"[\s-]+", _plain(text)) if word not in _EMPTY_WORDS]


def _counted(text: str) -> Iterator[tuple[int | None, str]]:
    """The name as it is, then as a number of something."""
    yield None, text
    for pattern in _COUNTS:
        match = pattern.fullmatch(text)
        if match is None:
            continue
        given = match.groupdict()
        if given.get("system"):
            yield SYSTEM_GPUS, given["name"]
        elif given.get("word"):
            yield _NUMBERS[given["word"]], _PLURAL.sub("", given["name"])
        else:
            yield int(given["count"][:9]), given["name"]


def _checked(count: int | None, name: str) -> int | None:
    if count is not None and not 1 <= count <= MAX_GPUS:
        number = "no GPU" if count < 1 else f"more than {MAX_GPUS} GPUs"
        raise LlmselectError("bad-value", f"{cut(name)!r} names {number}", f"It may be 1 to {MAX_GPUS}.")
    return count
