"""`llmselect compare`: models side by side, with footnotes."""

from typing import TYPE_CHECKING, Any

from llmselect.cli.framework.command import REQUEST_SIDE_EFFECTS, Argument, Command, Ending
from llmselect.cli.framework.completion import model_ids
from llmselect.cli.framework.flags import FIELDS, OUTPUTS, Flag
from llmselect.cli.framework.output import FORMATS, check_output, chosen_format, chosen_language, emit
from llmselect.errors import Exit, LlmselectError, fold, unknown_name

if TYPE_CHECKING:
    from llmselect.catalog.schema import Catalog
    from llmselect.compare.subjects import Subject
    from llmselect.compare.view import View
    from llmselect.engine.facts import Facts
    from llmselect.results.comparison import Comparison

DEFAULT_TOP = 5

COMPARED = "What is compared"
_OWN = (
    Flag("columns", COMPARED, "Columns by their names, with commas; help lists them. Repeatable.", "NAME", kind="list"),
    Flag("transpose", COMPARED, "Models as rows, columns as columns.", kind="switch"),
    Flag("from_recommend", COMPARED, "A file that `recommend` wrote as JSON or as a decision record, - for stdin; "
         "its models and its request.", "FILE"),
    Flag("document", COMPARED, "A comparison of the source document, corrected.", "open|proprietary"),
    Flag("top", COMPARED, "How many of a ranking, where no model is named.", "N", "5"),
)  # fmt: skip
_OUTPUT = tuple(flag for flag in OUTPUTS if flag.name in ("profile", "no_config", "format", "json", "output", "lang"))
FLAGS = (
    *_OWN,
    *FIELDS,
    *(flag._replace(metavar="|".join(FORMATS)) if flag.name == "format" else flag for flag in _OUTPUT),
)
_ARGUMENT = Argument(
    "models", "Models to compare: ids, names, aliases, or families such as llama-2. None: those that `recommend` "
    "ranks with the same flags.", required=False, complete=model_ids, many=True, metavar="[MODELS]",
)  # fmt: skip
_ENDING = Ending(
    (
        "llmselect compare gpt-oss-120b llama-3.3-70b-instruct --columns license,context,coding,memory_q4",
        "llmselect compare --task qa --budget 100 --requests-per-month 50k --format markdown",
        "llmselect compare --document open --format markdown",
        "llmselect compare --columns help",
    ),
    REQUEST_SIDE_EFFECTS,
    (0, 2, 3, 4, 5),
)


def compare(**given: Any) -> Exit:
    """Puts models side by side: any facts, prices, expected scores, memory and ranks, with footnotes and sources.

    The flags of `recommend` are the request that computed columns are judged by, and without a model its ranking.
    """
    form = chosen_format(given["format"], given["json"])
    language = chosen_language(given["lang"])
    path = check_output(given["output"])
    words = [word.strip() for item in given["columns"] or () for word in item.split(",")]
    if [fold(word) for word in words] == ["help"]:
        emit(_listing(form, to_file=path is not None), path)
        return Exit.DONE
    found = _comparison(given, words)
    emit(_text(found, form, language, given["transpose"], to_file=path is not None), path)
    return Exit.DONE if found.rows else Exit.NOTHING_QUALIFIES


def _comparison(given: dict[str, Any], words: list[str]) -> "Comparison":
    from llmselect.catalog.load import open_catalog
    from llmselect.compare.build import comparison
    from llmselect.compare.columns import DEFAULT_COLUMNS, RANKING_COLUMNS, columns_by_name
    from llmselect.engine.facts import Facts

    _one_of(given)
    columns_by_name(words)  # a mistyped name is told before any work is done
    facts = Facts(open_catalog())
    if given["document"]:
        catalog = facts.catalog
        name = _table_name(catalog, given["document"])
        table, view = catalog.document.tables[name], _view(facts, given, {})
        from llmselect.compare.subjects import document_subjects

        return comparison(document_subjects(catalog, name), columns_by_name(words or table.columns), view, table.title)
    subjects, view = _asked(facts, given)
    return comparison(
        subjects, columns_by_name(words or (DEFAULT_COLUMNS if given["models"] else RANKING_COLUMNS)), view
    )


def _one_of(given: dict[str, Any]) -> None:
    ways = {"MODEL": given["models"], "--document": given["document"], "--from-recommend": given["from_recommend"]}
    used = [name for name, value in ways.items() if value]
    if len(used) > 1:
        raise LlmselectError("bad-value", f"{' and '.join(used)} both say what is compared", "Give one of them.")


def _table_name(catalog: "Catalog", word: str) -> str:
    known = {fold(name): name for name in catalog.document.tables}
    if fold(word) not in known:
        raise unknown_name("comparison", word, known.values(), listed=True)
    return known[fold(word)]


def _asked(facts: "Facts", given: dict[str, Any]) -> "tuple[list[Subject], View]":
    """The models that are named, those of a file, or those of a ranking, and what they are judged by."""
    from llmselect.compare.subjects import subjects_by_name

    if given["models"]:
        return subjects_by_name(facts.catalog, given["models"]), _view(facts, given, {})
    if given["from_recommend"]:
        from llmselect.cli.record import ranked_models

        models, request = ranked_models(given["from_recommend"], "--from-recommend")
        return subjects_by_name(facts.catalog, models), _view(facts, given, request)
    from llmselect.cli.framework.inputs import whole_number
    from llmselect.compare.ask import ranked_subjects

    return ranked_subjects(_view(facts, given, {}), whole_number("--top", given["top"], DEFAULT_TOP))


def _view(facts: "Facts", given: dict[str, Any], request: dict[str, Any]) -> "View":
    """The request of flags, environment and profile over that of a file."""
    from llmselect.cli.framework.inputs import detected, requirements
    from llmselect.compare.view import View
    from llmselect.requirements import parse

    needs = requirements(given, given["profile"])
    if request:
        needs = parse({**request, **{name: getattr(needs, name) for name in needs.model_fields_set}})
    return View(facts, needs, detected(needs))


def _listing(form: str, to_file: bool) -> str:
    from llmselect.cli.recommend import surface
    from llmselect.compare.columns import COLUMNS
    from llmselect.render.format.blocks import Column, Table
    from llmselect.render.format.csv import table_csv
    from llmselect.render.format.json import envelope
    from llmselect.render.format.text import text

    rows = tuple((name, column.label, column.help) for name, column in COLUMNS.items())
    titles = ("name", "label", "help")
    if form == "json":
        return envelope("compare", "ok", {"available": [dict(zip(titles, row, strict=True)) for row in rows]})
    if form == "csv":
        return table_csv(titles, rows)
    return text([Table(tuple(map(Column, titles)), rows)], form, *surface(to_file))


def _text(found: "Comparison", form: str, language: str, transposed: bool, to_file: bool) -> str:
    from llmselect.render.compare import comparison_blocks, comparison_csv

    if form == "json":
        from llmselect.render.format.json import envelope

        return envelope("compare", "ok" if found.rows else "empty", found.to_dict())
    if form == "csv":
        return comparison_csv(found, transposed=transposed)
    from llmselect.cli.recommend import surface
    from llmselect.render.format.text import text
    from llmselect.render.phrases import Phrases

    return text(
        comparison_blocks(found, Phrases(language), transposed=transposed), form, *surface(to_file), language=language
    )


COMMAND = Command(compare, FLAGS, _ENDING, _ARGUMENT)
