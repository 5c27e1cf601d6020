"""`llmselect show`: everything known about one model."""

from datetime import date
from typing import TYPE_CHECKING, Any

from llmselect.cli.framework.command import Argument, Command, Ending
from llmselect.cli.framework.completion import model_ids
from llmselect.cli.framework.flags import Flag
from llmselect.cli.framework.output import check_output, chosen_format, emit
from llmselect.errors import Exit

if TYPE_CHECKING:
    from llmselect.catalog.schema import Catalog, Model

FORMATS = ("table", "markdown", "json", "html")
AS_OF = Flag("as_of", "Judgement", "Day that prices and dates are judged by.", "DATE", "today")
FORMAT = Flag("format", "Output", "How to write it.", "table|markdown|json|html", "table")
JSON = Flag("json", "Output", "Short for --format json.", kind="switch")
OUTPUT = Flag("output", "Output", "Writes it into a file, whole or not at all.", "FILE", short="-o")
_ARGUMENT = Argument(
    "model", "Id, name, alias or repository of a model; case, spaces and dashes do not matter.", complete=model_ids
)
_ENDING = Ending(
    ("llmselect show llama-2-13b-chat", "llmselect show gpt-4-0613 --as-of 2024-04-30 --json"),
    "None; --output writes one file. No network.",
    (0, 2, 4),
)


def show(**given: Any) -> Exit:
    """Shows a model: its facts, scores, hosts, prices and licence, each with its source.

    Where the source document says something else, that stands beside the fact.
    """
    from llmselect.catalog.load import load
    from llmselect.cli.framework.named import model_of

    form = chosen_format(given["format"], given["json"], FORMATS)
    path = check_output(given["output"])
    as_of = day(given["as_of"])
    catalog = load()
    model = model_of(catalog, given["model"], as_of)
    emit(_text(catalog, model, as_of, form, to_file=path is not None), path)
    return Exit.DONE


def day(value: str | None) -> date:
    """The date of `--as-of`, by default today; raises LlmselectError for an invalid date."""
    from llmselect.requirements import parse

    return parse({"as_of": value} if value is not None else {}).as_of


def _text(catalog: "Catalog", model: "Model", as_of: date, form: str, to_file: bool) -> str:
    if form == "json":
        from llmselect.cli.sheet import sheet_data
        from llmselect.render.format.json import envelope

        return envelope("show", "ok", sheet_data(catalog, model, as_of))
    from llmselect.cli.recommend import surface
    from llmselect.cli.sheet import sheet_blocks
    from llmselect.render.format.text import text

    return text(sheet_blocks(catalog, model, as_of), form, *surface(to_file))


COMMAND = Command(show, (AS_OF, FORMAT, JSON, OUTPUT), _ENDING, _ARGUMENT)
