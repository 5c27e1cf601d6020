"""Answers out of a file: every question is answered from it, or with "don't know" where the file is silent."""

from collections.abc import Callable, Mapping, Sequence

from llmselect.ask.prompt import Reply, View
from llmselect.ask.questions import Fields, Question


class Sheet:
    """A surface without a person; `write` gets what is told."""

    def __init__(self, fields: Fields, questions: Sequence[Question], write: Callable[[str], None]) -> None:
        self._fields, self._write = fields, write
        self._questions: Mapping[str, Question] = {question.id: question for question in questions}

    def ask(self, view: View) -> Reply:
        """The file's fields for a question."""
        names = self._questions[view.question].fields
        found = {name: self._fields[name] for name in names if name in self._fields}
        return Reply("fields", text=written(found), fields=found) if found else Reply("unknown")

    def tell(self, text: str) -> None:
        """Passes a text on."""
        self._write(text)

    def line(self, prompt: str) -> str:
        """There is nobody to ask."""
        raise EOFError


def written(fields: Fields) -> str:
    """Fields as one reads them in a file: `gpu: RTX 3090, ram: 64GiB`."""
    return ", ".join(f"{name}: {_value(value)}" for name, value in fields.items())


def _value(value: object) -> str:
    return "[" + ", ".join(map(str, value)) + "]" if isinstance(value, (list, tuple)) else str(value)
