"""Help texts: description, flags by group, examples, side effects and exit statuses."""

import inspect
from collections.abc import Iterator, Mapping, Sequence

from llmselect.cli.framework.command import Command, Ending
from llmselect.cli.framework.commands import Group
from llmselect.cli.framework.flags import Flag
from llmselect.render.format.wrap import wrap

WIDEST = 110
NAME_COLUMN = 28
GENERAL = "General"
STATUSES = {
    0: "0 done",
    2: "2 wrong usage",
    3: "3 nothing qualifies",
    4: "4 the catalogue is invalid",
    5: "5 something needed is missing",
    130: "130 interrupted",
}
_HELP = ("-h, --help", "Shows this text.")
_OF_THE_ROOT = (
    ("--version", "Prints the version."),
    ("--debug", "Shows the traceback of an error; may stand anywhere."),
    ("--install-completion", "Installs completion for the shell that runs."),
    ("--show-completion", "Prints the completion of that shell, to copy or adapt it."),
)
Rows = Sequence[tuple[str, str]]


def command_help(path: str, command: Command, width: int) -> str:
    """The help of the command typed as `path`, at most `width` columns wide."""
    argument = command.argument
    usage = f"Usage: {path} [OPTIONS]" + (f" {argument.title}" if argument else "")
    sections: dict[str, list[tuple[str, str]]] = {}
    if argument is not None:
        sections["Arguments"] = [(argument.title, argument.help)]
    for flag in command.flags:
        sections.setdefault(flag.group, []).append(_row(flag))
    sections[GENERAL] = [*sections.pop(GENERAL, []), _HELP]
    return _text(usage, inspect.getdoc(command.body) or "", sections, command.ending, width)


def group_help(path: str, group: Group, width: int, root: bool) -> str:
    """The help of a group of commands."""
    general = [*(_OF_THE_ROOT if root else ()), _HELP]
    sections = {GENERAL: general, "Commands": [*group.commands.items()]}
    return _text(f"Usage: {path} [OPTIONS] COMMAND [ARGS]...", group.help, sections, group.ending, width)


def _row(flag: Flag) -> tuple[str, str]:
    names = ", ".join(sorted(flag.spellings, key=len))
    default = f" [default: {flag.default}]" if flag.default else ""
    return f"{names} {flag.metavar}".rstrip(), flag.help + default


def _text(usage: str, about: str, sections: Mapping[str, Rows], ending: Ending, width: int) -> str:
    parts = [f"{usage}\n"]
    parts += ["\n".join(f"  {line}" for line in wrap(" ".join(paragraph.split()), width - 2)) + "\n"
              for paragraph in about.split("\n\n")]  # fmt: skip
    parts += [f"{title}:\n{''.join(_entries(rows, width))}" for title, rows in sections.items() if rows]
    parts += [f"{title}:\n" + "".join(f"  {line}\n" for line in lines) for title, lines in _ending(ending, width - 2)]
    return "\n".join(parts)


def _ending(ending: Ending, width: int) -> Iterator[tuple[str, Sequence[str]]]:
    statuses = "; ".join(ending.meanings.get(status, STATUSES[status]) for status in ending.statuses)
    yield "Example" if len(ending.examples) == 1 else "Examples", ending.examples
    yield "Side effects", wrap(ending.side_effects, width)
    yield "Exit statuses", wrap(f"{statuses}.", width)


def _entries(rows: Rows, width: int) -> Iterator[str]:
    """Names with their texts next to them, or below if the name is long."""
    for name, text in rows:
        lines = wrap(text, width - NAME_COLUMN)
        head = f"  {name}"
        if len(head) + 2 <= NAME_COLUMN:
            yield f"{head:<{NAME_COLUMN}}{lines[0]}".rstrip() + "\n"
            lines = lines[1:]
        else:
            yield f"{head}\n"
        yield from (" " * NAME_COLUMN + line + "\n" for line in lines)
