"""Questions as shown, replies as received, and the choice of a surface to ask on."""

import os
import sys
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Literal, NamedTuple, Protocol

from llmselect.languages import texts
from llmselect.render.format.wrap import wrap

Act = Literal["choices", "text", "fields", "help", "back", "skip", "unknown", "enough"]


class Row(NamedTuple):
    """A choice: its id and its label."""

    id: str
    label: str


class View(NamedTuple):
    """One question as it is shown, `notices` first. `typed` says what may be typed instead of a choice, if anything.

    `default` are the choices, and `default_text` the text, that pressing only Enter gives.
    """

    number: int
    most: int
    question: str
    ask: str
    why: str
    rows: tuple[Row, ...]
    many: bool = False
    typed: str = ""
    default: tuple[str, ...] = ()
    default_text: str = ""
    notices: tuple[str, ...] = ()


class Reply(NamedTuple):
    """A reply: choices, typed text, a file's fields, or a command such as help or back."""

    act: Act
    choices: tuple[str, ...] = ()
    text: str = ""
    fields: Mapping[str, Any] = MappingProxyType({})


class Surface(Protocol):
    """Where questions are asked. Interrupts and the end of the input are raised as exceptions."""

    def ask(self, view: View) -> Reply:
        """Asks one question."""

    def tell(self, text: str) -> None:
        """Shows a text."""

    def line(self, prompt: str) -> str:
        """One line of input; raises EOFError and KeyboardInterrupt."""


class Wording:
    """The questionnaire's texts in one language; `figures` fill the placeholders in labels."""

    def __init__(self, language: str, figures: Mapping[str, str]) -> None:
        self._texts: dict[str, Any] = texts(language, "ask")
        self._figures = figures

    def __call__(self, key: str, **figures: object) -> str:
        """One of the texts between questions, with its placeholders filled."""
        text: str = self._texts["words"][key]
        return text.format(**figures) if figures else text

    def of(self, question: str, key: str) -> str:
        """A question's `ask`, `why`, `help` or `typed` text; empty if it has none."""
        found: str = self._texts["questions"][question].get(key, "")
        return found

    def label(self, question: str, choice: str) -> str | None:
        """A choice's label; None if a figure that it needs is unknown."""
        try:
            label: str = self._texts["questions"][question]["choices"][choice].format(**self._figures)
        except KeyError:
            return None
        return label

    def command(self, word: str) -> Act | None:
        """The command that a word stands for, if any."""
        commands: dict[Act, list[str]] = self._texts["commands"]
        return next((act for act, words in commands.items() if word.lower() in words), None)


def body(view: View, say: Wording, width: int) -> list[str]:
    """The lines between a question's title and its choices: the question and why it is asked."""
    lines = wrap(view.ask, width)
    lines += wrap(say("why", text=view.why), width, hanging="  ")
    return lines + (wrap(say("many"), width) if view.many else [])


def paragraphs(text: str, width: int) -> list[str]:
    """A text's lines, each wrapped at its own indent."""
    lines = []
    for line in text.split("\n"):
        indent = " " * (len(line) - len(line.lstrip()))
        lines += [indent + each for each in wrap(line, width - len(indent))]
    return lines


def best_surface(say: Wording, width: Callable[[], int], numbered: bool = False) -> Surface:
    """Arrow keys on an interactive terminal, numbered choices everywhere else. Questions go to stderr."""
    if not numbered and sys.stdin.isatty() and sys.stderr.isatty() and os.environ.get("TERM", "") not in ("", "dumb"):
        from llmselect.ask.arrows import Arrows

        return Arrows(say)
    from llmselect.ask.numbered import Numbered

    return Numbered(say, sys.stdin, sys.stderr, width)
