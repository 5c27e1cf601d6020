"""`llmselect explain`: what a term means, how it changes a choice, and which models have it."""

from typing import TYPE_CHECKING, Any

from llmselect.cli.framework.command import Argument, Command, Ending
from llmselect.cli.framework.flags import Flag
from llmselect.cli.framework.output import check_output, chosen_format, chosen_language, emit
from llmselect.cli.show import FORMAT, JSON, OUTPUT
from llmselect.errors import Exit
from llmselect.languages import LANGUAGES

if TYPE_CHECKING:
    from llmselect.catalog.schema import Catalog
    from llmselect.results.explanation import Explanation

FORMATS = ("table", "markdown", "json")
LANG = Flag("lang", "Output", "Language of the explanation.", "|".join(LANGUAGES), "the locale's, else en")
_ARGUMENT = Argument(
    "term", "A term such as moe, or a benchmark such as gpqa; without one, all are listed.", required=False
)
_ENDING = Ending(
    ("llmselect explain grouped-query-attention", "llmselect explain 憲法AI --lang zh-TW", "llmselect explain"),
    "None; --output writes one file. No network.",
    (0, 2, 4),
)


def explain(**given: Any) -> Exit:
    """Explains a term or a benchmark: what it is, how it changes a choice, which models have it, and who says so."""
    from llmselect.catalog.load import load

    form = chosen_format(given["format"], given["json"], FORMATS)
    language = chosen_language(given["lang"])
    path = check_output(given["output"])
    emit(_text(load(), given["term"], form, language, to_file=path is not None), path)
    return Exit.DONE


def _text(catalog: "Catalog", name: str | None, form: str, language: str, to_file: bool) -> str:
    from llmselect.catalog.explanation import explanation, glossary
    from llmselect.cli.recommend import surface
    from llmselect.render.explain import explanation_blocks, glossary_blocks
    from llmselect.render.format.json import envelope
    from llmselect.render.format.text import text

    if name is None:
        terms, benchmarks = glossary(catalog, language), sorted(catalog.benchmarks.benchmarks)
        if form == "json":
            rows = [{"id": key, "name": shown} for key, shown in terms]
            return envelope("explain", "ok", {"terms": rows, "benchmarks": benchmarks})
        return text(glossary_blocks(terms, benchmarks, language), form, *surface(to_file))
    found: Explanation = explanation(catalog, name, language)
    if form == "json":
        return envelope("explain", "ok", found.to_dict())
    return text(explanation_blocks(found, language), form, *surface(to_file))


COMMAND = Command(explain, (LANG, FORMAT, JSON, OUTPUT), _ENDING, _ARGUMENT)
