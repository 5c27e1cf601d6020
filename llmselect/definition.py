"""What one field of the requirements is, and reading raw values of several by their definitions."""

import types
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any, Literal, NamedTuple, Union, get_args, get_origin

from llmselect.errors import LlmselectError, close_matches
from llmselect.fields import Reader, UnknownWordError, boolean, choice, each

Kind = Literal["text", "list", "switch"]

QUESTIONS = "The four questions"
MOST = "Needed most"
INPUTS = "Inputs and outputs"
WORKLOAD = "Capabilities, workload and money"
SPEED = "Speed (too slow is excluded, with the estimate)"
WHERE = "Where it runs"
HARDWARE = "Hardware (named: owned; none named: the tier, rented)"
LICENCE = "Licence and quality"
PREFERENCE = "Preference"
JUDGEMENT = "Judgement"


class Field(NamedTuple):
    """A field: all that its flag, help, profile key, environment variable and JSON Schema say.

    `kind` is how it is typed: with a value, with several, or as a switch. `read` makes its value of a raw one.
    `choices` are the words that it may be, if it is one of some. It may be None where it is `optional`. `default` is
    its value where it is not given, and `otherwise` says that in words. `unit` is that of its numbers.
    """

    name: str
    kind: Kind
    read: Reader
    group: str
    help: str
    metavar: str
    unit: str
    choices: tuple[str, ...]
    optional: bool
    default: Any
    otherwise: str
    type: Any


def field_of(name: str, annotation: Any, told: Mapping[str, Any]) -> Field:
    """A field from its name, its type and what else is told of it."""
    bare = _without_none(annotation)
    choices = _choices(bare)
    return Field(
        name=name,
        kind=_kind(bare),
        read=told["read"] or _reader(bare, choices),
        group=told["group"],
        help=told["help"],
        metavar=told["metavar"] or "|".join(choices),
        unit=told["unit"],
        choices=choices,
        optional=bare is not annotation,
        default=told["default"] if bare is not bool else False,
        otherwise=told["otherwise"] or _default_in_words(told["default"]),
        type=bare,
    )


def _without_none(annotation: Any) -> Any:
    if get_origin(annotation) in (Union, types.UnionType):
        return next(part for part in get_args(annotation) if part is not type(None))
    return annotation


def _choices(bare: Any) -> tuple[str, ...]:
    """The words of a literal type, or of a list of such."""
    inner = get_args(bare)[0] if get_origin(bare) is tuple else bare
    return get_args(inner) if get_origin(inner) is Literal else ()


def _kind(bare: Any) -> Kind:
    if bare is bool:
        return "switch"
    return "list" if get_origin(bare) in (tuple, Mapping) else "text"


def _reader(bare: Any, choices: tuple[str, ...]) -> Reader:
    """The reader of a type that says all of what it takes."""
    if bare is bool:
        return boolean
    return each(choice(*choices)) if get_origin(bare) is tuple else choice(*choices)


def _default_in_words(default: Any) -> str:
    """A default as one types it; empty where there is none to speak of."""
    if isinstance(default, (int, float)):
        return f"{default:g}"
    return ",".join(default) if isinstance(default, tuple) else default if isinstance(default, str) else ""


class Origin(NamedTuple):
    """How values were named where they stood, such as `--max-ttft-ms`; `place` is the file and line of one."""

    spelled: Callable[[str], str] = str
    place: Callable[[str], str] = lambda name: ""


BY_NAME = Origin()


class Fault(NamedTuple):
    """What is wrong with one value; `where` names it with its place, `hint` is a way out, if there is one."""

    where: str
    what: str
    hint: str

    @property
    def message(self) -> str:
        """What is wrong and where."""
        return self.where + self.what


def read_values(
    fields: Mapping[str, Field], raw: Mapping[str, Any], origin: Origin = BY_NAME
) -> tuple[dict[str, Any], list[Fault]]:
    """The values of the fields that `raw` names, and what is wrong with the others."""
    values: dict[str, Any] = {}
    faults = []
    for name, value in raw.items():
        if name not in fields:
            matches = close_matches(str(name), fields)
            hint = f"Did you mean {' or '.join(map(origin.spelled, matches))}?" if matches else ""
            faults.append(Fault(origin.place(name), f"unknown field {str(name)[:60]!r}", hint))
            continue
        try:
            values[name] = None if value is None and fields[name].optional else fields[name].read(value)
        except ValueError as error:
            hint = error.hint if isinstance(error, UnknownWordError) else ""
            faults.append(Fault(f"{origin.place(name)}{origin.spelled(name)}: ", str(error), hint))
    return values, faults


def faults_error(
    faults: Sequence[Fault], hint: str = "See `llmselect recommend --help` for the values."
) -> LlmselectError:
    """One error (exit 2) that tells every fault, with the first way out, or else `hint`."""
    hint = next((fault.hint for fault in faults if fault.hint), hint)
    return LlmselectError("bad-value", "; ".join(fault.message for fault in faults), hint)


def in_words(value: Any) -> str:
    """A value as a profile has it, on one line."""
    if isinstance(value, list):
        return ", ".join(value)
    if isinstance(value, dict):
        return ", ".join(f"{name}={number:g}" for name, number in value.items())
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:,.12g}" if isinstance(value, (int, float)) else f"{value}"


def as_data(value: Any) -> Any:
    """A value as JSON has it: lists for tuples, dates as text."""
    if isinstance(value, tuple):
        return list(value)
    return value.isoformat() if isinstance(value, date) else value
