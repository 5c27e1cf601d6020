"""What a check of files says: which model ids end, where, and what follows them."""

from dataclasses import dataclass, replace

from llmselect.results.base import Record, Result


@dataclass(frozen=True, slots=True)
class EndingId(Record):
    """An id in a file and when it ends: `status` is ended, ends or no-end-known, `days` from today to its end.

    `host` is the one whose end counts, `others` are the other hosts that carry the id, each with its end there.
    """

    file: str
    line: int
    column: int
    id: str
    model: str
    status: str
    ends: str | None
    days: int | None
    host: str | None
    replacement: str | None
    others: dict[str, str | None]

    def __repr__(self) -> str:
        when = f"{self.status} {self.ends} at {self.host}" if self.ends else self.status
        return f"<{self.file}:{self.line}: {self.id}, {when}>"


@dataclass(frozen=True, slots=True)
class CheckCounts(Record):
    """Files that were read and passed over as too large, ids in them; `soon` counts what has ended or ends in time."""

    files: int
    too_large: int
    ids: int
    ended: int
    soon: int
    no_end_known: int


@dataclass(frozen=True, slots=True)
class CheckReport(Result):
    """The ids that were found in files; `until` is the day by which those that matter end, `days` after `as_of`."""

    ids: tuple[EndingId, ...]
    counts: CheckCounts
    as_of: str
    days: int
    until: str

    def is_soon(self, row: EndingId) -> bool:
        """Whether an id has ended or ends within the days."""
        return row.days is not None and row.days <= self.days

    def with_an_end(self) -> "CheckReport":
        """The same without the ids of which no end is known, which are counted all the same."""
        return replace(self, ids=tuple(row for row in self.ids if row.ends is not None))

    def __repr__(self) -> str:
        found = self.counts
        return f"<CheckReport of {found.files:,} files: {found.ids:,} ids, {found.soon:,} ended or end by {self.until}>"
