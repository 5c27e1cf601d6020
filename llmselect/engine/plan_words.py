"""What a cost plan rests on that nobody said, and what its reader should not miss."""

from collections.abc import Sequence

from llmselect.engine.candidates import Candidate
from llmselect.engine.fleet import peak_factor
from llmselect.engine.prices import price_of
from llmselect.engine.situation import Situation
from llmselect.engine.tokens import answer_tokens, thinking_is_known, thinking_tokens
from llmselect.estimate.cost import Rates, Tokens, tokens_usd
from llmselect.requirements import Requirements, flag

MOST_NOTES = 3


def assumed(
    given: Requirements, situation: Situation, api_share: float | None, default_share: float, rows: Sequence[Candidate]
) -> dict[str, str]:
    """What the user did not say, by the flag that changes it."""
    needs, load, said = situation.needs, situation.workload, given.model_fields_set
    texts = {"task": needs.task} | _workload(situation, given)
    if any(row.option.offering is None for row in rows):
        texts |= _machines(situation, rows)
        texts["api_share"] = f"{default_share:.0%} of requests in hybrids"
    texts["verbosity"] = "each model's own length of thinking"
    if api_share is not None:
        texts.pop("api_share", None)
    if load.concurrency > 1:
        texts.pop("concurrency", None)
    return given.from_file() | {flag(name): text for name, text in texts.items() if name not in said}


def _workload(situation: Situation, given: Requirements) -> dict[str, str]:
    needs, load = situation.needs, situation.workload
    texts = {}
    if given.monthly_requests is None:
        texts["requests_per_month"] = f"{needs.monthly_requests:,}"
    if len(situation.traffic.bands) == 1:
        texts |= {"prompt_tokens": f"{load.prompt_tokens:,}", "output_tokens": f"{load.output_tokens:,}"}
        texts["cached_share"] = "none"
    if needs.response_time != "batch" and not situation.traffic.batch_share:
        texts["batch_share"] = "none"
    return texts


def _machines(situation: Situation, rows: Sequence[Candidate]) -> dict[str, str]:
    needs = situation.needs
    texts = {"hours_per_day": "around the clock"} if needs.hours_per_day == 24 else {}
    if peak_factor(situation) > 1:
        texts["peak_to_mean"] = f"the busiest time has {needs.peak_to_mean:g} times the mean rate"
    if not needs.spare_machines:
        texts["spare_machines"] = "none"
    if any(row.rental for row in rows):
        texts["gpu"] = "the cheapest kinds that are rented"
    owned = situation.machine.owned and situation.machine.usd_per_gpu_hour is None
    if owned:
        texts["kwh_usd"] = f"${needs.kwh_usd:.2f} per kWh"
    if owned and needs.purchase_usd is not None:
        texts["years"] = f"{needs.years:g} years of use"
    return texts


def notes(rows: Sequence[Candidate], situation: Situation) -> tuple[str, ...]:
    """What the order of prices hides: models that are cheaper per token and dearer per request; guessed thinking."""
    found = [*_verbose(rows)][:MOST_NOTES]
    guessed = sorted({row.option.model.name for row in rows if _guessed(row)})
    if guessed and situation.needs.verbosity == "own":
        found.append(
            f"how long {', '.join(guessed)} think at these efforts was not measured: the median of others, within a "
            "factor of 3 (--verbosity equal leaves thinking out)"
        )
    return tuple(found)


def _guessed(row: Candidate) -> bool:
    logged = row.situation.traffic.model == row.option.model.id
    return not logged and not thinking_is_known(row.option) and thinking_tokens(row.option, row.situation).high > 0


def _verbose(rows: Sequence[Candidate]) -> list[str]:
    """Pairs of APIs of which one has the lower price per token and the higher bill."""
    apis = [row for row in rows if row.option.offering is not None and not row.figures.free_tier]
    one = apis[0].situation.total_tokens if apis else None
    pairs = [
        (cheap, dear)
        for cheap in apis
        for dear in apis
        if one is not None and cheap.option.model.id != dear.option.model.id
        if _same_tokens_usd(cheap, one) < _same_tokens_usd(dear, one)
        and cheap.figures.curves.value.per_request > dear.figures.curves.value.per_request
    ]
    pairs.sort(key=lambda pair: pair[1].figures.curves.value.per_request / pair[0].figures.curves.value.per_request)
    return [_verbose_text(cheap, dear) for cheap, dear in pairs]


def _same_tokens_usd(row: Candidate, tokens: Tokens) -> float:
    """The bill at a row's price if its answers were as long as asked."""
    price = price_of(row.option, row.situation)
    assert price is not None
    return tokens_usd(tokens, Rates(price.input_usd_per_mtok or 0.0, price.output_usd_per_mtok or 0.0))


def _verbose_text(cheap: Candidate, dear: Candidate) -> str:
    tokens = [answer_tokens(row.option, row.situation).value for row in (cheap, dear)]
    usd = [row.figures.curves.value.per_request * 1000 for row in (cheap, dear)]
    return (
        f"{_label(cheap)} costs less per token than {_label(dear)} and more per request: it writes about "
        f"{tokens[0]:,.0f} tokens against {tokens[1]:,.0f}, ${usd[0]:,.2f} per 1,000 requests against ${usd[1]:,.2f}"
    )


def _label(row: Candidate) -> str:
    effort = "" if row.option.effort == "default" else f" at {row.option.effort} effort"
    return f"{row.option.model.name} ({row.option.host}){effort}"
