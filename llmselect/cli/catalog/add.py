"""`llmselect catalog add`: a record of one's own, a model from its configuration or a price, in the layer `own`."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from llmselect.cli.framework.command import Command, Ending
from llmselect.cli.framework.flags import Flag
from llmselect.cli.framework.output import chosen_format, emit
from llmselect.cli.framework.streams import complain
from llmselect.cli.show import JSON
from llmselect.errors import Exit, LlmselectError, unknown_name

if TYPE_CHECKING:
    from llmselect.catalog.schema import Catalog

MODEL = "A model with open weights"
PRICE = "A price that you pay"
OF_MODEL = ("config", "id", "license")
OF_PRICE = ("host", "model", "input_usd_per_mtok", "output_usd_per_mtok")
FLAGS = (
    Flag("config", MODEL, "Its config.json, as Hugging Face has it.", "FILE"),
    Flag("id", MODEL, "Its id, such as me/my-model.", "DEVELOPER/MODEL"),
    Flag("license", MODEL, "Its licence, a row of licenses.yaml such as apache-2.0.", "ID"),
    Flag("price", PRICE, "Adds a price in place of a model.", kind="switch"),
    Flag("host", PRICE, "Host that bills you.", "NAME"),
    Flag("model", PRICE, "Model that it serves.", "MODEL"),
    Flag("input_usd_per_mtok", PRICE, "Price of a million input tokens.", "USD"),
    Flag("output_usd_per_mtok", PRICE, "Price of a million output tokens.", "USD"),
    Flag("from_", PRICE, "First day of the price.", "DATE", "today"),
    JSON,
)
_ENDING = Ending(
    (
        "llmselect catalog add --config config.json --id me/my-model --license apache-2.0",
        "llmselect catalog add --price --host openai --model gpt-5.5 --input-usd-per-mtok 1 --output-usd-per-mtok 2",
    ),
    "Writes one file in the layer `own` of your data folder; what stands there is never overwritten. No network.",
    (0, 2, 4, 5),
)


def add_record(**given: Any) -> Exit:
    """Writes a record of your own, which goes before the catalogue's, and prints its path.

    The file is a beginning: edit it to add scores, dates or what else you know.
    """
    from llmselect.catalog.load import load

    form = chosen_format(None, given["json"])
    _demand_flags(given)
    catalog = load()
    kind, data = ("hosts", _price(catalog, given)) if given["price"] else ("models", _model(catalog, given))
    path = _written(kind, data)
    if form == "json":
        from llmselect.render.format.json import envelope

        emit(envelope("catalog add", "ok", {"path": str(path), "kind": kind.removesuffix("s"), "id": data["id"]}))
    else:
        emit(f"{path}\n")
    return Exit.DONE


def _demand_flags(given: dict[str, Any]) -> None:
    """Raise LlmselectError unless the flags of one of the two kinds are given, all of them and no others."""
    ours, others = (OF_PRICE, OF_MODEL) if given["price"] else (OF_MODEL, (*OF_PRICE, "from_"))
    what = "a price" if given["price"] else "a model"
    strange = [_flag(name) for name in others if given[name]]
    missing = [_flag(name) for name in ours if not given[name]]
    if strange and len(missing) < len(ours):
        raise LlmselectError("bad-value", f"{what} takes no {', '.join(strange)}", "Add one thing at a time.")
    if missing:
        hint = "See `llmselect catalog add --help`; --price adds a price, --config a model."
        raise LlmselectError("missing-flag", f"{what} needs {', '.join(missing)} too", hint)


def _flag(name: str) -> str:
    return "--" + name.rstrip("_").replace("_", "-")


def _model(catalog: "Catalog", given: dict[str, Any]) -> dict[str, Any]:
    """The record of a model, whose id is new and whose licence is known."""
    from llmselect.catalog.add import from_config
    from llmselect.cli.framework.inputs import read_config

    if given["id"] in catalog.models:
        message = f"{given['id']} is a model of the catalogue already"
        raise LlmselectError("exists", message, "Choose another id; `llmselect show` has its facts.")
    if given["license"] not in catalog.licenses.licenses:
        hint = "`llmselect list --json` has those in use; name a new one in licenses.yaml of your own layer first."
        raise unknown_name("license", given["license"], catalog.licenses.licenses, hint)
    return from_config(read_config(Path(given["config"])), given["id"], given["license"], origin=given["config"])


def _price(catalog: "Catalog", given: dict[str, Any]) -> dict[str, Any]:
    """The record of a price at a host that the catalogue knows."""
    from llmselect.catalog.add import price
    from llmselect.catalog.names.hosts import find_host
    from llmselect.cli.catalog.refresh import named_day
    from llmselect.cli.framework.named import model_of

    host = catalog.hosts[find_host(given["host"], catalog.hosts)]
    model = model_of(catalog, given["model"])
    if all(offering.model != model.id for offering in host.offerings):
        complain(f"note: the catalogue knows of no {model.name} at {host.name}; this offers it")
    amounts = [_usd(name, given[name]) for name in OF_PRICE[2:]]
    data = price(host.id, model.id, amounts[0], amounts[1], named_day("from_", given["from_"]))
    return {**data, "name": host.name}


def _usd(name: str, value: str) -> float:
    from llmselect.quantities import usd

    try:
        return usd(value)
    except ValueError as error:
        raise LlmselectError("bad-value", f"{_flag(name)}: {error}", "Give USD per million tokens.") from None


def _written(kind: str, data: dict[str, Any]) -> Path:
    """Writes a record, unless the catalogue would have a fault with it."""
    from llmselect.catalog.add import write_own
    from llmselect.catalog.overlay import OWN, layer_folder

    try:
        return write_own(kind, data)
    except OSError as error:
        place = error.filename or layer_folder(OWN)
        message = f"{place} cannot be written: {(error.strerror or str(error)).lower()}"
        raise LlmselectError("unwritable-folder", message, "Nothing was changed.", Exit.MISSING) from error


COMMAND = Command(add_record, FLAGS, _ENDING)
