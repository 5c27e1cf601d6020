"""How fresh a catalogue is, told from its dates alone."""

from datetime import date
from pathlib import Path

from llmselect.catalog.load import load
from llmselect.catalog.schema import AbilitiesFile, Ability
from llmselect.catalog.status import Age, status

DAY = date(2026, 11, 23)


def test_ages(small_catalog: Path) -> None:
    found = {age.kind: age for age in status(load(small_catalog), DAY).ages}
    assert found["prices"] == Age("prices", 3, 1, 1, 1)  # an ended price does not age
    assert found["rentals"] == Age("rentals", 3, 5, 5, 5)
    assert found["lifecycle"].count == 2
    assert set(found) == {"prices", "lifecycle", "rentals", "scores", "licenses"}
    assert all(age.newest is None or age.newest <= (age.median or 0) <= (age.oldest or 0) for age in found.values())


def test_a_past_day_makes_nothing_younger_than_new(small_catalog: Path) -> None:
    assert all(age.newest in (0, None) for age in status(load(small_catalog), date(2026, 1, 1)).ages)


def test_what_ends_soon(small_catalog: Path) -> None:
    catalog = load(small_catalog)
    assert status(catalog, DAY).ending == ()
    (ending,) = status(catalog, date(2027, 3, 3)).ending
    assert (ending.host, ending.model, ending.api_id, ending.days) == ("globex", "globex/giant-1", "giant-1", 90)
    assert (ending.shutdown, ending.replacement) == (date(2027, 6, 1), "giant-2")
    assert status(catalog, date(2027, 3, 2)).ending == ()
    assert status(catalog, date(2027, 6, 1)).ending == ()  # it has ended
    assert len(status(catalog, DAY, 200).ending) == 1


def test_disagreements(small_copy: Path) -> None:
    host = small_copy / "hosts/renta.yaml"
    conflict = (
        "conflicts: [{source: terms, input_usd_per_mtok: 0.3, output_usd_per_mtok: 0.4}], input_usd_per_mtok: 0.2"
    )
    host.write_text(host.read_text().replace("input_usd_per_mtok: 0.2", conflict))
    (found,) = status(load(small_copy), DAY).disagreements
    assert (found.host, found.model, found.price, found.sources) == (
        "renta",
        "acme/small-7b-chat",
        (0.2, 0.2),
        ("prices",),
    )
    assert found.others == (("terms", 0.3, 0.4),)


def test_unrated(small_catalog: Path) -> None:
    catalog = load(small_catalog)
    ability = Ability(level=(0.5,), error=(0.1,), tests=3, independent=2)
    scale = AbilitiesFile(models={"acme/small-7b": {"default": ability}, "globex/giant-1": {}})
    rated = catalog.model_copy(update={"abilities": scale})
    assert status(rated, DAY).unrated == ("acme/small-7b-chat", "globex/giant-1")
