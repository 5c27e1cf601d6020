"""`llmselect catalog`: where the catalogue is, whether it is sound; its other commands have files of their own."""

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from llmselect.cli.command import WIDEST_HELP, Argument, Ending, add, group_class
from llmselect.cli.flags import Flag
from llmselect.cli.output import chosen_format, emit
from llmselect.cli.show import JSON
from llmselect.errors import Exit, LlmselectError

if TYPE_CHECKING:
    from llmselect.catalog.check import Fault

FORMATS = ("table", "json")
OTHERS = ("status", "refresh", "add", "fit")  # each in the module of its name
_FORMAT = Flag("format", "Output", "How to write it.", "table|json", "table")
_DIRECTORY = Argument("directory", "Folder of a catalogue; the one that is in use unless given.", required=False)
_NONE = "None. No network."
_GROUP = Ending(
    ("llmselect catalog check", "llmselect catalog status"),
    "`refresh` reads from the network and writes into your layer, `add` writes your own records, "
    "`fit` writes abilities.yaml; the others have none.",
    (0, 2, 4, 5),
)
_CHECK = Ending(("llmselect catalog check", "llmselect catalog check my-catalog --json"), _NONE, (0, 2, 4))
_PATH = Ending(("llmselect catalog path",), _NONE, (0, 2, 4))


def register(app: typer.Typer, named: str = "") -> None:
    """Adds the group with the command that is named, or with all."""
    group = typer.Typer(
        cls=group_class(_GROUP),
        help="Checks the catalogue, brings it up to date, adds your own records, says where it is.",
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        invoke_without_command=True,
        context_settings={"max_content_width": WIDEST_HELP},
    )
    group.callback()(_help)
    app.add_typer(group, name="catalog")
    if named not in OTHERS:
        add(group, "check", (_FORMAT, JSON), _CHECK, _DIRECTORY)(check)
        add(group, "path", (JSON,), _PATH)(path)
    for name in [named] if named in OTHERS else () if named in ("check", "path") else OTHERS:
        import_module(f"llmselect.cli.{name}").register(group)


def _help(context: typer.Context) -> None:
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


def check(**given: Any) -> Exit:
    """Checks every file of a catalogue and prints each fault as file:line:column: code: message."""
    from llmselect.catalog.load import catalog_path

    form = chosen_format(given["format"], given["json"], FORMATS)
    place = Path(given["directory"]) if given["directory"] else catalog_path()
    if place.is_file():
        return _compiled(place, form)
    if not place.is_dir():
        message = f"there is no folder {place}"
        raise LlmselectError("no-catalog", message, "Name the folder of a catalogue.", Exit.INVALID_CATALOG)
    from llmselect.catalog.check import check as faults_of

    faults = faults_of(place)
    emit(_json(place, faults) if form == "json" else _lines(place, faults))
    return Exit.INVALID_CATALOG if faults else Exit.DONE


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


def _compiled(place: Path, form: str) -> Exit:
    """An installed catalogue was checked when it was built; it is read, which validates it once more."""
    from llmselect.catalog.load import load_checked

    catalog = load_checked()
    if form == "json":
        from llmselect.render.json import envelope

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
    return "\n".join([*lines, f"{place}: {count}"]) + "\n"


def _json(place: Path, faults: "list[Fault]") -> str:
    from llmselect.render.json import envelope, fault

    rows = [
        {"file": f.file, "line": f.line, "column": f.column, "code": f.code, "message": f.message, "hint": f.hint}
        for f in faults
    ]
    data = {"path": str(place), "compiled": False, "faults": rows}
    errors = [fault("invalid-catalog", f"{len(faults)} faults", "Mend them and check again.")] if faults else []
    return envelope("catalog check", "error" if faults else "ok", data, errors)
