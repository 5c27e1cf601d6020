"""What a model's facts imply for its successor, and what the user asks for instead."""

from collections.abc import Sequence
from typing import Any

from llmselect.errors import LlmselectError, unknown_name
from llmselect.requirements import Requirements, flag

IMPLIED = ("context_tokens", "modality_in", "modality_out", "needs", "open_weights")
OF_THE_DOCUMENT = ("response_time", "domain", "policy")  # these belong to the document's tree
_DROPPED: dict[str, Any] = {"context_tokens": None, "open_weights": False}


def asked(needs: Requirements, without: Sequence[str] = ()) -> dict[str, Any]:
    """What the user asks of a successor, which goes over what is implied; the fields in `without` are not asked.

    Raises LlmselectError for a field that is never implied, or that is asked for all the same.
    """
    found = {name: getattr(needs, name) for name in needs.model_fields_set if name not in OF_THE_DOCUMENT}
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
