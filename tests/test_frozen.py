"""Records that share their methods behave as dataclasses do."""

import copy
import pickle
import typing
from dataclasses import asdict, fields, replace

import pytest

from llmselect.engine.citations import Citation
from llmselect.engine.later import Later
from llmselect.engine.result import Reason
from llmselect.frozen import NamedTuple, changed, field, once, record
from llmselect.render.json import plain


@record
class Point:
    """Two numbers, a name and a list."""

    x: int
    y: int = 2
    name: str = "p"
    tags: list[str] = field(default_factory=list)


def test_values_by_place_and_by_name() -> None:
    point = Point(1, name="q")
    assert (point.x, point.y, point.name, point.tags) == (1, 2, "q", [])
    assert point.tags is not Point(1).tags
    assert point == Point(1, 2, "q", [])
    assert point != Point(2, name="q")
    assert point != (1, 2, "q", [])
    assert [one.name for one in fields(Point)] == ["x", "y", "name", "tags"]
    assert replace(point, y=5) == changed(point, y=5) == Point(1, 5, "q")
    with pytest.raises(TypeError):
        changed(point, z=5)


@pytest.mark.parametrize(("values", "named"), [((), {}), ((1, 2, "p", [], 5), {}), ((1,), {"x": 1}), ((1,), {"z": 1})])
def test_wrong_values_are_refused(values: tuple[object, ...], named: dict[str, object]) -> None:
    with pytest.raises(TypeError):
        Point(*values, **named)  # type: ignore[arg-type]


def test_rows_of_later_are_what_is_found() -> None:
    found = (Citation("https://a.test", "A", None, "2026-01-02"),)
    cited = Later(lambda: found)
    assert cited == found
    assert (len(cited), cited[0], list(cited)) == (1, found[0], list(found))
    assert copy.deepcopy(cited) == pickle.loads(pickle.dumps(cited)) == found
    reason = Reason("license", "a", "b", cited)
    assert asdict(reason)["source"] == found
    assert plain(reason)["source"] == [asdict(found[0])]


class Pair(NamedTuple):
    """A number and a name."""

    number: int
    name: str = "p"

    @property
    def twice(self) -> int:
        """Two of the number."""
        return 2 * self.number


def test_a_named_tuple_is_that_of_typing() -> None:
    class Twin(typing.NamedTuple):
        number: int
        name: str = "p"

    assert Pair(1) == (1, "p") == Twin(1)
    assert Pair(number=2, name="q")._replace(number=3) == Pair(3, "q")
    assert (Pair(4).twice, Pair._fields, Pair._field_defaults) == (8, Twin._fields, Twin._field_defaults)
    assert repr(Pair(5)) == "Pair(number=5, name='p')"
    assert pickle.loads(pickle.dumps(Pair(6))) == Pair(6)
    assert (Pair.__doc__, Pair.__module__) == ("A number and a name.", __name__)
    assert typing.get_type_hints(Pair) == typing.get_type_hints(Twin)


def test_a_named_tuple_without_a_value_is_an_error() -> None:
    with pytest.raises(TypeError, match="number"):
        Pair()  # type: ignore[call-arg]


class Counted:
    """Something that is found by counting how often one has looked."""

    looked = 0

    @once
    def found(self) -> int:
        """How often."""
        self.looked += 1
        return self.looked


def test_what_is_found_once_is_kept() -> None:
    one, other = Counted(), Counted()
    assert (one.found, one.found, one.looked) == (1, 1, 1)
    assert other.looked == 0
    assert other.found == 1
