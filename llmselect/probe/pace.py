"""How fast the processor itself is now: what a host, heat or a neighbour takes from it is seen in no counter."""

import time
from functools import cache
from typing import Any

SIZE = 768
TRIES = 3


def pace_s() -> float:
    """Seconds that one fixed multiplication of matrices takes, the fastest of a few; 0.0 without numpy.

    The same work every time, from the caches, on all cores: when it takes longer, so does everything.
    """
    try:
        matrix = _matrix()
    except ImportError:
        return 0.0
    found = []
    for _ in range(TRIES):
        start = time.perf_counter()
        matrix @ matrix
        found.append(time.perf_counter() - start)
    return min(found)


@cache
def _matrix() -> Any:
    import numpy as np

    matrix = np.full((SIZE, SIZE), 0.5, np.float32)
    matrix @ matrix  # starts the threads
    return matrix
