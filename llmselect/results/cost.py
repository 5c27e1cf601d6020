"""What a cost plan or a priced log says. All amounts are in USD."""

from dataclasses import dataclass
from typing import Any

from llmselect.estimate.interval import Interval
from llmselect.results.base import Record, Result, figure
from llmselect.results.citations import Citation
from llmselect.results.recommendation import CatalogSummary, Exclusion

SHOWN = 5  # rows that a representation shows


@dataclass(frozen=True, slots=True)
class PriceShown(Record):
    """The price that a cost rests on: `from` and `to` bound its validity, `as_of` is when it was last checked.

    An hour's price is that of one GPU; `gpus` are rented together. `source` is empty for prices of the user's own.
    """

    input_usd_per_mtok: float | None = None
    cached_input_usd_per_mtok: float | None = None
    output_usd_per_mtok: float | None = None
    batch_input_usd_per_mtok: float | None = None
    batch_output_usd_per_mtok: float | None = None
    usd_per_gpu_hour: float | None = None
    gpus: int | None = None
    purchase_usd: float | None = None
    usd_per_kwh: float | None = None
    from_: str | None = None
    to: str | None = None
    as_of: str | None = None
    source: tuple[Citation, ...] = ()


@dataclass(frozen=True, slots=True)
class VolumeCost(Record):
    """The bill of a month at a volume; None where the machine cannot serve it."""

    requests_per_month: int
    usd_per_month: Interval | None


@dataclass(frozen=True, slots=True)
class Serving(Record):
    """How machines serve the asked volume.

    `concurrency` requests run together in a machine, whose capacity keeps the peak; `utilization` is the part of the
    time in which requests come that the machines work.
    """

    machines: Interval
    gpus: int
    concurrency: int
    requests_per_machine_and_month: Interval
    utilization: float | None


@dataclass(frozen=True, slots=True)
class CostOption(Record):
    """One way to have a model's answers, and what it costs at the asked volume.

    `id` is the option's with the provider of rented machines behind it. `quality` is in percent of the task's
    expected score. `requests_over_context` is the share of logged requests that do not fit its window.
    """

    id: str
    model: str
    name: str
    option: str
    host: str
    provider: str | None
    deployment: str
    effort: str | None
    quantization: str | None
    runtime: str | None
    hardware: str | None
    usd_per_month: Interval
    usd_per_1k_requests: Interval
    evidence: str
    output_tokens: Interval
    quality: Interval | None
    price: PriceShown
    by_volume: tuple[VolumeCost, ...]
    serving: Serving | None
    requests_over_context: float | None
    warnings: tuple[str, ...]

    def __repr__(self) -> str:
        return f"<{self}>"

    def __str__(self) -> str:
        return f"{self.id}: {figure(self.usd_per_month.value, 'USD/month')}"


@dataclass(frozen=True, slots=True)
class BreakEven(Record):
    """From the middle of `requests_per_month` on, `then` costs no more than `first`, which is cheaper below.

    Its ends are the volumes where the costs of both err in opposite ways; None where they then never meet.
    `for_good_from` is the volume from which that never turns again; None where it does or cannot be told.
    """

    first: str
    then: str
    requests_per_month: tuple[int | None, int, int | None]
    for_good_from: int | None


@dataclass(frozen=True, slots=True)
class Cheapest(Record):
    """The cheapest option from a volume on, up to where the next one begins."""

    from_requests_per_month: int
    option: str


@dataclass(frozen=True, slots=True)
class Mix(Record):
    """A share of the requests sent to the API of a hybrid, the rest to the other part; `quality` in percent.

    `usd_per_month` is None where the machines cannot serve the rest.
    """

    api_share: float
    usd_per_month: float | None
    quality: float | None


@dataclass(frozen=True, slots=True)
class Hybrid(Record):
    """A scenario: an API for a share of the requests, machines for the rest.

    `router_accuracy` is the user's word on who sends what where: 0 at random, 1 always the request that needs it.
    `cheapest` is the share at which the bill is lowest; it is never higher than that of either part alone.
    """

    api: str
    own: str
    router_accuracy: float
    asked: Mix
    cheapest: Mix
    mixes: tuple[Mix, ...]


@dataclass(frozen=True, slots=True)
class Spread(Record):
    """How a count of tokens per request is distributed."""

    mean: float
    median: int
    p95: int
    max: int


@dataclass(frozen=True, slots=True)
class LeftOut(Record):
    """Rows of a log that were not used: why, how many, and the line of the first."""

    reason: str
    rows: int
    first_line: int


@dataclass(frozen=True, slots=True)
class UsageReport(Record):
    """What a usage log held: rows used and left out, by model, and how tokens and time are distributed.

    `days` is the time between first and last request and `peak_to_mean` the busiest hour's rate over the mean; None
    where rows have no time.
    """

    file: str
    format: str
    used: int
    left_out: tuple[LeftOut, ...]
    models: dict[str, int]
    prompt_tokens: Spread
    cached_tokens: Spread
    output_tokens: Spread
    thinking_tokens: Spread
    batch_requests: int
    days: float | None
    peak_to_mean: float | None


@dataclass(frozen=True, slots=True)
class BilledModel(Record):
    """The requests of one logged model, at one host's prices: tokens and `usd` are those of the whole log.

    `name` is the logged one, `title` the catalogue's. `usd_per_month` is at the log's rate.
    """

    name: str
    model: str
    title: str
    host: str
    requests: int
    prompt_tokens: int
    cached_tokens: int
    output_tokens: int
    usd: float
    usd_per_month: float
    usd_per_1k_requests: float
    price: PriceShown
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class UnpricedModel(Record):
    """Logged requests that have no price, and why."""

    name: str
    requests: int
    reason: str


@dataclass(frozen=True, slots=True)
class LoggedBill(Result):
    """What a log costs as it is, by the prices of a day: the dearest model first. Sums are of what has a price."""

    as_of: str
    currency: str
    catalog: CatalogSummary
    assumed: dict[str, str]
    requests_per_month: int
    usd: float
    usd_per_month: float
    models: tuple[BilledModel, ...]
    unpriced: tuple[UnpricedModel, ...]
    usage: UsageReport

    def __repr__(self) -> str:
        month = figure(self.usd_per_month, "USD a month")
        return f"<LoggedBill of {self.usage.used:,} requests: {figure(self.usd, 'USD')}, {month}>"


@dataclass(frozen=True, slots=True)
class CostPlan(Result):
    """The whole answer. `omitted` counts options that qualify and are not listed."""

    requirements: dict[str, Any]
    as_of: str
    currency: str
    catalog: CatalogSummary
    assumed: dict[str, str]
    requests_per_month: int
    options: tuple[CostOption, ...]
    omitted: int
    excluded: tuple[Exclusion, ...]
    break_even: tuple[BreakEven, ...]
    cheapest: tuple[Cheapest, ...]
    hybrids: tuple[Hybrid, ...]
    usage: UsageReport | None = None
    notes: tuple[str, ...] = ()

    def __repr__(self) -> str:
        lines = [f"<CostPlan at {self.requests_per_month:,} requests a month: {len(self.options)} options"]
        lines += [f"  {row}" for row in self.options[:SHOWN]]
        lines += [f"  and {len(self.options) - SHOWN} more"] if len(self.options) > SHOWN else []
        return "\n".join(lines) + ">"
