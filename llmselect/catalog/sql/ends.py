"""Tables of ends: ids that hosts have ended, and how long before an end hosts usually make it known."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from llmselect.catalog.notices import usual_notices
from llmselect.catalog.sql.table import Row, days, row_of
from llmselect.errors import fold

if TYPE_CHECKING:
    from llmselect.catalog.schema import Catalog, EndedFile


@dataclass(frozen=True, slots=True, kw_only=True)
class EndedIdRow(Row):
    """An id that a host's API took until a day, of no offering in the catalogue. `kind` says what it was: `chat`,
    `completion`, `embedding` …; `replacement` is what the host names in its place.
    """

    table: ClassVar[str] = "ended_ids"
    indexed: ClassVar[tuple[str, ...]] = ("folded",)

    folded: str
    api_id: str
    host: str
    kind: str
    announced_date: str | None
    announced_day: int | None
    ended_date: str
    ended_day: int
    replacement: str | None
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UsualNoticeRow(Row):
    """The median days from a host's announcement of an end to that end, over so many notices."""

    table: ClassVar[str] = "usual_notices"
    derived: ClassVar[bool] = True

    host: str
    notice_days: float
    notices: int


def ended_rows(file: EndedFile) -> Iterator[Row]:
    """Every ended id."""
    for host, rows in file.ended.items():
        for row in rows:
            dated = days(announced=row.announced, ended=row.ended)
            for name in row.ids:
                yield row_of(EndedIdRow, row, folded=fold(name), api_id=name, host=host, **dated)


def usual_notice_rows(catalog: Catalog) -> Iterator[Row]:
    """Every host that has given notice of an end."""
    for host, usual in sorted(usual_notices(catalog).items()):
        yield UsualNoticeRow(host=host, notice_days=usual.days, notices=usual.notices)
