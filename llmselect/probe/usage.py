"""This process's own resource usage."""

import sys


def peak_rss_bytes() -> int | None:
    """The peak resident memory of this process in bytes; None if the system does not report it."""
    if sys.platform == "win32":
        return _windows_peak_bytes()
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024  # Linux counts in KiB


def _windows_peak_bytes() -> int | None:
    try:
        import psutil
    except ImportError:
        return None
    return int(getattr(psutil.Process().memory_info(), "peak_wset", 0)) or None
