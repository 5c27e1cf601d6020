"""`llmselect catalog check`: validates a catalogue."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from llmselect.cli.framework.command import Argument, Command, Ending
from llmselect.cli.framework.flags import Flag
from llmselect.cli.framework.output import chosen_format, emit
from llmselect.cli.show import JSON
from llmselect.errors import Exit, LlmselectError
from llmselect.render.format import escape

if TYPE_CHECKING:
    from llmselect.catalog.checks.run import Fault

FORMATS = ("table", "json")
_FORMAT = Flag("format", "Output", "How to write it.", "table|json", "table")
_DIRECTORY = Argument("directory", "Folder of a catalogue; the one that is in use unless given.", required=False)
_ENDING = Ending(
    ("llmselect catalog check", "llmselect catalog check my-catalog --json"), "None. No network.", (0, 2, 4)
)


def check(**given: Any) -> Exit:
    """Checks every file of a catalogue and prints each fault as file:line:column: code: message."""
    from llmselect.catalog.load import catalog_path

    form = chosen_format(given["format"], given["json"], FORMATS)
    place = Path(given["directory"]) if given["directory"] else catalog_path()
    if place.is_file() or not (given["directory"] or place.exists()):  # within an archive it is no file
        return _compiled(place, form)
    if not place.is_dir():
        message = f"there is no folder {place}"
        raise LlmselectError("no-catalog", message, "Name the folder of a catalogue.", Exit.INVALID_CATALOG)
    from llmselect.catalog.checks.run import check as faults_of

    faults = faults_of(place)
    emit(_json(place, faults) if form == "json" else _lines(place, faults))
    return Exit.INVALID_CATALOG if faults else Exit.DONE


def _compiled(place: Path, form: str) -> Exit:
    """Checks an installed catalogue, which was validated when it was built, by reading it."""
    from llmselect.catalog.load import load

    catalog = load()
    if form == "json":
        from llmselect.render.format.json import envelope

        data = {"path": str(place), "compiled": True, "faults": [], "models": len(catalog.models)}
        emit(envelope("catalog check", "ok", data))
    else:
        said = f"compiled, and validated when it was built; {len(catalog.models)} models"
        emit(f"{place}: {said}, catalogue of {catalog.date}\n")
    return Exit.DONE


def _lines(place: Path, faults: "list[Fault]") -> str:
    lines = []
    for fault in faults:
        lines.append(f"{fault.file}:{fault.line}:{fault.column}: {fault.code}: {fault.message}")
        if fault.hint:
            lines.append(f"  hint: {fault.hint}")
    count = f"{len(faults)} fault{'' if len(faults) == 1 else 's'}" if faults else "no faults"
    return "".join(f"{escape.line(line)}\n" for line in (*lines, f"{place}: {count}"))


def _json(place: Path, faults: "list[Fault]") -> str:
    from llmselect.render.format.json import envelope, fault

    rows = [
        {"file": f.file, "line": f.line, "column": f.column, "code": f.code, "message": f.message, "hint": f.hint}
        for f in faults
    ]
    data = {"path": str(place), "compiled": False, "faults": rows}
    errors = [fault("invalid-catalog", f"{len(faults)} faults", "Mend them and check again.")] if faults else []
    return envelope("catalog check", "error" if faults else "ok", data, errors)


COMMAND = Command(check, (_FORMAT, JSON), _ENDING, _DIRECTORY)
