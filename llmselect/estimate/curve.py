"""Monthly cost over monthly volume: where two options cost the same, and what a mix of them costs."""

import math
from collections.abc import Iterator
from typing import NamedTuple

from llmselect.estimate.bills import EDGE

MOST_STEPS = 5_000  # machines of one kind beyond which no crossing is looked for


def units_for(requests: float, unit_requests: float) -> int:
    """Units for a month's requests where each serves `unit_requests`: as in `bills.py`, without arrays."""
    return max(1, math.ceil(requests / unit_requests * (1 - EDGE)))


class Curve(NamedTuple):
    """USD per month = `fixed` + `per_request` x requests + `per_unit` x units.

    A unit is what is paid for whole, such as a rented node; it serves `unit_requests` a month, and there is always
    one. `most_units` is how many there can be, None where more can be had.
    """

    fixed: float = 0.0
    per_request: float = 0.0
    per_unit: float = 0.0
    unit_requests: float = math.inf
    most_units: int | None = None

    def units(self, requests: float) -> int:
        """Units that serve so many requests a month."""
        return units_for(requests, self.unit_requests)

    def serves(self, requests: float) -> bool:
        """Whether there are units enough."""
        return self.most_units is None or self.units(requests) <= self.most_units

    def usd(self, requests: float) -> float:
        """USD per month at a volume; infinite where it cannot be served."""
        if not self.serves(requests):
            return math.inf
        return self.fixed + self.per_request * requests + self.per_unit * self.units(requests)

    @property
    def usd_per_request_when_full(self) -> float:
        """USD of one more request where all units are full, with its share of a further unit."""
        return self.per_request + (self.per_unit / self.unit_requests if self.per_unit else 0.0)


class Crossing(NamedTuple):
    """The volumes from which the second option costs no more: the first such one, and the one from which for good.

    `for_good` is None where the first option becomes the cheaper one again and again, or cannot be told.
    """

    requests: int
    for_good: int | None


def break_even(cheap: Curve, dear: Curve) -> Crossing | None:
    """Where `dear`, which costs more at one request, comes to cost no more than `cheap`; None where it never does."""
    if _gap(cheap, dear, 1) <= 0:
        return None
    first, dearest_until = None, 1.0
    settled, hopeless = _settled(cheap, dear), _hopeless(cheap, dear)
    for start, end in _stretches(cheap, dear):
        crossing, dearer_until = _within(cheap, dear, start, end)
        first = crossing if first is None else first
        dearest_until = dearer_until or dearest_until
        if end == math.inf or start > settled:
            if first is None:
                return None
            return Crossing(first, int(dearest_until) + 1 if dearest_until < end else None)
        if start > hopeless:
            break
    return Crossing(first, None) if first is not None else None


def _gap(cheap: Curve, dear: Curve, requests: int) -> float:
    """How much more `dear` costs in USD per month; infinite where it cannot serve so many requests."""
    if not dear.serves(requests):
        return math.inf
    return dear.usd(requests) - cheap.usd(requests)


def _settled(cheap: Curve, dear: Curve) -> float:
    """The volume beyond which `dear` costs no more for good, whatever its last unit's load."""
    if dear.most_units is not None:
        return math.inf
    over = cheap.most_units * cheap.unit_requests if cheap.most_units is not None else math.inf
    gap = cheap.usd_per_request_when_full - dear.usd_per_request_when_full
    lead = max(0.0, dear.fixed - cheap.fixed + dear.per_unit)
    return min(over, lead / gap if gap > 0 else math.inf)


def _hopeless(cheap: Curve, dear: Curve) -> float:
    """The volume beyond which `dear` costs more for good, however full its units and empty the other's last one."""
    if cheap.most_units is not None:
        return math.inf
    gap = dear.usd_per_request_when_full - cheap.usd_per_request_when_full
    lead = max(0.0, cheap.fixed + cheap.per_unit - dear.fixed)
    return lead / gap if gap > 0 else 0.0 if gap == lead == 0 else math.inf


def _stretches(one: Curve, two: Curve) -> Iterator[tuple[int, float]]:
    """Whole volumes from first to last between which neither option adds a unit; the last stretch may be endless."""
    start, counts = 1, [1, 1]
    for _ in range(MOST_STEPS):
        ends = [_last_volume(curve, count) for curve, count in zip((one, two), counts, strict=True)]
        end = min(ends)
        if end >= start:
            yield start, end
        if end == math.inf:
            return
        start = int(end) + 1
        counts = [count + (own == end) for count, own in zip(counts, ends, strict=True)]


def _last_volume(curve: Curve, units: int) -> float:
    """The largest whole volume that so many units serve."""
    most = curve.unit_requests * units * (1 + EDGE)
    return most if most == math.inf else math.floor(most)


def _within(cheap: Curve, dear: Curve, start: int, end: float) -> tuple[int | None, float | None]:
    """The first volume of a stretch at which `dear` costs no more, and the last one at which it costs more."""
    gap, slope = _gap(cheap, dear, start), dear.per_request - cheap.per_request
    if gap <= 0:
        later = slope > 0 and gap > -math.inf and start - gap / slope < end
        return start, end if later else None
    root = start + math.ceil(gap / -slope - EDGE) if slope < 0 and gap < math.inf else math.inf
    if root <= end and root < math.inf:
        return int(root), root - 1
    return None, end


def best_share(api: Curve, own: Curve, requests: float) -> float:
    """The share of requests to send to `api`, the rest to `own`, at which both together cost least.

    Between two numbers of units the cost is linear in the share, so that the best is a number of full units or
    one of the ends. An option that gets no request costs nothing.
    """
    shares = {0.0, 1.0} if own.serves(requests) else {1.0}
    most = min(own.units(requests), own.most_units or MOST_STEPS, MOST_STEPS)
    shares |= {1 - min(1.0, count * own.unit_requests / requests) for count in range(1, most + 1)}
    return min(sorted(shares), key=lambda share: mixed_usd(api, own, requests, share))


def mixed_usd(api: Curve, own: Curve, requests: float, share: float) -> float:
    """USD per month where `api` gets a share of the requests and `own` the rest."""
    parts = ((api, requests * share), (own, requests * (1 - share)))
    return sum(curve.usd(count) for curve, count in parts if count > 0)


def mixed_quality(api: float, own: float, share: float, router_accuracy: float) -> float:
    """The expected score (0 to 1) of a mix, read as shares of requests that are answered well.

    A router of accuracy 0 sends requests at random, so that the scores average. One of accuracy 1 sends to `api`
    first what only `api` answers well, which is taken to be the difference of the scores. Between them, linear.
    """
    gain = api - own
    blind = share * gain
    perfect = min(share, gain) if gain > 0 else blind
    return own + (1 - router_accuracy) * blind + router_accuracy * perfect
