"""The catalogue read without pydantic says what the checked one says, and its bytes bring nothing else."""

import os
import pickle
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from llmselect.catalog.load import load, load_checked
from llmselect.catalog.pack import name_of, pack
from llmselect.catalog.records import Record, unpack
from llmselect.catalog.schema import Catalog

CATALOG = Path(__file__).parents[2] / "catalog"


@pytest.fixture(scope="module")
def checked() -> Catalog:
    return load_checked(CATALOG)


def same(light: Any, checked: Any) -> None:
    """Field by field, in depth; one assertion names the first place that differs."""
    if isinstance(checked, BaseModel):
        assert isinstance(light, Record)
        assert type(light).__name__ == name_of(type(checked))
        for name in type(checked).model_fields:
            same(getattr(light, name), getattr(checked, name))
    elif isinstance(checked, dict):
        assert light.keys() == checked.keys()
        for key, value in checked.items():
            same(light[key], value)
    elif isinstance(checked, tuple) and checked and isinstance(checked[0], BaseModel):
        for one, other in zip(light, checked, strict=True):
            same(one, other)
    else:
        assert light == checked
        assert type(light) is type(checked)


def test_every_field_is_the_same(checked: Catalog) -> None:
    same(load(CATALOG), checked)


def test_a_small_catalogue_too(small_catalog: Path) -> None:
    same(load(small_catalog), load_checked(small_catalog))


def test_records_are_frozen_and_copied_with_changes(checked: Catalog) -> None:
    catalog = unpack(pack(checked))
    model = next(iter(catalog.models.values()))
    with pytest.raises(AttributeError, match="frozen"):
        model.name = "other"  # type: ignore[misc]
    other = model.model_copy(update={"name": "other"})
    assert (other.name, other.id, other.sources) == ("other", model.id, model.sources)
    assert model.name != "other"
    with pytest.raises(AttributeError, match="no field 'colour'"):
        _ = model.colour  # type: ignore[attr-defined]


class Evil:
    def __reduce__(self) -> tuple[Any, tuple[str]]:
        return os.system, ("echo harm",)


@pytest.mark.parametrize(
    "data",
    [b"", b"junk", pickle.dumps(Evil()), pickle.dumps({"format": 0}), pickle.dumps([1]), pickle.dumps(Path("x"))],
    ids=["empty", "junk", "code", "format", "list", "class"],
)
def test_other_bytes_are_refused(data: bytes, capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(ValueError, match="not a packed catalogue"):
        unpack(data)
    assert "harm" not in capfd.readouterr().out


def test_code_hidden_within_is_refused(checked: Catalog, capfd: pytest.CaptureFixture[str]) -> None:
    head = pickle.loads(pack(checked))
    with pytest.raises(ValueError, match="does not belong"):
        unpack(pickle.dumps({**head, "catalog": pickle.dumps(Evil())}))
    assert "harm" not in capfd.readouterr().out
