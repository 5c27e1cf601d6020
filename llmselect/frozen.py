"""Records that cost little to define, for commands that are over sooner than they have made a hundred of them.

`dataclass` writes and compiles methods for each class, which takes longer than all the rest of its import. Here all
classes share theirs. They are frozen for type checkers alone, and have no `repr`.
"""

from collections import namedtuple
from dataclasses import MISSING, dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar, dataclass_transform

if TYPE_CHECKING:
    from typing import NamedTuple as NamedTuple

T = TypeVar("T")


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def record(kind: type[T]) -> type[T]:
    """A class of records: a dataclass to `fields` and `replace`, equal where all its values are."""
    setattr(kind, "__init__", _fill)  # noqa: B010 - type checkers take the plain assignment for a mistake
    setattr(kind, "__eq__", _equal)  # noqa: B010
    return dataclass(init=False, eq=False, repr=False)(kind)


def _fill(self: Any, *values: Any, **named: Any) -> None:
    names, own = self.__dataclass_fields__, self.__dict__
    own.update(zip(names, values, strict=False))
    if named:
        own.update(named)
    given = len(values) + len(named)
    if given == len(own) == len(names) and not named:
        return
    if len(own) != given or not own.keys() <= names.keys():
        raise TypeError(f"{type(self).__name__} takes {', '.join(names)}, each once")
    if given < len(names):
        own.update({name: _default(one) for name, one in names.items() if name not in own})


def _default(one: Any) -> Any:
    if one.default_factory is not MISSING:
        return one.default_factory()
    if one.default is MISSING:
        raise TypeError(f"{one.name} is missing")
    return one.default


def _equal(self: Any, other: Any) -> bool:
    if type(self) is not type(other):
        return False
    return all(getattr(self, name) == getattr(other, name) for name in self.__dataclass_fields__)


class _Tuples(type):
    """Makes classes of named tuples. `typing` does the same, but compiles every annotation on the way."""

    def __new__(mcs, name: str, bases: tuple[type, ...], members: dict[str, Any]) -> Any:
        plain = super().__new__(mcs, name, (), members)
        if not bases:
            return plain
        fields = plain.__annotations__
        defaults = [members[one] for one in fields if one in members]
        made: Any = namedtuple(name, fields, defaults=defaults, module=members["__module__"])  # type: ignore[misc]
        for key, value in members.items():
            if key not in fields:
                setattr(made, key, value)
        return made


if not TYPE_CHECKING:

    class NamedTuple(metaclass=_Tuples):
        """`typing.NamedTuple`, made in half of the time."""
