"""What a user needs: one frozen record, whose fields are each defined once.

From a field's definition come its flag, its help, its key in a profile, its variable in the environment
(LLMSELECT_<FIELD>) and its place in the JSON Schema of profiles.
"""

import dataclasses
from collections.abc import Mapping
from datetime import date
from typing import Any, Literal, Self, get_args

from llmselect import quantities
from llmselect.catalog.names.codes import language, place
from llmselect.catalog.names.quantizations import find_level, weights_format
from llmselect.catalog.names.values import plain
from llmselect.catalog.words import Capability, CriterionName, Modality, TaskName
from llmselect.definition import (
    BY_NAME,
    HARDWARE,
    INPUTS,
    JUDGEMENT,
    LICENCE,
    MOST,
    PREFERENCE,
    QUESTIONS,
    SPEED,
    WHERE,
    WORKLOAD,
    Fault,
    Field,
    Origin,
    as_data,
    faults_error,
    field_of,
    in_words,
    read_values,
)
from llmselect.fields import (
    Reader,
    bounded,
    choice,
    each,
    not_negative,
    pairs,
    positive_count,
    text,
    word,
)

QUANTIZATION_LEVELS = ("none", "q8", "q6", "q5", "q4", "q3", "q2")
DEFAULT_COARSEST = "q4"
ENVIRONMENT_PREFIX = "LLMSELECT_"
Place = Literal["api", "managed", "self-host", "any"]

TIERS = "high: 2 x h100-sxm-80gb; medium: 1 x l40s; low: 1 x t4"

_CRITERIA = get_args(CriterionName)
_MONEY = bounded(quantities.usd, least=0)
_SHARE = bounded(quantities.share, least=0, most=1)
_SIZE = bounded(quantities.gib, above=0)
_WORDS = each(word)


class _NotGiven:
    def __repr__(self) -> str:
        return "<not given>"


NOT_GIVEN: Any = _NotGiven()


def _asks(
    group: str,
    help: str,
    read: Reader | None = None,
    metavar: str = "",
    *,
    unit: str = "",
    default: Any = None,
    otherwise: str = "",
) -> Any:
    """A field of `Requirements`: the attributes of `Field`, but for what its name and type say."""
    told = {"group": group, "help": help, "read": read, "metavar": metavar, "unit": unit, "default": default}
    return dataclasses.field(default=NOT_GIVEN, metadata={"definition": {**told, "otherwise": otherwise}})


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Requirements:
    """What the answer must satisfy and what it should prefer. Every field has the name of its flag.

    `FIELDS` has the unit of each. A value may also be given as people write it, such as `vram="24GiB"`.
    Raises LlmselectError (exit 2) that names each value that cannot be read.
    """

    task: TaskName = _asks(
        QUESTIONS, f"What it is for: {', '.join(get_args(TaskName))}.", metavar="TASK", default="conversation"
    )
    compute: Literal["high", "medium", "low"] | None = _asks(
        QUESTIONS, f"Tier of the machine ({TIERS}); named hardware goes before it.", otherwise="medium"
    )
    response_time: Literal["real-time", "batch"] | None = _asks(
        QUESTIONS, "Whether somebody waits; real-time excludes what is slower than reading."
    )
    domain: Literal["general", "specific"] | None = _asks(
        QUESTIONS, "Whether it must learn a field; specific scores how well a model adapts."
    )

    gpu: str | None = _asks(
        MOST, 'GPU at hand, such as "RTX 3090"; case, spaces and dashes do not matter.', text, "NAME"
    )
    hardware: str | None = _asks(
        MOST, "Machine at hand: auto detects this one; cpu; a device; or a YAML file that describes it.",
        text, "auto|NAME|FILE",
    )  # fmt: skip
    deployment: tuple[Place, ...] = _asks(
        MOST, "Kinds of access; others are excluded. Repeatable.", each(choice(*get_args(Place)), least=1),
        default=("any",),
    )  # fmt: skip
    requests_per_month: int | None = _asks(
        MOST, "Volume; turns cost into a monthly bill and excludes machines that are too slow.",
        bounded(quantities.monthly, above=0), "N", unit="requests per month", otherwise="cost per 1,000 requests",
    )  # fmt: skip
    budget: float | None = _asks(
        MOST,
        "Most to pay in a month; dearer options are excluded.",
        bounded(quantities.usd_per_month, least=0),
        "USD",
        unit="USD per month",
    )
    license: Literal["any", "commercial", "osi"] = _asks(
        MOST, "Terms that are needed; an option whose terms are others, or unknown, is excluded.", default="any"
    )
    context_tokens: int | None = _asks(
        MOST, "Tokens of prompt and answer together, such as 8k; smaller windows are excluded.", positive_count, "N",
        unit="tokens", otherwise="the task's workload",
    )  # fmt: skip
    optimize: Literal["balanced", "quality", "cost", "latency"] = _asks(
        MOST, "What counts most: quality ranks what is within 3 % of the best; cost, latency weigh thrice.",
        default="balanced",
    )  # fmt: skip

    modality_in: tuple[Modality, ...] = _asks(
        INPUTS, "What it must take in, beside the task's own. Repeatable.", default=()
    )
    modality_out: tuple[Modality, ...] = _asks(
        INPUTS, "What it must give, beside the task's own. Repeatable.", default=()
    )
    language: tuple[str, ...] = _asks(
        INPUTS,
        "Natural language such as zh; unknown ones stay, marked ?. Repeatable.",
        each(language),
        "CODE",
        default=(),
    )
    prompt_tokens: int | None = _asks(
        INPUTS, "Tokens of one prompt.", positive_count, "N", unit="tokens",
        otherwise="what fills --context-tokens, or the task's workload",
    )  # fmt: skip
    output_tokens: int | None = _asks(
        INPUTS, "Tokens of one answer.", positive_count, "N", unit="tokens", otherwise="the task's workload"
    )

    needs: tuple[Capability, ...] = _asks(
        WORKLOAD, "Capabilities; what lacks one is excluded, unknown ones stay, marked ?. Repeatable.", default=()
    )
    requests_per_day: int | None = _asks(
        WORKLOAD, "Volume by day, in place of --requests-per-month.", bounded(quantities.daily, above=0), "N",
        unit="requests per day",
    )  # fmt: skip
    cached_share: float = _asks(
        WORKLOAD, "Share of prompt tokens that are read from the host's cache.", _SHARE, "0...1", default=0.0
    )
    batch_share: float | None = _asks(
        WORKLOAD, "Share of requests that may be deferred: billed by batch, and served outside the peak.",
        _SHARE, "0...1", otherwise="0; 1 with --response-time batch",
    )  # fmt: skip
    peak_share: float = _asks(
        WORKLOAD, "Share of other requests in the dear hours of hosts that have such.", _SHARE, "0...1", default=0.0
    )
    peak_to_mean: float = _asks(
        WORKLOAD, "Rate of requests in the busiest time over the mean; machines must hold it.",
        bounded(quantities.number, least=1, most=1000), "X", default=2.0,
    )  # fmt: skip
    hours_per_day: float = _asks(
        WORKLOAD, "Hours of a day in which requests come; rented machines run in these alone.",
        bounded(quantities.hours, above=0, most=24), "N", unit="hours", default=24.0,
    )  # fmt: skip
    spare_machines: int = _asks(
        WORKLOAD, "Machines beyond those that the peak needs, against failures.",
        bounded(quantities.count, least=0, most=1000), "N", default=0,
    )  # fmt: skip
    verbosity: Literal["own", "equal"] = _asks(
        WORKLOAD, "own counts each model's thinking; equal takes all answers to be of --output-tokens.", default="own"
    )
    concurrency: int = _asks(WORKLOAD, "Requests at the same time.", positive_count, "N", default=1)

    max_ttft_ms: float | None = _asks(
        SPEED, "Longest wait for the first token.", bounded(quantities.milliseconds, above=0), "MS", unit="milliseconds"
    )
    min_tok_s: float | None = _asks(
        SPEED,
        "Fewest tokens per second for one reader.",
        bounded(quantities.tokens_per_s, above=0),
        "N",
        unit="tokens per second",
    )
    max_latency_s: float | None = _asks(
        SPEED, "Longest wait for the whole answer.", bounded(quantities.seconds, above=0), "SECONDS", unit="seconds"
    )

    host: tuple[str, ...] = _asks(
        WHERE, "Hosts that may serve it, self for your own machine; others are excluded. Repeatable.", _WORDS, "NAME",
        default=(),
    )  # fmt: skip
    offline: bool = _asks(WHERE, "Works without a network: excludes everything but self-hosting.")
    region: str | None = _asks(
        WHERE, "Where requests must be served, such as EU or US; excludes hosts that do not say.", place, "CODE"
    )
    privacy: Literal["any", "no-training", "zero-retention", "vpc", "on-prem"] = _asks(
        WHERE, "What hosts may do with requests; excludes those that do more or do not say.", default="any"
    )

    gpus: int = _asks(HARDWARE, "Number of equal GPUs.", bounded(quantities.gpus, above=0, most=64), "N", default=1)
    vram: float | None = _asks(
        HARDWARE, "Memory of one GPU, such as 24GiB; describes a GPU that is not in the catalogue.", _SIZE, "SIZE",
        unit="GiB",
    )  # fmt: skip
    ram: float | None = _asks(
        HARDWARE, "System memory, which then counts too, such as 64GiB.", _SIZE, "SIZE", unit="GiB"
    )
    bandwidth: float | None = _asks(
        HARDWARE, "Memory bandwidth of one device, such as 1008GB/s.", bounded(quantities.gb_per_s, above=0), "RATE",
        unit="GB/s",
    )  # fmt: skip
    usable_memory_share: float | None = _asks(
        HARDWARE, "Share of the memory that a model may fill.", bounded(quantities.share, above=0, most=1), "0...1",
        otherwise="0.92 of a GPU, 0.75 of unified or system memory",
    )  # fmt: skip
    gpu_only: bool = _asks(HARDWARE, "Excludes what does not fit in GPU memory.")
    gpu_hour_usd: float | None = _asks(
        HARDWARE,
        "Your own price of a GPU-hour, in place of electricity.",
        bounded(quantities.usd_per_hour, least=0),
        "USD",
        unit="USD per GPU and hour",
    )
    kwh_usd: float = _asks(
        HARDWARE,
        "Price of electricity for owned hardware.",
        bounded(quantities.usd_per_kwh, least=0),
        "USD",
        unit="USD per kWh",
        default=0.15,
    )
    purchase_usd: float | None = _asks(
        HARDWARE, "Price of one machine that you buy; as many as the load takes are bought.", _MONEY, "USD",
        unit="USD per machine", otherwise="it is there already",
    )  # fmt: skip
    years: float = _asks(
        HARDWARE, "Years over which a purchase is spread.", bounded(quantities.years, above=0, most=50), "N",
        unit="years", default=4.0,
    )  # fmt: skip
    power_w: float | None = _asks(
        HARDWARE, "Power that one device draws at work, in place of its rated one.", bounded(quantities.watts, above=0),
        "W", unit="watts",
    )  # fmt: skip
    quantization: str = _asks(
        HARDWARE, "Coarsest quantisation of weights that you run, as a level or a format such as Q4_K_M or AWQ; none "
        "is as released.", weights_format, "any|none|q8|q6|q5|q4|q3|q2", default="any", otherwise="any, which is q4",
    )  # fmt: skip

    open_weights: bool = _asks(LICENCE, "Excludes models whose weights are not published.")
    monthly_active_users: int | None = _asks(
        LICENCE, "Your users; licences that allow fewer are excluded.", positive_count, "N"
    )
    domicile: str | None = _asks(
        LICENCE, "Where you are at home, such as EU or KR; licences that leave it out are excluded.", place, "CODE"
    )
    at_least: str | None = _asks(LICENCE, "A model that the answer may not be weaker than at the task.", text, "MODEL")
    effort: Literal["none", "low", "medium", "high", "max"] | None = _asks(
        LICENCE, "Reasoning effort; excludes options at another one. Every scored effort competes unless given."
    )
    min_score: Mapping[str, float] = _asks(
        LICENCE, "Floor for a published score, such as mmlu=60; excludes what is lower or not known. Repeatable.",
        pairs(word, bounded(quantities.points, least=0)), "TEST=X", default={},
    )  # fmt: skip

    weight: Mapping[CriterionName, float] = _asks(
        PREFERENCE, f"Weight of {', '.join(_CRITERIA[:-1])} or {_CRITERIA[-1]}. Repeatable.",
        pairs(choice(*_CRITERIA), not_negative), "NAME=X", default={}, otherwise="the task's",
    )  # fmt: skip

    as_of: date = _asks(
        JUDGEMENT, "Day that prices, shutdowns and releases are judged by.", quantities.day, "DATE", otherwise="today"
    )
    horizon_months: int = _asks(
        JUDGEMENT, "Months that it must live on: what its host ends sooner is excluded.",
        bounded(quantities.months, least=0, most=600), "N", unit="months", default=2,
    )  # fmt: skip
    strict: bool = _asks(JUDGEMENT, "Excludes whatever could not be verified.")
    allow_unknown: bool = _asks(JUDGEMENT, "Keeps what is excluded only because a fact is unknown.")
    policy: Literal["default", "document"] = _asks(
        JUDGEMENT, "document puts the source document's own answer first; needs its four questions.", default="default"
    )

    model_fields_set: frozenset[str] = dataclasses.field(default=frozenset(), init=False, compare=False)
    found_in: Mapping[str, str] = dataclasses.field(default_factory=dict, compare=False)
    """Where each field stood that was taken from a file which nobody named."""
    window_only: bool = dataclasses.field(default=False, compare=False)
    """Whether `context_tokens` asks only for a window, as a replaced model had it, and not for prompts that fill it."""

    def __post_init__(self) -> None:
        given = {name: value for name in FIELDS if (value := getattr(self, name)) is not NOT_GIVEN}
        values, faults = read(given)
        if faults:
            raise faults_error(faults, "See help(llmselect.Requirements).")
        defaults = {name: field.default for name, field in FIELDS.items()} | {"as_of": date.today()}
        self._set({**defaults, **values, "model_fields_set": frozenset(values)})

    def _set(self, values: Mapping[str, Any]) -> None:
        for name, value in values.items():
            object.__setattr__(self, name, value)

    def __repr__(self) -> str:
        given = ", ".join(f"{name}={getattr(self, name)!r}" for name in FIELDS if name in self.model_fields_set)
        return f"{type(self).__name__}({given})"

    def model_copy(self, *, update: Mapping[str, Any]) -> Self:
        """The same with some fields changed, which are not read anew."""
        other = object.__new__(type(self))
        other._set({name: getattr(self, name) for name in self.__dataclass_fields__})
        other._set({**update, "model_fields_set": self.model_fields_set | (update.keys() & FIELDS.keys())})
        return other

    def model_dump(self, mode: Literal["python", "json"] = "python") -> dict[str, Any]:
        """Every field by name; for JSON with lists for tuples and dates as text."""
        values = {name: getattr(self, name) for name in FIELDS}
        return values if mode == "python" else {name: as_data(value) for name, value in values.items()}

    def from_file(self) -> dict[str, str]:
        """By flag, in words: what was taken from a file that nobody named."""
        values = self.model_dump("json")
        return {flag(name): f"{in_words(values[name])}, from {path}" for name, path in self.found_in.items()}

    @property
    def monthly_requests(self) -> int | None:
        """Requests per month; a day's volume counts 365/12 times."""
        if self.requests_per_month is not None or self.requests_per_day is None:
            return self.requests_per_month
        return round(self.requests_per_day * 365 / 12)

    @property
    def coarsest(self) -> str:
        """The level of the coarsest quantisation allowed."""
        return DEFAULT_COARSEST if self.quantization == "any" else find_level(self.quantization)


FIELDS: dict[str, Field] = {
    row.name: field_of(row.name, row.type, row.metadata["definition"])
    for row in dataclasses.fields(Requirements)
    if "definition" in row.metadata
}
READERS: dict[str, Reader] = {name: field.read for name, field in FIELDS.items()}


def flag(name: str) -> str:
    """The flag of a field: `max_ttft_ms` is `--max-ttft-ms`."""
    return "--" + name.replace("_", "-")


def variable(name: str) -> str:
    """The environment variable of a field: `gpus` is `LLMSELECT_GPUS`."""
    return ENVIRONMENT_PREFIX + name.upper()


TYPED = Origin(flag)
ENVIRONMENT = Origin(variable)


def read(raw: Mapping[str, Any], origin: Origin = BY_NAME) -> tuple[dict[str, Any], list[Fault]]:
    """The values of fields as people write them, and what is wrong with those that cannot be read."""
    return read_values(FIELDS, plain(raw), origin)


def parse(values: Mapping[str, Any], origin: Origin = TYPED) -> Requirements:
    """Requirements from names and raw values; raises LlmselectError (exit 2) that names each bad one.

    `origin` says how the values were named where they stood.
    """
    found, faults = read(values, origin)
    if faults:
        raise faults_error(faults)
    return Requirements(**found)


def given_fields(needs: Requirements) -> dict[str, Any]:
    """The fields that were given, as data, and always the day: what `parse` reads again on whatever day."""
    values = needs.model_dump("json")
    return {name: value for name, value in values.items() if name in needs.model_fields_set or name == "as_of"}
