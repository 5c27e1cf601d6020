"""Base types of the catalogue's records: facts, and the sources that they name."""

from datetime import date
from typing import Annotated, Any, Generic, Literal, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

T = TypeVar("T")


def _as_tuple(value: Any) -> Any:
    return (value,) if isinstance(value, str) else value


SourceKeys = Annotated[tuple[str, ...], BeforeValidator(_as_tuple), Field(min_length=1)]


class Strict(BaseModel):
    """A frozen record that rejects unknown keys."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Source(Strict):
    """The source of a fact. `locator` names the table, section, column or commit."""

    url: str = Field(pattern=r"^(https?://|pkg:|docs/)")
    title: str = Field(min_length=3)
    kind: Literal["primary", "copy", "third-party", "judgement"]
    retrieved: date
    locator: str | None = None
    confidence: Literal["high", "medium", "low"] = "high"


class Fact(Strict, Generic[T]):
    """One value with its sources.

    `value: null` with `disclosed: false` means that the developer has not published it; facts that were not found are
    omitted. `document_says` is what the source document claims, if it differs.
    """

    value: T | None
    source: SourceKeys
    disclosed: bool = True
    document_says: str | None = None
    note: str | None = None

    @model_validator(mode="after")
    def _null_means_undisclosed(self) -> "Fact[T]":
        if (self.value is None) == self.disclosed:
            raise ValueError("`value: null` needs `disclosed: false`, and only then")
        return self
