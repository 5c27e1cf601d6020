"""Columns that are computed: prices of the day, expected scores, memory, and a request's own ranking."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from llmselect.catalog.abilities import aims_of, expected_scores
from llmselect.catalog.lookup import offering_status
from llmselect.catalog.schema import Model, Price
from llmselect.compare.view import UNKNOWN, Draft, Of, View, cited, each
from llmselect.engine.cite import Ref
from llmselect.engine.options import Option, offerings_of
from llmselect.engine.places import expand
from llmselect.engine.prices import price_of
from llmselect.engine.quality import best_quality, measure_name
from llmselect.estimate.interval import Interval
from llmselect.render.words import decimal, money, number, percent
from llmselect.results.comparison import Note
from llmselect.results.recommendation import RecommendedModel

NOT_APPLICABLE = Draft("-")


class Priced(NamedTuple):
    """The cheapest price of the day for a request's tokens, and the host that asks it."""

    usd: float
    host: str
    price: Price
    notes: tuple[Note, ...]


def _prices(model: Model, view: View) -> Iterator[Priced]:
    load = view.situation.workload
    for host_id, offering in offerings_of(model.id, view.situation):
        if offering_status(offering, view.needs.as_of) not in ("active", "unknown"):
            continue
        price = price_of(Option("", model, offering.deployment, host_id, offering), view.situation)
        if price is None:
            continue
        tokens = ((price.input_usd_per_mtok, load.prompt_tokens), (price.output_usd_per_mtok, load.output_tokens))
        usd = sum((rate or 0.0) * count for rate, count in tokens)
        checked = Note(f"Price of {host_id} from {price.from_}, checked on {price.checked}.")
        sources = cited(Ref(view.catalog.hosts[host_id], price.source))
        yield Priced(usd, host_id, price, (checked, *sources))


def _cheapest(model: Model, view: View) -> Priced | None:
    return min(_prices(model, view), key=lambda row: (row.usd, row.host), default=None)


def price(model: Model, view: View) -> Draft:
    """Input and output price per million tokens at the host that is cheapest for the request's tokens."""
    row = _cheapest(model, view)
    if row is None:
        return UNKNOWN
    rates = {"input_usd_per_mtok": row.price.input_usd_per_mtok, "output_usd_per_mtok": row.price.output_usd_per_mtok}
    text = "free" if row.price.free else " in, ".join(map(money, rates.values())) + " out"
    return Draft(f"{text} ({row.host})", {**rates, "host": row.host}, row.notes)


def rate(column: str, field: str) -> Of:
    """The column of one rate of that price, in USD per million tokens."""

    def of(model: Model, view: View) -> Draft:
        row = _cheapest(model, view)
        value = getattr(row.price, field) if row else None
        return Draft(money(value), value, row.notes) if row and value is not None else UNKNOWN

    return each(column, of)


def _score(interval: Interval, effort: str) -> str:
    at = "" if effort == "default" else f" at {effort}"
    return f"{interval.value:.0f} ({interval.low:.0f}–{interval.high:.0f}){at}"


def quality(model: Model, view: View) -> Draft:
    """The expected score at the request's task, at the best effort or the one that is asked for."""
    task, wanted = view.situation.task, view.needs.effort
    efforts = [wanted] if wanted in view.catalog.abilities.models.get(model.id, {}) else None
    found = [
        (row.score.value, effort, row)
        for effort in efforts or view.catalog.abilities.models.get(model.id, {})
        if (row := best_quality(model, task, view.catalog, effort))
    ]
    if not found:
        return UNKNOWN
    value, effort, row = max(found, key=lambda each: each[:2])
    note = Note(f"Quality: {measure_name(task, view.catalog)}, in percent, with 90 % intervals.")
    return Draft(_score(row.score, effort), round(value, 1), (note,))


def skill(name: str) -> Of:
    """The column of one skill: the expected score on its reference test, at the effort where it is best."""

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

    return each(name, of)


def tests(model: Model, view: View) -> Draft:
    """How many tests the abilities rest on, at the effort with the most, and how many are independent."""
    rows = view.catalog.abilities.models.get(model.id, {}).values()
    most = max(rows, key=lambda row: row.tests, default=None)
    return Draft(f"{most.tests}, {most.independent} independent", most.tests) if most else Draft("none", 0)


def memory(level: str) -> Of:
    """The column of GiB that open weights need at a quantisation, cache and runtime included."""
    column = f"memory_{level}"

    def of(model: Model, view: View) -> Draft:
        if not model.open_weights:
            return NOT_APPLICABLE
        plans = {option.quantization: option for option in expand(model, view.situation) if option.plan}
        option = plans.get(level)
        if option is None or option.plan is None:
            return NOT_APPLICABLE if plans else UNKNOWN
        tokens = view.situation.workload.context_tokens
        note = Note(f"Weights, KV cache of {tokens:,} tokens and overhead of {option.runtime}, in GiB.")
        about = (Note("From the parameter count: no architecture is published."),) if option.plan.estimated else ()
        text = f"{'about ' if option.plan.estimated else ''}{option.plan.needed_gib:.1f}"
        return Draft(text, round(option.plan.needed_gib, 2), (note, *about))

    return each(column, of)


def of_row(column: str, of: Callable[[RecommendedModel], Draft]) -> Of:
    """A column of the request's own ranking; for a model that is not in it, why."""

    def drafted(model: Model, view: View) -> Draft:
        row = next((row for row in view.answer.recommendations if row.model == model.id), None)
        return of(row) if row is not None else _absent(model, view)

    return each(column, drafted)


def _absent(model: Model, view: View) -> Draft:
    ways = [row for row in view.answer.excluded if row.model == model.id]
    if ways:
        nearest = min(ways, key=lambda row: len(row.reasons))
        said = "; ".join(f"{reason.rule}: needs {reason.needed}, has {reason.had}" for reason in nearest.reasons)
        rules = ", ".join(reason.rule for reason in nearest.reasons)
        return Draft(f"excluded: {rules}", None, (Note(f"{model.name}: {said}."),))
    bet = any(row.model == model.id for row in view.answer.provisional)
    return Draft("not scored yet" if bet else "unrated")


def rank(row: RecommendedModel) -> Draft:
    """The place in the ranking."""
    return Draft(str(row.rank), row.rank)


def where(row: RecommendedModel) -> Draft:
    """The best option of the model, behind its id."""
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
    """What the best option costs by the month, or by 1,000 requests."""
    found = row.criteria["cost"]
    notes = (Note(f"Cost in {found.unit}."), *(Note("", (source,)) for source in found.sources))
    return Draft(money(found.value), found.value, notes) if found.value is not None else UNKNOWN


def speed(row: RecommendedModel) -> Draft:
    """Tokens per second of one reader, estimated, on one's own machine."""
    if row.speed is None:
        return UNKNOWN
    low, value, high = row.speed.decode_tok_s
    return Draft(f"{number(value)} ({number(low)}–{number(high)})", value, (Note("Speed: estimated."),))
