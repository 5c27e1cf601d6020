"""Architectures add up: what a shape has agrees with the number of weights that was published."""

import re
from datetime import date
from pathlib import Path

import pytest

from llmselect.catalog.check_files import read_files
from llmselect.catalog.schema import Architecture, Model, Parameters
from llmselect.estimate.parameters import parameter_parts

CATALOG = Path(__file__).parents[2] / "catalog"
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


def _shapes() -> list[tuple[str, Architecture, Parameters, str]]:
    """Every model with an architecture and a number of weights: id, both, and the note beside the number."""
    found = []
    for _, model in read_files(CATALOG, date.today()).of(Model):
        shape = model.architecture.value if model.architecture else None
        if shape and model.parameters and model.parameters.value:
            found.append((model.id, shape, model.parameters.value, model.parameters.note or ""))
    return found


SHAPES = _shapes()
NAMES = [name for name, *_ in SHAPES]


def test_there_are_shapes_to_check() -> None:
    assert len(SHAPES) >= 60
    assert set(PARTS_OUTSIDE) <= set(NAMES)


@pytest.mark.parametrize(("name", "shape", "parameters"), [row[:3] for row in SHAPES], ids=NAMES)
def test_a_shape_has_the_weights_that_are_stated(name: str, shape: Architecture, parameters: Parameters) -> None:
    tolerance = OUTSIDE_TOLERANCE if name in PARTS_OUTSIDE else TOLERANCE
    assert parameter_parts(shape).total == pytest.approx(parameters.total, rel=tolerance)


@pytest.mark.parametrize(("name", "shape", "parameters", "note"), SHAPES, ids=NAMES)
def test_a_computed_number_agrees_with_the_published_one(
    name: str, shape: Architecture, parameters: Parameters, note: str
) -> None:
    """Within 1 %, active weights within 5 %, or within the rounding of what was printed."""
    for active, printed in _PUBLISHED.findall(note):
        computed = parameters.active if active else parameters.total
        rounding = 0.5e9 / 10 ** len(printed.partition(".")[2])
        relative = (ACTIVE_TOLERANCE if active else TOLERANCE) * float(printed) * 1e9
        assert abs(computed - float(printed) * 1e9) <= max(rounding, relative), f"{name}: {printed}"


@pytest.mark.parametrize(("name", "shape", "parameters"), [row[:3] for row in SHAPES], ids=NAMES)
def test_active_weights_are_those_that_a_token_reads(name: str, shape: Architecture, parameters: Parameters) -> None:
    """All of them in a dense model; with experts as published, with or without the embedding, rounded as in names."""
    parts = parameter_parts(shape)
    if shape.experts:
        low, high = 0.8 * (parts.active - parts.embedding), 1.2 * parts.active
        assert low <= parameters.active <= high, name
    else:
        assert parameters.active == parameters.total, name
