"""Laws of ranking, held over random catalogues and requests."""

import math
import random
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from llmselect.engine.columns import SELF_HOST
from llmselect.engine.named import request_of
from llmselect.engine.scored import Scored, score_options
from llmselect.engine.sensitivity import NOISE
from llmselect.requirements import QUANTIZATION_LEVELS, parse
from llmselect.results.recommendation import Recommendation, RecommendedModel
from tests.engine.worlds import World, requests, steps_of, worlds
from tests.factories import TODAY, Record, as_bytes, host, model, offering, price, ranked, recommend, weights

lawful = settings(derandomize=True, max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))


def places(answer: Recommendation) -> dict[str, tuple[float, float, float]]:
    """Scores and bounds by model, in order."""
    return {row.model: (row.score, row.score_interval.low, row.score_interval.high) for row in answer.recommendations}


def scored(world: World, fields: Record) -> Scored:
    """All options of a world, judged and scored."""
    return score_options(request_of(parse({"as_of": TODAY, **fields}), world.facts), world.facts)


def with_model(world: World, record: Record, *offerings: Record) -> World:
    hosts = {**world.hosts, "gamma": (*world.hosts.get("gamma", ()), *offerings)}
    return World((*world.models, record), hosts)


@lawful
@given(worlds(), requests(), st.sampled_from((0.1, 0.5, 0.9)), st.booleans())
def test_cheaper_never_ranks_lower(world: World, fields: Record, factor: float, everywhere: bool) -> None:
    before = world.ask(fields)
    assume(before.recommendations)

    def cut(record: Record) -> Record:
        if record["model"] != "acme/m0":
            return record
        rates = ("input_usd_per_mtok", "output_usd_per_mtok")
        prices = [{**p, **{rate: p[rate] * factor for rate in rates}} for p in record["prices"]]
        return {**record, "prices": prices}

    names = list(world.hosts) if everywhere else ["alpha"]
    hosts = {name: tuple(map(cut, rows)) if name in names else rows for name, rows in world.hosts.items()}
    after = World(world.models, hosts).ask(fields)
    if "m0" in ranked(before):
        assert ranked(after).index("m0") <= ranked(before).index("m0")
        assert places(after)["acme/m0"][0] >= places(before)["acme/m0"][0] - 1e-12
    others = [name for name in ranked(before) if name != "m0"]
    assert [name for name in ranked(after) if name != "m0"] == others


@lawful
@given(worlds(known=True), requests())
def test_a_dominated_model_changes_nothing_for_the_others(world: World, fields: Record) -> None:
    """A closed model that is like one at alpha, but scores lower, costs more and can do less.

    Of models of which a fact is unknown it may change what is usual.
    """
    assume(world.hosts["alpha"])
    like = world.hosts["alpha"][0]
    better = next(record for record in world.models if record["id"] == like["model"])
    score = min((row["value"] for row in better["scores"]), default=20.0) - 5
    same = {name: better[name] for name in ("limits", "alignment", "languages", "tuning")}
    twin = offering("zz", price(900, 900), lifecycle=like["lifecycle"])
    before, after = world.ask(fields), with_model(world, model("zz", score, **same), twin).ask(fields)
    kept = {name: scores for name, scores in places(after).items() if name != "acme/zz"}
    assert list(kept.items()) == list(places(before).items())
    if better["scores"]:
        assert ranked(after)[:1] == ranked(before)[:1]


@lawful
@given(worlds(), requests(), st.sampled_from(("alpha", "beta")))
def test_a_dominated_offering_changes_nothing(world: World, fields: Record, name: str) -> None:
    """A third host that serves the same model dearer and has fewer capabilities."""
    assume(world.hosts[name])
    assume(fields.get("host") is None)
    record = world.hosts[name][0]
    assume(record["prices"])
    dearer = [{**p, "input_usd_per_mtok": 900.0, "output_usd_per_mtok": 900.0} for p in record["prices"]]
    hosts = {**world.hosts, "zeta": ({**record, "prices": dearer},)}
    before, after = world.ask(fields), World(world.models, hosts).ask(fields)
    assert list(places(after).items()) == list(places(before).items())
    assert [row.option for row in after.recommendations] == [row.option for row in before.recommendations]
    assert [row.win_share for row in after.recommendations] == [row.win_share for row in before.recommendations]


@lawful
@given(worlds(), requests(without=("optimize",)), st.sampled_from((0.001, 0.5, 2.0, 1000.0)))
def test_scaled_weights_change_nothing(world: World, fields: Record, factor: float) -> None:
    given = {"quality": 0.4, "latency": 0.2, "cost": 0.3, "context": 0.05, "safety": 0.1, "openness": 0.05}
    given["adaptability"] = 0.1
    scaled = {name: weight * factor for name, weight in given.items()}
    before, after = world.ask({**fields, "weight": given}), world.ask({**fields, "weight": scaled})
    assert ranked(before) == ranked(after)
    for name, scores in places(before).items():
        assert places(after)[name] == pytest.approx(scores, abs=1e-12)


@lawful
@given(worlds(), requests(), st.integers(0, 10_000))
def test_the_catalogues_order_changes_nothing(world: World, fields: Record, seed: int) -> None:
    def shuffled(rows: Any) -> tuple[Any, ...]:
        return tuple(chance.sample(list(rows), len(rows)))

    chance = random.Random(seed)
    models = shuffled(world.models)
    hosts = {
        name: shuffled([{**row, "prices": list(shuffled(row["prices"]))} for row in world.hosts[name]])
        for name in shuffled(world.hosts)
    }
    before, after = world.ask(fields), World(models, hosts).ask(fields)
    assert as_bytes(before) == as_bytes(after)


@lawful
@given(worlds(), requests())
def test_the_same_input_gives_the_same_bytes(world: World, fields: Record) -> None:
    assert as_bytes(world.ask(fields)) == as_bytes(World(world.models, world.hosts).ask(fields))


@lawful
@given(worlds(), requests())
def test_excluded_and_returned_are_apart(world: World, fields: Record) -> None:
    answer, found = world.ask(fields), scored(world, fields)
    passing = {found.id(row) for row, passes in enumerate(found.judgement.passes) if passes}
    returned = {row.option for row in answer.recommendations}
    returned |= {also.option for row in answer.recommendations for also in row.also_at}
    returned_models = {row.model for row in answer.recommendations}
    unrated, excluded = {row.model for row in answer.unrated}, {row.model for row in answer.excluded}
    assert returned <= passing
    assert returned_models | unrated | excluded == {record["id"] for record in world.models}
    assert not returned_models & excluded
    assert not returned_models & unrated
    assert not unrated & excluded
    assert all(row.reasons for row in answer.excluded)


@lawful
@given(worlds(), requests())
def test_contributions_add_up_and_scores_are_ordered(world: World, fields: Record) -> None:
    answer = world.ask(fields)
    for row in answer.recommendations:
        assert sum(value.contribution for value in row.criteria.values()) == pytest.approx(row.score, abs=1e-12)
        assert sum(value.weight for value in row.criteria.values()) == pytest.approx(1)
        assert 0 <= row.score_interval.low <= row.score_interval.high <= 1 + 1e-12
        for value in row.criteria.values():
            assert 0 <= value.utility <= 1
            assert (value.value is None) == (value.evidence == "unknown")
            assert value.low is None or (value.value is not None and value.high is not None)
            if value.low is not None and value.high is not None and value.value is not None:
                assert value.low <= value.value <= value.high
    scores = [_compared(row) for row in answer.recommendations]
    assert scores == sorted(scores, reverse=True)
    assert [row.rank for row in answer.recommendations] == list(range(1, len(scores) + 1))
    for row, following in pairwise(answer.recommendations):
        assert row.gap_to_next == pytest.approx(max(0.0, row.score - following.score))


def _compared(row: RecommendedModel) -> float:
    """A score as scores are compared."""
    return round(round(row.score, 12), 3)


def _quality_and_cost(row: RecommendedModel) -> tuple[float, float]:
    """Both with more being better; an unknown one behind every other."""
    quality, cost = row.criteria["quality"].value, row.criteria["cost"].value
    return -math.inf if quality is None else quality, -math.inf if cost is None else -cost


def _whole(quality: float) -> float:
    return quality if math.isinf(quality) else round(quality)


@lawful
@given(worlds(), requests())
def test_equal_scores_go_by_quality_then_by_money(world: World, fields: Record) -> None:
    for row, following in pairwise(world.ask(fields).recommendations):
        if _compared(row) == _compared(following):
            quality, usd = _quality_and_cost(row)
            next_quality, next_usd = _quality_and_cost(following)
            assert (_whole(quality), usd, quality) >= (_whole(next_quality), next_usd, next_quality)


@lawful
@given(worlds(), requests())
def test_a_row_beaten_in_quality_and_money_names_its_lead(world: World, fields: Record) -> None:
    rows = world.ask(fields).recommendations
    for place, row in enumerate(rows):
        own = _quality_and_cost(row)
        better = [
            below
            for below in rows[place + 1 :]
            if _quality_and_cost(below) != own
            and all(a >= b > -math.inf for a, b in zip(_quality_and_cost(below), own, strict=True))
        ]
        assert bool(row.leads_in) is bool(better)
        for name in row.leads_in:
            assert row.criteria[name].utility > better[0].criteria[name].utility
            assert row.criteria[name].weight > 0


@lawful
@given(worlds(), requests())
def test_win_shares_sum_to_one(world: World, fields: Record) -> None:
    shares = [row.win_share for row in world.ask(fields).recommendations]
    assert not shares or sum(shares) == pytest.approx(1)


@lawful
@given(worlds(), requests())
def test_someone_undominated_leads(world: World, fields: Record) -> None:
    rows = world.ask(fields).recommendations
    assert not rows or any(row.pareto and _compared(row) == _compared(rows[0]) for row in rows)
    for row in rows:
        own, others = _judged(row), [_judged(other) for other in rows]
        beaten = any(other != own and all(a >= b for a, b in zip(other, own, strict=True)) for other in others)
        assert row.pareto is not beaten


def _judged(row: RecommendedModel) -> list[float]:
    """The values of the criteria that count and what they are taken for, more being better."""
    found = []
    for name, each in row.criteria.items():
        if each.weight > 0:
            better = -1 if name in ("cost", "latency") else 1
            found += [-math.inf if each.value is None else better * each.value, each.utility]
    return found


def _stated(row: RecommendedModel, criterion: str) -> float | None:
    value = row.criteria[criterion]
    return None if value.evidence == "prior" else value.value


@settings(lawful, max_examples=30)
@given(worlds(), requests(without=("optimize", "domain")))
def test_flips_are_the_nearest_that_asking_again_finds(world: World, fields: Record) -> None:
    answer = world.ask(fields)
    assume(len(answer.recommendations) > 1)
    first, weights = answer.recommendations[0], scored(world, fields).judged.table.request.weights
    found: dict[str, float] = {}
    for factor in (1.5, 2 / 3, 2, 1 / 2, 3, 1 / 3):
        for name in (name for name, weight in weights.items() if weight > 0):
            winner = world.ask({**fields, "weight": {name: weights[name] * factor}}).recommendations[0]
            differs = abs(winner.criteria[name].utility - first.criteria[name].utility) >= NOISE
            if winner.model != first.model and differs:
                found.setdefault(winner.model, max(factor, 1 / factor))
    assert [max(flip.factor, 1 / flip.factor) for flip in answer.flips] == pytest.approx(list(found.values())[:3])
    for flip in answer.flips:
        assert flip.to == pytest.approx(weights[flip.criterion] * flip.factor)
        assert max(flip.factor, 1 / flip.factor) == pytest.approx(found[flip.winner])
        winner = world.ask({**fields, "weight": {flip.criterion: flip.to}}).recommendations[0]
        assert (winner.model, winner.option) == (flip.winner, flip.option)
        for row in flip.differences:
            assert (row.first, row.other) == (_stated(first, row.criterion), _stated(winner, row.criterion))
        assert flip.differences[0].criterion == flip.criterion


@pytest.mark.parametrize("gpu", ["home-24gb", "dc-80gb"])
@pytest.mark.parametrize("shape", ["llama-2-7b", "llama-2-13b", "mistral-7b"])
def test_finer_is_never_worse_in_quality(gpu: str, shape: str) -> None:
    found: dict[str, tuple[Any, ...]] = {}
    for level in QUANTIZATION_LEVELS:
        world = World((weights("m", 70.0, shape),))
        fields = {"gpu": gpu, "quantization": level, "weight": {"quality": 0, "cost": 1}, "kwh_usd": 1}
        for row in world.ask(fields).recommendations:
            value = row.criteria["quality"]
            found[row.quantization or ""] = (value.low, value.value, value.high, value.utility)
    ordered = [found[level] for level in QUANTIZATION_LEVELS if level in found]
    assert ordered
    for finer, coarser in pairwise(ordered):
        assert all(a >= b for a, b in zip(finer, coarser, strict=True))


@lawful
@given(worlds(), requests(), st.integers(1, 3))
def test_the_best_on_the_named_machine_or_of_open_weights_is_shown(world: World, fields: Record, top: int) -> None:
    answer = recommend(parse({"as_of": TODAY, **fields}), world.build(), top=top)
    named = {"gpu", "hardware", "vram"} & set(fields)
    found = scored(world, fields)
    options, models = found.judged.table.options, found.judged.table.facts.models
    wanted = options.deployment == SELF_HOST if named else models.open_weights[options.model_no]
    quality = found.values["quality"].interval[1]
    candidates = [row for row in found.order.tolist() if wanted[row]]
    if not candidates:
        short = [row for row in found.but_for("aim").tolist() if wanted[row]]
        least = 0.97 * max(quality[short], default=0.0) if fields.get("optimize") == "quality" else 0.0
        candidates = [row for row in short if quality[row] >= least]
    best = candidates[0] if candidates and answer.recommendations else None
    shown = [row.option for row in answer.recommendations]
    if best is None or found.id(best) in shown:
        assert answer.beside == ()
        return
    [beside] = answer.beside
    assert beside.why == ("machine" if named else "open")
    assert beside.row.option == found.id(best)
    assert beside.row.rank == 1 + len({found.model(row) for row in _before(found, best)} - {beside.row.model})


def _before(found: Scored, row: int) -> list[int]:
    order: list[int] = found.order.tolist()
    return order[: order.index(row)] if row in order else order


def _with(fields: Record, name: str, value: Any) -> Record:
    return {**fields, name: value}


MONOTONE: tuple[tuple[str, Callable[[Record, float], Record]], ...] = (
    ("less context", lambda f, x: _with(f, "context_tokens", max(1, int(f.get("context_tokens", 8000) * (1 - x))))),
    ("a larger budget", lambda f, x: _with(f, "budget", f.get("budget", 100) * (1 + x))),
    ("more patience", lambda f, x: _with(f, "max_ttft_ms", f.get("max_ttft_ms", 500) * (1 + x))),
    ("a slower speed", lambda f, x: _with(f, "min_tok_s", f.get("min_tok_s", 20) * (1 - x))),
    (
        "more users",
        lambda f, x: _with(f, "monthly_active_users", max(1, int(f.get("monthly_active_users", 9e8) * (1 - x)))),
    ),
)


@pytest.mark.parametrize(("name", "relax"), MONOTONE, ids=[name for name, _ in MONOTONE])
@lawful
@given(world=worlds(), fields=requests(without=("optimize",)), share=st.floats(0.01, 0.99))
def test_a_relaxed_number_never_admits_fewer(
    name: str, relax: Callable[[Record, float], Record], world: World, fields: Record, share: float
) -> None:
    """Only `--optimize` may: a better one that is admitted raises what it asks of the others."""
    strict = relax(fields, 0)
    assert admitted(world, strict) <= admitted(world, relax(fields, share))


@lawful
@given(
    worlds(), requests(without=("optimize",)), st.sampled_from(("vram", "ram", "gpus")), st.sampled_from((4, 8, 16, 24))
)
def test_more_memory_never_admits_fewer(world: World, fields: Record, field: str, size: int) -> None:
    owned = {**fields, "gpu": "home-24gb", "vram": 24, "ram": 16, "compute": None, "hardware": None, "bandwidth": None}
    more = {"vram": 24 + size, "ram": 16 + size, "gpus": 1 + size // 4}[field]
    assert admitted(world, owned) <= admitted(world, {**owned, field: more})


@lawful
@given(worlds(), requests(without=("optimize",)), st.sampled_from((4, 8, 24)))
def test_the_nearest_to_passing_come_first_and_more_memory_brings_nobody_further(
    world: World, fields: Record, more_gib: int
) -> None:
    owned = {**fields, "gpu": "home-24gb", "vram": 8, "compute": None, "hardware": None, "bandwidth": None}
    before, after = world.ask(owned).excluded, world.ask({**owned, "vram": 8 + more_gib}).excluded
    for rows in (before, after):
        steps = [steps_of(row) for row in rows]
        assert steps == sorted(steps)
        assert all(row.miss is not None and row.miss > 0 for row in rows)
    nearest = {row.model: min(steps_of(each) for each in before if each.model == row.model) for row in before}
    for row in after:
        assert min(steps_of(each) for each in after if each.model == row.model) <= nearest[row.model]


def admitted(world: World, fields: Record) -> set[str]:
    answer = world.ask(fields)
    return {row.model for row in answer.recommendations} | {row.model for row in answer.unrated}


def test_what_costs_nobody_knows_what_counts_as_the_dearest() -> None:
    """It is ranked only where the unknown is allowed, and drawn over the whole range."""
    world = World((model("a"), model("b")), {"alpha": (offering("a", price()), offering("b"))})
    assert [row.name for row in world.ask({"weight": {"latency": 0}}).recommendations] == ["A"]
    rows = {row.name: row for row in world.ask({"weight": {"latency": 0}, "allow_unknown": True}).recommendations}
    weight = rows["B"].criteria["cost"].weight
    assert rows["B"].criteria["cost"].utility == 0
    assert rows["A"].rank < rows["B"].rank
    assert rows["B"].score_interval.high - rows["B"].score_interval.low > 0.5 * weight


def test_twins_are_ordered_by_name() -> None:
    world = World((model("b"), model("a")), {"alpha": (offering("b", price()), offering("a", price()))})
    assert ranked(world.ask({})) == ["a", "b"]
    assert host("x")["offerings"] == []


def test_bounds_reach_beyond_the_twenty_whose_wins_are_counted() -> None:
    names = [f"m{i:02}" for i in range(25)]
    offerings = tuple(offering(name, price()) for name in names)
    world = World(tuple(model(name, 40.0 + i) for i, name in enumerate(names)), {"alpha": offerings})
    rows = world.ask({}).recommendations
    assert sum(row.win_share for row in rows) == pytest.approx(1)
    for row in rows:
        assert row.criteria["latency"].evidence == "prior"
        assert row.score_interval.low < row.score < row.score_interval.high
