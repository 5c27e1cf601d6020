"""The source document's decision tree: rules as data, first match wins."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from llmselect.catalog.schema import Document, DocumentRule


TASKS = ("conversation", "content-generation", "qa", "reasoning")
COMPUTE = ("high", "medium", "low")
RESPONSE_TIMES = ("real-time", "batch")
DOMAINS = ("general", "specific")


class Question(NamedTuple):
    """The document's four questions, answered."""

    task: str
    compute: str
    response_time: str
    domain: str


def all_questions() -> Iterator[Question]:
    """The 48 combinations in the document's order."""
    for values in product(TASKS, COMPUTE, RESPONSE_TIMES, DOMAINS):
        yield Question(*values)


def matching_rule(document: Document, question: Question) -> DocumentRule | None:
    """The first rule whose conditions all hold; None where the document asks for more information."""
    for rule in document.rules:
        if all(getattr(question, key) in values for key, values in rule.when.items()):
            return rule
    return None


def answer(document: Document, question: Question) -> str:
    """The document's own answer, to the letter."""
    rule = matching_rule(document, question)
    return rule.answer if rule else document.more_information
