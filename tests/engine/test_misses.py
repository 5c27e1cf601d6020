"""How near to passing excluded options are: in doublings, then by what they would score."""

import numpy as np
import pytest

from llmselect.engine.constraints.kinds import NEVER, NO
from llmselect.engine.constraints.misses import doublings
from tests.factories import TODAY, Record, ask, catalog, fact, host, model, offering, price


@pytest.mark.parametrize(
    ("needed", "had", "miss"),
    [(25, 22, 0.184), (224, 22, 3.348), (2, 1, 1.0), (1, 2, 0.0), (1e9, 1, NEVER), (5, 0, NEVER)],
)
def test_a_miss_is_counted_in_doublings(needed: float, had: float, miss: float) -> None:
    assert doublings(np.array([needed]), np.array([had])) == pytest.approx([miss], abs=0.001)


def test_what_is_unknown_has_no_miss_of_its_own() -> None:
    assert np.isnan(doublings(np.array([np.nan, 1.0]), np.array([1.0, np.nan]))).all()


def test_the_nearest_come_first_and_of_equally_near_ones_the_best() -> None:
    """At 1,000 requests a month one takes $16.50, and another ten times as much."""
    ended = {"last_seen": fact(TODAY), "shutdown": fact(TODAY)}
    models = [model("weak", 40.0), model("able", 80.0), model("dear", 90.0), model("gone", 95.0)]
    offerings: list[Record] = [
        offering("weak", price(10, 30)),
        offering("able", price(10.1, 30.3)),
        offering("dear", price(100, 300)),
        offering("gone", price(1, 3), lifecycle=ended),
    ]
    answer = ask(catalog(models, [host("alpha", *offerings)]), requests_per_month=1000, budget=15)
    found = [(row.name, row.miss) for row in answer.excluded]
    assert [name for name, _ in found] == ["Able", "Weak", "Dear", "Gone"]
    assert [miss for _, miss in found] == pytest.approx(
        [np.log2(16.665 / 15), np.log2(16.5 / 15), np.log2(11), NEVER], abs=0.01
    )


def test_a_matter_of_yes_or_no_counts_as_one_doubling() -> None:
    world = catalog([model("m")], [host("alpha", offering("m", price()))])
    [row] = ask(world, offline=True, license="osi").excluded
    assert row.miss == 2 * NO
