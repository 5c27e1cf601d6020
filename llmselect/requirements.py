"""What a user needs: one frozen type for flags, profile files, environment and the Python API."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Literal, NoReturn, Self, dataclass_transform, get_args

from llmselect.catalog.names.values import plain
from llmselect.catalog.words import Capability, CriterionName, Modality, TaskName
from llmselect.errors import LlmselectError, close_matches
from llmselect.fields import (
    Reader,
    UnknownWordError,
    boolean,
    bounded,
    choice,
    each,
    not_negative,
    pairs,
    positive_count,
    text,
    word,
)
from llmselect.quantities import (
    count,
    daily,
    day,
    gb_per_s,
    gib,
    milliseconds,
    monthly,
    number,
    seconds,
    share,
    tokens_per_s,
    usd,
    usd_per_month,
    watts,
)

QUANTIZATION_LEVELS = ("none", "q8", "q6", "q5", "q4", "q3", "q2")
DEFAULT_COARSEST = "q4"
ENVIRONMENT_PREFIX = "LLMSELECT_"
Place = Literal["api", "managed", "self-host", "any"]


@dataclass_transform(kw_only_default=True, frozen_default=True)
class Fields:
    """A frozen record whose values are read by `READERS`; what is not given is the class's default."""

    model_fields_set: frozenset[str]

    def __init__(self, **given: Any) -> None:
        values = _read(given)
        self.__dict__.update({"as_of": date.today(), **values, "model_fields_set": frozenset(values)})

    def __setattr__(self, name: str, value: Any) -> NoReturn:
        raise AttributeError(f"{type(self).__name__} is frozen")

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Fields) and self.model_dump() == other.model_dump()

    def __repr__(self) -> str:
        given = ", ".join(f"{name}={getattr(self, name)!r}" for name in READERS if name in self.model_fields_set)
        return f"{type(self).__name__}({given})"

    def model_copy(self, *, update: Mapping[str, Any]) -> Self:
        """The same with some fields changed, which are not read anew."""
        other = object.__new__(type(self))
        changed = {**self.__dict__, **update, "model_fields_set": self.model_fields_set | set(update)}
        other.__dict__.update(changed)
        return other

    def model_dump(self, mode: Literal["python", "json"] = "python") -> dict[str, Any]:
        """Every field by name; for JSON with lists for tuples and dates as text."""
        values = {name: getattr(self, name) for name in READERS}
        return values if mode == "python" else {name: _plain(value) for name, value in values.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return list(value)
    return value.isoformat() if isinstance(value, date) else value


class Requirements(Fields):
    """What the answer must satisfy and what it should prefer. Every field has the name of its flag.

    Units: `*_tokens` tokens per request, `vram` GiB per device, `ram` GiB, `bandwidth` GB/s,
    `budget` USD per month, `gpu_hour_usd` USD per GPU and hour, `kwh_usd` USD per kWh, `purchase_usd` USD per
    machine, `power_w` W per device.
    Raises LlmselectError (exit 2) that names each value that cannot be read.
    """

    task: TaskName = "conversation"
    compute: Literal["high", "medium", "low"] | None = None
    response_time: Literal["real-time", "batch"] | None = None
    domain: Literal["general", "specific"] | None = None

    modality_in: tuple[Modality, ...] = ()
    modality_out: tuple[Modality, ...] = ()
    language: tuple[str, ...] = ()
    context_tokens: int | None = None
    prompt_tokens: int | None = None
    output_tokens: int | None = None

    needs: tuple[Capability, ...] = ()

    requests_per_month: int | None = None
    requests_per_day: int | None = None
    cached_share: float = 0.0
    batch_share: float | None = None
    peak_share: float = 0.0
    peak_to_mean: float = 2.0
    hours_per_day: float = 24.0
    spare_machines: int = 0
    verbosity: Literal["own", "equal"] = "own"
    budget: float | None = None
    concurrency: int = 1

    max_ttft_ms: float | None = None
    min_tok_s: float | None = None
    max_latency_s: float | None = None

    deployment: tuple[Place, ...] = ("any",)
    host: tuple[str, ...] = ()
    offline: bool = False
    region: str | None = None
    privacy: Literal["any", "no-training", "zero-retention", "vpc", "on-prem"] = "any"

    hardware: str | None = None
    gpu: str | None = None
    gpus: int = 1
    vram: float | None = None
    ram: float | None = None
    bandwidth: float | None = None
    usable_memory_share: float | None = None
    gpu_only: bool = False
    gpu_hour_usd: float | None = None
    kwh_usd: float = 0.15
    purchase_usd: float | None = None
    years: float = 4.0
    power_w: float | None = None
    quantization: Literal["any", "none", "q8", "q6", "q5", "q4", "q3", "q2"] = "any"

    license: Literal["any", "commercial", "osi"] = "any"
    open_weights: bool = False
    monthly_active_users: int | None = None
    domicile: str | None = None

    at_least: str | None = None
    effort: Literal["none", "low", "medium", "high", "max"] | None = None
    min_score: Mapping[str, float] = {}

    optimize: Literal["balanced", "quality", "cost", "latency"] = "balanced"
    weight: Mapping[CriterionName, float] = {}

    as_of: date = date.min  # today, unless given
    horizon_months: int = 0
    strict: bool = False
    allow_unknown: bool = False
    policy: Literal["default", "document"] = "default"

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


_MONTHS_MOST, _GPUS_MOST = 600, 64
_MODALITIES = each(choice(*get_args(Modality)))
_WORDS = each(word)
_MONEY = bounded(usd, least=0)
_SHARE = bounded(share, least=0, most=1)
_TIMES_MOST, _SPARE_MOST, _YEARS_MOST = 1000, 1000, 50
READERS: dict[str, Reader] = {
    "task": choice(*get_args(TaskName)),
    "compute": choice("high", "medium", "low"),
    "response_time": choice("real-time", "batch"),
    "domain": choice("general", "specific"),
    "modality_in": _MODALITIES,
    "modality_out": _MODALITIES,
    "language": _WORDS,
    "context_tokens": positive_count,
    "prompt_tokens": positive_count,
    "output_tokens": positive_count,
    "needs": each(choice(*get_args(Capability))),
    "requests_per_month": bounded(monthly, above=0),
    "requests_per_day": bounded(daily, above=0),
    "cached_share": _SHARE,
    "batch_share": _SHARE,
    "peak_share": _SHARE,
    "peak_to_mean": bounded(number, least=1, most=_TIMES_MOST),
    "hours_per_day": bounded(number, above=0, most=24),
    "spare_machines": bounded(count, least=0, most=_SPARE_MOST),
    "verbosity": choice("own", "equal"),
    "budget": bounded(usd_per_month, least=0),
    "concurrency": positive_count,
    "max_ttft_ms": bounded(milliseconds, above=0),
    "min_tok_s": bounded(tokens_per_s, above=0),
    "max_latency_s": bounded(seconds, above=0),
    "deployment": each(choice(*get_args(Place)), least=1),
    "host": _WORDS,
    "offline": boolean,
    "region": text,
    "privacy": choice("any", "no-training", "zero-retention", "vpc", "on-prem"),
    "hardware": text,
    "gpu": text,
    "gpus": bounded(count, above=0, most=_GPUS_MOST),
    "vram": bounded(gib, above=0),
    "ram": bounded(gib, above=0),
    "bandwidth": bounded(gb_per_s, above=0),
    "usable_memory_share": bounded(number, above=0, most=1),
    "gpu_only": boolean,
    "gpu_hour_usd": _MONEY,
    "kwh_usd": _MONEY,
    "purchase_usd": _MONEY,
    "years": bounded(number, above=0, most=_YEARS_MOST),
    "power_w": bounded(watts, above=0),
    "quantization": choice("any", *QUANTIZATION_LEVELS),
    "license": choice("any", "commercial", "osi"),
    "open_weights": boolean,
    "monthly_active_users": positive_count,
    "domicile": text,
    "at_least": text,
    "effort": choice("none", "low", "medium", "high", "max"),
    "min_score": pairs(word, not_negative),
    "optimize": choice("balanced", "quality", "cost", "latency"),
    "weight": pairs(choice(*get_args(CriterionName)), not_negative),
    "as_of": day,
    "horizon_months": bounded(count, least=0, most=_MONTHS_MOST),
    "strict": boolean,
    "allow_unknown": boolean,
    "policy": choice("default", "document"),
}


def parse(values: Mapping[str, Any], origin: str = "") -> Requirements:
    """Requirements from names and raw values; raises LlmselectError (exit 2) that names each bad one.

    `origin` says where the values stood, such as the profile's path.
    """
    try:
        return Requirements(**values)
    except LlmselectError as error:
        if not origin:
            raise
        message = "; ".join(f"{origin}: {part}" for part in error.message.split("; "))
        raise LlmselectError(error.code, message, error.hint) from None


def _read(given: Mapping[str, Any]) -> dict[str, Any]:
    """The values of the fields given; every fault is told at once."""
    values: dict[str, Any] = {}
    faults: dict[str, str] = {}  # what is wrong: a way out
    for name, raw in plain(given).items():
        if name not in READERS:
            matches = close_matches(str(name), READERS)
            faults[f"unknown field {name!r}"] = f"Did you mean {' or '.join(matches)}?" if matches else ""
            continue
        try:
            values[name] = None if raw is None and _may_be_absent(name) else READERS[name](raw)
        except ValueError as error:
            faults[f"{flag(name)}: {error}"] = error.hint if isinstance(error, UnknownWordError) else ""
    if faults:
        hint = next((hint for hint in faults.values() if hint), "See `llmselect recommend --help` for the values.")
        raise LlmselectError("bad-value", "; ".join(faults), hint)
    return values


def _may_be_absent(name: str) -> bool:
    return getattr(Requirements, name) is None


def merge(flags: Mapping[str, Any], environment: Mapping[str, str], profile: Mapping[str, Any]) -> Requirements:
    """Flags over environment over profile over defaults; None and empty flags count as not given."""
    given = {name: value for name, value in flags.items() if not _absent(value)}
    env = {name: environment[key] for name in READERS if (key := ENVIRONMENT_PREFIX + name.upper()) in environment}
    return parse({**profile, **env, **given})


def _absent(value: Any) -> bool:
    return value is None or value is False or (isinstance(value, (tuple, list, dict)) and not value)


def flag(name: str) -> str:
    """The flag of a field: `max_ttft_ms` is `--max-ttft-ms`."""
    return "--" + name.replace("_", "-")


def given_fields(needs: Requirements) -> dict[str, Any]:
    """The fields that were given, as data, and always the day: what `parse` reads again on whatever day."""
    values = needs.model_dump("json")
    return {name: value for name, value in values.items() if name in needs.model_fields_set or name == "as_of"}


def as_flags(needs: Requirements) -> list[str]:
    """The same as one types it: the flags that give these requirements again."""
    return [
        word
        for name, value in given_fields(needs).items()
        if not _absent(value)
        for word in _as_words(flag(name), value)
    ]


def _as_words(name: str, value: Any) -> list[str]:
    if value is True:
        return [name]
    if isinstance(value, dict):
        value = [f"{key}={_typed(item)}" for key, item in value.items()]
    if isinstance(value, list):
        return [word for item in value for word in (name, item)]
    return [name, _typed(value)]


def _typed(value: Any) -> str:
    """A value as one types it; numbers without an exponent."""
    from decimal import Decimal  # here, because few answers need it

    return f"{Decimal(repr(value)).normalize():f}" if isinstance(value, float) else str(value)
