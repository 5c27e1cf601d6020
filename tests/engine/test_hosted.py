"""How fast hosts answer: what was seen there, what is carried from elsewhere, and what is usual."""

from datetime import date
from typing import Any

import numpy as np
import pytest

from llmselect.engine.columns import EVIDENCE
from llmselect.engine.hosted import FORESIGHT_DAYS, hosted_speeds
from tests.factories import HOSTED, TODAY, Record, catalog, facts_of, host, model, offering, price, weights


def _day(text: str) -> int:
    return date.fromisoformat(text).toordinal()


def _speeds(*rows: Record, usual: Record | None = None, prompt_tokens: float = 1000, later_days: int = 0) -> Any:
    """By host, the tokens a second, the seconds to the first token and the evidence of one model's offerings."""
    laws: Record = {**HOSTED["usual"], **(usual or {})}
    hosts = [host(name, offering("m", price()), offering("open", price())) for name in ("acme", "cloud", "fast")]
    hosted = {**HOSTED, "usual": laws, "speeds": rows}
    facts = facts_of(catalog([model("m"), weights("open")], hosts, hosted=hosted))
    found = hosted_speeds(facts, _day(TODAY) + later_days, prompt_tokens)
    return {
        (facts.offerings.model[at].removeprefix("acme/"), facts.offerings.host[at]): (
            (1 / found.tpot_s[::-1, at]).tolist(),
            found.ttft_s[:, at].tolist(),
            EVIDENCE[found.evidence[at]],
        )
        for at in range(len(found.evidence))
    }


def _seen(**fields: Any) -> Record:
    row = {"model": "acme/m", "evidence": "published", "decode_tok_s": 80, "ttft_s": 0.7, "date": TODAY, "source": "s"}
    return {**row, **fields}


def test_what_was_seen_at_the_developers_host_is_published_there_and_a_prior_elsewhere() -> None:
    found = _speeds(_seen())
    pace, first, evidence = found["m", "acme"]
    assert (pace[1], first[1], evidence) == (pytest.approx(80), 0.7, "published")
    assert pace == pytest.approx([80 / 1.5, 80, 80 * 1.5])
    pace, first, evidence = found["m", "cloud"]
    assert (pace[1], evidence) == (pytest.approx(80), "prior")  # the pace is the model's, the queue the host's
    assert first[1] == 1.5
    assert pace == pytest.approx([40, 80, 160])


def test_a_host_that_claims_a_speed_is_as_fast_with_its_other_models() -> None:
    found = _speeds(_seen(host="fast", evidence="claimed", decode_tok_s=500, ttft_s=None))
    assert found["m", "fast"][0][1] == pytest.approx(500)
    assert found["m", "fast"][2] == "claimed"
    assert found["open", "fast"][0][1] == pytest.approx(500)  # ten times what is usual, as the model it speaks of
    assert found["open", "fast"][2] == "prior"
    assert found["m", "cloud"][0][1] == pytest.approx(50)


def test_what_was_seen_later_than_a_year_after_says_nothing() -> None:
    assert _speeds(_seen(), later_days=-FORESIGHT_DAYS)["m", "acme"][2] == "published"
    assert _speeds(_seen(), later_days=-FORESIGHT_DAYS - 1)["m", "acme"][2] == "prior"


def test_large_models_and_slow_developers_answer_more_slowly() -> None:
    law = {**HOSTED["usual"]["decode_tok_s"], "active_power": -0.5, "developers": {"Acme": 0.5}}
    found = _speeds(usual={"decode_tok_s": law})
    usual = 50 * (6.738e9 / 30e9) ** -0.5
    assert found["open", "cloud"][0][1] == pytest.approx(usual, rel=0.01)
    assert found["open", "acme"][0][1] == pytest.approx(usual / 2, rel=0.01)
    assert found["m", "cloud"][0][1] == pytest.approx(25)  # of unknown size: its developer's factor goes with it


def test_long_prompts_take_longer() -> None:
    short, long = (_speeds(prompt_tokens=tokens)["m", "cloud"][1] for tokens in (1000, 16_000))
    assert np.array(long) == pytest.approx(np.array(short) + 1)


def test_without_laws_nothing_is_known() -> None:
    facts = facts_of(catalog([model("m")], [host("cloud", offering("m", price()))], hosted={}))
    found = hosted_speeds(facts, _day(TODAY), 1000)
    assert np.isnan(found.tpot_s).all()
    assert [EVIDENCE[code] for code in found.evidence] == ["unknown"]
