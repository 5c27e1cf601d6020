"""One candidate as a record: its bill, the price behind it, and how its machines serve."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

import numpy as np

from llmselect.engine.constraints.terms import day_text, host_of
from llmselect.engine.cost.candidates import Candidate
from llmselect.engine.cost.logged import Logged
from llmselect.engine.explain import warnings
from llmselect.engine.facts import Facts
from llmselect.engine.money import NO_ROW, mean_price_no
from llmselect.engine.sources import Origin, citations
from llmselect.estimate.interval import Interval
from llmselect.estimate.intervals import interval_at
from llmselect.estimate.rows import known
from llmselect.results.cost import CostOption, PriceShown, Serving, VolumeCost


def cost_option(candidate: Candidate, volumes: Sequence[int], logged: Logged | None) -> CostOption:
    """The record of a candidate at the asked volume and at others."""
    table, row, machine = candidate.table, candidate.row, candidate.table.request.machine
    models, own, at = table.facts.models, table.own, int(table.options.own_no[row])
    return CostOption(
        id=candidate.id,
        model=models.model[candidate.model_no],
        name=models.name[candidate.model_no],
        option=candidate.option,
        host=host_of(table, row),
        provider=candidate.rental.provider if candidate.rental else None,
        deployment=candidate.deployment,
        effort=None if candidate.effort == "default" else candidate.effort,
        quantization=own.level[at] if at >= 0 else None,
        runtime=own.runtime[at] if at >= 0 else None,
        hardware=f"{machine.count} x {machine.name}" if at >= 0 else None,
        usd_per_month=candidate.usd_per_month,
        usd_per_1k_requests=candidate.usd_per_1k_requests,
        evidence=candidate.evidence,
        output_tokens=_output_tokens(candidate),
        quality=candidate.quality_percent,
        price=_token_price(candidate) if candidate.at_host else _machine_price(candidate),
        by_volume=tuple(VolumeCost(count, _at(candidate, count)) for count in volumes),
        serving=_serving(candidate),
        requests_over_context=_over_context(candidate, logged),
        warnings=tuple(_warnings(candidate)),
    )


def _at(candidate: Candidate, requests: int) -> Interval | None:
    """The bill at a volume; None where the middle estimate says that the machine cannot serve it."""
    curves = candidate.curves
    if not curves.value.serves(requests):
        return None
    bill = curves.usd(requests)
    return bill if curves.high.serves(requests) else bill._replace(high=bill.value)


def _output_tokens(candidate: Candidate) -> Interval:
    """Output tokens of a request: as logged for the logged model, else what is shown and what the option thinks."""
    table = candidate.table
    traffic, tokens = table.request.traffic, candidate.priced.judged.figures.tokens.answer
    if traffic.model == table.facts.models.model[candidate.model_no]:
        mean = traffic.total.output / traffic.total.requests
        return Interval.exact(mean)
    return Interval(*tokens[:, candidate.row].tolist())


def _machine_price(candidate: Candidate) -> PriceShown:
    facts, request = candidate.table.facts, candidate.table.request
    needs, machine = request.needs, request.machine
    rental = candidate.rental or machine.rental
    if machine.usd_per_gpu_hour is not None:
        return PriceShown(usd_per_gpu_hour=machine.usd_per_gpu_hour)
    if rental is None:
        return PriceShown(purchase_usd=needs.purchase_usd, usd_per_kwh=needs.kwh_usd)
    return PriceShown(
        usd_per_gpu_hour=rental.usd_per_gpu_hour,
        gpus=rental.gpus,
        from_=day_text(rental.from_day),
        to=None if rental.to_day is None else day_text(rental.to_day),
        as_of=day_text(rental.checked_day),
        source=citations(facts, Origin("rentals", str(rental.rental_no))),
    )


def _token_price(candidate: Candidate) -> PriceShown:
    facts, request = candidate.table.facts, candidate.table.request
    at = int(candidate.priced.judged.figures.costs.price_no[candidate.row])
    batch = mean_price_no(facts, request.traffic, request.as_of_day, "batch")
    return token_price(facts, at, int(batch[candidate.table.options.offering_no[candidate.row]]))


def token_price(facts: Facts, price_no: int, batch_no: int) -> PriceShown:
    """A row of `Prices` and that of deferred requests, -1 where there is none."""
    prices, free, ends = facts.prices, bool(facts.prices.free[price_no]), facts.prices.to_day[price_no]
    batch = [prices.input_usd_per_mtok, prices.output_usd_per_mtok]
    reduced = [None if batch_no == NO_ROW else known(float(column[batch_no])) for column in batch]
    return PriceShown(
        input_usd_per_mtok=0.0 if free else float(prices.input_usd_per_mtok[price_no]),
        cached_input_usd_per_mtok=known(float(prices.cached_input_usd_per_mtok[price_no])),
        output_usd_per_mtok=0.0 if free else float(prices.output_usd_per_mtok[price_no]),
        batch_input_usd_per_mtok=reduced[0],
        batch_output_usd_per_mtok=reduced[1],
        from_=day_text(prices.from_day[price_no]),
        to=None if np.isnan(ends) else day_text(ends),
        as_of=day_text(prices.checked_day[price_no]),
        source=citations(facts, Origin("prices", str(prices.price_no[price_no]))),
    )


def _serving(candidate: Candidate) -> Serving | None:
    if candidate.machines is None or candidate.batch is None or candidate.unit_requests is None:
        return None
    gpus = round(candidate.machines.value) * candidate.table.request.machine.count
    return Serving(candidate.machines, gpus, candidate.batch, candidate.unit_requests, candidate.utilization)


def _over_context(candidate: Candidate, logged: Logged | None) -> float | None:
    window = float(candidate.table.options.context_tokens[candidate.row])
    if logged is None or np.isnan(window):
        return None
    return 1 - bisect_right(logged.lengths, window) / len(logged.lengths)


def _warnings(candidate: Candidate) -> list[str]:
    """Those that `recommend` gives, and those that concern a bill alone."""
    priced, row, rental = candidate.priced, candidate.row, candidate.rental
    utility, score = priced.quality.utility[1, row], interval_at(priced.quality.interval, row)
    found = list(warnings(priced.judged, row, float(utility), score.value if score else float("nan")))
    if rental is not None:
        found = [text for text in found if "last checked" not in text]
        if candidate.stale_days:
            found.append(f"its rent was last checked {candidate.stale_days} days ago; the cost interval is widened")
        found += [rental.note] if rental.note else []
    if candidate.at_host and candidate.table.request.traffic.total.cached and not candidate.free:
        at = int(priced.judged.figures.costs.price_no[row])
        if np.isnan(candidate.table.facts.prices.cached_input_usd_per_mtok[at]):
            found.append("no price of cached input is known: billed as other input")
    return found
