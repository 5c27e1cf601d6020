"""Records that cost little to define, for commands that are over sooner than they have made a hundred of them.

`dataclass` writes and compiles methods for each class, which takes longer than all the rest of its import, and
importing it takes longer than most commands. Here all classes share their methods. They are frozen for type checkers
alone, and have no `repr`. Whoever asks for their fields as those of dataclasses gets them.
"""

from collections import namedtuple
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from types import FunctionType
from typing import TYPE_CHECKING, Any, TypeVar, dataclass_transform

if TYPE_CHECKING:
    from typing import NamedTuple as NamedTuple

T = TypeVar("T")
USUALLY = 48  # values of a tuple, at most


class _Made:
    """A default that is made for each record."""

    def __init__(self, make: Callable[[], Any]) -> None:
        self.make = make


def field(*, default_factory: Callable[[], Any]) -> Any:
    """A field whose default is made for each record."""
    return _Made(default_factory)


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def record(kind: type[T]) -> type[T]:
    """A class of records: equal where all values are, and a dataclass to whoever asks `dataclasses`."""
    names = tuple(kind.__annotations__)
    shared = {
        "__fields__": names,
        "__defaults__": {name: kind.__dict__[name] for name in names if name in kind.__dict__},
        "__match_args__": names,
        "__init__": _fill,
        "__eq__": _equal,
        "__dataclass_fields__": _Fields(),
    }
    for name, value in shared.items():
        setattr(kind, name, value)
    return kind


class _Fields:
    """The fields of a class of records as `dataclasses` has them, found when first asked for."""

    def __get__(self, record: Any, kind: Any) -> dict[str, Any]:
        import dataclasses

        for name, value in kind.__defaults__.items():
            if isinstance(value, _Made):
                setattr(kind, name, dataclasses.field(default_factory=value.make))
        kind.__dataclass_fields__ = {}
        dataclasses.dataclass(init=False, eq=False, repr=False)(kind)
        found: dict[str, Any] = kind.__dataclass_fields__
        return found


def names_of(kind: Any) -> tuple[str, ...]:
    """The fields of a class of records; none of another class."""
    found: tuple[str, ...] = kind.__dict__.get("__fields__", ())
    return found


def changed(record: T, **values: Any) -> T:
    """A record with other values in some fields, as `dataclasses.replace` does it."""
    return type(record)(**{name: record.__dict__[name] for name in names_of(type(record))} | values)


def _fill(self: Any, *values: Any, **named: Any) -> None:
    names, own = self.__fields__, self.__dict__
    own.update(zip(names, values, strict=False))
    if named:
        own.update(named)
    given = len(values) + len(named)
    if given == len(own) == len(names) and not named:
        return
    if len(own) != given or not own.keys() <= set(names):
        raise TypeError(f"{type(self).__name__} takes {', '.join(names)}, each once")
    if given < len(names):
        own.update({name: _default(self, name) for name in names if name not in own})


def _default(record: Any, name: str) -> Any:
    if name not in record.__defaults__:
        raise TypeError(f"{name} is missing")
    value = record.__defaults__[name]
    return value.make() if isinstance(value, _Made) else value


def _equal(self: Any, other: Any) -> bool:
    if type(self) is not type(other):
        return False
    return all(getattr(self, name) == getattr(other, name) for name in self.__fields__)


def getters(names: Sequence[str]) -> dict[str, Any]:
    """What reads the first, second, … value of a tuple, by the names that it has there."""
    return dict(zip(names, _getters(max(len(names), USUALLY)), strict=False))


@cache
def _getters(count: int) -> list[Any]:
    """Made by `namedtuple`: nothing else reads as fast."""
    made = vars(namedtuple("made", [f"at_{place}" for place in range(count)]))
    return [made[f"at_{place}"] for place in range(count)]


class _Tuple(tuple[Any, ...]):
    """What classes of named tuples share."""

    __slots__ = ()
    _fields = tuple[str, ...]()

    @classmethod
    def _make(cls, values: Iterable[Any]) -> Any:
        return cls(*values)

    def _asdict(self) -> dict[str, Any]:
        return dict(zip(self._fields, self, strict=True))

    def _replace(self, /, **values: Any) -> Any:
        made = tuple.__new__(type(self), map(values.pop, self._fields, self))
        if values:
            raise ValueError(f"{type(self).__name__} has no {', '.join(values)}")
        return made

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{name}={value!r}' for name, value in self._asdict().items())})"

    def __getnewargs__(self) -> tuple[Any, ...]:
        return tuple(self)


@cache
def _maker(count: int) -> FunctionType:
    """The `__new__` of tuples of so many values, whose names each class changes to its own."""
    names = "".join(f"at_{place}, " for place in range(count))
    made: FunctionType = eval(f"lambda _kind, {names}: _new(_kind, ({names}))", {"_new": tuple.__new__})
    return made


class _Tuples(type):
    """Makes classes of named tuples. `collections` does the same, but compiles a function for each of them."""

    def __new__(mcs, name: str, bases: tuple[type, ...], members: dict[str, Any]) -> Any:
        if not bases:
            return super().__new__(mcs, name, (), members)
        # Where Python finds annotations no sooner than they are asked for, a class has to be made to ask.
        fields = tuple(members.get("__annotations__") or type(name, (), dict(members)).__annotations__)
        defaults = {one: members[one] for one in fields if one in members}
        maker = _maker(len(fields))
        code = maker.__code__.replace(co_name="__new__", co_varnames=("_kind", *fields))
        own = {
            "__slots__": (),
            "__match_args__": fields,
            "__new__": FunctionType(code, maker.__globals__, "__new__", tuple(defaults.values())),
            "_fields": fields,
            "_field_defaults": defaults,
        }
        return type(name, (_Tuple,), {**members, **own, **getters(fields)})


if not TYPE_CHECKING:

    class NamedTuple(metaclass=_Tuples):
        """`typing.NamedTuple`, made in a quarter of the time."""
