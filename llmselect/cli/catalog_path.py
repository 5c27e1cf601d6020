"""`llmselect catalog path`: where the catalogue is."""

from typing import Any

from llmselect.cli.command import Command, Ending
from llmselect.cli.output import emit
from llmselect.cli.show import JSON
from llmselect.errors import Exit

_ENDING = Ending(("llmselect catalog path",), "None. No network.", (0, 2, 4))


def path(**given: Any) -> Exit:
    """Prints where the catalogue is read from."""
    from llmselect.catalog.load import catalog_path

    place = catalog_path()
    if given["json"]:
        from llmselect.render.json import envelope

        emit(envelope("catalog path", "ok", {"path": str(place)}))
    else:
        emit(f"{place}\n")
    return Exit.DONE


COMMAND = Command(path, (JSON,), _ENDING)
