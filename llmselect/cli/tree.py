"""`llmselect tree`: the source document's own answer, and what becomes of it today."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from llmselect.cli.framework.command import Command, Ending
from llmselect.cli.framework.flags import Flag
from llmselect.cli.framework.output import check_output, chosen_format, chosen_language, emit
from llmselect.cli.show import AS_OF, JSON, OUTPUT
from llmselect.definition import QUESTIONS
from llmselect.errors import Exit, LlmselectError
from llmselect.languages import LANGUAGES
from llmselect.requirements import FIELDS

if TYPE_CHECKING:
    from llmselect.engine.facts import Facts
    from llmselect.render.format.blocks import Block
    from llmselect.results.listing import TreeAnswer
    from llmselect.results.recommendation import Recommendation

KEYS = ("task", "compute", "response_time", "domain")
COLUMNS = (*KEYS, "document", "today", "option", "same", "why")
TITLES = ("task", "compute", "response", "domain", "document", "today", "option", "same", "why")
_OF_TASKS = FIELDS["task"].choices
_TASKS = f"The document knows {', '.join(_OF_TASKS[:4])}; others: {', '.join(_OF_TASKS[4:])}."
FLAGS = (
    Flag("task", QUESTIONS, _TASKS, "TASK"),
    Flag("compute", QUESTIONS, "Tier of the machine.", "high|medium|low"),
    Flag("response_time", QUESTIONS, "Whether somebody waits.", "real-time|batch"),
    Flag("domain", QUESTIONS, "Whether it must learn a field.", "general|specific"),
    Flag("all", "Output", "Shows all 48 combinations in a table.", kind="switch"),
    AS_OF,
    Flag("format", "Output", "How to write it.", "table|markdown|json|csv|html", "table"),
    JSON,
    OUTPUT,
    Flag("lang", "Output", "Language of the labels.", "|".join(LANGUAGES), "the locale's"),
)  # fmt: skip
_ENDING = Ending(
    (
        "llmselect tree --task qa --compute low --response-time batch --domain general",
        "llmselect tree --all --task qa --format markdown",
    ),
    "None; --output writes one file. No network.",
    (0, 2, 4),
)


def tree(**given: Any) -> Exit:
    """Prints the source document's answer to its four questions, then what the engine makes of it today."""
    from llmselect.catalog.load import open_catalog
    from llmselect.engine.facts import Facts

    form = chosen_format(given["format"], given["json"])
    language = chosen_language(given["lang"])
    path = check_output(given["output"])
    if not given["all"]:
        _complete(given)
    facts = Facts(open_catalog())
    answers = [_asked(facts, row, given["as_of"]) for row in _questions(given)]
    emit(_text(answers, form, language, given["all"], to_file=path is not None), path)
    return Exit.DONE


def _complete(given: dict[str, Any]) -> None:
    missing = [f"--{name.replace('_', '-')}" for name in KEYS if not given[name]]
    if missing:
        message = f"the tree asks four questions; missing: {', '.join(missing)}"
        raise LlmselectError("missing-flag", message, "Add them, or use --all for every combination.")


def _questions(given: dict[str, Any]) -> Iterator[dict[str, str]]:
    """The given combination, or with `--all` those of the 48 that match the given answers."""
    from llmselect.engine.document import all_questions

    asked = {name: given[name] for name in KEYS if given[name]}
    if not given["all"]:
        yield asked
        return
    from llmselect.requirements import parse

    wanted = parse(asked)
    for question in all_questions():
        if all(getattr(question, name) == getattr(wanted, name) for name in asked):
            yield {name: getattr(question, name) for name in KEYS}


def _asked(facts: "Facts", question: dict[str, str], as_of: str | None) -> "Recommendation":
    from llmselect.engine.recommend import recommend
    from llmselect.requirements import parse

    return recommend(parse({**question, **({"as_of": as_of} if as_of else {})}), facts, top=1, excluded=False)


def _text(answers: "list[Recommendation]", form: str, language: str, all_answers: bool, to_file: bool) -> str:
    rows = [_row(answer) for answer in answers]
    if form == "json":
        from llmselect.render.format.json import envelope
        from llmselect.results.listing import TreeAnswers

        return envelope("tree", "ok", (TreeAnswers(tuple(rows)) if all_answers else rows[0]).to_dict())
    if form == "csv":
        from llmselect.render.format.csv import table_csv

        return table_csv(COLUMNS, ([getattr(row, name) for name in COLUMNS] for row in rows))
    from llmselect.cli.recommend import ONE_ROW_A_LINE, PIPE_WIDTH, surface
    from llmselect.render.format.text import text

    blocks = _table(rows) if all_answers else _single(answers[0], language)
    return text(blocks, form, *surface(to_file, ONE_ROW_A_LINE if all_answers else PIPE_WIDTH), language=language)


def _row(answer: "Recommendation") -> "TreeAnswer":
    from llmselect.results.listing import TreeAnswer

    document, first = answer.document, answer.recommendations[0] if answer.recommendations else None
    assert document is not None
    return TreeAnswer(
        **{name: answer.requirements[name] for name in KEYS},
        document=document.answer,
        gloss=document.gloss,
        document_model=document.model,
        strategy=document.strategy,
        today=first.model if first else None,
        today_name=first.name if first else None,
        option=first.option if first else None,
        same=first is not None and first.model == document.model and not document.strategy,
        why="; ".join(document.why),
        as_of=answer.as_of,
    )


def _single(answer: "Recommendation", language: str) -> "Iterator[Block]":
    from llmselect.render.answer import todays_answer
    from llmselect.render.format.blocks import Paragraph
    from llmselect.render.phrases import Phrases

    document, say = answer.document, Phrases(language)
    assert document is not None
    yield Paragraph(document.answer, strong=True)
    if document.gloss:
        yield Paragraph(document.gloss, say("gloss"))
    yield from todays_answer(answer, say)


def _table(rows: "list[TreeAnswer]") -> "Iterator[Block]":
    from llmselect.render.format.blocks import Column, Paragraph, Table

    cells = [
        (
            *(getattr(row, name) for name in KEYS),
            row.document,
            row.today_name or "nothing qualifies",
            _without_model(row.option),
            "yes" if row.same else "no",
            row.why,
        )
        for row in rows
    ]
    yield Table(tuple(Column(title) for title in TITLES), tuple(cells), head=4)
    same = sum(row.same for row in rows)
    yield Paragraph(f"{len(rows)} combinations; the document's answer is today's in {same}.")


def _without_model(option: str | None) -> str:
    """An option's id without its model."""
    return option.partition("@")[2] if option else "-"


COMMAND = Command(tree, FLAGS, _ENDING)
