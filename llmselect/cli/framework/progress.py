"""Progress of long work on stderr: a bar on a terminal, else a line per step."""

import sys
from contextlib import AbstractContextManager
from types import TracebackType
from typing import Any, Self

from llmselect.cli.framework.streams import complain
from llmselect.redact import redacted
from llmselect.render.format import escape


class Progress(AbstractContextManager["Progress"]):
    """Shows the share of work done. `say` writes a line without breaking the bar."""

    def __init__(self) -> None:
        self._bar: Any = None
        self._task: Any = None
        self._doing = ""

    def __enter__(self) -> Self:
        if sys.stderr.isatty():
            from rich.console import Console
            from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

            columns = (
                BarColumn(),
                TextColumn("{task.percentage:>3.0f} %"),
                TimeElapsedColumn(),
                TextColumn("{task.description}", markup=False),
            )
            self._bar = Progress(*columns, console=Console(stderr=True, highlight=False), transient=True)
            self._bar.start()
            self._task = self._bar.add_task("", total=1.0)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.stop()

    def at(self, share: float, doing: str) -> None:
        """Updates the share of work done (0 to 1) and the current step."""
        if self._bar is not None:
            self._bar.update(self._task, completed=share, description=doing)
        elif doing and doing != self._doing:
            complain(doing)
        self._doing = doing

    def say(self, text: str) -> None:
        """Writes a line."""
        if self._bar is not None:
            self._bar.console.print(redacted(escape.line(text)), markup=False)
        else:
            complain(text)
