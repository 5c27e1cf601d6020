"""What all answers have in common: plain data, a table in notebooks, a data frame."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any


class Record:
    """A part of an answer."""

    __slots__ = ()

    def to_dict(self) -> dict[str, Any]:
        """The record as plain data, as its JSON has it: mappings, lists, text, numbers, None."""
        data: dict[str, Any] = plain(self)
        return data


class Result(Record):
    """A whole answer."""

    __slots__ = ()

    def to_frame(self, library: str | None = None) -> Any:
        """The rows of the answer's CSV as a data frame of `library`: pandas or polars; None takes the one installed.

        Raises LlmselectError (exit 5) where there is none.
        """
        from llmselect.render.frame import frame  # here, because most answers are only printed

        return frame(self, library)

    def _repr_html_(self) -> str:
        """The answer's first line and its table, for notebooks."""
        from llmselect.render.notebook import fragment

        return fragment(self)


def plain(value: Any) -> Any:
    """Records as mappings, tuples as lists; a trailing underscore, which Python needs, is dropped from names."""
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name.rstrip("_"): plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (tuple, list)):
        return [plain(item) for item in value]
    return value


def figure(value: float | None, unit: str = "") -> str:
    """A number of three digits with its unit, for reading; `?` where it is unknown."""
    text = "?" if value is None else f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"
    return f"{text} {unit}" if unit else text
