"""What a model's facts imply for its successor, and what the user asks for instead."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from llmselect.errors import LlmselectError, unknown_name
from llmselect.requirements import Requirements, flag

if TYPE_CHECKING:
    from llmselect.catalog.schema import Model

IMPLIED = ("context_tokens", "modality_in", "modality_out", "needs", "open_weights", "deployment")
TIER = "tier"  # what is near the old model in money, waiting and quality: no requirement of its own
BY_API = ("api", "managed")
DOCUMENT_FIELDS = ("response_time", "domain", "policy")  # these belong to the document's tree
CAPABILITIES = ("tools", "structured-output", "reasoning")
MOST_CONTEXT_TOKENS = 128_000  # larger windows are rarely filled; --context-tokens asks for more
_DROPPED: dict[str, Any] = {"context_tokens": None, "open_weights": False, "deployment": ("any",)}
_MACHINE = ("gpu", "hardware", "vram")


def way_of_access(given: Mapping[str, Any], *, open_weights: bool, by_api: bool) -> tuple[str, ...]:
    """How what is replaced is used, as `--deployment` has it: open weights on the machine that is named, else by API.

    Empty where that is not known: of weights that no host serves, and of a machine named for what had an API alone.
    """
    if any(given.get(name) is not None for name in _MACHINE):
        return ("self-host",) if open_weights else ()
    return BY_API if by_api and not given.get("offline") else ()


def implied(model: Model, given: Mapping[str, Any], *, by_api: bool) -> dict[str, Any]:
    """The requirements that a model's facts imply: context, modalities, capabilities, open weights, way of access.

    `given` are the user's own requirements, `by_api` says whether a host has ever served it.
    """
    window = model.max_context_tokens
    wanted = [name for name in CAPABILITIES if model.capabilities and name in (model.capabilities.value or ())]
    found: dict[str, Any] = {
        "context_tokens": min(window, MOST_CONTEXT_TOKENS) if window else None,
        "modality_in": tuple(model.modalities_in.value or ()),
        "modality_out": tuple(model.modalities_out.value or ()),
        "needs": tuple(wanted),
        "open_weights": model.open_weights or None,
        "deployment": way_of_access(given, open_weights=model.open_weights, by_api=by_api),
    }
    return {name: value for name, value in found.items() if value}


def asked(needs: Requirements, without: Sequence[str] = ()) -> dict[str, Any]:
    """What the user asks of a successor, which goes over what is implied; the fields in `without` are not asked.

    Raises LlmselectError for a field that is never implied, or that is asked for all the same.
    """
    found = {name: getattr(needs, name) for name in needs.model_fields_set if name not in DOCUMENT_FIELDS}
    for name in map(field_name, without):
        if name == TIER:
            continue
        if name not in IMPLIED:
            known = [field.replace("_", "-") for field in (*IMPLIED, TIER)]
            raise unknown_name("requirement", name.replace("_", "-"), known, f"--without may be {', '.join(known)}.")
        if found.get(name):
            message = f"--without {name.replace('_', '-')} contradicts {flag(name)}"
            raise LlmselectError("bad-value", message, "Give one of them.")
        found[name] = _DROPPED.get(name, ())
    return found


def field_name(word: str) -> str:
    """A word of `--without` as the name of what is implied."""
    return word.strip().lower().replace("-", "_")


def keeps_tier(without: Sequence[str]) -> bool:
    """Whether a successor has to be near the old model in money, waiting and quality."""
    return TIER not in map(field_name, without)
