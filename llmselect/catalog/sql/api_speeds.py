"""The table of speeds of models at hosts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from llmselect.catalog.names.hosts import own_host
from llmselect.catalog.sql.table import Row, days, row_of

if TYPE_CHECKING:
    from llmselect.catalog.schema import HostedFile


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiSpeedRow(Row):
    """How fast a model answered at a host, as it was `published` by others or `claimed` by the host until a day.

    `ttft_s` is the time to the first token where nothing is thought before it.
    """

    table: ClassVar[str] = "api_speeds"

    speed_no: int | None = None
    model: str
    host: str
    evidence: str
    decode_tok_s: float
    ttft_s: float | None
    seen_date: str
    seen_day: int
    source: str


def api_speed_rows(file: HostedFile) -> Iterator[Row]:
    """Every speed; those that name no host are of the one that the model's developer runs."""
    for row in file.speeds:
        yield row_of(ApiSpeedRow, row, host=row.host or own_host(row.model), **days(seen=row.date))
