"""Monthly bills of whole machines over the volume, one row an option; `curve.py` has those of a single option."""

from dataclasses import dataclass

import numpy as np

from llmselect.estimate.rows import Floats

EDGE = 1e-9  # relative rounding error allowed before one machine more is counted


@dataclass(slots=True)
class MachineBills:
    """USD per month = `fixed` + `per_request` x requests + `per_unit` x units; each (3, n), NaN where unknown.

    A unit is what is paid for whole, such as a rented node; it serves `unit_requests` a month (infinite: any number),
    and there is always one.
    """

    fixed: Floats
    per_request: Floats
    per_unit: Floats
    unit_requests: Floats

    def usd(self, requests: float) -> Floats:
        """(3, n): USD per month at a volume."""
        return self.fixed + self.per_request * requests + self.per_unit * units_for(requests, self.unit_requests)


def units_for(requests: float, unit_requests: Floats) -> Floats:
    """Units that serve so many requests a month where each serves `unit_requests`."""
    return np.maximum(1.0, np.ceil(requests / unit_requests * (1 - EDGE)))


def unit_requests(busy_s: Floats, seconds: float) -> Floats:
    """(3, n): requests that a machine serves in so many seconds where each takes it `busy_s`: fewest first."""
    return seconds / busy_s[::-1]
