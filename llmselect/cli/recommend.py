"""`llmselect recommend`: the ranked, explained answer."""

import shutil
import sys
from typing import TYPE_CHECKING, Any

import typer

from llmselect.cli.command import Ending, add
from llmselect.cli.flags import RECOMMEND
from llmselect.cli.output import check_output, chosen_format, chosen_language, emit
from llmselect.errors import Exit

if TYPE_CHECKING:
    from llmselect.engine.result import Recommendation

DEFAULT_TOP = 5
PIPE_WIDTH = 100  # of a pipe or file, unless COLUMNS says another
ONE_ROW_A_LINE = 10_000  # the same where the text is a table that other programs filter by line
_ENDING = Ending(
    (
        'llmselect recommend --task conversation --gpu "RTX 3090"',
        "llmselect recommend --task qa --requests-per-month 600k --license commercial --json",
    ),
    "Reads LLMSELECT_<FIELD> from the environment; --output writes one file; --hardware auto runs the tools "
    "of GPU vendors; --probe computes at full speed for some seconds and stores what it measures. No network.",
    (0, 2, 3, 4, 5),
)


def register(app: typer.Typer) -> None:
    """Adds the command."""
    add(app, "recommend", RECOMMEND, _ENDING)(recommend)


def recommend(**given: Any) -> Exit:
    """Ranks models for what you need, and says why, with every number's source.

    What fails a requirement is left out and listed with the reason. Nothing is assumed silently.
    """
    form = chosen_format(given["format"], given["json"])
    say = chosen_language(given["lang"])
    path = check_output(given["output"])
    answer, names = _answer(given)
    emit(_text(answer, names, form, say, given, to_file=path is not None), path)
    return Exit.DONE if answer.recommendations else Exit.NOTHING_QUALIFIES


def _answer(given: dict[str, Any]) -> "tuple[Recommendation, dict[str, str]]":
    """The answer, and the names of all models by id."""
    from llmselect.catalog.load import load
    from llmselect.cli.inputs import detected, requirements, whole_number
    from llmselect.engine.recommend import recommend as ranked

    if given["probe"]:
        from llmselect.cli.probed import probed_first

        given = probed_first(given)
    needs = requirements(given, given["profile"])
    top = whole_number("--top", given["top"], DEFAULT_TOP)
    catalog = load()
    return ranked(needs, catalog, detected(needs), top), {model.id: model.name for model in catalog.models.values()}


def _text(
    answer: "Recommendation", names: dict[str, str], form: str, language: str, given: dict[str, Any], to_file: bool
) -> str:
    if form == "json":
        from llmselect.render.json import recommendation_json

        return recommendation_json(answer)
    if form == "csv":
        from llmselect.render.csv import recommendation_csv

        return recommendation_csv(answer, given["all_options"])
    from llmselect.render.answer import recommendation_blocks
    from llmselect.render.phrases import Phrases
    from llmselect.render.text import text

    how = {"explain": given["explain"], "all_options": given["all_options"]}
    blocks = recommendation_blocks(answer, Phrases(language), names=names, **how)
    return text(blocks, form, *surface(to_file))


def surface(to_file: bool = False, pipe_width: int = PIPE_WIDTH) -> tuple[int, bool]:
    """The width of what is written on, in columns, and whether it is a terminal."""
    terminal = not to_file and sys.stdout.isatty()
    return shutil.get_terminal_size((pipe_width, 24)).columns, terminal
