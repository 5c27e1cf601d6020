"""Hundred slips of the hand in names of models, and hundred in those of devices: a suggestion is the right one."""

import random
import string
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from llmselect.catalog.load import load
from llmselect.catalog.names.devices import DeviceNames
from llmselect.catalog.names.models import ModelNames
from llmselect.catalog.schema import Catalog
from llmselect.errors import LlmselectError, fold

SLIPS = 100
RIGHT = 0.95  # of the suggestions
HELPED = 0.6  # of the slips: a suggestion, or understood none the less


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return load(Path(__file__).parents[3] / "catalog")


def slipped(name: str, hand: random.Random) -> str:
    """A name with one character left out, added, changed, or turned with the next."""
    at = hand.randrange(len(name))
    other = hand.choice(string.ascii_lowercase + (string.digits if name[at].isdigit() else ""))
    before, after = name[:at], name[at + 1 :]
    return hand.choice(
        (before + after, before + other + name[at:], before + other + after, before + after[:1] + name[at] + after[1:])
    )


def slips(names: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Slips with what was meant; `names` are ids by spelling."""
    hand, found = random.Random(7), 0
    while found < SLIPS:
        name = hand.choice(list(names))
        typed = slipped(name, hand)
        if fold(typed) not in map(fold, names):  # another thing's name is no slip
            found += 1
            yield typed, names[name]


def judged(names: Mapping[str, str], find: Callable[[str], str]) -> tuple[int, int, list[tuple[str, str, str]]]:
    """How many slips had a suggestion or were understood, how many of them rightly, and those that were not."""
    helped, wrong = 0, []
    for typed, meant in slips(names):
        try:
            said = find(typed)
        except LlmselectError as error:
            said = error.hint.partition("Did you mean ")[2].partition("?")[0]
        if said:
            helped += 1
            wrong += [] if meant in said.split(" or ") else [(typed, meant, said)]
    return helped, helped - len(wrong), wrong


def test_suggestions_for_models_are_right(catalog: Catalog) -> None:
    known = ModelNames(catalog)
    spelled = {name: model.id for model in catalog.models.values() for name in (model.id.partition("/")[2], model.name)}
    helped, right, wrong = judged(spelled, lambda typed: known.find(typed).id)
    assert helped >= HELPED * SLIPS
    assert right >= RIGHT * helped, wrong


def test_suggestions_for_devices_are_right(catalog: Catalog) -> None:
    known = DeviceNames(catalog.hardware.devices)
    spelled = {name: key for key, device in catalog.hardware.devices.items() for name in (key, device.name)}
    helped, right, wrong = judged(spelled, lambda typed: known.find(typed).device)
    assert helped >= HELPED * SLIPS
    assert right >= RIGHT * helped, wrong
