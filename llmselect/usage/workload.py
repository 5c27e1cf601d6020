"""From a usage log to a workload: what the log measures stands in for what no flag says."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from llmselect.errors import LlmselectError
from llmselect.usage.log import read_log, with_shares

if TYPE_CHECKING:
    from llmselect.catalog.schema import Catalog
    from llmselect.requirements import Requirements
    from llmselect.results.cost import LoggedBill, UsageReport
    from llmselect.table.bill import Meant
    from llmselect.table.facts import Facts
    from llmselect.table.logged import Logged

DAYS_PER_MONTH = 365 / 12
MONTH_OF_DAYS = (27.5, 31.5)  # a log of such a time is one month
CONTEXT_SHARE = 0.95  # of requests whose KV cache machines are planned for


def read_usage(path: Path, needs: "Requirements", catalog: "Catalog", progress: Callable[[float], None]) -> "Logged":
    """The log, with the shares that the user states in place of its own."""
    meant = meaning(catalog, needs.as_of)

    def model_of(name: str) -> str | None:
        found = meant(name)
        return found.model if found is not None else None

    thresholds = {
        price.above_input_tokens or 0
        for host in catalog.hosts.values()
        for offering in host.offerings
        for price in offering.prices
    }
    logged = read_log(path, thresholds, model_of, progress)
    cached = needs.cached_share if "cached_share" in needs.model_fields_set else None
    shares = (cached, needs.batch_share, needs.peak_share)
    return logged._replace(
        traffic=with_shares(logged.traffic, *shares, thinking=needs.verbosity == "own"),
        by_model={name: with_shares(part, *shares, thinking=True) for name, part in logged.by_model.items()},
    )


def with_measured(logged: "Logged", needs: "Requirements") -> "Requirements":
    """The requirements with what a log measures: volume, sizes, peak; flags go before it."""
    measured = {name: value for name, value in _measured(logged).items() if name not in needs.model_fields_set}
    if needs.monthly_requests is not None:
        measured.pop("requests_per_month", None)
    return needs.model_copy(update=measured)


def _measured(logged: "Logged") -> dict[str, Any]:
    total, report = logged.traffic.total, logged.report
    place = min(len(logged.lengths) - 1, int(CONTEXT_SHARE * len(logged.lengths)))
    found: dict[str, Any] = {
        "requests_per_month": monthly(report),
        "prompt_tokens": max(1, round(total.prompt / total.requests)),
        "output_tokens": max(1, round((total.output - total.thinking) / total.requests)),
        "context_tokens": max(1, logged.lengths[place]),
    }
    return found | ({"peak_to_mean": max(1.0, report.peak_to_mean)} if report.peak_to_mean else {})


def bill_of(logged: "Logged", needs: "Requirements", facts: "Facts") -> "LoggedBill":
    """What a log cost as it is, at the hosts that are named or at those of its models."""
    from llmselect.catalog.names.hosts import SELF, find_hosts
    from llmselect.table.bill import logged_bill

    hosts = tuple(host for name in needs.host for host in find_hosts(name, facts.ids("host")) if host != SELF)
    meant = meaning(facts.catalog, needs.as_of)
    volume = needs.monthly_requests or monthly(logged.report)
    return logged_bill(logged.by_model, meant, logged.report, volume, facts, needs.as_of, hosts)


def monthly(report: "UsageReport") -> int:
    """Requests of a month at the log's rate; the log itself where it is one, or says no time."""
    days = report.days
    if days is None or days < 1 or MONTH_OF_DAYS[0] <= days <= MONTH_OF_DAYS[1]:
        return report.used
    return round(report.used * DAYS_PER_MONTH / days)


def meaning(catalog: "Catalog", as_of: date) -> "Callable[[str], Meant | None]":
    """What a logged name means on a day: a model, and the hosts of which it speaks, as in `azure/gpt-4o`.

    A fine-tuned model (`ft:…`) has prices of its own, and is none of the catalogue.
    """
    from llmselect.catalog.names.models import ModelNames
    from llmselect.table.bill import Meant

    names = ModelNames(catalog)

    def meant(name: str) -> "Meant | None":
        if name.rpartition("/")[2].startswith("ft:"):
            return None
        try:
            found = names.find(name, as_of)
        except LlmselectError:
            return None
        return Meant(found.id, found.hosts) if found.exact else None

    return meant
