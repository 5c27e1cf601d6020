"""What a model's facts imply for its successor, and what the user asks for instead."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from llmselect.errors import LlmselectError, unknown_name
from llmselect.requirements import Requirements, flag

if TYPE_CHECKING:
    from llmselect.catalog.schema import Model

IMPLIED = ("context_tokens", "modality_in", "modality_out", "needs", "open_weights")
DOCUMENT_FIELDS = ("response_time", "domain", "policy")  # these belong to the document's tree
CAPABILITIES = ("tools", "structured-output", "reasoning")
MOST_CONTEXT_TOKENS = 128_000  # larger windows are rarely filled; --context-tokens asks for more
_DROPPED: dict[str, Any] = {"context_tokens": None, "open_weights": False}


def implied(model: Model) -> dict[str, Any]:
    """The requirements that a model's facts imply: context, modalities, capabilities, open weights."""
    window = model.max_context_tokens
    wanted = [name for name in CAPABILITIES if model.capabilities and name in (model.capabilities.value or ())]
    found: dict[str, Any] = {
        "context_tokens": min(window, MOST_CONTEXT_TOKENS) if window else None,
        "modality_in": tuple(model.modalities_in.value or ()),
        "modality_out": tuple(model.modalities_out.value or ()),
        "needs": tuple(wanted),
        "open_weights": model.open_weights or None,
    }
    return {name: value for name, value in found.items() if value}


def asked(needs: Requirements, without: Sequence[str] = ()) -> dict[str, Any]:
    """What the user asks of a successor, which goes over what is implied; the fields in `without` are not asked.

    Raises LlmselectError for a field that is never implied, or that is asked for all the same.
    """
    found = {name: getattr(needs, name) for name in needs.model_fields_set if name not in DOCUMENT_FIELDS}
    for word in without:
        name = word.strip().lower().replace("-", "_")
        if name not in IMPLIED:
            known = [field.replace("_", "-") for field in IMPLIED]
            raise unknown_name("requirement", name.replace("_", "-"), known, f"--without may be {', '.join(known)}.")
        if found.get(name):
            message = f"--without {name.replace('_', '-')} contradicts {flag(name)}"
            raise LlmselectError("bad-value", message, "Give one of them.")
        found[name] = _DROPPED.get(name, ())
    return found
