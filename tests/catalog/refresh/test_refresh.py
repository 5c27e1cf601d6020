"""A refresh brings prices and lives up to date, keeps history, holds back what is suspicious, and is idempotent."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from llmselect.catalog.checks.run import check
from llmselect.catalog.load import load
from llmselect.catalog.refresh.run import Report, refresh
from llmselect.catalog.schema import Catalog, Offering
from llmselect.catalog.status import status
from llmselect.catalog.writer import text
from llmselect.errors import LlmselectError
from tests.catalog.refresh.conftest import BEFORE, OFFERINGS, SEEN, host, offering

Make = Callable[[dict[str, Any]], bytes]
LATER = date(2026, 11, 20)


def _refresh(folder: Path, raw: bytes, seen: date = SEEN, **more: Any) -> Report:
    return refresh(load(folder), raw, "prices.json", seen, folder, dry_run=False, **more)


def _offering(folder: Path, model: str) -> Offering:
    return next(row for row in load(folder).hosts["acme"].offerings if row.model == model)


def test_a_changed_price_ends_and_the_new_one_begins(folder: Path, raw: bytes) -> None:
    report = _refresh(folder, raw)
    old, new, batch = _offering(folder, "acme/five").prices
    assert (old.from_, old.to, old.input_usd_per_mtok) == (BEFORE, date(2026, 11, 16), 1.0)
    assert (new.from_, new.to, new.checked, new.input_usd_per_mtok) == (SEEN, None, SEEN, 1.25)
    assert (new.cached_input_usd_per_mtok, new.source) == (0.125, ("litellm-2026-11-17",))
    assert (batch.batch, batch.input_usd_per_mtok, batch.output_usd_per_mtok) == (True, 0.625, 5)
    price = next(change for change in report.changes if change.model == "acme/five")
    assert (price.before, price.after) == ("none", "2026-12-11")  # its end comes first
    assert ("1 / 10", "1.25 / 10 / 0.125") in {(change.before, change.after) for change in report.changes}


def test_an_unchanged_price_is_marked_as_checked(folder: Path, changed: Make) -> None:
    _refresh(folder, changed({"gpt-4o-mini": {"cache_read_input_token_cost": None}}))
    price = _offering(folder, "acme/mini").prices[0]
    assert (price.from_, price.checked, price.to) == (BEFORE, SEEN, None)
    assert price.source == ("list", "litellm-2026-11-17")
    _refresh(folder, changed({"gpt-4o-mini": {"cache_read_input_token_cost": None}}), LATER)
    assert _offering(folder, "acme/mini").prices[0].source == ("list", "litellm-2026-11-20")


def test_tiers_are_prices_of_their_own(folder: Path, raw: bytes) -> None:
    _refresh(folder, raw)
    (tier,) = [price for price in _offering(folder, "acme/five-four").prices if price.above_input_tokens]
    assert (tier.above_input_tokens, tier.input_usd_per_mtok, tier.output_usd_per_mtok) == (272_000, 5, 22.5)


def test_an_alias_inherits_its_snapshots_end(folder: Path, raw: bytes) -> None:
    _refresh(folder, raw)
    end = _offering(folder, "acme/four-o").lifecycle.shutdown
    assert end is not None
    assert end.value == date(2027, 1, 14)


def test_what_has_ended_gets_no_new_price_and_is_not_seen_alive(folder: Path, changed: Make) -> None:
    _refresh(folder, changed({"gpt-4-0613": {"deprecation_date": "2026-11-01", "input_cost_per_token": 4e-05}}))
    row = _offering(folder, "acme/four")
    assert len(row.prices) == 1
    assert row.lifecycle.last_seen is None
    assert row.lifecycle.shutdown is not None
    again = _refresh(folder, changed({"gpt-4-0613": None}), LATER)  # nobody asks for its row any more
    assert again.held == ()


def test_a_missing_date_erases_none(folder: Path, raw: bytes, changed: Make) -> None:
    _refresh(folder, raw)
    _refresh(folder, changed({"gpt-5": {"deprecation_date": None}}), LATER)
    end = _offering(folder, "acme/five").lifecycle.shutdown
    assert end is not None
    assert end.value == date(2026, 12, 11)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"gpt-5": {"input_cost_per_token": 3e-06}}, "from 1 to 3, by a factor of three or more"),
        ({"gpt-5": {"output_cost_per_token": 3.3e-06}}, "from 10 to 3.3, by a factor"),
        ({"gpt-5": {"input_cost_per_token": 0}}, "fell from 1 to zero"),
        ({"gpt-5": None}, "has vanished"),
        ({"gpt-5": {"input_cost_per_token": "cheap"}}, "cannot be used: a price is not a number"),
        ({"gpt-5": {"deprecation_date": "9999-99-99"}}, "cannot be used: a date is impossible"),
        ({"gpt-5": {"deprecation_date": "2026-09-01"}}, "before something that happened on 2026-10-01"),
    ],
)
def test_what_is_suspicious_is_held_back(folder: Path, changed: Make, changes: dict[str, Any], why: str) -> None:
    before = _offering(folder, "acme/five")
    report = _refresh(folder, changed(changes))
    (held,) = report.held
    assert (held.host, held.model, held.key) == ("acme", "acme/five", "gpt-5")
    assert why in held.why
    after = _offering(folder, "acme/five")
    assert after.lifecycle.shutdown is None
    if "before something" not in why:
        assert after == before


def test_a_price_that_was_free_is_held_back(folder: Path, raw: bytes) -> None:
    free = offering(*OFFERINGS[4])
    free["prices"] = [{"from": BEFORE, "checked": BEFORE, "source": "list", "free": True}]
    (folder / "hosts/acme.yaml").write_text(text(host([free])))
    report = _refresh(folder, raw)
    assert "was free" in report.held[0].why
    assert report.files == ()


def test_the_hosts_own_word_on_its_end_stands(folder: Path, raw: bytes) -> None:
    told = offering(*OFFERINGS[2])
    told["lifecycle"] = {"shutdown": {"value": date(2027, 3, 1), "source": "list"}}
    (folder / "hosts/acme.yaml").write_text(text(host([told])))
    report = _refresh(folder, raw)
    assert "ends it on 2026-12-11, list on 2027-03-01" in report.held[0].why
    end = _offering(folder, "acme/five").lifecycle.shutdown
    assert end is not None
    assert end.value == date(2027, 3, 1)
    assert len(_offering(folder, "acme/five").prices) == 3


@pytest.mark.parametrize(("listed", "kept"), [(date(2026, 12, 11), date(2026, 6, 11)), (date(2027, 3, 1), None)])
def test_the_announcement_is_of_one_end(user: Path, raw: bytes, folder: Path, listed: date, kept: date | None) -> None:
    """Another end than the one that was announced has another announcement, which the price file does not know."""
    told = offering(*OFFERINGS[2])
    dates = {"announced": date(2026, 6, 11), "shutdown": listed}
    told["lifecycle"] = {name: {"value": day, "source": "tracker"} for name, day in dates.items()}
    tracker = {"url": "https://t.test/", "title": "A tracker", "kind": "third-party", "retrieved": BEFORE}
    (folder / "hosts/acme.yaml").write_text(text(host([told], tracker=tracker)))
    refresh(load(own=False), raw, "prices.json", SEEN, user, dry_run=False)
    life = load().hosts["acme"].offerings[0].lifecycle
    assert life.shutdown is not None
    assert life.shutdown.value == date(2026, 12, 11)
    assert (life.announced.value if life.announced else None) == kept


def _promising(folder: Path, developer: str, **lifecycle: Any) -> None:
    """The host `acme`, which lists for a developer's models the earliest day of an end."""
    row = {
        **offering(*OFFERINGS[2]),
        "lifecycle": {name: {"value": day, "source": "list"} for name, day in lifecycle.items()},
    }
    record = {**host([row]), "earliest_ends": {"value": [developer], "source": "list"}}
    (folder / "hosts/acme.yaml").write_text(text(record))


def test_a_day_before_which_nothing_ends_is_no_end(folder: Path, raw: bytes) -> None:
    _promising(folder, "acme")
    report = _refresh(folder, raw)
    life = _offering(folder, "acme/five").lifecycle
    assert life.shutdown is None
    assert life.not_before is not None
    assert life.not_before.value == date(2026, 12, 11)
    assert "not before" in [change.what for change in report.changes]
    assert _refresh(folder, raw).files == ()


def test_a_row_past_the_promised_day_is_no_sight(folder: Path, changed: Make) -> None:
    _promising(folder, "acme")
    _refresh(folder, changed({"gpt-5": {"deprecation_date": "2026-10-15"}}))
    life = _offering(folder, "acme/five").lifecycle
    assert life.last_seen is None
    assert life.shutdown is None


@pytest.mark.parametrize(("developer", "lifecycle"), [("acme", {"deprecated": date(2026, 10, 2)}), ("globex", {})])
def test_an_announced_end_and_others_models_end(
    folder: Path, raw: bytes, developer: str, lifecycle: dict[str, date]
) -> None:
    _promising(folder, developer, **lifecycle)
    _refresh(folder, raw)
    life = _offering(folder, "acme/five").lifecycle
    assert life.shutdown is not None
    assert life.not_before is None


def test_two_sources_of_one_day_are_kept_both(folder: Path, raw: bytes) -> None:
    rows = [offering(*OFFERINGS[2])]
    rows[0]["prices"][0]["checked"] = SEEN
    (folder / "hosts/acme.yaml").write_text(text(host(rows)))
    _refresh(folder, raw)
    first = _offering(folder, "acme/five").prices[0]
    assert (first.to, first.input_usd_per_mtok) == (None, 1)
    (conflict,) = first.conflicts
    assert (conflict.source, conflict.input_usd_per_mtok) == (("litellm-2026-11-17",), 1.25)
    (told,) = status(load(folder), LATER).disagreements
    assert told.others == (("litellm-2026-11-17", 1.25, 10),)


def test_a_second_run_changes_no_byte(folder: Path, raw: bytes) -> None:
    first = _refresh(folder, raw)
    content = {path: path.read_bytes() for path in folder.rglob("*.yaml")}
    times = {path: path.stat().st_mtime_ns for path in folder.rglob("*.yaml")}
    second = _refresh(folder, raw)
    assert first.files == ("hosts/acme.yaml",)
    assert (second.files, second.changes) == ((), ())
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == content
    assert {path: path.stat().st_mtime_ns for path in folder.rglob("*.yaml")} == times


def test_an_older_file_changes_nothing_that_is_known_later(folder: Path, raw: bytes, changed: Make) -> None:
    _refresh(folder, raw, LATER)
    before = (folder / "hosts/acme.yaml").read_text()
    other = {"gpt-5": {"input_cost_per_token": 2e-06, "deprecation_date": "2026-12-01"}}
    report = _refresh(folder, changed(other), SEEN)
    assert report.changes == ()
    assert (folder / "hosts/acme.yaml").read_text() == before


def test_the_result_passes_the_checks_and_reads_well(folder: Path, raw: bytes) -> None:
    _refresh(folder, raw)
    assert check(folder, date(2026, 11, 23)) == []
    written = (folder / "hosts/acme.yaml").read_text()
    assert written.startswith("# Acme's offerings\nid: acme\n")
    assert "confidence: high" not in written
    assert "    api_id: {value: gpt-5, source: list}\n" in written
    assert "{from: 2026-11-17, checked: 2026-11-17, source: litellm-2026-11-17, input_usd_per_mtok: 1.25," in written
    assert max(map(len, written.splitlines())) <= 140


def test_a_dry_run_writes_nothing(catalog: Catalog, raw: bytes, folder: Path) -> None:
    before = {path: path.read_bytes() for path in folder.rglob("*.yaml")}
    report = refresh(catalog, raw, "prices.json", SEEN, folder, dry_run=True)
    assert report.files == ("hosts/acme.yaml",)
    assert report.changes
    assert report.checked == len(OFFERINGS)
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before


def test_a_user_gets_a_layer(user: Path, raw: bytes, folder: Path) -> None:
    base = (folder / "hosts/acme.yaml").read_bytes()
    report = refresh(load(own=False), raw, "prices.json", SEEN, user, dry_run=False)
    assert report.files == ("hosts/acme.yaml",)
    assert (folder / "hosts/acme.yaml").read_bytes() == base
    refreshed = load()
    five = next(row for row in refreshed.hosts["acme"].offerings if row.model == "acme/five")
    assert [price.input_usd_per_mtok for price in five.prices] == [1, 1.25, 0.625]
    assert five.limits.context_tokens is not None  # comes from the catalogue below
    again = refresh(load(own=False), raw, "prices.json", SEEN, user, dry_run=False)
    assert (again.files, again.changes) == ((), ())
    later = refresh(load(own=False), raw, "prices.json", LATER, user, dry_run=False)
    assert {change.what for change in later.changes} == set()
    assert load().hosts["acme"].offerings[2].prices[1].checked == LATER


def test_a_catalogue_that_is_newer_than_the_layer_wins(user: Path, raw: bytes, folder: Path) -> None:
    refresh(load(own=False), raw, "prices.json", SEEN, user, dry_run=False)
    rows = [offering(*row) for row in OFFERINGS[1:]]  # one offering is gone, one has a newer price
    rows[1]["prices"][0] |= {"checked": LATER, "input_usd_per_mtok": 0.9}
    (folder / "hosts/acme.yaml").write_text(text(host(rows)))
    offerings = {row.model: row for row in load().hosts["acme"].offerings}
    assert "acme/four" not in offerings
    assert [price.input_usd_per_mtok for price in offerings["acme/five"].prices] == [0.9]
    assert offerings["acme/five"].lifecycle.shutdown is not None  # a missing date erases none
    assert len(offerings["acme/five-four"].prices) > 1


def test_a_file_from_the_future_is_refused(catalog: Catalog, raw: bytes, folder: Path) -> None:
    with pytest.raises(LlmselectError, match="still to come"):
        refresh(catalog, raw, "prices.json", date(2999, 1, 1), folder, dry_run=False)


def test_addresses_are_cited_without_secrets(folder: Path, raw: bytes) -> None:
    refresh(
        load(folder),
        raw,
        "https://me:secret@mirror.acme.test/prices.json?key=secret",
        SEEN,
        folder,
        dry_run=False,
    )
    assert load(folder).hosts["acme"].sources["litellm-2026-11-17"].url == "https://mirror.acme.test/prices.json"
    assert "secret" not in (folder / "hosts/acme.yaml").read_text()
