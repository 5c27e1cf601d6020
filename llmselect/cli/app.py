"""Runs a command line; the only place where errors become two lines on stderr and an exit status."""

from collections.abc import Sequence
from contextlib import suppress
from itertools import pairwise, takewhile

from llmselect.cli.framework.commands import PROGRAM, named
from llmselect.cli.framework.output import error_text
from llmselect.cli.framework.program import read
from llmselect.cli.framework.streams import ReaderGoneError, complain, emit, flush_stdout, open_streams, silence_stdout
from llmselect.errors import Exit, LlmselectError


def run(arguments: Sequence[str]) -> int:
    """Runs one command line and returns its exit status; prints errors, never a traceback without `--debug`."""
    flags = [*takewhile(lambda word: word != "--", arguments)]
    debug = "--debug" in flags
    try:
        open_streams()
        call = read(arguments)
        return call.body(**call.given) if call is not None else Exit.DONE
    except KeyboardInterrupt:
        if debug:
            raise
        complain("interrupted")
        return Exit.INTERRUPTED
    except (ReaderGoneError, BrokenPipeError):
        silence_stdout()
        return Exit.DONE
    except Exception as error:
        if debug:
            raise
        return _report(error, flags)


def _report(error: Exception, arguments: Sequence[str]) -> int:
    known = _as_ours(error, arguments)
    if _wants_json(arguments):
        with suppress(LlmselectError, ReaderGoneError):
            emit(error_text(named(arguments) or PROGRAM, known))
    flush_stdout()
    complain(f"error: {known.message}")
    if known.hint:
        complain(f"hint: {known.hint}")
    return known.exit


def _as_ours(error: Exception, arguments: Sequence[str]) -> LlmselectError:
    if isinstance(error, LlmselectError):
        return error
    if isinstance(error, OSError):
        place = f"{error.filename}: " if error.filename else ""
        message = f"{place}{(error.strerror or str(error)).lower()}"
        return LlmselectError("system", message, "Check the disk and the permissions of the folder.", Exit.MISSING)
    again = f"Run it again with --debug and report what it prints: {PROGRAM} --debug {' '.join(arguments)}"
    return LlmselectError("bug", f"a fault of {PROGRAM} itself: {type(error).__name__}: {error}", again, Exit.BUG)


def _wants_json(arguments: Sequence[str]) -> bool:
    return "--json" in arguments or "--format=json" in arguments or ("--format", "json") in pairwise(arguments)
