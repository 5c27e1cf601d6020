"""`llmselect catalog path`: where the catalogue is."""

from typing import Any

from llmselect.cli.framework.command import Command, Ending
from llmselect.cli.framework.output import emit
from llmselect.cli.show import JSON
from llmselect.errors import Exit

_ENDING = Ending(("llmselect catalog path",), "None. No network.", (0, 2, 4))


def path(**given: Any) -> Exit:
    """Prints the SQLite file that is read, then what it was made from: a folder, and your own layers."""
    from llmselect.catalog.load import catalog_file, catalog_path
    from llmselect.catalog.overlay import layers

    file, place = catalog_file(), catalog_path()
    made_from = [str(place)] if place != file else []
    made_from += map(str, layers())
    if given["json"]:
        from llmselect.render.format.json import envelope

        emit(envelope("catalog path", "ok", {"path": str(file) if file else None, "made_from": made_from}))
    else:
        emit("".join(f"{line}\n" for line in (file or "in memory: no cache can be written", *made_from)))
    return Exit.DONE


COMMAND = Command(path, (JSON,), _ENDING)
