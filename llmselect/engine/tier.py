"""What is near a model that is to be replaced: the limits of money, waiting and quality, and who keeps to them.

Who replaces a model has a bill, a wait and a quality that were right for the work. A successor may be better in each,
but not clearly worse, and it has to stay. The limits stand in `NEAR`:

- *Money.* Developers set their tiers a factor of three and more apart: Claude Haiku 4.5, Sonnet 4.5 and Opus 4.1 cost
  1, 3 and 15 USD per million input tokens, Gemini 2.5 Flash-Lite, Flash and Pro 0.10, 0.30 and 1.25, GPT-5 nano, mini
  and GPT-5 0.05, 0.25 and 1.25. What bills at most 2.5 times as much for the same requests is thus still of the old
  tier, and leaves room for what newer models think. There is no such limit on a machine of one's own, whose
  electricity is no tier, and for what was free.
- *Waiting.* An answer may take as many times as long as it may cost; up to the task's own limits nobody minds.
- *Quality.* Clearly below is what falls below the low end of the interval that holds the old model's own quality nine
  times in ten. Above there is no limit.
- *Staying.* Previews and experiments end early: Gemini 3 Pro's of 2025-11-18 ended on 2026-03-09
  (https://ai.google.dev/gemini-api/docs/deprecations). None of them follows a model that ends.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from llmselect.catalog.names.hosts import SELF
from llmselect.catalog.sql.read import Flags
from llmselect.engine.columns import Verdicts
from llmselect.engine.constraints.data import released_quality
from llmselect.engine.constraints.judge import Judgement
from llmselect.engine.constraints.kinds import NEVER, Constraint, Judged, Words, verdicts
from llmselect.engine.request import Request, Tier
from llmselect.results.replacement import OldModel

TIER = "tier"  # the name of the constraint


class Nearness(NamedTuple):
    """How many times the old model's figure is still near it."""

    times_usd: float
    times_answer_s: float


NEAR = Nearness(times_usd=2.5, times_answer_s=2.5)
WIDER = (1.0, 2.0, 4.0, 8.0, 16.0, 32.0)  # times the limits, where nothing is within them
_UNFINISHED = re.compile(r"(?:^|[-/.])(?:preview|exp|experimental|beta)(?:$|[-/.])")


def tier_near(old: OldModel | None, request: Request) -> Tier:
    """The limits near an old model; none where nothing is known of it. What the user limits has none here."""
    if old is None:
        return Tier()
    needs, task = request.needs, request.task
    usd = old.usd_per_month if old.host != SELF and needs.budget is None else None
    unnoticed_s = task.max_ttft_ms / 1000 + request.workload.output_tokens / task.min_tok_s
    waits = needs.max_latency_s is None and needs.max_ttft_ms is None and needs.min_tok_s is None
    judged = needs.at_least is None and not needs.min_score
    return Tier(
        least_quality_percent=old.quality.low if old.quality and judged else None,
        most_usd_per_month=NEAR.times_usd * usd if usd else None,
        most_answer_s=max(NEAR.times_answer_s * old.answer_s, unnoticed_s) if old.answer_s and waits else None,
    )


def widened(tier: Tier, times: float) -> Tier:
    """The same with wider limits of money and waiting; what is clearly weaker is no successor at any price."""
    usd, answer_s = tier.most_usd_per_month, tier.most_answer_s
    return Tier(
        tier.least_quality_percent,
        None if usd is None else usd * times,
        None if answer_s is None else answer_s * times,
    )


def with_tier(judgement: Judgement, judged: Judged) -> Judgement:
    """The judgement with the request's tier as one constraint more, where it has one; what is unknown passes."""
    if judged.table.request.tier is None:
        return judgement
    found = np.vstack([judgement.verdicts, _CONSTRAINT.verdicts(judged)[None, :]])
    return Judgement((*judgement.asked, _CONSTRAINT), (*judgement.excludes, False), found)


def unfinished(model: str) -> bool:
    """Whether the id of a model says that it is a preview or an experiment."""
    return _UNFINISHED.search(model) is not None


def _limits(judged: Judged) -> Iterator[tuple[Flags, str, np.ndarray, str]]:
    """Each limit: which options break it, what it asks, the options' own figures, and their format."""
    tier = judged.table.request.tier or Tier()
    figures = judged.figures
    if tier.least_quality_percent is not None:
        own = released_quality(judged.table)
        asked = f"a quality of {tier.least_quality_percent:.1f} %, near the old model's"
        yield own < tier.least_quality_percent, asked, own, "{:.1f} %"
    if tier.most_usd_per_month is not None:
        own = figures.costs.usd_per_month[1]
        asked = f"at most ${tier.most_usd_per_month:,.2f} a month, near the old bill"
        yield own > tier.most_usd_per_month, asked, own, "${:,.2f} a month"
    if tier.most_answer_s is not None:
        own = figures.speeds.answer_s[1]
        asked = f"an answer within {tier.most_answer_s:.3g} s, near the old wait"
        yield own > tier.most_answer_s, asked, own, "{:.3g} s"


def _unfinished(judged: Judged) -> Flags:
    models = judged.table.facts.models.model
    return judged.table.of_models(np.array([unfinished(model) for model in models], dtype=bool))


def _verdicts(judged: Judged) -> Verdicts:
    with np.errstate(invalid="ignore"):
        fails = [broken for broken, *_ in _limits(judged)]
    return verdicts(np.any([_unfinished(judged), *fails], axis=0))


def _words(judged: Judged, row: int) -> Words:
    """The first limit that it breaks."""
    for broken, asked, own, form in _limits(judged):
        if broken[row]:
            return Words(asked, form.format(own[row]))
    return Words("a model that is meant to stay", "a preview or an experiment, by its name")


_CONSTRAINT = Constraint(TIER, "option", _verdicts, _words, "keeps", (), measures=True, miss=NEVER)
