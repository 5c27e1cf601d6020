"""How fast the processor is right now. A host, heat or a neighbour can slow it down without any counter showing it.

The measurement must not disturb what is timed next. OpenBLAS, with which numpy multiplies, lets its threads spin for
2**28 clock ticks after their work (github.com/OpenMathLib/OpenBLAS, driver/others/blas_server.c), about a tenth of a
second in which they occupy a core. So spinning is disabled, and the threads are waited for.
"""

import os
import time
from functools import cache
from typing import Any

SIZE = 768
TRIES = 3
SPIN = ("OPENBLAS_THREAD_TIMEOUT", "4")  # the minimum: 2**4 ticks
POLL_S, MAX_REST_S = 0.004, 0.3
IDLE_CPU_SHARE = 0.25  # of one processor's time, at most


def pace_s() -> float:
    """Seconds of a fixed matrix multiplication, the fastest of a few; 0.0 without numpy.

    It runs from the caches on all cores, so when it takes longer, everything does. Returns when this process is idle.
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
    wait_until_idle()
    return min(found)


def wait_until_idle() -> None:
    """Waits until the threads of this process are idle, for at most MAX_REST_S."""
    end = time.perf_counter() + MAX_REST_S
    while time.perf_counter() < end:
        start, start_cpu = time.perf_counter(), time.process_time()
        time.sleep(POLL_S)
        if time.process_time() - start_cpu < IDLE_CPU_SHARE * (time.perf_counter() - start):
            return


def disable_blas_spinning() -> None:
    """Stops OpenBLAS's threads from spinning; takes effect only before numpy is first imported."""
    os.environ.setdefault(*SPIN)


@cache
def _matrix() -> Any:
    disable_blas_spinning()
    import numpy as np

    matrix = np.full((SIZE, SIZE), 0.5, np.float32)
    matrix @ matrix  # starts the threads
    return matrix
