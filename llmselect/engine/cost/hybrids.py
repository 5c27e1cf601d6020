"""Scenarios: an API for the share of requests that need it, machines of one's own or rented ones for the rest."""

import math
from collections.abc import Iterable, Sequence

from llmselect.engine.cost.candidates import Candidate
from llmselect.estimate.curve import best_share, mixed_quality, mixed_usd
from llmselect.results.cost import Hybrid, Mix

MOST_HYBRIDS = 3
SHARES = (0.0, 0.05, 0.1, 0.2, 0.5, 1.0)


def hybrids(rows: Sequence[Candidate], requests: int, api_share: float, router_accuracy: float) -> tuple[Hybrid, ...]:
    """The pairs that cost least at the asked share, of each model's cheapest option of each kind.

    Left out are pairs whose API model is known to be weaker at the task than the other model.
    """
    apis = _cheapest(row for row in rows if row.deployment == "api" and not row.free)
    owns = _cheapest(row for row in rows if not row.at_host)
    pairs = [(api, own) for api in apis for own in owns if _sensible(api, own)]
    found = [_hybrid(api, own, requests, api_share, router_accuracy) for api, own in pairs]
    found.sort(key=lambda row: (row.asked.usd_per_month or math.inf, row.api, row.own))
    return tuple(found[:MOST_HYBRIDS])


def _cheapest(rows: Iterable[Candidate]) -> list[Candidate]:
    found: dict[int, Candidate] = {}
    for row in sorted(rows, key=lambda row: (_usd(row), -(_quality(row) or 0.0), row.id)):
        found.setdefault(row.model_no, row)
    return list(found.values())


def _usd(row: Candidate) -> float:
    return row.usd_per_month.value


def _sensible(api: Candidate, own: Candidate) -> bool:
    strong, weak = _quality(api), _quality(own)
    return strong is None or weak is None or strong >= weak


def _quality(row: Candidate) -> float | None:
    score = row.quality_percent
    return score.value / 100 if score else None


def _hybrid(api: Candidate, own: Candidate, requests: int, api_share: float, router_accuracy: float) -> Hybrid:
    curves = api.curves.value, own.curves.value
    scores = _quality(api), _quality(own)

    def mix(share: float) -> Mix:
        known = None if None in scores else 100 * mixed_quality(*scores, share, router_accuracy)  # type: ignore[arg-type]
        usd = mixed_usd(*curves, requests, share)
        return Mix(share, usd if math.isfinite(usd) else None, known)

    mixes = tuple(mix(share) for share in sorted({*SHARES, api_share}))
    return Hybrid(api.id, own.id, router_accuracy, mix(api_share), mix(best_share(*curves, requests)), mixes)
