"""Faults in the words of somebody who calls functions: parameters and fields, where commands speak of flags."""

import re
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from llmselect.errors import LlmselectError

P = ParamSpec("P")
T = TypeVar("T")
_FLAG = re.compile(r"(?<![\w-])--([a-z][a-z-]*)")
_HELP = re.compile(r"See `llmselect [a-z]+ --help`[^.]*\.")


def in_python(function: Callable[P, T]) -> Callable[P, T]:
    """The function with the faults that it raises in Python's words."""

    @wraps(function)
    def called(*args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return function(*args, **kwargs)
        except LlmselectError as error:
            raise LlmselectError(error.code, words(error.message), words(error.hint), error.exit) from error

    return called


def words(text: str) -> str:
    """A text with `max_ttft_ms` for `--max-ttft-ms`, and the place where Python's users read of fields."""
    told = _HELP.sub("See help(llmselect.Requirements).", text)
    return _FLAG.sub(lambda match: match[1].replace("-", "_"), told)
