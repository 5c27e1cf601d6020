"""Creates the user's own records from a model's configuration or a price, and writes them to the layer `own`."""

import math
import re
from datetime import date
from pathlib import Path
from typing import Any

from llmselect.catalog.candidate import demand_sound
from llmselect.catalog.overlay import OWN, layer_folder
from llmselect.catalog.reader import read
from llmselect.catalog.refresh.lock import alone
from llmselect.catalog.refresh.store import recover, write_all
from llmselect.catalog.shapes import architecture, parameters
from llmselect.catalog.writer import text
from llmselect.errors import LlmselectError

OWN_RECORDS = "docs/catalog.md#own-records"
_ID = re.compile(r"[a-z0-9]+([.-][a-z0-9]+)*/[a-z0-9]+([.-][a-z0-9]+)*")
_HOST = re.compile(r"[a-z0-9]+([.-][a-z0-9]+)*")
_CHAT = re.compile(r"instruct|chat|(^|[-_.])(it|sft|dpo)([-_.]|$)", re.IGNORECASE)
_BITS = {"float32": 32, "float16": 16, "bfloat16": 16, "float8_e4m3fn": 8}


def from_config(
    config: dict[str, Any], id: str, license: str, *, origin: str = "config.json", day: date | None = None
) -> dict[str, Any]:
    """The record of an open model from its Hugging Face config.json, as data that `Model` takes.

    `license` is a row of licenses.yaml, `origin` the file's path or address, `day` the day on which it was read (by
    default today). Parameters are computed from the shape. Raises LlmselectError for an invalid id and for a
    configuration that is not a plain decoder's.
    """
    _demand_id(id)
    shape = architecture(config)
    developer, _, name = id.partition("/")
    weights = config.get("_name_or_path")
    chat = _CHAT.search(name) is not None
    data: dict[str, Any] = {
        "id": id,
        "name": name,
        "sources": {"config": _config_source(id, origin, day or date.today()), "own": _own_source(day or date.today())},
        "developer": _own(developer),
        "family": _own(str(config.get("model_type") or name)),
        "access": _own("open-weights"),
        "tuning": _own("instruct" if chat else "base"),
        "release_date": {
            "value": None,
            "disclosed": False,
            "source": "own",
            "note": "not given with the configuration",
        },
        "license": _own(license),
        "modalities_in": _own(["text"]),
        "modalities_out": _own(["text"]),
        "parameters": {**_read(parameters(shape)), "note": "computed from the architecture"},
        "architecture": _read(shape.model_dump(exclude_defaults=True)),
    }
    if context := _context_tokens(config):
        data["limits"] = {"context_tokens": _read(context)}
    if isinstance(weights, str) and re.fullmatch(r"[\w.-]+/[\w.-]+", weights):
        data["weights"] = _read(weights)
    if bits := weights_bits(config):
        data["weights_bits"] = _read(bits)
    return data


def price(host: str, model: str, input: float, output: float, day: date) -> dict[str, Any]:
    """The record of a price that the user pays from a day on, as data that `Host` takes: USD per million tokens.

    Raises LlmselectError for invalid ids and for prices that are not positive numbers.
    """
    if not _HOST.fullmatch(host):
        raise LlmselectError("bad-id", f"{host!r} is no host's id", "Use small letters, digits, dashes and dots.")
    _demand_id(model)
    for amount in (input, output):
        if not math.isfinite(amount) or amount <= 0:
            raise LlmselectError("bad-price", f"{amount:g} is no price", "Give USD per million tokens, above zero.")
    row = {"from": day, "checked": day, "source": "own", "input_usd_per_mtok": input, "output_usd_per_mtok": output}
    return {
        "id": host,
        "name": host,
        "sources": {"own": _own_source(day)},
        "offerings": [{"model": model, "prices": [row]}],
    }


def write_own(kind: str, data: dict[str, Any], folder: Path | None = None) -> Path:
    """Writes a new record (`kind` is models or hosts) to the layer `own` atomically and returns its path.

    A price is added to the host's file if there is one. Nothing is overwritten: raises LlmselectError if the record,
    or a price of the same model, exists already, and if the catalogue would become invalid. Raises OSError if the file
    cannot be written.
    """
    layer = folder or layer_folder(OWN)
    name = f"{kind}/{data['id']}.yaml"
    path = layer / name
    with alone(layer):
        recover(layer)
        if not path.exists():
            content = text(data)
        elif kind == "hosts":
            content = _with_offerings(path, data)
        else:
            raise _taken(path, data["id"])
        demand_sound(layer, name, content)
        write_all(layer, {name: content})
    return path


def _with_offerings(path: Path, data: dict[str, Any]) -> str:
    """The text of a host's file with new offerings added."""
    before = path.read_text(encoding="utf-8")
    parsed = read(before)
    if parsed.faults or not isinstance(parsed.data, dict) or not isinstance(parsed.data.get("offerings"), list):
        raise LlmselectError("invalid-catalog", f"{path} has faults", "Mend or remove the file; nothing was changed.")
    standing = {str(row.get("model")) for row in parsed.data["offerings"] if isinstance(row, dict)}
    for row in data["offerings"]:
        if row["model"] in standing:
            raise _taken(path, row["model"])
    sources = dict(parsed.data.get("sources") or {})
    key, number = "own", 2
    while key in sources and sources[key] != data["sources"]["own"]:
        key, number = f"own-{number}", number + 1
    sources[key] = data["sources"]["own"]
    rows = [{**row, "prices": [{**one, "source": key} for one in row["prices"]]} for row in data["offerings"]]
    joined = {**parsed.data, "sources": sources, "offerings": [*parsed.data["offerings"], *rows]}
    return text(joined, before)


def _taken(path: Path, name: str) -> LlmselectError:
    return LlmselectError("exists", f"{name} stands in {path} already", "Edit or remove it there; nothing was changed.")


def _demand_id(id: str) -> None:
    if not _ID.fullmatch(id):
        hint = "Write <developer>/<model> in small letters, digits, dashes and dots."
        raise LlmselectError("bad-id", f"{id!r} is no model's id", hint)


def _own(value: Any) -> dict[str, Any]:
    return {"value": value, "source": "own"}


def _read(value: Any) -> dict[str, Any]:
    return {"value": value, "source": "config"}


def _own_source(day: date) -> dict[str, Any]:
    return {"url": OWN_RECORDS, "title": "The user's own word", "kind": "judgement", "retrieved": day}


def _config_source(id: str, origin: str, day: date) -> dict[str, Any]:
    address = origin.startswith(("https://", "http://"))
    source = {"url": origin if address else OWN_RECORDS, "title": f"config.json of {id}", "kind": "primary"}
    return {**source, "retrieved": day, **({} if address else {"locator": origin})}


def _context_tokens(config: dict[str, Any]) -> int | None:
    inner = config.get("text_config")
    for part in (inner if isinstance(inner, dict) else {}, config):
        for name in ("max_position_embeddings", "n_positions", "max_seq_len", "seq_length"):
            value = part.get(name)
            if isinstance(value, int) and not isinstance(value, bool) and value > 0:
                return value
    return None


def weights_bits(config: dict[str, Any]) -> float | None:
    """Bits per weight as released: of the quantisation if there is one, else of the number format."""
    quantized = config.get("quantization_config")
    if isinstance(quantized, dict):
        bits = quantized.get("bits") or {"fp8": 8, "mxfp4": 4.25}.get(str(quantized.get("quant_method")))
        return float(bits) if isinstance(bits, int | float) else None
    inner = config.get("text_config")
    parts = (config, inner if isinstance(inner, dict) else {})
    named = (str(part.get(name)) for part in parts for name in ("dtype", "torch_dtype") if part.get(name))
    return next((float(_BITS[name]) for name in (one.removeprefix("torch.") for one in named) if name in _BITS), None)
