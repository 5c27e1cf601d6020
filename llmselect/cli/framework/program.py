"""Reads a command line with typer. A command is imported only when it is named, and `read`'s caller runs it."""

import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Any, NamedTuple

import typer
from typer.core import TyperCommand, TyperGroup

from llmselect import __version__
from llmselect.cli.framework.command import Argument, Body, Command
from llmselect.cli.framework.commands import GROUPS, PROGRAM, load, named
from llmselect.cli.framework.flags import Flag
from llmselect.cli.framework.help import WIDEST, command_help, group_help
from llmselect.errors import LlmselectError, close_matches

_SETTINGS = {"max_content_width": WIDEST, "help_option_names": ["-h", "--help"]}
_PLAIN: dict[str, Any] = {"rich_markup_mode": None, "pretty_exceptions_enable": False}
_UsageError: Any = typer.BadParameter.__base__  # of all errors in a command line
_Debug = Annotated[bool, typer.Option("--debug", help="Shows the traceback of an error; may stand anywhere.")]


class Call(NamedTuple):
    """A parsed command line: the command's function and its arguments."""

    body: Body
    given: Mapping[str, Any]


def read(arguments: Sequence[str]) -> Call | None:
    """Parses a command line; None if it asked for help or the version, which have then been printed.

    Raises LlmselectError for an invalid command line.
    """
    try:
        found = _group("")([*arguments], prog_name=PROGRAM, standalone_mode=False)
    except _UsageError as error:
        raise _fault(error, named(arguments)) from error
    except SystemExit as leaving:
        if isinstance(leaving.__context__, BrokenPipeError):  # while help was printed
            raise leaving.__context__ from None
        raise
    return found if isinstance(found, Call) else None


def _group(name: str) -> typer.Typer:
    """A group of commands; the whole application if the name is empty."""
    group = GROUPS[name]

    class Group(TyperGroup):
        """Makes a command when it is named."""

        def list_commands(self, ctx: Any) -> list[str]:
            return [*group.commands]

        def get_command(self, ctx: Any, cmd_name: str) -> Any:
            if cmd_name in group.commands:
                return typer.main.get_command(_member(f"{name} {cmd_name}".lstrip(), cmd_name))
            if ctx.resilient_parsing:  # a line that is being completed
                return None
            hint = _did_you_mean(cmd_name, group.commands) or _see(name)
            raise LlmselectError("unknown-command", f"unknown command {cmd_name!r}", hint)

        def format_help(self, ctx: Any, formatter: Any) -> None:
            formatter.write(group_help(ctx.command_path, group, formatter.width, root=not name))

    app = typer.Typer(
        name=name or PROGRAM, cls=Group, add_completion=not name, invoke_without_command=True,
        context_settings=_SETTINGS, **_PLAIN,
    )  # fmt: skip
    app.callback()(_help if name else _root)
    return app


def _help(context: typer.Context, debug: _Debug = False) -> None:
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


def _version(value: bool) -> None:
    if value:
        typer.echo(f"{PROGRAM} {__version__}")
        raise typer.Exit


def _root(
    context: typer.Context,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Prints the version.")
    ] = False,
    debug: _Debug = False,
) -> None:
    _help(context)


def _member(name: str, short: str) -> typer.Typer:
    """The group or command with this name."""
    if name in GROUPS:
        return _group(name)
    command = load(name)

    class Own(TyperCommand):
        def format_help(self, ctx: Any, formatter: Any) -> None:
            formatter.write(command_help(ctx.command_path, command, formatter.width))

    app = typer.Typer(add_completion=False, **_PLAIN)
    settings = {**_SETTINGS, "allow_extra_args": True}
    app.command(short, cls=Own, context_settings=settings)(_callback(name, command))
    return app


def _callback(name: str, command: Command) -> Callable[..., Call]:
    """A function with the command's flags as parameters, which returns the `Call` to run."""

    def callback(context: typer.Context, debug: bool, **given: Any) -> Call:
        if context.args:
            message = f"unexpected argument {context.args[0]!r}"
            raise LlmselectError("unexpected-argument", message, f"Quote values with spaces. {_see(name)}")
        return Call(command.body, given)

    flags = (Flag("debug", "", "", kind="switch"), *command.flags)
    parameters = [_parameter("context", typer.Context, inspect.Parameter.empty)]
    parameters += [_positional(command.argument)] if command.argument else []
    parameters += map(_option, flags)
    callback.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    return callback


def _parameter(name: str, annotation: Any, default: Any) -> inspect.Parameter:
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=annotation)


def _option(flag: Flag) -> inspect.Parameter:
    info = typer.Option(*flag.spellings, help=flag.help, metavar=flag.metavar or None, hidden=not flag.help)
    kind: Any = {"switch": bool, "list": list[str] | None, "text": str | None}[flag.kind]
    return _parameter(flag.name, Annotated[kind, info], False if flag.kind == "switch" else None)


def _positional(argument: Argument) -> inspect.Parameter:
    info = typer.Argument(help=argument.help, metavar=argument.title, autocompletion=argument.complete)
    kind: Any = list[str] if argument.many else str
    if argument.required:
        return _parameter(argument.name, Annotated[kind, info], inspect.Parameter.empty)
    return _parameter(argument.name, Annotated[kind | None, info], None)


def _fault(error: Any, name: str) -> LlmselectError:
    """One of typer's usage errors as a LlmselectError in our wording."""
    flags = {} if name in GROUPS else {word: flag for flag in load(name).flags for word in flag.spellings}
    option = getattr(error, "option_name", None)
    if option in flags:
        what = "takes no value" if flags[option].kind == "switch" else "needs a value"
        return LlmselectError("missing-value" if what[0] == "n" else "usage", f"{option} {what}", _see(name))
    if option is not None:
        known = [word for word in (*flags, "--help", "--debug") if word.startswith("--")]
        hint = _did_you_mean(option, known) if option.startswith("--") else ""
        return LlmselectError("unknown-flag", f"unknown flag {option}", hint or _see(name))
    argument = None if name in GROUPS else load(name).argument
    if argument is not None and argument.required:
        return LlmselectError("missing-argument", f"missing argument {argument.title}", _see(name))
    return LlmselectError("usage", str(error).rstrip("."), _see(name))


def _see(name: str) -> str:
    return f"See `{' '.join([PROGRAM, *name.split()])} --help`."


def _did_you_mean(word: str, known: Any) -> str:
    matches = close_matches(word, known, most=1)
    return f"Did you mean {matches[0]}?" if matches else ""
