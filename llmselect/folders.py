"""Where this user's files lie, as paths in text: a look there must not cost the import of pathlib."""

import os
import sys


def data_place() -> str:
    """The folder of this user's data for llmselect; it need not exist. Raises RuntimeError without a home folder."""
    if sys.platform == "win32":
        return os.path.join(os.environ.get("APPDATA") or _at_home("AppData", "Roaming"), "llmselect")
    base = os.environ.get("XDG_DATA_HOME", "")  # the standard says to ignore a relative one
    return os.path.join(base if os.path.isabs(base) else _at_home(".local", "share"), "llmselect")


def config_place() -> str:
    """The folder of this user's settings; it need not exist. Raises RuntimeError without a home folder."""
    if sys.platform == "win32":
        return os.path.join(os.environ.get("APPDATA") or _at_home("AppData", "Roaming"), "llmselect")
    base = os.environ.get("XDG_CONFIG_HOME", "")
    return os.path.join(base if os.path.isabs(base) else _at_home(".config"), "llmselect")


def cache_place() -> str:
    """The folder of this user's cache for llmselect; it need not exist. Raises RuntimeError without a home folder."""
    if sys.platform == "win32":
        return os.path.join(os.environ.get("LOCALAPPDATA") or _at_home("AppData", "Local"), "llmselect", "cache")
    base = os.environ.get("XDG_CACHE_HOME", "")
    return os.path.join(base if os.path.isabs(base) else _at_home(".cache"), "llmselect")


def _at_home(*names: str) -> str:
    home = os.path.expanduser("~")
    if home == "~":
        raise RuntimeError("this user has no home folder")
    return os.path.join(home, *names)
