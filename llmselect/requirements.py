"""What a user needs: one frozen type for flags, profile files, environment and the Python API."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Literal, get_args

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from llmselect.catalog.schema import Capability, CriterionName, Modality, TaskName
from llmselect.errors import LlmselectError, close_matches
from llmselect.quantities import count, day, gb_per_s, gib, number, share, shown, usd

QUANTIZATION_LEVELS = ("none", "q8", "q6", "q5", "q4", "q3", "q2")
DEFAULT_COARSEST = "q4"
ENVIRONMENT_PREFIX = "LLMSELECT_"


def _dashed(value: Any) -> Any:
    return value.strip().lower().replace("_", "-") if isinstance(value, str) else value


def _listed(value: Any) -> Any:
    items = value.split(",") if isinstance(value, str) else value
    if not isinstance(items, (list, tuple)):
        return items
    if "" in (found := tuple(_dashed(item) for item in items)):
        raise ValueError(f"{shown(value)} has an empty entry")
    return found


def _pairs(value: Any) -> Any:
    """`["cost=3", "quality=1"]` as a mapping; mappings pass through."""
    if isinstance(value, str):
        value = value.split(",")
    if not isinstance(value, (list, tuple)):
        return value
    pairs = [str(item).partition("=") for item in value]
    for name, equals, _ in pairs:
        if not equals:
            raise ValueError(f"{name!r} needs the form NAME=NUMBER")
    return {_dashed(name): number for name, _, number in pairs}


Count = Annotated[int, BeforeValidator(count)]
Gib = Annotated[float, BeforeValidator(gib), Field(gt=0)]
GbPerS = Annotated[float, BeforeValidator(gb_per_s), Field(gt=0)]
Usd = Annotated[float, BeforeValidator(usd), Field(ge=0)]
Number = Annotated[float, BeforeValidator(number)]
Share = Annotated[float, BeforeValidator(share), Field(ge=0, le=1)]
NotNegative = Annotated[Number, Field(ge=0)]
Name = Annotated[str, Field(pattern=r"\S")]
Modalities = Annotated[tuple[Modality, ...], BeforeValidator(_listed)]
Place = Literal["api", "managed", "self-host", "any"]
Deployments = Annotated[tuple[Place, ...], BeforeValidator(_listed), Field(min_length=1)]
Words = Annotated[tuple[str, ...], BeforeValidator(_listed)]


class Requirements(BaseModel):
    """What the answer must satisfy and what it should prefer. Every field has the name of its flag.

    Units: `*_tokens` tokens per request, `vram` GiB per device, `ram` GiB, `bandwidth` GB/s,
    `budget` USD per month, `gpu_hour_usd` USD per GPU and hour, `kwh_usd` USD per kWh, `purchase_usd` USD per
    machine, `power_w` W per device.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    task: Annotated[TaskName, BeforeValidator(_dashed)] = "conversation"
    compute: Annotated[Literal["high", "medium", "low"] | None, BeforeValidator(_dashed)] = None
    response_time: Annotated[Literal["real-time", "batch"] | None, BeforeValidator(_dashed)] = None
    domain: Annotated[Literal["general", "specific"] | None, BeforeValidator(_dashed)] = None

    modality_in: Modalities = ()
    modality_out: Modalities = ()
    language: Words = ()
    context_tokens: Annotated[Count, Field(gt=0)] | None = None
    prompt_tokens: Annotated[Count, Field(gt=0)] | None = None
    output_tokens: Annotated[Count, Field(gt=0)] | None = None

    needs: Annotated[tuple[Capability, ...], BeforeValidator(_listed)] = ()

    requests_per_month: Annotated[Count, Field(gt=0)] | None = None
    requests_per_day: Annotated[Count, Field(gt=0)] | None = None
    cached_share: Share = 0.0
    batch_share: Share | None = None
    peak_share: Share = 0.0
    peak_to_mean: Annotated[Number, Field(ge=1, le=1000)] = 2.0
    hours_per_day: Annotated[Number, Field(gt=0, le=24)] = 24.0
    spare_machines: Annotated[Count, Field(ge=0, le=1000)] = 0
    verbosity: Annotated[Literal["own", "equal"], BeforeValidator(_dashed)] = "own"
    budget: Usd | None = None
    concurrency: Annotated[Count, Field(gt=0)] = 1

    max_ttft_ms: Annotated[Number, Field(gt=0)] | None = None
    min_tok_s: Annotated[Number, Field(gt=0)] | None = None
    max_latency_s: Annotated[Number, Field(gt=0)] | None = None

    deployment: Deployments = ("any",)
    host: Words = ()
    offline: bool = False
    region: Name | None = None
    privacy: Annotated[Literal["any", "no-training", "zero-retention", "vpc", "on-prem"], BeforeValidator(_dashed)] = (
        "any"
    )

    hardware: Name | None = None
    gpu: Name | None = None
    gpus: Annotated[Count, Field(gt=0, le=64)] = 1
    vram: Gib | None = None
    ram: Gib | None = None
    bandwidth: GbPerS | None = None
    usable_memory_share: Annotated[Number, Field(gt=0, le=1)] | None = None
    gpu_only: bool = False
    gpu_hour_usd: Usd | None = None
    kwh_usd: Usd = 0.15
    purchase_usd: Usd | None = None
    years: Annotated[Number, Field(gt=0, le=50)] = 4.0
    power_w: Annotated[Number, Field(gt=0)] | None = None
    quantization: Annotated[Literal["any", "none", "q8", "q6", "q5", "q4", "q3", "q2"], BeforeValidator(_dashed)] = (
        "any"
    )

    license: Annotated[Literal["any", "commercial", "osi"], BeforeValidator(_dashed)] = "any"
    open_weights: bool = False
    monthly_active_users: Annotated[Count, Field(gt=0)] | None = None
    domicile: Name | None = None

    at_least: Name | None = None
    effort: Annotated[Literal["none", "low", "medium", "high", "max"] | None, BeforeValidator(_dashed)] = None
    min_score: Annotated[dict[str, NotNegative], BeforeValidator(_pairs)] = Field(default_factory=dict)

    optimize: Annotated[Literal["balanced", "quality", "cost", "latency"], BeforeValidator(_dashed)] = "balanced"
    weight: Annotated[dict[CriterionName, NotNegative], BeforeValidator(_pairs)] = Field(default_factory=dict)

    as_of: Annotated[date, BeforeValidator(day)] = Field(default_factory=date.today)
    horizon_months: Annotated[Count, Field(ge=0, le=600)] = 0
    strict: bool = False
    allow_unknown: bool = False
    policy: Annotated[Literal["default", "document"], BeforeValidator(_dashed)] = "default"

    @property
    def monthly_requests(self) -> int | None:
        """Requests per month; a day's volume counts 365/12 times."""
        if self.requests_per_month is not None or self.requests_per_day is None:
            return self.requests_per_month
        return round(self.requests_per_day * 365 / 12)

    @property
    def coarsest(self) -> str:
        """The coarsest quantisation allowed."""
        return DEFAULT_COARSEST if self.quantization == "any" else self.quantization


def parse(values: Mapping[str, Any], origin: str = "") -> Requirements:
    """Requirements from names and raw values; raises LlmselectError (exit 2) that names each bad one.

    `origin` says where the values stood, such as the profile's path.
    """
    try:
        return Requirements.model_validate(dict(values))
    except ValidationError as error:
        raise _usage_error(error, origin) from None


def merge(flags: Mapping[str, Any], environment: Mapping[str, str], profile: Mapping[str, Any]) -> Requirements:
    """Flags over environment over profile over defaults; None and empty flags count as not given."""
    given = {name: value for name, value in flags.items() if not _absent(value)}
    env = {
        name: environment[key]
        for name in Requirements.model_fields
        if (key := ENVIRONMENT_PREFIX + name.upper()) in environment
    }
    return parse({**profile, **env, **given})


def _absent(value: Any) -> bool:
    return value is None or value is False or (isinstance(value, (tuple, list, dict)) and not value)


def flag(name: str) -> str:
    """The flag of a field: `max_ttft_ms` is `--max-ttft-ms`."""
    return "--" + name.replace("_", "-")


def _usage_error(error: ValidationError, origin: str) -> LlmselectError:
    lines, hints = [], []
    for fault in error.errors():
        name = str(fault["loc"][0]) if fault["loc"] else ""
        text, hint = _plain(name, fault)
        lines.append(f"{origin + ': ' if origin else ''}{text}")
        hints.append(hint)
    hint = next((hint for hint in hints if hint), "See `llmselect recommend --help` for the values.")
    return LlmselectError("bad-value", "; ".join(dict.fromkeys(lines)), hint)


def _plain(name: str, fault: Any) -> tuple[str, str]:
    """One fault of pydantic in a user's words, and a way out."""
    if fault["type"] == "extra_forbidden":
        matches = close_matches(name, Requirements.model_fields)
        return f"unknown field {name!r}", f"Did you mean {' or '.join(matches)}?" if matches else ""
    word = fault["input"]
    if fault["type"] == "literal_error":
        allowed = allowed_values(name, fault)
        matches = close_matches(str(word), allowed)
        hint = f"Did you mean {' or '.join(matches)}? " if matches else ""
        return f"{flag(name)}: {shown(word)} is not one of {', '.join(allowed)}", hint.strip()
    message = str(fault["msg"]).removeprefix("Value error, ")
    if fault["type"] == "value_error":
        return f"{flag(name)}: {message}", ""
    return f"{flag(name)}: {shown(word)}: {message[0].lower()}{message[1:]}", ""


def allowed_values(name: str, fault: Any = None) -> list[str]:
    """The values that a field with a fixed choice takes."""
    if name == "weight":
        return list(get_args(CriterionName))
    if fault is not None and "expected" in fault.get("ctx", {}):
        return [part.strip(" '") for part in str(fault["ctx"]["expected"]).replace(" or ", ",").split(",")]
    return []
