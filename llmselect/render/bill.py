"""A logged bill as blocks and as CSV: the total, each model at its host, and models without a price."""

from collections.abc import Iterator

from llmselect.render.cost import price_text
from llmselect.render.cost_usage import usage_blocks
from llmselect.render.format.blocks import Block, Column, Heading, Items, Paragraph, Table
from llmselect.render.format.csv import Rows, table_csv
from llmselect.render.words import money
from llmselect.results.cost import BilledModel, LoggedBill

COLUMNS = (
    "name", "model", "title", "host", "requests", "prompt_tokens", "cached_tokens", "output_tokens", "usd",
    "usd_per_month", "usd_per_1k_requests",
)  # fmt: skip
OF_PRICES = ("input_usd_per_mtok", "cached_input_usd_per_mtok", "output_usd_per_mtok", "as_of")


def bill_csv(bill: LoggedBill) -> str:
    """A row per priced model, then a row per model without a price, with the reason."""
    return table_csv(*bill_rows(bill))


def bill_rows(bill: LoggedBill) -> Rows:
    """The rows of the bill's CSV."""
    billed = [
        [*(getattr(row, name) for name in COLUMNS), *(getattr(row.price, name) for name in OF_PRICES), None]
        for row in bill.models
    ]
    empty = dict.fromkeys((*COLUMNS, *OF_PRICES))
    unpriced = [[*{**empty, "name": row.name, "requests": row.requests}.values(), row.reason] for row in bill.unpriced]
    titles = (*COLUMNS, *(f"price_{name}" if name == "as_of" else name for name in OF_PRICES), "not_priced")
    return Rows(titles, [*billed, *unpriced])


def bill_blocks(bill: LoggedBill) -> Iterator[Block]:
    """The bill in reading order."""
    yield Paragraph(_headline(bill), strong=True)
    if bill.unpriced:
        rows = (f"{row.name or 'no name'}, {row.requests:,} requests: {row.reason}" for row in bill.unpriced)
        yield Paragraph("Without a price, and not in the sum:")
        yield Items(tuple(rows))
    if bill.assumed:
        yield Paragraph("; ".join(f"{name} {text}" for name, text in bill.assumed.items()), "Assumed")
    if bill.models:
        titles = ("requests", "prompt", "output", "log", "per month", "per 1k")
        columns = (Column("#", "right"), Column("model"), Column("at"), *(Column(title, "right") for title in titles))
        yield Table(columns, tuple(_row(number, row) for number, row in enumerate(bill.models, 1)), head=3)
        yield Paragraph("prompt, output: tokens of the log; USD of the log, of a month at its rate, per 1,000 requests")
        yield Heading("What each rests on")
        yield Items(
            tuple("; ".join((price_text(row.price), *row.warnings)) for row in bill.models),
            tuple(f"{number}." for number in range(1, len(bill.models) + 1)),
        )
    yield from usage_blocks(bill.usage, bill.requests_per_month)
    yield Paragraph(f"All amounts in {bill.currency}. Catalogue of {bill.catalog.date}, prices of {bill.as_of}.")


def _headline(bill: LoggedBill) -> str:
    if not bill.models:
        return "Nothing in this log has a known price."
    priced = sum(row.requests for row in bill.models)
    month = f"{money(bill.usd_per_month)} a month at {bill.requests_per_month:,} requests"
    rest = f" {priced:,} of {bill.usage.used:,} requests have a price." if bill.unpriced else ""
    return f"{money(bill.usd)} for the {priced:,} requests of this log, {month}.{rest}"


def _row(number: int, row: BilledModel) -> tuple[str, ...]:
    tokens = (f"{count:,}" for count in (row.requests, row.prompt_tokens, row.output_tokens))
    return (
        str(number),
        row.title,
        row.host,
        *tokens,
        *(money(usd) for usd in (row.usd, row.usd_per_month, row.usd_per_1k_requests)),
    )
