"""What is found when a catalogue is packed is what an answer would find."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from llmselect import load_catalog
from llmselect.catalog.load import load, load_checked
from llmselect.catalog.promises import promise, promised, promises, task_aims
from llmselect.catalog.scale import AbilitiesFile
from llmselect.catalog.schema import Catalog


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return load_catalog()


def test_what_is_packed_is_what_abilities_promise(catalog: Catalog) -> None:
    scale = catalog.abilities
    assert scale.promises.keys() == catalog.tasks.tasks.keys()
    for name, task in catalog.tasks.tasks.items():
        assert promised(scale, name, task) is scale.promises[name].models
        assert promised(scale, name, task) == promises(scale, task)
    rated = [row for efforts in promised(scale, "qa", catalog.tasks.tasks["qa"]).values() for row in efforts.values()]
    assert None in rated
    assert all(row[0] <= row[1] <= row[2] for row in rated if row is not None)


def test_a_task_that_was_changed_is_judged_anew(catalog: Catalog) -> None:
    scale, task = catalog.abilities, catalog.tasks.tasks["qa"]
    other = task.model_copy(update={"skills": {"coding": 1.0}})
    found = promised(scale, "qa", other)
    assert found == promises(scale, other) != promised(scale, "qa", task)
    model, efforts = next(iter(scale.models.items()))
    effort, ability = next(iter(efforts.items()))
    assert found[model][effort] == promise(ability, task_aims(scale, other))


def test_a_catalogue_that_is_not_packed_holds_none(small_catalog: Path) -> None:
    checked, packed = load_checked(small_catalog), load(small_catalog)
    assert not checked.abilities.promises
    for name, task in checked.tasks.tasks.items():
        assert promised(checked.abilities, name, task) == promised(packed.abilities, name, task)


def test_no_file_may_hold_them() -> None:
    with pytest.raises(ValidationError, match="made when the catalogue is packed"):
        AbilitiesFile.model_validate({"promises": {"qa": {"skills": {}, "models": {}}}})
