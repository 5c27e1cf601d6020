"""Derives a workload from a usage log, for the fields that no flag gives."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from llmselect.errors import LlmselectError
from llmselect.usage.log import read_log, with_shares

if TYPE_CHECKING:
    from llmselect.catalog.schema import Catalog
    from llmselect.engine.cost.bill import LoggedModel
    from llmselect.engine.cost.logged import Logged
    from llmselect.engine.facts import Facts
    from llmselect.requirements import Requirements
    from llmselect.results.cost import LoggedBill, UsageReport

DAYS_PER_MONTH = 365 / 12
MONTH_OF_DAYS = (27.5, 31.5)  # a log that spans this many days is taken as one month
CONTEXT_SHARE = 0.95  # machines are planned for the context of this share of requests


def read_usage(path: Path, needs: "Requirements", catalog: "Catalog", progress: Callable[[float], None]) -> "Logged":
    """The log, with the shares that the user gives instead of the measured ones."""
    meant = name_resolver(catalog, needs.as_of)

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


def with_usage(logged: "Logged", needs: "Requirements") -> "Requirements":
    """The requirements completed with a log's volume, sizes and peak; given fields stay."""
    measured = {name: value for name, value in _measured(logged).items() if name not in needs.model_fields_set}
    if needs.monthly_requests is not None:
        measured.pop("requests_per_month", None)
    return needs.model_copy(update=measured)


def _measured(logged: "Logged") -> dict[str, Any]:
    total, report = logged.traffic.total, logged.report
    index = min(len(logged.lengths) - 1, int(CONTEXT_SHARE * len(logged.lengths)))
    found: dict[str, Any] = {
        "requests_per_month": monthly_requests(report),
        "prompt_tokens": max(1, round(total.prompt / total.requests)),
        "output_tokens": max(1, round((total.output - total.thinking) / total.requests)),
        "context_tokens": max(1, logged.lengths[index]),
    }
    return found | ({"peak_to_mean": max(1.0, report.peak_to_mean)} if report.peak_to_mean else {})


def usage_bill(logged: "Logged", needs: "Requirements", facts: "Facts") -> "LoggedBill":
    """The cost of a log as it is, at the named hosts or else at those of its models."""
    from llmselect.catalog.names.hosts import SELF, find_hosts
    from llmselect.engine.cost.bill import logged_bill

    hosts = tuple(host for name in needs.host for host in find_hosts(name, facts.ids("host")) if host != SELF)
    meant = name_resolver(facts.catalog, needs.as_of)
    volume = needs.monthly_requests or monthly_requests(logged.report)
    return logged_bill(logged.by_model, meant, logged.report, volume, facts, needs.as_of, hosts)


def monthly_requests(report: "UsageReport") -> int:
    """Requests per month at the log's rate; all of its requests if it spans a month or less than a day."""
    days = report.days
    if days is None or days < 1 or MONTH_OF_DAYS[0] <= days <= MONTH_OF_DAYS[1]:
        return report.used
    return round(report.used * DAYS_PER_MONTH / days)


def name_resolver(catalog: "Catalog", as_of: date) -> "Callable[[str], LoggedModel | None]":
    """A function from a logged name, such as `azure/gpt-4o`, to its model and hosts on a day.

    A fine-tuned model (`ft:…`) has prices of its own and is not in the catalogue.
    """
    from llmselect.catalog.names.models import ModelNames
    from llmselect.engine.cost.bill import LoggedModel

    names = ModelNames(catalog)

    def meant(name: str) -> "LoggedModel | None":
        if name.rpartition("/")[2].startswith("ft:"):
            return None
        try:
            found = names.find(name, as_of)
        except LlmselectError:
            return None
        return LoggedModel(found.id, found.hosts) if found.exact else None

    return meant
