"""What a question looks like and what comes back, and the surface that is fit for where it is asked."""

import os
import sys
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Literal, NamedTuple, Protocol

from llmselect.languages import texts
from llmselect.render.wrap import wrap

Act = Literal["choices", "text", "fields", "help", "back", "skip", "unknown", "enough"]


class Row(NamedTuple):
    """A choice: its id and what it says."""

    id: str
    label: str


class View(NamedTuple):
    """One question as it is asked. `typed` says what may be typed in place of a choice, empty where nothing may.

    `default` are the choices, `default_text` the text, that hold when only Enter is pressed. `notices` come first.
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
    """What came back: choices, typed text, a file's fields, or a wish for something else."""

    act: Act
    choices: tuple[str, ...] = ()
    text: str = ""
    fields: Mapping[str, Any] = MappingProxyType({})


class Surface(Protocol):
    """Where questions are asked. Interrupts and the end of the input are raised, never answered."""

    def ask(self, view: View) -> Reply:
        """One question."""

    def tell(self, text: str) -> None:
        """A text to read."""

    def line(self, prompt: str) -> str:
        """One line of input; raises EOFError and KeyboardInterrupt."""


class Wording:
    """The questionnaire's words in one language; `figures` fill the places in labels."""

    def __init__(self, language: str, figures: Mapping[str, str]) -> None:
        self._texts: dict[str, Any] = texts(language, "ask")
        self._figures = figures

    def __call__(self, key: str, **figures: object) -> str:
        """One of the words between the questions."""
        text: str = self._texts["words"][key]
        return text.format(**figures) if figures else text

    def of(self, question: str, key: str) -> str:
        """A question's `ask`, `why` or `help`, or `typed`, empty where nothing may be typed."""
        found: str = self._texts["questions"][question].get(key, "")
        return found

    def label(self, question: str, choice: str) -> str | None:
        """What a choice says; None where a figure that it needs is not known."""
        try:
            said: str = self._texts["questions"][question]["choices"][choice].format(**self._figures)
        except KeyError:
            return None
        return said

    def command(self, word: str) -> Act | None:
        """The act that a word asks for."""
        commands: dict[Act, list[str]] = self._texts["commands"]
        return next((act for act, words in commands.items() if word.lower() in words), None)


def body(view: View, say: Wording, width: int) -> list[str]:
    """The lines above a question's choices, after its title: the question, why it is asked."""
    lines = wrap(view.ask, width)
    lines += wrap(say("why", text=view.why), width, hanging="  ")
    return lines + (wrap(say("many"), width) if view.many else [])


def paragraphs(text: str, width: int) -> list[str]:
    """The lines of a text wrapped one by one, each at its own indent."""
    lines = []
    for line in text.split("\n"):
        indent = " " * (len(line) - len(line.lstrip()))
        lines += [indent + each for each in wrap(line, width - len(indent))]
    return lines


def best_surface(say: Wording, width: Callable[[], int], numbered: bool = False) -> Surface:
    """Arrow keys on a terminal that has them, numbered choices everywhere else. Questions go to stderr."""
    if not numbered and sys.stdin.isatty() and sys.stderr.isatty() and os.environ.get("TERM", "") not in ("", "dumb"):
        from llmselect.ask.arrows import Arrows

        return Arrows(say)
    from llmselect.ask.numbered import Numbered

    return Numbered(say, sys.stdin, sys.stderr, width)
