"""Reading what `recommend` wrote: a decision record, or its JSON."""

from typing import Any

from llmselect.errors import LlmselectError
from llmselect.files import parse_json, read_text

_WRITTEN = "Name a file that `llmselect recommend` wrote."


def read_decision(name: str, flag: str) -> dict[str, Any]:
    """The decision that a record holds; raises LlmselectError where there is none."""
    from llmselect.render.record import read_block

    data = read_block(read_text(name, flag, _WRITTEN, stdin=True))
    if data is None:
        hint = "Write one with `llmselect recommend --format markdown -o DECISION.md`."
        raise LlmselectError("bad-file", f"{flag}: {name} holds no decision that this version can read", hint)
    _check(data, name, flag)
    return data


def ranked_models(name: str, flag: str) -> tuple[list[str], dict[str, Any]]:
    """The models of a record or of `recommend --json`, best first, and the request."""
    from llmselect.render.record import read_block

    text = read_text(name, flag, _WRITTEN, stdin=True)
    block = read_block(text)
    if block is not None:
        _check(block, name, flag)
        return [row["model"] for row in block["choices"]], block["request"]
    try:
        data = parse_json(text)["data"]
        return [row["model"] for row in data["recommendations"]], _given(data["requirements"])
    except (ValueError, KeyError, TypeError) as error:
        hint = "Write one with `llmselect recommend --json -o answer.json`."
        message = f"{flag}: {name} is neither JSON of `recommend` nor a decision record"
        raise LlmselectError("bad-file", message, hint) from error


def _given(fields: dict[str, Any]) -> dict[str, Any]:
    """The fields of a request that say something else than the default."""
    from llmselect.requirements import Requirements

    usual = Requirements().model_dump("json")
    return {name: value for name, value in fields.items() if name not in usual or value != usual[name]}


_KEYS = {"request": dict, "top": int, "as_of": str, "catalog_digest": str, "choices": list}
_OF_A_CHOICE = ("rank", "model", "name", "option", "score", "cost", "cost_unit", "quality", "terms")


def _check(data: dict[str, Any], name: str, flag: str) -> None:
    """Raises LlmselectError where a decision lacks what is read from it."""
    lacking = [key for key, kind in _KEYS.items() if not isinstance(data.get(key), kind)]
    rows = data["choices"] if "choices" not in lacking else []
    lacking += [key for row in rows for key in _OF_A_CHOICE if not isinstance(row, dict) or key not in row]
    lacking += ["terms" for row in rows if isinstance(row, dict) and not isinstance(row.get("terms"), dict)]
    if lacking:
        message = f"{flag}: the decision in {name} lacks {', '.join(dict.fromkeys(lacking))}"
        raise LlmselectError("bad-file", message, "Take the record as it was written; its last lines are data.")
