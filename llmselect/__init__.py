"""Which language model to use, where to run it, what it costs and how fast it is on a machine.

>>> from llmselect import Requirements, recommend
>>> answer = recommend(Requirements(task="qa", gpu="RTX 3090"))

`llmselect.api` has the other commands as functions.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from llmselect.api import load_catalog, recommend
    from llmselect.errors import LlmselectError
    from llmselect.requirements import Requirements

__all__ = ["LlmselectError", "Requirements", "__version__", "load_catalog", "recommend"]
__version__ = "0.1.0"

_PLACES = {
    "recommend": ("llmselect.api", "recommend"),
    "Requirements": ("llmselect.requirements", "Requirements"),
    "load_catalog": ("llmselect.api", "load_catalog"),
    "LlmselectError": ("llmselect.errors", "LlmselectError"),
}


def __getattr__(name: str) -> Any:
    """Loads a public name when it is first asked for, so that the command line starts quickly."""
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    module, attribute = _PLACES[name]
    return getattr(import_module(module), attribute)
