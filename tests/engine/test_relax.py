"""What would admit something: each rung does, and the one before it does not."""

from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from llmselect.catalog.load import open_catalog
from llmselect.engine.facts import Facts
from llmselect.engine.ladders import Ladder, falling, halvings, ladders, rising
from llmselect.engine.machine.machines import machine_of
from llmselect.engine.recommend import recommend
from llmselect.engine.request import Request, make_request
from llmselect.requirements import Requirements

DAY = {"as_of": "2026-11-25"}
IMPOSSIBLE: dict[str, dict[str, Any]] = {
    "money": {"host": ["openai"], "requests_per_month": 10_000_000, "budget": 0.01},
    "memory": {"gpu": "rtx-4090", "vram": 0.25, "offline": True, "gpu_only": True},
    "context": {"context_tokens": 100_000_000},
    "pace": {"deployment": ["self-host"], "hardware": "cpu", "ram": "16GiB", "bandwidth": 40, "min_tok_s": 500},
    "wait": {"deployment": ["self-host"], "gpu": "rtx-3060", "max_latency_s": 0.2},
    "users": {"deployment": ["self-host"], "gpu": "rtx-4090", "requests_per_month": 50_000_000},
    "score": {"host": ["openai"], "min_score": {"mmlu-pro": 99}},
    "words": {"host": ["mistral"], "license": "osi", "modality_in": ["audio"]},
    "two at once": {"context_tokens": 30_000_000, "offline": True, "deployment": ["api"]},
}


@cache
def _facts() -> Facts:
    return Facts(open_catalog(Path(__file__).parent.parent.parent / "catalog", own=False))


def _request(needs: Requirements) -> Request:
    return make_request(needs, _facts().records_of(needs.task), machine_of(needs, _facts().hardware))


def _moved(needs: Requirements, ladder: Ladder, rung: int) -> Requirements:
    return ladder.moved(needs, machine_of(needs, _facts().hardware), ladder.rungs[rung])[0]


def _admitted(needs: Requirements) -> set[str]:
    return {row.model for row in recommend(needs, _facts()).recommendations}


@pytest.mark.parametrize("name", IMPOSSIBLE)
def test_a_rung_admits_what_is_named_and_the_one_before_it_admits_nothing(name: str) -> None:
    needs = Requirements(**DAY, **IMPOSSIBLE[name])
    found = recommend(needs, _facts())
    assert not found.recommendations
    assert found.relaxations
    known = {ladder.field: ladder for ladder in ladders(_request(needs), _facts().hardware)}
    for relaxation in found.relaxations:
        steps = [(known[change.field], known[change.field].rungs.index(change.to)) for change in relaxation.changes]
        after = needs
        for ladder, rung in steps:
            after = _moved(after, ladder, rung)
        assert _admitted(after) == set(relaxation.admits) != set()
        for nearer, rung in steps:
            if rung == 0:
                continue
            before = needs
            for ladder, own in steps:
                before = _moved(before, ladder, rung - 1 if ladder is nearer else own)
            assert not _admitted(before), f"{nearer.field} at {nearer.rungs[rung - 1]} admits something already"


def test_two_fields_are_named_only_where_none_suffices_alone() -> None:
    found = recommend(Requirements(**DAY, **IMPOSSIBLE["two at once"]), _facts()).relaxations
    assert ("context_tokens", "offline") in {tuple(change.field for change in one.changes) for one in found}
    assert {len(one.changes) for one in found} == {2}


def test_an_empty_answer_that_only_lacks_facts_names_the_flag() -> None:
    needs = Requirements(as_of="2025-01-15", deployment=["api"], max_ttft_ms=1000, strict=True)
    assert recommend(needs, _facts()).admitting_flag == "without --strict"


def test_rungs_are_those_that_people_think_in() -> None:
    assert list(islice(rising(59.99, 10_000), 5)) == pytest.approx([100, 200, 500, 1000, 2000])
    assert list(islice(rising(0, 1), 4)) == pytest.approx([0.01, 0.02, 0.05, 0.1])
    assert list(falling(30, 1)) == pytest.approx([20, 10, 5, 2, 1])
    assert list(halvings(100)) == [64, 32, 16, 8, 4, 2, 1]
    assert next(halvings(64)) == 32
    assert list(halvings(1)) == []
