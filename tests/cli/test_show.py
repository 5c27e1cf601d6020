"""`show`: one model found by any of its names, every fact with its source."""

from datetime import date
from pathlib import Path

import pytest

from llmselect.catalog.load import load
from llmselect.catalog.names.models import ModelNames
from llmselect.cli.sheet import sheet_blocks, sheet_data
from llmselect.render.format.text import text
from tests.cli.conftest import Cli

CATALOG = Path(__file__).parents[2] / "catalog"


@pytest.mark.parametrize(
    "name",
    ["acme/small-7b-chat", "small-7b-chat", "Small 7B Chat", "SMALL_7B_CHAT", "small chat", "ACME/Small-7B-Chat"],
)
def test_any_name_finds_it(cli: Cli, name: str) -> None:
    assert cli("show", name, "--json").json["data"]["model"]["id"] == "acme/small-7b-chat"


def test_every_fact_has_its_source(cli: Cli) -> None:
    ran = cli("show", "giant")
    assert ran.out.startswith("Giant 1 (globex/giant-1): active as of ")
    assert "context tokens    8,192 (document says 8K)" in ran.out
    assert "not disclosed" in ran.out
    for part in ("Technical report of Giant 1", "https://globex.test/giant-1.pdf", "Price list of Globex", "giant-2"):
        assert part in ran.out


def test_prices_say_whether_they_hold(cli: Cli) -> None:
    words = " ".join(cli("show", "giant", "--as-of", "2023-06-01", "--format", "markdown").out.split())
    first = "$40 per million input tokens and $80 per million output tokens, from 2023-03-14 until 2023-12-31"
    batch = "batch, $15 per million input tokens and $30 per million output tokens, from 2024-01-01"
    assert f"{first}, checked 2023-12-20 |" in words
    assert f"{batch}, checked 2026-11-22, not valid on 2023-06-01 |" in words


def test_claims_and_licence_are_shown(cli: Cli) -> None:
    out = cli("show", "acme/small-7b").out
    assert "openness: says Small is free of any licence; contradicted: it has one" in out
    assert "Licence: Apache" in out


def test_json_resolves_sources(cli: Cli) -> None:
    data = cli("show", "giant", "--json", "--as-of", "2027-06-01").json["data"]
    assert data["status"] == "retired"
    offering = data["offerings"][0]
    assert (offering["host"], offering["status"]) == ("globex", "retired")
    assert set(offering["sources"]) == {"prices"}
    assert offering["prices"][0]["from"] == "2023-03-14"
    assert data["model"]["developer"]["source"] == ["report"]
    assert data["model"]["sources"]["report"]["url"] == "https://globex.test/giant-1.pdf"


def test_markdown_has_tables(cli: Cli) -> None:
    assert "\n| developer | Acme | card |\n" in cli("show", "small-7b-chat", "--format", "markdown").out


def test_all_models_of_the_catalogue_can_be_shown() -> None:
    catalog, day = load(CATALOG), date(2026, 11, 23)
    names = ModelNames(catalog)
    for model in catalog.models.values():
        assert names.find(model.id).id == model.id
        found = names.find(model.name)
        assert found.id == model.id or (model.tuning.value == "base" and found.note.endswith(model.id))
        assert sheet_data(catalog, model, day)["model"]["id"] == model.id
        assert model.name in " ".join(text(sheet_blocks(catalog, model, day), "table", 100, False).split())
