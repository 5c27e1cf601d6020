"""A cost plan as CSV."""

from collections.abc import Iterator

from llmselect.render.format.csv import Rows, table_csv
from llmselect.results.cost import CostOption, CostPlan

COLUMNS = (
    "model", "name", "option", "id", "host", "provider", "deployment", "effort", "quantization", "runtime", "hardware",
    "requests_per_month", "usd_per_month", "usd_per_month_low", "usd_per_month_high", "usd_per_1k_requests",
    "evidence", "output_tokens", "quality", "input_usd_per_mtok", "output_usd_per_mtok", "cached_input_usd_per_mtok",
    "usd_per_gpu_hour", "price_from", "price_as_of", "machines", "gpus", "utilization", "warnings",
)  # fmt: skip


def plan_csv(plan: CostPlan) -> str:
    """A row per option and volume; figures of machines are given only at the requested volume."""
    return table_csv(*plan_rows(plan))


def plan_rows(plan: CostPlan) -> Rows:
    """The rows of the plan's CSV."""
    return Rows(COLUMNS, [row for option in plan.options for row in _csv_rows(option, plan.requests_per_month)])


def _csv_rows(row: CostOption, asked: int) -> Iterator[list[object]]:
    price, names = row.price, COLUMNS[:11]
    for volume in row.by_volume:
        low, value, high = volume.usd_per_month or (None, None, None)
        own = row.serving if volume.requests_per_month == asked else None
        yield [
            *(getattr(row, name) for name in names),
            *(volume.requests_per_month, value, low, high),
            value * 1000 / volume.requests_per_month if value is not None else None,
            *(row.evidence, row.output_tokens[1], row.quality[1] if row.quality else None),
            *(price.input_usd_per_mtok, price.output_usd_per_mtok, price.cached_input_usd_per_mtok),
            *(price.usd_per_gpu_hour, price.from_, price.as_of),
            *((own.machines[1], own.gpus, own.utilization) if own else (None, None, None)),
            "; ".join(row.warnings),
        ]
