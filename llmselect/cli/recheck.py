"""`llmselect recheck`: what has changed since a decision was recorded."""

from typing import TYPE_CHECKING, Any

from llmselect.cli.framework.command import Argument, Command, Ending
from llmselect.cli.framework.flags import OUTPUTS
from llmselect.cli.framework.output import check_output, chosen_format, chosen_language, emit
from llmselect.cli.show import AS_OF
from llmselect.errors import Exit

if TYPE_CHECKING:
    from llmselect.results.decision import Recheck

FLAGS = (AS_OF, *(flag for flag in OUTPUTS if flag.name in ("format", "json", "output", "lang")))
_ARGUMENT = Argument(
    "record", "A decision record that `recommend --format markdown` wrote, or - for stdin.", metavar="FILE"
)
_ENDING = Ending(
    ("llmselect recheck DECISION.md", "llmselect recheck DECISION.md --as-of 2027-01-01 --json"),
    "None; --output writes one file. No network.",
    (0, 2, 3, 4),
    {3: "3 something changed that matters"},
)


def recheck(**given: Any) -> Exit:
    """Says what has changed since a decision: prices, ends, licences, a new winner and by how much.

    What matters is what concerns the option that was chosen, and a new winner. The request is the record's.
    """
    from llmselect.catalog.load import catalog_digest, open_catalog
    from llmselect.cli.record import read_decision
    from llmselect.cli.show import day
    from llmselect.engine.decision.recheck import recheck as rechecked
    from llmselect.engine.facts import Facts

    form = chosen_format(given["format"], given["json"])
    language = chosen_language(given["lang"])
    path = check_output(given["output"])
    as_of = day(given["as_of"])
    old = read_decision(given["record"], "recheck")
    found = rechecked(old, Facts(open_catalog()), as_of, catalog_digest())
    emit(_text(found, form, language, to_file=path is not None), path)
    return Exit.NOTHING_QUALIFIES if found.matters else Exit.DONE


def _text(found: "Recheck", form: str, language: str, to_file: bool) -> str:
    if form == "json":
        from llmselect.render.format.json import envelope

        return envelope("recheck", "ok", found.to_dict())
    if form == "csv":
        from llmselect.render.format.csv import table_csv
        from llmselect.render.recheck import recheck_rows

        return table_csv(*recheck_rows(found))
    from llmselect.cli.recommend import surface
    from llmselect.render.format.text import text
    from llmselect.render.phrases import Phrases
    from llmselect.render.recheck import recheck_blocks

    return text(recheck_blocks(found, Phrases(language)), form, *surface(to_file), language=language)


COMMAND = Command(recheck, FLAGS, _ENDING, _ARGUMENT)
