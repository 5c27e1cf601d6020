"""How a command is made: its signature from a table of flags, its help in groups with an example at the end."""

import inspect
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup

from llmselect.cli.flags import Flag
from llmselect.errors import Exit
from llmselect.frozen import NamedTuple
from llmselect.render.wrap import wrap

Body = Callable[..., Exit]
WIDEST_HELP = 110
NAME_COLUMN = 28
STATUSES = {
    0: "0 done",
    2: "2 wrong usage",
    3: "3 nothing qualifies",
    4: "4 the catalogue is invalid",
    5: "5 something needed is missing",
    130: "130 interrupted",
}


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


class _Grouped:
    """Options by group, then example, side effects and exit statuses."""

    ending: Ending

    def format_options(self, ctx: Any, formatter: Any) -> None:
        groups: dict[str, list[tuple[str, str]]] = {}
        for param in self.get_params(ctx):  # type: ignore[attr-defined]
            record = param.get_help_record(ctx)
            if record is not None:
                title = "Arguments" if param.param_type_name == "argument" else _panel(param)
                groups.setdefault(title, []).append(record)
        for title in sorted(groups, key=lambda title: title == "General"):
            with formatter.section(title):
                formatter.write("".join(_entries(groups[title], formatter.width)))
        if isinstance(self, TyperGroup):
            commands = [(name, self.commands[name].help or "") for name in self.list_commands(ctx)]
            with formatter.section("Commands"):
                formatter.write(
                    "".join(_entries([(n, text.partition("\n\n")[0]) for n, text in commands], formatter.width))
                )

    def format_epilog(self, ctx: Any, formatter: Any) -> None:
        ending, width = self.ending, formatter.width - 2
        statuses = "; ".join(ending.meanings.get(status, STATUSES[status]) for status in ending.statuses) + "."
        parts = (
            ("Example" if len(ending.examples) == 1 else "Examples", ending.examples),
            ("Side effects", wrap(ending.side_effects, width)),
            ("Exit statuses", wrap(statuses, width)),
        )
        for title, lines in parts:
            with formatter.section(title):
                formatter.write("".join(f"  {line}\n" for line in lines))


def _entries(rows: Sequence[tuple[str, str]], width: int) -> list[str]:
    """Names with their texts beside them, or below where a name is long; words keep their hyphens."""
    room = width - NAME_COLUMN
    lines = []
    for name, text in rows:
        wrapped = wrap(text, room)
        head = f"  {name}"
        if len(head) + 2 <= NAME_COLUMN:
            lines.append(f"{head:<{NAME_COLUMN}}{wrapped[0]}".rstrip() + "\n")
            wrapped = wrapped[1:]
        else:
            lines.append(f"{head}\n")
        lines += [" " * NAME_COLUMN + line + "\n" for line in wrapped]
    return lines


def _panel(param: Any) -> str:
    panel = getattr(param, "rich_help_panel", None)
    return panel if isinstance(panel, str) else "General"


def command_class(ending: Ending) -> type[TyperCommand]:
    """A command whose help ends with `ending`."""
    return type("Command", (_Grouped, TyperCommand), {"ending": ending})


def group_class(ending: Ending) -> type[TyperGroup]:
    """A group of commands whose help ends with `ending`."""
    return type("Group", (_Grouped, TyperGroup), {"ending": ending})


def add(
    app: typer.Typer, name: str, flags: Sequence[Flag], ending: Ending, argument: Argument | None = None
) -> Callable[[Body], Body]:
    """Registers a function as a command; it gets one keyword for each flag, unread: text, list of text, or bool."""

    def register(body: Body) -> Body:
        def callback(**given: Any) -> Exit:
            return body(**given)

        parameters = [_positional(argument)] if argument else []
        parameters += [_option(flag) for flag in flags]
        callback.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
        settings = {"max_content_width": WIDEST_HELP}
        app.command(name, help=inspect.getdoc(body), cls=command_class(ending), context_settings=settings)(callback)
        return body

    return register


def _option(flag: Flag) -> inspect.Parameter:
    switch = flag.kind == "switch"
    text = flag.help + (f" [default: {flag.default}]" if flag.default else "")
    info = typer.Option(
        False if switch else None,
        *flag.spellings,
        help=text,
        metavar=flag.metavar or None,
        show_default=False,
        rich_help_panel=flag.group or None,
    )
    annotation: Any = bool if switch else list[str] | None if flag.kind == "list" else str | None
    return inspect.Parameter(flag.name, inspect.Parameter.KEYWORD_ONLY, default=info, annotation=annotation)


def _positional(argument: Argument) -> inspect.Parameter:
    info = typer.Argument(
        ... if argument.required else None,
        help=argument.help,
        metavar=argument.metavar or argument.name.upper(),
        show_default=False,
        autocompletion=argument.complete,
    )
    annotation: Any = list[str] if argument.many else str if argument.required else str | None
    return inspect.Parameter(argument.name, inspect.Parameter.KEYWORD_ONLY, default=info, annotation=annotation)
