"""Bills agree with another calculator's wherever the unit prices do."""

from functools import cache

from llmselect.catalog.load import open_catalog
from llmselect.engine.facts import Facts
from tests.price_referee import Compared, compared

HOSTS = ("openai", "anthropic", "gemini-api", "groq", "bedrock")  # the whole list takes some ten seconds


@cache
def rows() -> list[Compared]:
    return list(compared(Facts(open_catalog()), HOSTS))


def test_bills_agree_to_the_cent_where_unit_prices_do() -> None:
    agreed = [row for row in rows() if row.same_rates]
    assert len(agreed) >= 200
    assert {row.usage for row in agreed} == {"short", "cached", "long"}
    assert [row for row in agreed if not row.same_bill] == []


def test_most_unit_prices_agree_and_some_do_not() -> None:
    differing = [row for row in rows() if not row.same_rates]
    assert 0 < len(differing) < 0.25 * len(rows())
    assert any(not row.same_bill for row in differing)
