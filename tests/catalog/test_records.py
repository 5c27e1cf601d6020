"""The catalogue read without pydantic says what the checked one says, and its bytes bring nothing else."""

import mmap
import os
import pickle
import pickletools
import random
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from llmselect.catalog.load import load, load_checked
from llmselect.catalog.pack import name_of, pack, with_what_follows
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
    same(load(CATALOG), with_what_follows(checked))


def test_a_small_catalogue_too(small_catalog: Path) -> None:
    same(load(small_catalog), with_what_follows(load_checked(small_catalog)))


def test_records_are_frozen_and_copied_with_changes(checked: Catalog) -> None:
    catalog = unpack(pack(checked))
    model = next(iter(catalog.models.values()))
    with pytest.raises(AttributeError, match="frozen"):
        model.name = "other"  # type: ignore[misc]
    other = model.model_copy(update={"name": "other"})
    assert (other.name, other.id, other.sources) == ("other", model.id, model.sources)
    assert model.name != "other"
    with pytest.raises(AttributeError, match="no attribute 'colour'"):
        _ = model.colour  # type: ignore[attr-defined]


def test_a_copy_keeps_its_changes_when_the_rest_is_opened(checked: Catalog) -> None:
    catalog = unpack(pack(checked))
    model = next(model for model in catalog.models.values() if model.design and model.gguf)
    other = model.model_copy(update={"gguf": None, "languages": None})
    assert (other.design, other.gguf, other.languages) == (model.design, None, None)
    fact = model.access.model_copy(update={"note": "changed"})
    assert (fact.value, fact.note, type(fact)) == (model.access.value, "changed", type(model.access))


def test_a_record_equals_its_like_and_no_tuple(small_catalog: Path) -> None:
    one, other = load(small_catalog).models["globex/giant-1"], load(small_catalog).models["globex/giant-1"]
    assert one == other
    assert one != other.model_copy(update={"scores": ()})
    values: object = tuple(other.access)
    assert one.access != values
    assert values != one.access
    assert repr(one.access).startswith("Fact(value=")


def test_equal_facts_are_one_object(checked: Catalog) -> None:
    facts = [model.access for model in unpack(pack(checked)).models.values()]
    assert len(set(map(id, facts))) < len(facts)


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


def _parts(data: bytes) -> tuple[dict[str, Any], bytes, bytes]:
    """A packed catalogue's head, its catalogue as a pickle, and its blobs."""
    stream = BytesIO(data)
    head = pickle.load(stream)
    begin = stream.tell()
    for _ in pickletools.genops(stream):
        pass
    return head, data[begin : stream.tell()], data[stream.tell() :]


def _joined(head: dict[str, Any], *parts: bytes) -> bytes:
    return pickle.dumps({**head, "size": sum(map(len, parts))}) + b"".join(parts)


def test_code_hidden_within_is_refused(small_catalog: Path, capfd: pytest.CaptureFixture[str]) -> None:
    head, catalog, blobs = _parts(pack(load_checked(small_catalog)))
    assert len(unpack(_joined(head, catalog, blobs)).models) == 3
    for evil in (pickle.dumps(Evil()), pickle.dumps({"models": [Evil()]}), pickle.dumps(Path("x"))):
        with pytest.raises(ValueError, match="does not belong"):
            unpack(_joined(head, evil, blobs))
    assert "harm" not in capfd.readouterr().out


def test_bytes_that_are_cut_or_added_to_are_refused(small_catalog: Path) -> None:
    data = pack(load_checked(small_catalog))
    for length in (10, 100, len(data) // 2, len(data) - 1):
        with pytest.raises(ValueError, match="not a packed catalogue"):
            unpack(data[:length])
    with pytest.raises(ValueError, match="not as long"):
        unpack(data + b"x")


def _blob_of(evil: bytes, length: int) -> bytes:
    return evil + b"\0" * (length - len(evil))


@pytest.mark.parametrize(
    "evil",
    [
        b"",
        b"junk",
        pickle.dumps(Evil()),
        pickle.dumps(Path("x")),
        pickle.dumps(1),
        pickle.dumps(()),
        b"\x95" + b"\xff" * 8,
    ],
    ids=["zeros", "junk", "code", "class", "number", "too-few", "frame"],
)
def test_a_damaged_blob_is_refused_when_it_is_opened(
    evil: bytes, small_catalog: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    head, catalog, blobs = _parts(pack(load_checked(small_catalog)))
    model = unpack(_joined(head, catalog, blobs)).models["acme/small-7b"]
    begin, end = model[-1][:2]  # type: ignore[index]
    assert end - begin > len(evil)
    damaged = blobs[:begin] + _blob_of(evil, end - begin) + blobs[end:]
    model = unpack(_joined(head, catalog, damaged)).models["acme/small-7b"]
    for _ in range(2):
        with pytest.raises(ValueError, match="not a packed catalogue"):
            _ = model.sources
    assert model.name == "Small 7B"
    assert "harm" not in capfd.readouterr().out


def test_blobs_that_are_not_there_are_refused(small_catalog: Path) -> None:
    head, catalog, _ = _parts(pack(load_checked(small_catalog)))
    with pytest.raises(ValueError, match="not a packed catalogue"):
        _ = unpack(_joined(head, catalog)).models["acme/small-7b"].sources


def test_no_changed_byte_brings_another_error(small_catalog: Path) -> None:
    data = pack(load_checked(small_catalog))
    catalog = _parts(data)[1]
    begin = data.index(catalog)
    chance = random.Random(1)
    refused = 0
    for _ in range(300):
        place = chance.randrange(begin + len(catalog))
        try:
            unpack(data[:place] + bytes([chance.randrange(256)]) + data[place + 1 :])
        except ValueError:
            refused += 1
    assert refused > 50


def test_a_mapped_file_is_read_like_its_bytes(checked: Catalog, tmp_path: Path) -> None:
    path = tmp_path / "packed"
    path.write_bytes(pack(checked))
    with path.open("rb") as file:
        mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    same(unpack(mapped), with_what_follows(checked))
    assert unpack(mapped).date == checked.date
