"""The command line as typer reads it: help, completion, and an error for what is not plain."""

import inspect
import os
from collections.abc import Mapping, Sequence
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup

from llmselect import __version__
from llmselect.cli.command import Argument, Command, Ending
from llmselect.cli.commands import GROUPS, PROGRAM, Group, load, named
from llmselect.cli.flags import Flag
from llmselect.errors import LlmselectError, close_matches
from llmselect.render.wrap import wrap

COMPLETE_VARIABLE = "_LLMSELECT_COMPLETE"
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
_SETTINGS = {"max_content_width": WIDEST_HELP}
_PLAIN: dict[str, Any] = {"rich_markup_mode": None, "pretty_exceptions_enable": False}
_UsageError: Any = typer.BadParameter.__bases__[0]  # the base of all errors of parsing


def dispatch(arguments: list[str]) -> int:
    """Runs a command line and returns its status; raises LlmselectError for one that cannot be read."""
    root = _group("")
    if os.environ.get(COMPLETE_VARIABLE):
        root.main(arguments, prog_name=PROGRAM, complete_var=COMPLETE_VARIABLE)
    try:
        with root.make_context(PROGRAM, arguments) as context:
            return int(root.invoke(context) or 0)
    except typer.Exit as leaving:
        return leaving.exit_code
    except _UsageError as error:
        raise _usage(error, f"See `{' '.join([PROGRAM, *named(arguments).split()])} --help`.") from error


def _version(value: bool) -> None:
    if value:
        typer.echo(f"{PROGRAM} {__version__}")
        raise typer.Exit


def _root(
    context: typer.Context,
    version: bool = typer.Option(False, "--version", callback=_version, is_eager=True, help="Prints the version."),
    debug: bool = typer.Option(False, "--debug", help="Shows the traceback of an error; may stand anywhere."),
) -> None:
    _help(context)


def _help(context: typer.Context) -> None:
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


class _Grouped:
    """Options by group, then example, side effects and exit statuses."""

    ending: Ending
    summaries: Mapping[str, str] = {}

    def format_options(self, ctx: Any, formatter: Any) -> None:
        groups: dict[str, list[tuple[str, str]]] = {}
        for param in self.get_params(ctx):  # type: ignore[attr-defined]
            record = param.get_help_record(ctx)
            if record is not None:
                title = "Arguments" if param.param_type_name == "argument" else _panel(param)
                groups.setdefault(title, []).append(record)
        sections = [(title, groups[title]) for title in sorted(groups, key=lambda title: title == "General")]
        for title, rows in (*sections, *([("Commands", [*self.summaries.items()])] if self.summaries else [])):
            with formatter.section(title):
                formatter.write("".join(_entries(rows, formatter.width)))

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


class _Lazy(_Grouped, TyperGroup):
    """A group that makes a command when it is named."""

    prefix = ""

    def list_commands(self, ctx: Any) -> list[str]:
        return [*self.summaries]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        if cmd_name not in self.summaries:
            return None
        name = f"{self.prefix} {cmd_name}".lstrip()
        return _group(name) if name in GROUPS else _command(cmd_name, load(name))


def _group(name: str) -> Any:
    """A group of commands, the application itself where the name is empty."""
    group: Group = GROUPS[name]
    app = typer.Typer(
        name=name or PROGRAM,
        cls=type("Group", (_Lazy,), {"ending": group.ending, "summaries": group.commands, "prefix": name}),
        help=group.help,
        add_completion=not name,
        invoke_without_command=True,
        context_settings=_SETTINGS,
        **_PLAIN,
    )
    app.callback()(_help if name else _root)
    return typer.main.get_command(app)


def _command(name: str, command: Command) -> Any:
    def callback(**given: Any) -> Any:
        return command.body(**given)

    parameters = [_positional(command.argument)] if command.argument else []
    parameters += [_option(flag) for flag in command.flags]
    callback.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    kind = type("Command", (_Grouped, TyperCommand), {"ending": command.ending})
    app = typer.Typer(add_completion=False, **_PLAIN)
    app.command(name, help=inspect.getdoc(command.body), cls=kind, context_settings=_SETTINGS)(callback)
    return typer.main.get_command(app)


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


def _usage(error: Any, see: str) -> LlmselectError:
    """An error of parsing in the words of all others; `see` is the hint where there is no better one."""
    context, message = error.ctx, error.message
    option = getattr(error, "option_name", None)
    if option is not None and "requires" in message:
        return LlmselectError("missing-value", f"{option} needs a value", see)
    if option is not None and context is not None:
        known = [name for param in context.command.get_params(context) for name in param.opts if name.startswith("--")]
        return LlmselectError("unknown-flag", f"unknown flag {option}", _did_you_mean(option, known) or see)
    if message.startswith("No such command") and context is not None:
        word = message.split("'")[1]
        hint = _did_you_mean(word, context.command.list_commands(context)) or see
        return LlmselectError("unknown-command", f"unknown command {word!r}", hint)
    if "unexpected extra argument" in message:
        word = message.partition(" (")[2].removesuffix(")")
        return LlmselectError(
            "unexpected-argument", f"unexpected argument {word!r}", f"Quote values with spaces. {see}"
        )
    parameter = getattr(error, "param", None)
    if parameter is not None and not message:
        return LlmselectError("missing-argument", f"missing argument {parameter.make_metavar(context)}", see)
    return LlmselectError("usage", error.format_message().rstrip("."), see)


def _did_you_mean(word: str, known: Any) -> str:
    matches = close_matches(word, known, most=1)
    return f"Did you mean {matches[0]}?" if matches else ""
