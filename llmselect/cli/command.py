"""What a command is: what it does, its flags, and how its help ends."""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from llmselect.cli.flags import Flag
from llmselect.errors import Exit

Body = Callable[..., Exit]
OF_A_REQUEST = (  # the side effects of a command that reads requirements
    "Reads LLMSELECT_<FIELD> from the environment and llmselect.yaml; --output writes one file; --hardware auto runs "
    "nvidia-smi. No network."
)


class Ending(NamedTuple):
    """How each help text ends; `meanings` are those of exit statuses that say something else than usual."""

    examples: tuple[str, ...]
    side_effects: str
    statuses: tuple[int, ...]
    meanings: Mapping[int, str] = MappingProxyType({})


class Argument(NamedTuple):
    """A value without a flag, or with `many` one or more of them; `metavar` is its name in the help."""

    name: str
    help: str
    required: bool = True
    complete: Callable[[str], list[str]] | None = None
    many: bool = False
    metavar: str = ""

    @property
    def title(self) -> str:
        """What the help calls it."""
        return self.metavar or self.name.upper()


class Command(NamedTuple):
    """A command. `body` gets one keyword for each flag and the argument, unread: text, list of text, or bool.

    Its docstring is the help.
    """

    body: Body
    flags: Sequence[Flag]
    ending: Ending
    argument: Argument | None = None
