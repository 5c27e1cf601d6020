"""How fast the processor itself is now: what a host, heat or a neighbour takes from it is seen in no counter.

Looking must not change what is looked at. OpenBLAS, with which numpy multiplies, lets its threads spin for 2**28
ticks of the processor's clock when they are done (github.com/OpenMathLib/OpenBLAS, driver/others/blas_server.c): for
a tenth of a second they take a core from whatever is timed next. So they are told not to, and waited for.
"""

import os
import time
from functools import cache
from typing import Any

SIZE = 768
TRIES = 3
SPIN = ("OPENBLAS_THREAD_TIMEOUT", "4")  # the least it takes: 2**4 ticks
LOOK_S, MOST_REST_S = 0.004, 0.3
RESTING = 0.25  # of one processor's time, at most


def pace_s() -> float:
    """Seconds that one fixed multiplication of matrices takes, the fastest of a few; 0.0 without numpy.

    The same work every time, from the caches, on all cores: when it takes longer, so does everything. Comes back
    when this process rests.
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
    rest()
    return min(found)


def rest() -> None:
    """Waits until the threads of this process take no time any more, a third of a second at most."""
    end = time.perf_counter() + MOST_REST_S
    while time.perf_counter() < end:
        start, start_cpu = time.perf_counter(), time.process_time()
        time.sleep(LOOK_S)
        if time.process_time() - start_cpu < RESTING * (time.perf_counter() - start):
            return


def no_spinning() -> None:
    """Tells OpenBLAS so; it reads that once, when something first loads numpy."""
    os.environ.setdefault(*SPIN)


@cache
def _matrix() -> Any:
    no_spinning()
    import numpy as np

    matrix = np.full((SIZE, SIZE), 0.5, np.float32)
    matrix @ matrix  # starts the threads
    return matrix
