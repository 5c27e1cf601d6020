"""Rental prices from a CSV file: dated, known and sensible ones join the history; the others are counted."""

from datetime import date
from pathlib import Path

import pytest

from llmselect.catalog.checks.run import check
from llmselect.catalog.load import load
from llmselect.catalog.refresh.rentals import refresh_rentals
from llmselect.catalog.refresh.run import Report
from llmselect.catalog.schema import Rental
from llmselect.errors import LlmselectError

HEAD = "provider,gpu,gpus,usd_per_gpu_hour,as_of,source\n"
URL = "https://rents.test/prices"
TODAY = date(2026, 11, 23)


def _refresh(folder: Path, *lines: str, head: str = HEAD) -> Report:
    raw = (head + "".join(f"{line}\n" for line in lines)).encode()
    return refresh_rentals(load(folder), raw, "rents.csv", folder, dry_run=False)


def _of(folder: Path, device: str) -> list[Rental]:
    return [row for row in load(folder).hardware.rentals if row.device == device]


def test_prices_join_the_history(small_copy: Path) -> None:
    report = _refresh(
        small_copy,
        f"Rent One,HOME_24gb,1,0.5,2026-11-20,{URL}",
        f"Rent One,chips home,1,0.5,2026-11-22,{URL}",
        f"Rent Two,Big,8,3.5,2026-11-21,{URL} page 2",
        f"Rent One,mid-48gb,1,1,2026-11-19,{URL}",
    )
    assert (report.left_out, report.held) == ({}, tuple(report.held))
    old, new = _of(small_copy, "home-24gb")
    assert (old.to, old.usd_per_gpu_hour) == (date(2026, 11, 19), 0.4)
    assert (new.from_, new.checked, new.usd_per_gpu_hour) == (date(2026, 11, 20), date(2026, 11, 22), 0.5)
    assert new.source == ("rent-rents-test-2026-11-20", "rent-rents-test-2026-11-22")
    (mid,) = _of(small_copy, "mid-48gb")
    assert (mid.from_, mid.checked, mid.source) == (
        date(2024, 1, 1),
        date(2026, 11, 19),
        ("rentals", "rent-rents-test-2026-11-19"),
    )
    assert [row.gpus for row in _of(small_copy, "big-80gb")] == [2, 8]
    assert load(small_copy).hardware.sources["rent-rents-test-2026-11-21"].locator == "page 2"
    assert [(row.model, row.before, row.after) for row in report.changes] == [
        ("1x home-24gb", "0.4", "0.5"),
        ("8x big-80gb", "none", "3.5"),
    ]
    assert check(small_copy, TODAY) == []


def test_a_second_run_changes_no_byte(small_copy: Path) -> None:
    lines = [f"Rent One,home-24gb,1,0.5,2026-11-20,{URL}", f"A Rent,Big,1,4,2026-11-20,{URL}"]
    assert _refresh(small_copy, *lines).files == ("hardware.yaml",)
    before = (small_copy / "hardware.yaml").read_bytes()
    again = _refresh(small_copy, *reversed(lines))
    assert (again.files, again.changes) == ((), ())
    assert (small_copy / "hardware.yaml").read_bytes() == before


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (f"R,Big,1,2,undated,{URL}", "undated"),
        (f"R,Big,1,2,,{URL}", "undated"),
        (f"R,Big,1,2,9999-99-99,{URL}", "undated"),
        (f"R,Big,1,2,2999-01-01,{URL}", "a day that is not between 2015 and today"),
        (f"R,Huge,1,2,2026-11-01,{URL}", "an unknown GPU"),
        (f"R,,1,2,2026-11-01,{URL}", "an unknown GPU"),
        (f",Big,1,2,2026-11-01,{URL}", "no provider"),
        (f"R,Big,0,2,2026-11-01,{URL}", "no number of GPUs"),
        (f"R,Big,1.5,2,2026-11-01,{URL}", "no number of GPUs"),
        (f"R,Big,9999,2,2026-11-01,{URL}", "no number of GPUs"),
        *(
            (f"R,Big,1,{price},2026-11-01,{URL}", "a price that is not a sensible number above zero")
            for price in ("0", "-1", "nan", "inf", "1e9", "two", "", "1e-12")
        ),
        ("R,Big,1,2,2026-11-01,a friend", "a source without an address"),
        ("R,Big,1,2,2026-11-01", "a source without an address"),
        ("R,Big,1,2,2026-11-01,http://plain.test/", "a source without an address"),
    ],
)
def test_what_cannot_be_used_is_counted(small_copy: Path, line: str, reason: str) -> None:
    before = (small_copy / "hardware.yaml").read_bytes()
    report = _refresh(small_copy, line)
    assert (report.left_out, report.files) == ({reason: 1}, ())
    assert (small_copy / "hardware.yaml").read_bytes() == before


def test_other_columns_may_stand_beside(small_copy: Path) -> None:
    head = "kind," + HEAD
    report = _refresh(
        small_copy, f"spot,R,Big,1,2,2026-11-01,{URL}", f"rental,R,Big,1,2,2026-11-01,{URL}",
        f"rental,R,Big,1,3,2026-11-01,{URL}", head=head,
    )  # fmt: skip
    assert report.left_out == {"not a rental": 1, "dearer than another line of the same day": 1}
    assert [row.usd_per_gpu_hour for row in _of(small_copy, "big-80gb") if row.gpus == 1] == [2]


def test_a_repository_is_an_address(small_copy: Path) -> None:
    _refresh(small_copy, 'R,Big,1,2,2026-11-01,"me/prices data/gpu.csv@00148f2af3 (row 5)"')
    sources = load(small_copy).hardware.sources
    assert sources["rent-github-com-2026-11-01"].url == "https://github.com/me/prices/blob/00148f2af3/data/gpu.csv"


@pytest.mark.parametrize("price", ["1.2", "0.13"])
def test_what_is_suspicious_is_held_back(small_copy: Path, price: str) -> None:
    report = _refresh(small_copy, f"Rent One,home-24gb,1,{price},2026-11-20,{URL}")
    assert {held.why for held in report.held if held.model == "home-24gb"} == {
        f"usd_per_gpu_hour moved from 0.4 to {price}, by a factor of three or more"
    }
    assert {held.why for held in report.held if held.model != "home-24gb"} == {"its row has vanished from the file"}
    assert len(_of(small_copy, "home-24gb")) == 1


def test_older_prices_do_not_rewrite_newer_ones(small_copy: Path) -> None:
    _refresh(small_copy, f"Rent One,home-24gb,1,0.5,2026-11-20,{URL}")
    report = _refresh(small_copy, f"Rent One,home-24gb,1,0.45,2026-11-18,{URL}", f"Rent One,Big,2,3,2026-11-17,{URL}")
    assert report.changes == ()
    assert [row.usd_per_gpu_hour for row in _of(small_copy, "home-24gb")] == [0.4, 0.5]


@pytest.mark.parametrize(
    "raw", [b"", b"a,b\n1,2\n", HEAD.encode(), b"\xff\xfe", HEAD.encode() + b'"' + b"x" * 200_000, b"\x00"]
)
def test_what_is_no_such_file_is_refused(small_copy: Path, raw: bytes) -> None:
    with pytest.raises(LlmselectError) as caught:
        refresh_rentals(load(small_copy), raw, "rents.csv", small_copy, dry_run=False)
    assert caught.value.code == "bad-rentals-file"


def test_a_user_gets_a_layer(user: Path, folder: Path) -> None:
    raw = f"{HEAD}Rent One,home-24gb,1,0.5,2026-11-20,{URL}\n".encode()
    report = refresh_rentals(load(own=False), raw, "rents.csv", user, dry_run=False)
    assert report.files == ("hardware.yaml",)
    catalog = load()
    assert [row.usd_per_gpu_hour for row in catalog.hardware.rentals if row.device == "home-24gb"] == [0.4, 0.5]
    assert len(catalog.hardware.rentals) == 4
    assert refresh_rentals(load(own=False), raw, "rents.csv", user, dry_run=False).files == ()
    hardware = folder / "hardware.yaml"  # the catalogue learns of a newer price
    hardware.write_text(
        hardware.read_text().replace(
            "0.4, from: 2024-01-01, checked: 2026-11-18", "0.6, from: 2024-01-01, checked: 2026-11-22"
        )
    )
    assert [row.usd_per_gpu_hour for row in load().hardware.rentals if row.device == "home-24gb"] == [0.6]
