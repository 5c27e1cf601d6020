"""Between which volumes which candidate is the cheapest, and where any two of them cost the same."""

from collections.abc import Sequence
from itertools import combinations

from llmselect.engine.cost.candidates import Candidate
from llmselect.estimate.curve import Crossing, Curve, break_even
from llmselect.results.cost import BreakEven, Cheapest

GRID = tuple(round(10 ** (step / 8)) for step in range(12 * 8 + 1))
LARGEST_VOLUME = 10**12  # requests a month; what would only pay beyond never does


def break_evens(rows: Sequence[Candidate]) -> tuple[BreakEven, ...]:
    """Every pair whose order turns with the volume, those that turn at the smallest volume first."""
    found = [_between(*pair) for pair in combinations([row for row in rows if not row.free], 2)]
    return tuple(
        sorted((one for one in found if one), key=lambda one: (one.requests_per_month[1], one.first, one.then))
    )


def _between(one: Candidate, two: Candidate) -> BreakEven | None:
    first, then = sorted((one, two), key=lambda row: (row.curves.value.usd(1), row.id))
    crossing = _crossing(first.curves.value, then.curves.value)
    if crossing is None:
        return None
    low = _crossing(first.curves.high, then.curves.low)
    high = _crossing(first.curves.low, then.curves.high)
    earliest = low.requests if low else 1 if _no_dearer(first, then) else None
    volumes = (earliest, crossing.requests, high.requests if high else None)
    return BreakEven(first.id, then.id, volumes, crossing.for_good)


def _no_dearer(first: Candidate, then: Candidate) -> bool:
    return then.curves.low.usd(1) <= first.curves.high.usd(1)


def _crossing(cheap: Curve, dear: Curve) -> Crossing | None:
    found = break_even(cheap, dear)
    return found if found is not None and found.requests <= LARGEST_VOLUME else None


def cheapest_by_volume(rows: Sequence[Candidate]) -> tuple[Cheapest, ...]:
    """The cheapest option from one request a month upwards, each from the volume at which it takes over.

    Looked at are the options that are cheapest at some volume of a fine grid, where two of these first cross and
    where they cross for good; between such points steps may turn the order for short stretches.
    """
    known = [row for row in rows if not row.free]
    paid = list({row.id: row for row in (_cheapest(known, volume) for volume in GRID)}.values()) if known else []
    if not paid:
        return ()
    turns = {1}
    for one, two in combinations(paid, 2):
        first, then = sorted((one, two), key=lambda row: row.curves.value.usd(1))
        found = _crossing(first.curves.value, then.curves.value)
        if found is not None:
            turns |= {found.requests, *([found.for_good] if found.for_good else [])}
    best: list[Cheapest] = []
    for volume in sorted(turn for turn in turns if turn <= LARGEST_VOLUME):
        winner = _cheapest(paid, volume)
        if not best or best[-1].option != winner.id:
            best.append(Cheapest(volume, winner.id))
    return tuple(best)


def _cheapest(rows: Sequence[Candidate], volume: int) -> Candidate:
    return min(rows, key=lambda row: (row.curves.value.usd(volume), row.id))
