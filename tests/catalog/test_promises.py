"""What abilities promise at a task."""

from llmselect.catalog.abilities.curves import unexplained
from llmselect.catalog.abilities.promises import MAX_UNEXPLAINED, promises, task_aims
from llmselect.catalog.load import load


def test_what_abilities_promise() -> None:
    catalog = load()
    scale, task = catalog.abilities, catalog.tasks.tasks["qa"]
    aims, found = task_aims(scale, task), promises(scale, task)
    assert found.keys() == scale.models.keys()
    rows = [(row, scale.models[model][effort]) for model, efforts in found.items() for effort, row in efforts.items()]
    assert {row is None for row, _ in rows} == {True, False}
    for row, ability in rows:
        assert (row is None) == (unexplained(ability, aims) > MAX_UNEXPLAINED)
        if row is not None:
            assert 0 <= row[0] <= row[1] <= row[2] <= 100
            assert row[3:] == (ability.tests, ability.independent)
