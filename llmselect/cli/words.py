"""Reads a plain command line by the tables of flags alone: importing typer takes longer than most commands do.

Typer remains what reads command lines: whatever is not plain here (a word that is not known, a value that is missing
or begins with a dash, help) is left to it, with all that it says of errors. A test holds the two equal.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from llmselect.cli.command import Argument, Command
from llmselect.cli.flags import Flag

Given = dict[str, Any]


def read(command: Command, words: Sequence[str]) -> Given | None:
    """What `words` give a command, by the names of its flags and of its argument; None where they are not plain."""
    flags = {spelling: flag for flag in command.flags for spelling in flag.spellings}
    given: Given = {flag.name: False if flag.kind == "switch" else None for flag in command.flags}
    loose, coming = [], iter(words)
    for word in coming:
        if word[:1] != "-":
            loose.append(word)
        elif not _take(word, flags, coming, given):
            return None
    return _with_argument(command.argument, loose, given)


def _take(word: str, flags: dict[str, Flag], coming: Iterable[str], given: Given) -> bool:
    """Enters a flag with its value, which may be the next word; False where that is not plain."""
    spelling, equals, value = word.partition("=")
    flag = flags.get(spelling)
    if flag is None or (equals and (flag.kind == "switch" or spelling == flag.short)):
        return False
    if flag.kind == "switch":
        given[flag.name] = True
        return True
    if not equals:
        value = next(iter(coming), "-")
        if value[:1] == "-":
            return False
    given[flag.name] = [*(given[flag.name] or ()), value] if flag.kind == "list" else value
    return True


def _with_argument(argument: Argument | None, loose: list[str], given: Given) -> Given | None:
    if argument is None:
        return None if loose else given
    if argument.many:
        return {**given, argument.name: loose or None} if loose or not argument.required else None
    if len(loose) > 1 or (argument.required and not loose):
        return None
    return {**given, argument.name: loose[0] if loose else None}
