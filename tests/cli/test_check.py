"""`check`: ids in files, when they end, in which forms, and what the exit status says."""

import csv
import io
import sys
from datetime import date
from pathlib import Path

import pytest

from llmselect.cli import check as check_module
from llmselect.scan.find import Hit, ScanResult
from llmselect.scan.judge import check_report
from llmselect.scan.names import NamedOffering
from tests.cli.conftest import Cli

DAY = ("--as-of", "2026-11-23")


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with three ids, one of them at two places; it is the working directory."""
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "app.py").write_text('import os\n\nMODEL = "giant-1"\nother = call(model="openai/giant-latest")\n')
    (folder / "deploy.yaml").write_text("model: acme/small-chat\n")
    (folder / "notes.txt").write_text("We once used giant-1 for this.\n")
    monkeypatch.chdir(folder)
    return folder


def test_each_id_that_ends_is_a_line(cli: Cli, project: Path) -> None:
    ran = cli("check", ".", *DAY, "--days", "365")
    assert ran.status == 3
    assert ran.err == ""
    lines = ran.out.splitlines()
    assert lines[0] == "app.py:3:10: giant-1: ends on 2027-06-01 at globex; globex names giant-2"
    assert lines[1].startswith("app.py:4:21: giant-latest: ends on 2027-06-01")
    assert lines[2] == (
        "2 of 3 ids in 3 files end by 2027-11-23 or have ended, 0 later, 1 without a known end (--all lists them)."
    )
    assert len(lines) == 3


@pytest.mark.parametrize(
    ("flags", "status"),
    [
        ([*DAY], 0),
        ([*DAY, "--days", "189"], 0),
        ([*DAY, "--days", "190"], 3),
        ([*DAY, "--days", "190", "--exit-zero"], 0),
        (["--as-of", "2027-06-01"], 3),
        (["--as-of", "2027-06-01", "--host", "renta"], 0),
        (["--as-of", "2027-06-01", "--host", "globex"], 3),
    ],
)
def test_the_status_says_whether_something_ends(cli: Cli, project: Path, flags: list[str], status: int) -> None:
    assert cli("check", ".", *flags).status == status


def test_what_ends_later_is_listed_but_harmless(cli: Cli, project: Path) -> None:
    ran = cli("check", "app.py", *DAY)
    assert (ran.status, len(ran.out.splitlines())) == (0, 3)
    assert "0 of 2 ids in 1 file end by 2027-02-21 or have ended, 2 later" in ran.out


def test_all_lists_ids_without_an_end(cli: Cli, project: Path) -> None:
    assert "deploy.yaml" not in cli("check", ".", *DAY).out
    assert "deploy.yaml:1:8: acme/small-chat: no end known at renta\n" in cli("check", ".", *DAY, "--all").out


def test_a_folder_without_ids(cli: Cli, project: Path) -> None:
    ran = cli("check", "notes.txt", *DAY)
    assert (ran.status, ran.out) == (0, "No id of a known model in 1 file.\n")


def test_json(cli: Cli, project: Path) -> None:
    ran = cli("check", ".", "--as-of", "2027-07-01", "--json")
    assert ran.status == 3
    assert ran.json["status"] == "ok"
    data = ran.json["data"]
    assert data["ids"][0] == {
        "file": "app.py",
        "line": 3,
        "column": 10,
        "id": "giant-1",
        "model": "globex/giant-1",
        "status": "ended",
        "ends": "2027-06-01",
        "days": -30,
        "host": "globex",
        "replacement": "giant-2",
        "others": {},
    }
    assert data["counts"] == {"files": 3, "too_large": 0, "ids": 3, "ended": 2, "soon": 2, "no_end_known": 1}
    assert (data["as_of"], data["days"], data["until"]) == ("2027-07-01", 90, "2027-09-29")
    everything = cli("check", ".", "--as-of", "2027-07-01", "--all", "--json").json["data"]["ids"]
    assert [row["status"] for row in everything] == ["ended", "ended", "no-end-known"]


def test_csv(cli: Cli, project: Path) -> None:
    rows = list(csv.DictReader(io.StringIO(cli("check", ".", *DAY, "--all", "--format", "csv").out)))
    assert [(row["file"], row["line"], row["status"]) for row in rows] == [
        ("app.py", "3", "ends"),
        ("app.py", "4", "ends"),
        ("deploy.yaml", "1", "no-end-known"),
    ]
    assert rows[2]["other_hosts"] == "renta"


@pytest.mark.parametrize(
    ("flags", "level"),
    [
        (["--as-of", "2027-07-01"], "error"),
        (["--as-of", "2027-05-01"], "warning"),
        ([*DAY], "notice"),
    ],
)
def test_annotations(cli: Cli, project: Path, flags: list[str], level: str) -> None:
    first = cli("check", ".", *flags, "--format", "github").out.splitlines()[0]
    assert first.startswith(f"::{level} file=app.py,line=3,col=10,title=giant-1 end")
    assert "::giant-1: " in first


def test_annotations_escape_what_is_special(cli: Cli, project: Path) -> None:
    (project / "100%,a.py").write_text('model = "giant-1"\n')
    assert "file=100%25%2Ca.py,line=1" in cli("check", "100%,a.py", *DAY, "--format", "github").out


def _hit(*named: NamedOffering) -> ScanResult:
    return ScanResult((Hit("a.py", 1, 1, "m-1", named),), 1, 0)


FIRST, LAST = (
    NamedOffering("beta", "x/m", date(2026, 1, 1), "n-1"),
    NamedOffering("alpha", "x/m", date(2027, 1, 1), None),
)
ENDLESS = NamedOffering("gamma", "x/m", None, None)


@pytest.mark.parametrize(
    ("host", "ends", "others"),
    [
        (None, "2026-01-01", {"alpha": "2027-01-01", "gamma": None}),
        ("alpha", "2027-01-01", {"beta": "2026-01-01", "gamma": None}),
        ("gamma", None, {"alpha": "2027-01-01", "beta": "2026-01-01", "gamma": None}),
    ],
)
def test_the_earliest_end_decides_unless_a_host_is_named(
    host: str | None, ends: str | None, others: dict[str, str | None]
) -> None:
    (row,) = check_report(_hit(LAST, FIRST, ENDLESS), date(2026, 11, 23), 90, host).ids
    assert (row.ends, row.others) == (ends, others)


def test_a_terminal_sees_progress(cli: Cli, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    monkeypatch.setattr(check_module, "FILES_PER_STEP", 2)
    ran = cli("check", ".", *DAY)
    assert ran.err == "\r\x1b[K2 files, 3 ids\r\x1b[K3 files, 3 ids\r\x1b[K"
    assert "in 3 files" in ran.out


def test_large_files_are_counted(cli: Cli, project: Path) -> None:
    (project / "data.json").write_text('"giant-1"\n' + " " * 3 * 2**20)
    assert "passed over as too large: 1 file" in cli("check", "data.json", *DAY).out
