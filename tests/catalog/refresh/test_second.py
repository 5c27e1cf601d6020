"""A second source's prices stand beside ours where they differ, and only for exactly the same id."""

import builtins
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from llmselect.catalog.load import load
from llmselect.catalog.refresh.run import refresh
from llmselect.catalog.refresh.second import Second, disagreements, genai_prices
from llmselect.errors import Exit, LlmselectError
from tests.catalog.refresh.conftest import SEEN

LATER = date(2026, 11, 20)


def _second(prices: dict[str, tuple[float, float]], version: str = "0.1.0") -> Second:
    source = {"url": f"pkg:pypi/other@{version}", "title": "Other prices", "kind": "third-party", "retrieved": SEEN}
    return Second("other", f"other-{version}", source, lambda host, api_id: prices.get(api_id))


def _conflicts(folder: Path, model: str) -> list[tuple[str, float | None]]:
    row = next(row for row in load(folder).hosts["acme"].offerings if row.model == model)
    return [(one.source[0], one.input_usd_per_mtok) for price in row.prices for one in price.conflicts]


def test_what_differs_is_kept_with_both_values(folder: Path, raw: bytes) -> None:
    second = _second({"gpt-5": (1.3, 10), "gpt-4o-mini": (0.15, 0.6), "gpt-5.4": (2.5001, 15)})
    report = refresh(load(folder), raw, "x.json", SEEN, folder, dry_run=False, second=second)
    (found,) = report.disagreements
    assert (found.model, found.ours, found.theirs, found.source) == ("acme/five", (1.25, 10), (1.3, 10), "other-0.1.0")
    assert _conflicts(folder, "acme/five") == [("other-0.1.0", 1.3)]
    assert load(folder).hosts["acme"].sources["other-0.1.0"].url == "pkg:pypi/other@0.1.0"
    again = refresh(load(folder), raw, "x.json", SEEN, folder, dry_run=False, second=second)
    assert again.files == ()


def test_what_agrees_again_is_dropped_and_what_is_silent_is_kept(folder: Path, raw: bytes) -> None:
    refresh(load(folder), raw, "x.json", SEEN, folder, dry_run=False, second=_second({"gpt-5": (1.3, 10)}))
    refresh(load(folder), raw, "x.json", LATER, folder, dry_run=False, second=_second({}, "0.2.0"))
    assert _conflicts(folder, "acme/five") == [("other-0.1.0", 1.3)]
    refresh(load(folder), raw, "x.json", LATER, folder, dry_run=False, second=_second({"gpt-5": (1.4, 10)}, "0.2.0"))
    assert _conflicts(folder, "acme/five") == [("other-0.2.0", 1.4)]
    refresh(
        load(folder),
        raw,
        "x.json",
        LATER,
        folder,
        dry_run=False,
        second=_second({"gpt-5": (1.25, 10)}, "0.3.0"),
    )
    assert _conflicts(folder, "acme/five") == []
    assert "other-" not in (folder / "hosts/acme.yaml").read_text()


def test_a_catalogue_can_be_asked_without_a_refresh(folder: Path) -> None:
    (found,) = disagreements(load(folder), SEEN, _second({"gpt-5": (1.25, 10)}))
    assert (found.ours, found.theirs) == ((1, 10), (1.25, 10))


def test_the_real_package_is_asked_for_exact_ids() -> None:
    pytest.importorskip("genai_prices")
    second = genai_prices(date(2026, 11, 10))
    assert second.price("openai", "gpt-4o-mini") == (0.15, 0.6)
    assert second.price("openai", "GPT-4o-mini") == (0.15, 0.6)
    assert second.price("openai", "gpt-4o-mini-of-mine") is None
    assert second.price("openai", "ft:gpt-4o-2024-08-06:me::x") is None
    assert second.price("my-host", "gpt-4o-mini") is None
    assert second.source["url"] == f"pkg:pypi/{second.key.rpartition('-')[0]}@{second.key.rpartition('-')[2]}"


def test_without_the_package(monkeypatch: pytest.MonkeyPatch) -> None:
    real: Callable[..., Any] = builtins.__import__

    def without(name: str, *more: Any, **named: Any) -> Any:
        if name == "genai_prices":
            raise ImportError(name)
        return real(name, *more, **named)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(LlmselectError) as caught:
        genai_prices(SEEN)
    assert caught.value.exit is Exit.MISSING
    assert "llmselect[live]" in caught.value.hint
