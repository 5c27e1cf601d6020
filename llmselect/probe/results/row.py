"""What every reader of results makes of a file, and what the schemas of all programs share."""

from datetime import date
from typing import Annotated, NamedTuple

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from llmselect.probe.spread import Interval

MOST_EPOCH_S = 4_102_444_800  # the year 2100, as seconds since 1970


class ResultRow(NamedTuple):
    """One measured speed as a file tells it.

    `name` is the model as the file calls it, `artifact` its kind of weights such as Q4_K_M, `cpu` the processor
    that it ran on, `on_gpu` whether a GPU had layers, `host` who served it; each None or empty where the file does
    not say. The other fields are those of a `Measurement`.
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
    """What we read of a program's results; fields that we do not read may be anything."""

    model_config = ConfigDict(strict=True, frozen=True)


def _calendar_day(text: str) -> str:
    return date.fromisoformat(text[:10]).isoformat() if text else ""


Count = Annotated[int, Field(ge=0, le=10**9)]
Amount = Annotated[float, Field(ge=0, le=1e12, allow_inf_nan=False)]  # milliseconds, or tokens or requests per second
Text = Annotated[str, Field(max_length=1000)]
EpochSeconds = Annotated[float, Field(ge=0, le=MOST_EPOCH_S, allow_inf_nan=False)]
Day = Annotated[str, AfterValidator(_calendar_day)]  # a date, maybe with a time after it; empty where it is not told
