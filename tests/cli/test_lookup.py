"""Finding models, and what a day makes of them."""

from datetime import date
from pathlib import Path

import pytest

from llmselect.catalog.load import load
from llmselect.catalog.lookup import model_status, offering_status
from llmselect.catalog.names.models import find_model
from llmselect.catalog.schema import Catalog, Lifecycle, Offering
from llmselect.errors import LlmselectError


@pytest.fixture(scope="module")
def catalog(small_catalog: Path) -> Catalog:
    return load(small_catalog)


def test_an_unknown_name_has_close_matches(catalog: Catalog) -> None:
    with pytest.raises(LlmselectError, match="unknown model 'gaint'") as caught:
        find_model(catalog, "gaint")
    assert "globex/giant-1" in caught.value.hint or "Giant 1" in caught.value.hint


def test_an_exact_name_goes_before_a_short_one(catalog: Catalog) -> None:
    small = catalog.models["acme/small-7b-chat"]
    twin = small.model_copy(update={"id": "other/small-7b-chat", "name": "Twin", "aliases": (), "weights": None})
    both = catalog.model_copy(update={"models": {**catalog.models, twin.id: twin}})
    assert find_model(both, "small 7b chat").id == "acme/small-7b-chat"
    assert find_model(both, "other/small-7b-chat").id == "other/small-7b-chat"


def test_two_of_one_name_are_an_error(catalog: Catalog) -> None:
    twin = catalog.models["acme/small-7b"].model_copy(update={"id": "other/small-7b"})
    both = catalog.model_copy(update={"models": {**catalog.models, twin.id: twin}})
    with pytest.raises(LlmselectError, match="unknown model") as caught:
        find_model(both, "Small 7B")
    assert "other/small-7b" in caught.value.hint


def _offering(**dates: str) -> Offering:
    facts = {name: {"value": value, "source": "page"} for name, value in dates.items()}
    return Offering(model="acme/small-7b", lifecycle=Lifecycle.model_validate(facts))


@pytest.mark.parametrize(
    ("dates", "expected"),
    [
        ({}, "unknown"),
        ({"released": "2026-12-01"}, "announced"),
        ({"shutdown": "2026-11-23"}, "retired"),
        ({"shutdown": "2026-11-24"}, "active"),
        ({"last_seen": "2026-11-01"}, "active"),
        ({"last_seen": "2026-01-01"}, "unknown"),
    ],
)
def test_offering_status(dates: dict[str, str], expected: str) -> None:
    assert offering_status(_offering(**dates), date(2026, 11, 23)) == expected


def test_open_weights_outlive_their_hosts(catalog: Catalog) -> None:
    host = catalog.hosts["renta"].model_copy(
        update={"offerings": (_offering(shutdown="2025-01-01").model_copy(update={"model": "acme/small-7b-chat"}),)}
    )
    changed = catalog.model_copy(update={"hosts": {"renta": host}})
    day = date(2026, 11, 23)
    assert model_status(changed, changed.models["acme/small-7b-chat"], day) == "legacy"
    assert model_status(changed, changed.models["acme/small-7b"], day) == "active"
    assert model_status(changed, changed.models["globex/giant-1"], day) == "unknown"
