"""The application: its commands, and the one boundary that turns every error into two lines and an exit status."""

import os
import sys
from collections.abc import Sequence
from importlib import import_module
from itertools import pairwise
from typing import Any

import typer

from llmselect import __version__
from llmselect.cli.command import WIDEST_HELP, Ending, group_class
from llmselect.cli.output import ReaderGoneError, error_text
from llmselect.errors import Exit, LlmselectError, close_matches

PROGRAM = "llmselect"
# Each in the module of its name.
COMMANDS = (
    "recommend", "ask", "compare", "recheck", "replace", "estimate", "cost", "show", "list", "tree", "check",
    "explain", "catalog", "probe", "measure", "hardware",
)  # fmt: skip
GROUPS = {"catalog": ("check", "path", "status", "refresh", "add")}  # they import the one that is named
COMPLETE_VARIABLE = "_LLMSELECT_COMPLETE"
_UsageError: Any = typer.BadParameter.__bases__[0]  # the base of all errors of parsing
_ENDING = Ending(
    (
        'llmselect recommend --task conversation --gpu "RTX 3090"',
        "llmselect show llama-2-13b-chat",
        "llmselect replace gpt-4-0613",
    ),
    "None, but for a cache of the compiled catalogue, the file that --output names and what `catalog refresh` and "
    "`catalog add` write. No network but for `catalog refresh`.",
    (0, 2, 3, 4, 5),
)


def _version(value: bool) -> None:
    if value:
        typer.echo(f"{PROGRAM} {__version__}")
        raise typer.Exit


def _root(
    context: typer.Context,
    version: bool = typer.Option(False, "--version", callback=_version, is_eager=True, help="Prints the version."),
    debug: bool = typer.Option(False, "--debug", help="Shows the traceback of an error; may stand anywhere."),
) -> None:
    """Which language model to use, where to run it, what it costs and how fast it is, every number with its source."""
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


def _application(words: Sequence[str]) -> typer.Typer:
    """The application with the command that the first word names, or with all where it names none."""
    app = typer.Typer(
        name=PROGRAM,
        cls=group_class(_ENDING),
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        invoke_without_command=True,
        context_settings={"max_content_width": WIDEST_HELP},
    )
    app.callback()(_root)
    first, second = (*words[:2], "", "")[:2]
    for name in [first] if first in COMMANDS else COMMANDS:
        module = import_module(f"llmselect.cli.{name}")
        module.register(app, *([second] if name in GROUPS else []))
    return app


def run(arguments: Sequence[str]) -> int:
    """Runs one command line and returns its exit status; prints errors, never a traceback without `--debug`."""
    own = [*arguments]
    last = own.index("--") if "--" in own else len(own)
    debug = "--debug" in own[:last]
    own = [word for place, word in enumerate(own) if word != "--debug" or place >= last]
    try:
        return _dispatch(own)
    except (KeyboardInterrupt, typer.Abort):
        if debug:
            raise
        print("interrupted", file=sys.stderr)
        return Exit.INTERRUPTED
    except (ReaderGoneError, BrokenPipeError):
        return _pipe_closed()
    except Exception as error:
        if debug:
            raise
        return _report(error, own)


def _dispatch(arguments: list[str]) -> int:
    command = typer.main.get_command(_application(arguments))
    if os.environ.get(COMPLETE_VARIABLE):
        command.main(arguments, prog_name=PROGRAM, complete_var=COMPLETE_VARIABLE)
    try:
        with command.make_context(PROGRAM, arguments) as context:
            result = command.invoke(context)
        sys.stdout.flush()
        return int(result or 0)
    except typer.Exit as leaving:
        sys.stdout.flush()
        return leaving.exit_code


def _pipe_closed() -> int:
    """The reader has gone: end quietly, and keep Python from complaining when it flushes at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return Exit.DONE


def _report(error: Exception, arguments: Sequence[str]) -> int:
    known = _as_ours(error, arguments)
    if _wants_json(arguments):
        print(error_text(" ".join(_command(arguments)) or PROGRAM, known))
    print(f"error: {known.message}", file=sys.stderr)
    if known.hint:
        print(f"hint: {known.hint}", file=sys.stderr)
    return known.exit


def _as_ours(error: Exception, arguments: Sequence[str]) -> LlmselectError:
    if isinstance(error, LlmselectError):
        return error
    if isinstance(error, _UsageError):
        return _usage(error, f"See `{' '.join([PROGRAM, *_command(arguments)])} --help`.")
    again = f"Run it again with --debug and report what it prints: {PROGRAM} --debug {' '.join(arguments)}"
    return LlmselectError("bug", f"a fault of {PROGRAM} itself: {type(error).__name__}: {error}", again, Exit.BUG)


def _command(arguments: Sequence[str]) -> list[str]:
    """The command that a command line names, behind its group; nothing where there is no such one."""
    first, second = (*arguments[:2], "", "")[:2]
    found = [first] if first in COMMANDS else []
    return [*found, second] if second in GROUPS.get(first, ()) else found


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
        hint = _did_you_mean(word, context.command.commands) or see
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


def _wants_json(arguments: Sequence[str]) -> bool:
    return "--json" in arguments or "--format=json" in arguments or ("--format", "json") in pairwise(arguments)
