"""The row that every reader of results produces, and types that their schemas share."""

from datetime import date
from typing import Annotated, NamedTuple

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from llmselect.probe.spread import Interval

MAX_EPOCH_S = 4_102_444_800  # the year 2100, as seconds since 1970


class ResultRow(NamedTuple):
    """One measured speed from a file.

    `name` is the model as the file calls it, `artifact` its kind of weights such as Q4_K_M, `cpu` the processor,
    `on_gpu` whether layers ran on a GPU, `host` who served it; each is None or empty if the file does not say. The
    other fields are those of a `Measurement`.
    """

    name: str
    runtime: str | None
    artifact: str | None
    prompt_tokens: int | None
    depth_tokens: int
    concurrency: int
    decode_tok_s: Interval | None
    prefill_tok_s: Interval | None
    ttft_ms: Interval | None
    measured_on: str
    cpu: str = ""
    on_gpu: bool | None = None
    host: str = ""


class Schema(BaseModel):
    """Base of the schemas; unknown fields are ignored."""

    model_config = ConfigDict(strict=True, frozen=True)


def _calendar_day(text: str) -> str:
    return date.fromisoformat(text[:10]).isoformat() if text else ""


Count = Annotated[int, Field(ge=0, le=10**9)]
Amount = Annotated[float, Field(ge=0, le=1e12, allow_inf_nan=False)]  # milliseconds, or tokens or requests per second
Text = Annotated[str, Field(max_length=1000)]
EpochSeconds = Annotated[float, Field(ge=0, le=MAX_EPOCH_S, allow_inf_nan=False)]
Day = Annotated[str, AfterValidator(_calendar_day)]  # a date, optionally followed by a time; empty if unknown
