"""All commands by name, with a summary of each; a command's module is imported only when it is used."""

from collections.abc import Iterator, Sequence
from importlib import import_module
from itertools import dropwhile
from typing import NamedTuple

from llmselect.cli.framework.command import Command, Ending

PROGRAM = "llmselect"


class Group(NamedTuple):
    """Commands by name with their summaries; `help` and `ending` are those of the group."""

    help: str
    ending: Ending
    commands: dict[str, str]


CATALOG = Group(
    "Checks the catalogue, brings it up to date, adds your own records, says where it is.",
    Ending(
        ("llmselect catalog check", "llmselect catalog status"),
        "`refresh` reads from the network and writes into your layer, `add` writes your own records, "
        "`fit` writes abilities.yaml; the others have none.",
        (0, 2, 4, 5),
    ),
    {
        "check": "Checks every file of a catalogue and prints each fault as file:line:column: code: message.",
        "path": "Prints the SQLite file that is read, then what it was made from: a folder, and your own layers.",
        "status": "Says how old the catalogue's facts are, what ends soon, which models are unrated and which prices "
        "disagree.",
        "refresh": "Brings prices, lives, rentals and scores up to date from public files, and says what changed.",
        "add": "Writes a record of your own, which goes before the catalogue's, and prints its path.",
        "fit": "Fits abilities.yaml from the scores of a catalogue: for its maintainers, and for your own copy of it.",
    },
)
ROOT = Group(
    "Which language model to use, where to run it, what it costs and how fast it is, every number with its source.",
    Ending(
        (
            'llmselect recommend --task conversation --gpu "RTX 3090"',
            "llmselect show llama-2-13b-chat",
            "llmselect replace gpt-4-0613",
        ),
        "None, but for a cache of the compiled catalogue, the file that --output names and what `catalog refresh` and "
        "`catalog add` write. No network but for `catalog refresh`.",
        (0, 2, 3, 4, 5),
    ),
    {
        "recommend": "Ranks models for what you need, and says why, with every number's source.",
        "ask": "Asks at most twelve questions, says why it asks each, and recommends a model at the end.",
        "compare": "Puts models side by side: any facts, prices, expected scores, memory and ranks, with footnotes "
        "and sources.",
        "recheck": "Says what has changed since a decision: prices, ends, licences, a new winner and by how much.",
        "replace": "Says when a model ends and at which host, and ranks what could take its place.",
        "estimate": "Estimates decoding speed, time to the first token and memory, step by step, as 90 % intervals.",
        "cost": "Says what models cost by the month: at their hosts, on managed endpoints, on rented and on owned "
        "machines.",
        "show": "Shows a model: its facts, scores, hosts, prices and licence, each with its source.",
        "list": "Lists the models that the catalogue knows, with their status on a day.",
        "tree": "Prints the source document's answer to its four questions, then what the engine makes of it today.",
        "check": "Finds exact model ids in code and configuration, and says which of them end.",
        "explain": "Explains a term or a benchmark: what it is, how it changes a choice, which models have it, and "
        "who says so.",
        "probe": "Measures how fast this machine runs language models, with small ones made of random weights.",
        "measure": "Times any OpenAI-compatible endpoint: seconds to the first token and per token, with their spread.",
        "hardware": "Shows this machine as --hardware auto sees it: processor, memory, GPUs, and what is known of "
        "their speed.",
        "catalog": CATALOG.help,
    },
)
GROUPS = {"": ROOT, "catalog": CATALOG}


def names() -> Iterator[str]:
    """Every command as typed; a group comes before its commands."""
    for name in ROOT.commands:
        yield name
        if name in GROUPS:
            yield from (f"{name} {own}" for own in GROUPS[name].commands)


def named(words: Sequence[str]) -> str:
    """The command or group that a command line names after leading flags; empty if it names none."""
    found = ""
    for word in list(dropwhile(lambda word: word.startswith("-"), words))[:2]:
        if found not in GROUPS or word not in GROUPS[found].commands:
            break
        found = f"{found} {word}".lstrip()
    return found


def load(name: str) -> Command:
    """A command by its name, from the module of the same name."""
    module = import_module("llmselect.cli." + name.replace(" ", "."))
    command: Command = module.COMMAND
    return command
