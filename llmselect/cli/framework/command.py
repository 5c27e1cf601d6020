"""The definition of a command: its function, flags, argument and the end of its help."""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from llmselect.cli.framework.flags import Flag
from llmselect.errors import Exit

Body = Callable[..., Exit]
REQUEST_SIDE_EFFECTS = (  # the side effects of a command that reads requirements
    "Reads LLMSELECT_<FIELD> from the environment and llmselect.yaml; --output writes one file; --hardware auto runs "
    "nvidia-smi. No network."
)


class Ending(NamedTuple):
    """The end of a help text; `meanings` overrides the usual meanings of exit statuses."""

    examples: tuple[str, ...]
    side_effects: str
    statuses: tuple[int, ...]
    meanings: Mapping[int, str] = MappingProxyType({})


class Argument(NamedTuple):
    """A positional argument, which with `many` takes one or more values; `metavar` is its name in the help."""

    name: str
    help: str
    required: bool = True
    complete: Callable[[str], list[str]] | None = None
    many: bool = False
    metavar: str = ""

    @property
    def title(self) -> str:
        """Its name in the help."""
        return self.metavar or self.name.upper()


class Command(NamedTuple):
    """A command. `body` gets each flag and the argument as a keyword, unparsed: text, list of text, or bool.

    The docstring of `body` is the help text.
    """

    body: Body
    flags: Sequence[Flag]
    ending: Ending
    argument: Argument | None = None
