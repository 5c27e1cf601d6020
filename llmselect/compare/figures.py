"""Computed columns: current prices, expected scores, memory, and the ranking for a request."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np

from llmselect.catalog.abilities.curves import aims_of, expected_scores
from llmselect.catalog.schema import Model
from llmselect.compare.view import UNKNOWN, Draft, SubjectColumn, View, per_model
from llmselect.engine.constraints.terms import day_text
from llmselect.engine.explain import quality_name
from llmselect.engine.money import NO_ROW
from llmselect.engine.quality import best_quality
from llmselect.engine.skill_mix import efforts_at
from llmselect.engine.sources import Origin, citations
from llmselect.estimate.interval import Interval
from llmselect.estimate.rows import known
from llmselect.render.words import decimal, money, number, percent
from llmselect.results.comparison import Note
from llmselect.results.recommendation import RecommendedModel

NOT_APPLICABLE = Draft("-")


class Priced(NamedTuple):
    """The current price at a host: its row in `Prices`, and the cost of one request's tokens in USD."""

    usd: float
    host: str
    row: int
    notes: tuple[Note, ...]


def _prices(model: Model, view: View) -> Iterator[Priced]:
    facts, load, day = view.facts, view.request.workload, view.request.as_of_day
    offered, prices, price_no = facts.offerings, facts.prices, view.tariffs.price_no
    alive = ~(offered.released_day > day) & ~(offered.shutdown_day <= day)
    own = (facts.model_of_offering == facts.model_no[model.id]) & alive & (price_no != NO_ROW)
    for offering in np.flatnonzero(own).tolist():
        row, host = int(price_no[offering]), offered.host[offering]
        tokens = (
            (prices.input_usd_per_mtok[row], load.prompt_tokens),
            (prices.output_usd_per_mtok[row], load.output_tokens),
        )
        usd = float(sum(rate * count for rate, count in tokens if not np.isnan(rate)))
        begun, checked = day_text(prices.from_day[row]), day_text(prices.checked_day[row])
        sources = citations(facts, Origin("prices", str(prices.price_no[row])))
        notes = (Note(f"Price of {host} from {begun}, checked on {checked}."), *(Note("", (one,)) for one in sources))
        yield Priced(usd, host, row, notes)


def _cheapest(model: Model, view: View) -> Priced | None:
    return min(_prices(model, view), key=lambda one: (one.usd, one.host), default=None)


def price(model: Model, view: View) -> Draft:
    """Input and output price per million tokens at the cheapest host for the request's tokens."""
    found, prices = _cheapest(model, view), view.facts.prices
    if found is None:
        return UNKNOWN
    rates = {name: known(getattr(prices, name)[found.row]) for name in ("input_usd_per_mtok", "output_usd_per_mtok")}
    listed = " in, ".join(money(rate, listed=True) for rate in rates.values())
    text = "free" if prices.free[found.row] else f"{listed} out"
    return Draft(f"{text} ({found.host})", {**rates, "host": found.host}, found.notes)


def rate(column: str, field: str) -> SubjectColumn:
    """The column of one rate of the cheapest host's price, in USD per million tokens."""

    def of(model: Model, view: View) -> Draft:
        found = _cheapest(model, view)
        value = known(getattr(view.facts.prices, field)[found.row]) if found else None
        return Draft(money(value, listed=True), value, found.notes) if found and value is not None else UNKNOWN

    return per_model(column, of)


def _score(interval: Interval, effort: str) -> str:
    at = "" if effort == "default" else f" at {effort}"
    return f"{interval.value:.0f} ({interval.low:.0f}–{interval.high:.0f}){at}"


def quality(model: Model, view: View) -> Draft:
    """The expected score at the request's task, at the requested effort or else the best one."""
    found = best_quality(efforts_at(view.request.task, view.facts), view.facts.model_no[model.id], view.needs.effort)
    if found is None:
        return UNKNOWN
    note = Note(f"Quality: {quality_name(view.facts, view.request.task)}, in percent, with 90 % intervals.")
    return Draft(_score(found.score, found.effort), round(found.score.value, 1), (note,))


def skill(name: str) -> SubjectColumn:
    """The column of one skill: the expected score on its reference test, at the best effort."""

    def of(model: Model, view: View) -> Draft:
        scale = view.catalog.abilities
        efforts = scale.models.get(model.id, {})
        if name not in scale.skills or not efforts:
            return UNKNOWN
        aims = aims_of(scale, {name: 1.0})
        rows = [(Interval(*expected_scores(row, aims)), effort) for effort, row in efforts.items()]
        interval, effort = max(rows, key=lambda row: (row[0].value, row[1]))
        benchmark, _, harness = scale.reference[name].partition("@")
        tables = view.catalog.benchmarks
        test = tables.benchmarks[benchmark].name if benchmark in tables.benchmarks else benchmark
        by = tables.harnesses[harness].name if harness in tables.harnesses else harness
        note = Note(f"{name.capitalize()}: expected score on {test} ({by}), in percent, with 90 % intervals.")
        return Draft(_score(interval, effort), round(interval.value, 1), (note,))

    return per_model(name, of)


def tests(model: Model, view: View) -> Draft:
    """The number of tests behind the abilities, at the effort with the most, and how many are independent."""
    rows = view.catalog.abilities.models.get(model.id, {}).values()
    most = max(rows, key=lambda row: row.tests, default=None)
    return Draft(f"{most.tests}, {most.independent} independent", most.tests) if most else Draft("none", 0)


def memory(level: str) -> SubjectColumn:
    """The column of GiB that open weights need at a quantisation, including KV cache and runtime."""
    column = f"memory_{level}"

    def of(model: Model, view: View) -> Draft:
        if not model.open_weights:
            return NOT_APPLICABLE
        own = view.own
        rows = np.flatnonzero(own.model_no == view.facts.model_no[model.id]).tolist()
        row = next((row for row in rows if own.level[row] == level), None)
        if row is None:
            return NOT_APPLICABLE if rows else UNKNOWN
        tokens, needed_gib = view.request.workload.context_tokens, float(own.needed_gib[row])
        note = Note(f"Weights, KV cache of {tokens:,} tokens and overhead of {own.runtime[row]}, in GiB.")
        about = (Note("From the parameter count: no architecture is published."),) if own.assumed[row] else ()
        text = f"{'about ' if own.assumed[row] else ''}{needed_gib:.1f}"
        return Draft(text, round(needed_gib, 2), (note, *about))

    return per_model(column, of)


def ranking_column(column: str, of: Callable[[RecommendedModel], Draft]) -> SubjectColumn:
    """A column of the ranking for the request; for models not in it, the reason."""

    def drafted(model: Model, view: View) -> Draft:
        row = next((row for row in view.answer.recommendations if row.model == model.id), None)
        return of(row) if row is not None else _not_ranked(model, view)

    return per_model(column, drafted)


def _not_ranked(model: Model, view: View) -> Draft:
    excluded = [row for row in view.answer.excluded if row.model == model.id]
    if excluded:
        nearest = min(excluded, key=lambda row: len(row.reasons))
        reasons = "; ".join(f"{reason.rule}: needs {reason.needed}, has {reason.had}" for reason in nearest.reasons)
        rules = ", ".join(reason.rule for reason in nearest.reasons)
        return Draft(f"excluded: {rules}", None, (Note(f"{model.name}: {reasons}."),))
    return Draft("unrated")


def rank(row: RecommendedModel) -> Draft:
    """The rank."""
    return Draft(str(row.rank), row.rank)


def where(row: RecommendedModel) -> Draft:
    """The model's best option, without the model's id."""
    return Draft(row.option.partition("@")[2], row.option)


def score(row: RecommendedModel) -> Draft:
    """The weighted sum with its 90 % interval."""
    return Draft(
        f"{decimal(row.score)} ({decimal(row.score_interval.low)}–{decimal(row.score_interval.high)})", row.score
    )


def wins(row: RecommendedModel) -> Draft:
    """The share of draws in which the model comes first."""
    return Draft(percent(row.win_share).replace("\u00a0", " "), row.win_share)


def cost(row: RecommendedModel) -> Draft:
    """The best option's cost per month or per 1,000 requests."""
    found = row.criteria["cost"]
    notes = (Note(f"Cost in {found.unit}."), *(Note("", (source,)) for source in found.sources))
    return Draft(money(found.value), found.value, notes) if found.value is not None else UNKNOWN


def speed(row: RecommendedModel) -> Draft:
    """Estimated decoding speed of one request on the user's own machine, in tokens per second."""
    if row.speed is None:
        return UNKNOWN
    low, value, high = row.speed.decode_tok_s
    return Draft(f"{number(value)} ({number(low)}–{number(high)})", value, (Note("Speed: estimated."),))
