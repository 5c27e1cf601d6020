"""Models outside the catalogue: from a config.json, a GGUF file's header or a parameter count."""

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from llmselect.errors import LlmselectError
from llmselect.quantities import shown, weights

if TYPE_CHECKING:
    from llmselect.catalog.schema import Artifact, Model

OWN = "own"
WHERE = "docs/speed.md#a-model-that-is-not-in-the-catalogue"
TITLE = "What the user gave: a file or a number"
FLAGS = ("config", "gguf", "params")
_LEAST, _MOST = 10**5, 10**15


class OwnModel(NamedTuple):
    """A model like the catalogue's; `artifact` if a file says how its weights are stored."""

    model: "Model"
    artifact: "Artifact | None" = None


def own_model(given: dict[str, Any]) -> OwnModel | None:
    """The model that --config, --gguf or --params describes; None if none of them is given."""
    named = [name for name in FLAGS if given[name] is not None]
    if given["active_params"] is not None and named != ["params"]:
        raise LlmselectError("bad-value", "--active-params goes with --params", "Give both, such as --params 30B.")
    if not named:
        return None
    if given["model"] is not None or len(named) > 1:
        both = " and ".join([*(["MODEL"] if given["model"] is not None else []), *(f"--{name}" for name in named)])
        raise LlmselectError("bad-value", f"{both} each describe a model", "Give one of them.")
    makers: dict[str, Callable[[dict[str, Any]], OwnModel]] = {
        "config": _from_config,
        "gguf": _from_gguf,
        "params": _from_counts,
    }
    return makers[named[0]](given)


def _from_config(given: dict[str, Any]) -> OwnModel:
    from llmselect.catalog.add import weights_bits
    from llmselect.catalog.schema import Model
    from llmselect.catalog.shapes import architecture
    from llmselect.cli.framework.inputs import read_config

    path = Path(given["config"])
    config = read_config(path)
    shape = architecture(config).model_dump(exclude_defaults=True)
    name = str(config.get("_name_or_path") or path.resolve().parent.name or path.stem)
    return OwnModel(Model.model_validate(_record(name, architecture=shape, weights_bits=weights_bits(config))))


def _from_gguf(given: dict[str, Any]) -> OwnModel:
    from llmselect.catalog.gguf_file import read_gguf
    from llmselect.catalog.schema import Artifact, Model

    if given["quantization"] is not None:
        message = "--gguf and --quantization both say how the weights are stored"
        raise LlmselectError("bad-value", message, "Leave --quantization out.")
    found = read_gguf(Path(given["gguf"]))
    artifact = Artifact(
        name=Path(given["gguf"]).name,
        bits_per_weight=found.layer_bits,
        embedding_bits=found.embedding_bits,
        head_bits=found.head_bits,
        source=(OWN,),
    )
    shape = found.shape.model_dump(exclude_defaults=True)
    return OwnModel(Model.model_validate(_record(found.name, architecture=shape)), artifact)


def _from_counts(given: dict[str, Any]) -> OwnModel:
    from llmselect.catalog.schema import Model

    total = count("--params", given["params"])
    active = count("--active-params", given["active_params"]) if given["active_params"] is not None else total
    if active > total:
        raise LlmselectError("bad-value", "--active-params is more than --params", "Active ones are a part of all.")
    record = _record(given["params"], parameters={"total": total, "active": active})
    return OwnModel(Model.model_validate(record))


def count(flag: str, text: str) -> int:
    """A parameter count such as 8B, 1.5B or 350M; raises LlmselectError for anything else."""
    try:
        number = weights(text)
    except ValueError:
        number = 0
    if not _LEAST <= number <= _MOST:
        message = f"{flag}: {shown(text)} is no number of weights"
        raise LlmselectError("bad-value", message, f"Write it like {flag} 8B, {flag} 1.5B or {flag} 350M.")
    return number


def _record(name: str, **facts: Any) -> dict[str, Any]:
    """A model with nothing known but its size."""
    plain = re.sub(r"[^a-z0-9.]+", "-", name.rpartition("/")[2].lower()).strip("-.") or "model"
    known = {key: {"value": value, "source": OWN} for key, value in facts.items() if value is not None}
    unknown = {"value": None, "disclosed": False, "source": OWN}
    own = {"developer": OWN, "family": plain, "access": "open-weights", "tuning": "base"}
    return {
        "id": f"{OWN}/{plain}",
        "name": name,
        "sources": {OWN: {"url": WHERE, "title": TITLE, "kind": "judgement", "retrieved": date.today()}},
        **{key: {"value": value, "source": OWN} for key, value in own.items()},
        "release_date": unknown,
        "modalities_in": {"value": ("text",), "source": OWN},
        "modalities_out": {"value": ("text",), "source": OWN},
        **known,
    }
