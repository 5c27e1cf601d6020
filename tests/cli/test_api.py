"""The few names of the Python API."""

import pytest

import llmselect


def test_the_documented_names_work() -> None:
    from llmselect import Requirements, load_catalog, recommend

    answer = recommend(Requirements(task="qa", gpu="RTX 3090"), load_catalog())
    assert answer.recommendations[0].rank == 1


@pytest.mark.parametrize("name", llmselect.__all__)
def test_every_public_name_exists(name: str) -> None:
    assert getattr(llmselect, name)


def test_other_names_do_not() -> None:
    with pytest.raises(AttributeError, match="no attribute 'recomend'"):
        llmselect.recomend  # noqa: B018
