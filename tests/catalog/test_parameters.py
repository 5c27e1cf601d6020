"""Architectures add up: what a shape has agrees with the number of weights that was published."""

import re
from functools import cache
from pathlib import Path

import pytest

from llmselect.catalog.reader import read
from llmselect.catalog.schema import Architecture, Model, Parameters
from llmselect.estimate.parameters import parameter_parts

MODELS = Path(__file__).parents[2] / "catalog" / "models"
TOLERANCE = 0.01
ACTIVE_TOLERANCE = 0.05
OUTSIDE_TOLERANCE = 0.025
PARTS_OUTSIDE = {
    "meta/llama-4-scout": "the published 109 billion hold a vision encoder",
    "mistral/devstral-small-2-24b-instruct-2512": "the published 24 billion hold a vision encoder",
    "mistral/mistral-medium-3.5-128b": "the published 128 billion hold a vision encoder",
    "mistral/mistral-small-3.1-24b-instruct-2503": "the published 24 billion hold a vision encoder",
    "mistral/mistral-small-3.2-24b-instruct-2506": "the published 24 billion hold a vision encoder",
}
_PUBLISHED = re.compile(r"(active computed, )?published: ([\d.]+) billion")


_KEYS = re.compile(r"^architecture:.*^parameters:|^parameters:.*^architecture:", re.MULTILINE | re.DOTALL)


def _names() -> list[str]:
    """The ids of the models whose files speak of both; they are searched, not parsed, as every run collects them."""
    paths = sorted(path for path in MODELS.rglob("*.yaml") if _KEYS.search(path.read_text(encoding="utf-8")))
    return [path.relative_to(MODELS).with_suffix("").as_posix() for path in paths]


@cache
def _shape(name: str) -> tuple[Architecture, Parameters, str]:
    """A model's architecture, its number of weights, and the note beside the number."""
    model = Model.model_validate(read((MODELS / f"{name}.yaml").read_text(encoding="utf-8")).data)
    assert model.id == name
    if not (model.architecture and model.architecture.value and model.parameters and model.parameters.value):
        pytest.skip("one of the two is not known")
    return model.architecture.value, model.parameters.value, model.parameters.note or ""


NAMES = _names()


def test_there_are_shapes_to_check() -> None:
    assert len(NAMES) >= 60
    assert set(PARTS_OUTSIDE) <= set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_a_shape_has_the_weights_that_are_stated(name: str) -> None:
    shape, parameters, _ = _shape(name)
    tolerance = OUTSIDE_TOLERANCE if name in PARTS_OUTSIDE else TOLERANCE
    assert parameter_parts(shape).total == pytest.approx(parameters.total, rel=tolerance)


@pytest.mark.parametrize("name", NAMES)
def test_a_computed_number_agrees_with_the_published_one(name: str) -> None:
    """Within 1 %, active weights within 5 %, or within the rounding of what was printed."""
    _, parameters, note = _shape(name)
    for active, printed in _PUBLISHED.findall(note):
        computed = parameters.active if active else parameters.total
        rounding = 0.5e9 / 10 ** len(printed.partition(".")[2])
        relative = (ACTIVE_TOLERANCE if active else TOLERANCE) * float(printed) * 1e9
        assert abs(computed - float(printed) * 1e9) <= max(rounding, relative), f"{name}: {printed}"


@pytest.mark.parametrize("name", NAMES)
def test_active_weights_are_those_that_a_token_reads(name: str) -> None:
    """All of them in a dense model; with experts as published, with or without the embedding, rounded as in names."""
    shape, parameters, _ = _shape(name)
    parts = parameter_parts(shape)
    if shape.experts:
        low, high = 0.8 * (parts.active - parts.embedding), 1.2 * parts.active
        assert low <= parameters.active <= high, name
    else:
        assert parameters.active == parameters.total, name
