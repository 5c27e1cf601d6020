"""How fast hosts answer: as somebody saw a model there, else what is usual."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from llmselect.catalog.sql.read import Flags, Integers, Numbers
from llmselect.catalog.words import REFERENCE_PARAMS
from llmselect.engine.columns import CLAIMED, PRIOR, PUBLISHED, UNKNOWN, ApiSpeeds
from llmselect.engine.facts import Facts
from llmselect.engine.request import Json
from llmselect.estimate.intervals import around, inverse

# Speeds were seen with prompts of about a thousand tokens; longer ones take this long more. A judgement.
SEEN_PROMPT_TOKENS = 1000
PROMPT_TOK_S = 15_000
FORESIGHT_DAYS = 365  # a speed seen later than this after a day says nothing of that day


@dataclass(slots=True)
class HostedSpeeds:
    """What is expected of every offering."""

    tpot_s: Numbers
    """Seconds per output token, (3, offerings); NaN where nothing is known at all."""
    ttft_s: Numbers
    """To the first token, nothing thought before it; likewise."""
    evidence: Integers
    """Of the seconds per token, (offerings,): index into `EVIDENCE`."""
    speed_no: Integers
    """Row of what was seen, (offerings,); -1 where that is a prior."""


def hosted_speeds(facts: Facts, day: int, prompt_tokens: float) -> HostedSpeeds:
    """The speed of every offering on a day: what was seen of it there, else the prior of `_usual`.

    `prompt_tokens` are those that no cache holds.
    """
    n = len(facts.offerings.offering)
    laws = facts.usual_api_speeds
    if laws is None or not n:
        nothing = np.full((3, n), np.nan)
        return HostedSpeeds(nothing, nothing.copy(), np.full(n, UNKNOWN), np.full(n, -1))
    seen = _rows_known(facts.api_speeds, day)
    here = _of_offerings(facts, seen)
    nowhere = np.full(len(facts.models.model), np.nan)  # queues and networks are a host's own
    pace, first = (
        _with_seen(_usual(facts, laws[name], seen, values, carried), laws[name], seen, values, here)
        for name, values, carried in (
            ("decode_tok_s", seen.decode_tok_s, _published(facts, seen, seen.decode_tok_s)),
            ("ttft_s", seen.ttft_s, nowhere),
        )
    )
    evidence = np.where(here < 0, PRIOR, np.where(_at(_claimed(seen), here, False) == 1, CLAIMED, PUBLISHED))
    first = first + max(0.0, prompt_tokens - SEEN_PROMPT_TOKENS) / PROMPT_TOK_S
    return HostedSpeeds(inverse(pace), first, evidence, _at(seen.speed_no, here, -1).astype(np.int64))


def _rows_known(speeds: ApiSpeeds, day: int) -> ApiSpeeds:
    """The rows that say something of a day."""
    rows = np.flatnonzero(speeds.seen_day <= day + FORESIGHT_DAYS)
    return ApiSpeeds(
        speed_no=speeds.speed_no[rows],
        model=[speeds.model[row] for row in rows],
        host=[speeds.host[row] for row in rows],
        evidence=[speeds.evidence[row] for row in rows],
        decode_tok_s=speeds.decode_tok_s[rows],
        ttft_s=speeds.ttft_s[rows],
        seen_day=speeds.seen_day[rows],
    )


def _of_offerings(facts: Facts, seen: ApiSpeeds) -> Integers:
    """The row of `seen` that is of each offering, -1 without one."""
    rows = {pair: row for row, pair in enumerate(zip(seen.model, seen.host, strict=True))}
    offered = zip(facts.offerings.model, facts.offerings.host, strict=True)
    return np.array([rows.get(pair, -1) for pair in offered], dtype=np.int64)


def _at(column: Numbers | Flags | Integers, rows: Integers, elsewhere: float) -> Numbers:
    """A column at some rows, `elsewhere` where they are -1."""
    filled = np.append(column, elsewhere)
    found: Numbers = filled[np.where(rows < 0, len(column), rows)]
    return found


def _claimed(seen: ApiSpeeds) -> Flags:
    """(m,): which rows are a host's own word."""
    return np.array([word == "claimed" for word in seen.evidence], dtype=bool)


def _with_seen(usual: Numbers, law: Json, seen: ApiSpeeds, values: Numbers, here: Integers) -> Numbers:
    """(3, offerings): the `values` that were seen, with the spread of a later day or of a claim, else what is usual."""
    at_host = _at(values, here, np.nan)
    spread: Numbers = np.where(_at(_claimed(seen), here, False) == 1, float(law["spread"]), float(law["later_spread"]))
    prior = around(usual, np.full(len(usual), law["spread"]))
    found: Numbers = np.where(np.isnan(at_host), prior, around(at_host, spread))
    return found


def _usual(facts: Facts, law: Json, seen: ApiSpeeds, values: Numbers, carried: Numbers) -> Numbers:
    """(offerings,): the median of what is usual.

    What is `carried` (models,) from the developer's host to others where that is known; else the power law, with the
    developer's factor at its own host and for models whose size nobody states, and with a host's own factor where it
    claims speeds of its own.
    """
    of_model, models = facts.model_of_offering, facts.models
    size = models.active_params / REFERENCE_PARAMS
    sized = np.where(np.isnan(size), law["at_unknown_size"], law["at_30b_active"] * size ** law["active_power"])
    factor = np.array([law["developers"].get(developer, 1.0) for developer in models.developer])
    own = facts.at_developer | np.isnan(size)[of_model]
    found = sized[of_model] * np.where(own, factor[of_model], 1.0)
    claimed = _claimed_factors(facts, seen, values, sized)
    found = np.where(np.isnan(carried[of_model]), found, carried[of_model])
    return np.where(np.isnan(claimed), found, sized[of_model] * claimed)


def _published(facts: Facts, seen: ApiSpeeds, values: Numbers) -> Numbers:
    """(models,): what was published of each model; NaN where nothing was."""
    found = np.full(len(facts.models.model), np.nan)
    for model, claimed, value in zip(seen.model, _claimed(seen), values, strict=True):
        if not claimed:
            found[facts.model_no[model]] = value
    return found


def _claimed_factors(facts: Facts, seen: ApiSpeeds, values: Numbers, sized: Numbers) -> Numbers:
    """(offerings,): how many times what is usual for its size a host claims of the models it speaks of; else NaN."""
    ratios: dict[str, list[float]] = {}
    for model, host, claimed, value in zip(seen.model, seen.host, _claimed(seen), values, strict=True):
        if claimed and not np.isnan(value):
            ratios.setdefault(host, []).append(value / sized[facts.model_no[model]])
    return np.array([np.median(ratios[host]) if host in ratios else np.nan for host in facts.offerings.host])
