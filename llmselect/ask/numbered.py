"""Questions as lines with numbered choices, for pipes, plain terminals and screen readers."""

import unicodedata
from collections.abc import Callable, Sequence
from typing import TextIO

from llmselect.ask.prompt import Reply, View, Wording, body, paragraphs
from llmselect.redact import redacted
from llmselect.render.format import escape
from llmselect.render.format.wrap import wrap


class Numbered:
    """Writes questions as text and reads one line for each answer."""

    def __init__(self, say: Wording, source: TextIO, target: TextIO, width: Callable[[], int]) -> None:
        self._say, self._source, self._target, self._width = say, source, target, width

    def ask(self, view: View) -> Reply:
        """Asks one question, again if the line is empty and there is no default."""
        self._write(["", *self._lines(view)])
        while True:
            reply = read_reply(self.line(self._say("prompt")), view, self._say)
            if reply is not None:
                return reply
            self.tell(self._say("nothing_chosen"))

    def tell(self, text: str) -> None:
        """Writes a text, wrapped."""
        self._write(paragraphs(text, self._width()))

    def line(self, prompt: str) -> str:
        """One line of input; raises EOFError at the end of the input. Piped input is echoed after the prompt."""
        self._print(prompt, end="")
        text = self._source.readline()
        if not text:
            self._print("")
            raise EOFError
        if not self._source.isatty():
            self._print(text.rstrip("\n"))
        return text.strip()

    def _write(self, lines: Sequence[str]) -> None:
        self._print("\n".join(lines))

    def _print(self, text: str, end: str = "\n") -> None:
        print(redacted(escape.terminal(text)), end=end, file=self._target, flush=True)

    def _lines(self, view: View) -> list[str]:
        say, width = self._say, self._width()
        lines = [line for notice in view.notices for line in wrap(notice, width)]
        lines += wrap(say("title", number=view.number, most=view.most), width) + body(view, say, width)
        for number, row in enumerate(view.rows, 1):
            first, *others = wrap(row.label, width - 4)
            lines += [f"{number:>2}  {first}", *("    " + line for line in others)]
        if view.typed:
            lines += ["    " + line for line in wrap(say("typed", what=view.typed), width - 4)]
        if default := default_label(view):
            lines += wrap(say("default", label=default), width)
        return lines + wrap(say("keys"), width)


def default_label(view: View) -> str:
    """What pressing only Enter would answer; empty if there is no default."""
    return view.default_text or ", ".join(row.label for row in view.rows if row.id in view.default)


def read_reply(line: str, view: View, say: Wording) -> Reply | None:
    """The reply that a line stands for: a command, choices by number or id, or free text; None for an empty line.

    Full-width letters and digits are read like ASCII ones.
    """
    text = unicodedata.normalize("NFKC", line).strip()
    if not text:
        if view.default_text:
            return Reply("text", text=view.default_text)
        return Reply("choices", view.default) if view.default else None
    act = say.command(text)
    if act is not None:
        return Reply(act)
    parts = text.replace(",", " ").replace("、", " ").split() if view.many else [text]
    chosen = [_row(part, view.rows) for part in parts]
    named = tuple(dict.fromkeys(name for name in chosen if name is not None))
    return Reply("text", text=text) if None in chosen else Reply("choices", named)


def _row(word: str, rows: Sequence[tuple[str, str]]) -> str | None:
    if word.isdecimal():
        number = int(word) if len(word) < 6 else 0
        return rows[number - 1][0] if 1 <= number <= len(rows) else None
    return next((name for name, label in rows if word.lower() in (name.lower(), label.lower())), None)
