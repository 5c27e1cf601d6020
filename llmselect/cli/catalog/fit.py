"""`llmselect catalog fit`: one scale of abilities from a catalogue's scores, written into its abilities.yaml."""

from pathlib import Path
from typing import Any

from llmselect.cli.framework.command import Argument, Command, Ending
from llmselect.cli.framework.flags import Flag
from llmselect.cli.framework.output import emit
from llmselect.errors import Exit, LlmselectError

FLAGS = (Flag("check", "Output", "Writes nothing and ends with 4 where the file is not current.", kind="switch"),)
_DIRECTORY = Argument("directory", "Folder of a catalogue; the one that is in use unless given.", required=False)
_ENDING = Ending(
    ("llmselect catalog fit --check", "llmselect catalog fit my-catalog"),
    "Writes abilities.yaml of the folder; --check writes none. No network. Needs the extra `fit` (numpy).",
    (0, 2, 4, 5),
)


def fit(**given: Any) -> Exit:
    """Fits abilities.yaml from the scores of a catalogue: for its maintainers, and for your own copy of it."""
    from llmselect.catalog.abilities.fit_catalog import FILE, fit_catalog, is_current
    from llmselect.catalog.load import catalog_path

    place = Path(given["directory"]) if given["directory"] else catalog_path()
    if not place.is_dir():
        hint = "Name the folder of a catalogue; an installed one was fitted when it was built."
        raise LlmselectError("no-catalog", f"{place} is no folder", hint, Exit.INVALID_CATALOG)
    text, path = fit_catalog(place), place / FILE
    if is_current(path, text):
        emit(f"{path}: current\n")
        return Exit.DONE
    if given["check"]:
        hint = "Run `llmselect catalog fit` and commit what it writes."
        raise LlmselectError("stale-abilities", f"{path} does not follow from the scores", hint, Exit.INVALID_CATALOG)
    path.write_text(text, encoding="utf-8")
    emit(f"{path}: written\n")
    return Exit.DONE


COMMAND = Command(fit, FLAGS, _ENDING, _DIRECTORY)
