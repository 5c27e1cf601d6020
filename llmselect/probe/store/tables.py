"""The tables of own speeds, with the conditions that make a value valid.

A column's condition is a CHECK constraint, so SQLite refuses rows that violate it. It is checked again when rows are
read, so that rows changed by hand or by a disk fault are reported and skipped. Columns are named like the records'
fields; an interval takes three columns: `x_low`, `x`, `x_high`.
"""

from typing import NamedTuple

APPLICATION_ID = 0x6C6C6D73  # "llms", in the file's header
FORMAT = 2  # format 1 was a JSON file for each machine

NUMBER = "typeof({0}) IN ('real', 'integer') AND {0} BETWEEN 0 AND 1e18"
COUNT = "typeof({0}) = 'integer' AND {0} BETWEEN 0 AND 1000000000000"
SPREAD = "typeof({0}) IN ('real', 'integer') AND {0} BETWEEN 1 AND 1e6"
TEXT = "typeof({0}) = 'text' AND length({0}) <= 1000"
NAME = "typeof({0}) = 'text' AND length({0}) BETWEEN 1 AND 1000"
DAY = (
    "typeof({0}) = 'text' AND {0} GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]' "
    "AND coalesce(date(julianday({0})) = {0}, 0)"
)
EVIDENCE = "{0} IN ('measured', 'estimated')"
INTERVAL = (
    "{0} IS NULL AND {0}_low IS NULL AND {0}_high IS NULL OR typeof({0}_low) IN ('real', 'integer') AND "
    "typeof({0}) IN ('real', 'integer') AND typeof({0}_high) IN ('real', 'integer') AND "
    "{0}_low >= 0 AND {0}_low <= {0} AND {0} <= {0}_high AND {0}_high <= 1e18"
)


class Column(NamedTuple):
    """A column's name, its SQL type and the condition for its values (with `{0}` for the name)."""

    name: str
    type: str
    check: str = "1"
    optional: bool = False

    def condition(self) -> str:
        """The condition in SQL; it is false, not NULL, for invalid values."""
        check = self.check.format(self.name)
        return f"{self.name} IS NULL OR coalesce({check}, 0)" if self.optional else f"coalesce({check}, 0)"


class Table(NamedTuple):
    """A table's name, the name of its row number, its columns, and the key columns that identify a row."""

    name: str
    number: str
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ()


def _interval(name: str) -> tuple[Column, ...]:
    return Column(f"{name}_low", "REAL"), Column(name, "REAL", INTERVAL), Column(f"{name}_high", "REAL")


def _numbers(*names: str) -> tuple[Column, ...]:
    return tuple(Column(name, "REAL", NUMBER) for name in names)


_RUN_NO = Column("run_no", "INTEGER")
_MEASURED_ON = Column("measured_on", "TEXT", DAY)

MACHINES = Table(
    "machines",
    "machine_no",
    (
        Column("machine", "TEXT", NAME),
        Column("cpu", "TEXT", TEXT),
        Column("cores", "INTEGER", COUNT),
        Column("ram_gib", "REAL", NUMBER),
        Column("gpus", "TEXT", TEXT),  # JSON: a list of [name, GiB of memory]
    ),
    ("machine",),
)
RUNS = Table(
    "runs",
    "run_no",
    (
        Column("machine", "TEXT", NAME, optional=True),  # NULL: a host's
        *(Column(name, "TEXT", TEXT) for name in ("command", "runtime", "build", "versions", "disturbances")),
        *_numbers("seconds"),
        Column("ran_on", "TEXT", DAY),
    ),
)
RATES = Table(
    "rates",
    "rate_no",
    (
        _RUN_NO,
        Column("machine", "TEXT", NAME),
        *(Column(name, "TEXT", NAME) for name in ("device", "runtime", "build", "precision")),
        *_numbers("step_overhead_s", "layer_overhead_s", "read_gb_s", "expert_read_gb_s", "attention_s"),
        *_numbers("prefill_tflops", "expert_prefill_tflops"),
        Column("decode_spread", "REAL", SPREAD),
        Column("prefill_spread", "REAL", SPREAD),
        Column("evidence", "TEXT", EVIDENCE),
        *_numbers("sequence_s", "first_token_s", "stall_share", "queue_spread", "layout_s", "lookup_s"),
        _MEASURED_ON,
    ),
    ("machine", "device", "runtime", "build", "precision"),
)
MEASUREMENTS = Table(
    "measurements",
    "measurement_no",
    (
        _RUN_NO,
        Column("machine", "TEXT", NAME, optional=True),  # NULL: a host's
        Column("model", "TEXT", NAME),
        Column("host", "TEXT", NAME),
        Column("runtime", "TEXT", NAME, optional=True),
        Column("quantization", "TEXT", NAME, optional=True),
        Column("prompt_tokens", "INTEGER", COUNT, optional=True),
        Column("depth_tokens", "INTEGER", COUNT),
        Column("concurrency", "INTEGER", COUNT),
        *_interval("decode_tok_s"),
        *_interval("prefill_tok_s"),
        *_interval("ttft_ms"),
        _MEASURED_ON,
        Column("origin", "TEXT", TEXT),
    ),
    ("machine", "model", "host", "runtime", "quantization", "prompt_tokens", "depth_tokens", "concurrency"),
)
CARRIED_OVER = Table(  # the JSON files of format 1 that have been read
    "carried_over", "file_no", (Column("file", "TEXT", NAME), Column("sha256", "TEXT", NAME))
)
ALL = (MACHINES, RUNS, RATES, MEASUREMENTS, CARRIED_OVER)


def create(table: Table) -> str:
    """The CREATE TABLE statement; constraints are named after their columns."""
    columns = ", ".join(
        f'{one.name} {one.type} CONSTRAINT "{one.name}" CHECK ({one.condition()})' for one in table.columns
    )
    return f"CREATE TABLE {table.name} ({table.number} INTEGER PRIMARY KEY AUTOINCREMENT, {columns})"


def insert(table: Table) -> str:
    """The INSERT statement, with a named parameter per column."""
    names = [column.name for column in table.columns]
    return f"INSERT INTO {table.name} ({', '.join(names)}) VALUES ({', '.join(f':{name}' for name in names)})"


def same_key(table: Table) -> str:
    """The condition for having the same key as a row given by named parameters."""
    return " AND ".join(f"{name} IS :{name}" for name in table.key)


def select(table: Table, where: str = "1") -> str:
    """The SELECT statement, oldest rows first; the last column, `fault`, names a row's first invalid column."""
    names = ", ".join((table.number, *(column.name for column in table.columns)))
    faults = " ".join(f"WHEN NOT ({column.condition()}) THEN '{column.name}'" for column in table.columns)
    return f"SELECT {names}, CASE {faults} END AS fault FROM {table.name} WHERE {where} ORDER BY {table.number}"
