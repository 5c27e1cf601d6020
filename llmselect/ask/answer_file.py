"""Answers from a file instead of a person; questions that the file does not answer get "don't know"."""

from collections.abc import Callable, Mapping, Sequence

from llmselect.ask.prompt import Reply, View
from llmselect.ask.questions import Fields, Question


class FileSurface:
    """A surface that answers from a file's fields; `write` prints what would be told to a person."""

    def __init__(self, fields: Fields, questions: Sequence[Question], write: Callable[[str], None]) -> None:
        self._fields, self._write = fields, write
        self._questions: Mapping[str, Question] = {question.id: question for question in questions}

    def ask(self, view: View) -> Reply:
        """The file's fields for this question."""
        names = self._questions[view.question].fields
        found = {name: self._fields[name] for name in names if name in self._fields}
        return Reply("fields", text=fields_text(found), fields=found) if found else Reply("unknown")

    def tell(self, text: str) -> None:
        """Prints a text."""
        self._write(text)

    def line(self, prompt: str) -> str:
        """Raises EOFError: there is nobody to ask."""
        raise EOFError


def fields_text(fields: Fields) -> str:
    """Fields as in a profile: `gpu: RTX 3090, ram: 64GiB`."""
    return ", ".join(f"{name}: {_value(value)}" for name, value in fields.items())


def _value(value: object) -> str:
    return "[" + ", ".join(map(str, value)) + "]" if isinstance(value, (list, tuple)) else str(value)
