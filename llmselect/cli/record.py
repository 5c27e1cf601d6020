"""Reads decision records and the JSON output of `recommend`."""

from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, FiniteFloat, ValidationError

from llmselect.cli.framework.inputs import MAX_COUNTED
from llmselect.errors import LlmselectError
from llmselect.files import parse_json, read_text
from llmselect.quantities import day

Written = ConfigDict(strict=True, extra="ignore")
_HINT = "Name a file that `llmselect recommend` wrote."


class WrittenTerms(BaseModel):
    """The terms of a choice in a record: prices in US dollars, a licence's id, a shutdown date."""

    model_config = Written
    input_usd_per_mtok: FiniteFloat | None = None
    output_usd_per_mtok: FiniteFloat | None = None
    gpu_hour_usd: FiniteFloat | None = None
    license: str | None = None
    ends: str | None = None


class WrittenChoice(BaseModel):
    """One choice of a record's shortlist."""

    model_config = Written
    rank: int
    model: str
    name: str
    option: str
    score: FiniteFloat
    cost: FiniteFloat | None
    cost_unit: str
    quality: FiniteFloat | None
    terms: WrittenTerms


class WrittenDecision(BaseModel):
    """A decision record, as far as it is read; the request's fields are checked where they are used."""

    model_config = Written
    request: dict[str, Any]
    top: Annotated[int, Field(ge=1, le=MAX_COUNTED)]
    as_of: Annotated[str, AfterValidator(lambda text: str(day(text)))]
    catalog_digest: str
    choices: list[WrittenChoice]


class WrittenModel(BaseModel):
    """A ranked model of `recommend --json`."""

    model: str


class WrittenData(BaseModel):
    """The data of `recommend --json`, as far as it is read."""

    model_config = Written
    recommendations: list[WrittenModel]
    requirements: dict[str, Any]


class WrittenAnswer(BaseModel):
    """The envelope of `recommend --json`."""

    data: WrittenData


def read_decision(name: str, flag: str) -> dict[str, Any]:
    """The decision in a record; raises LlmselectError if there is none."""
    from llmselect.render.record import read_block

    data = read_block(read_text(name, flag, _HINT, stdin=True))
    if data is None:
        hint = "Write one with `llmselect recommend --format markdown -o DECISION.md`."
        raise LlmselectError("bad-file", f"{flag}: {name} holds no decision that this version can read", hint)
    _require_schema(WrittenDecision, data, name, flag)
    return data


def ranked_models(name: str, flag: str) -> tuple[list[str], dict[str, Any]]:
    """The models of a record or of `recommend --json`, best first, and the request."""
    from llmselect.render.record import read_block

    text = read_text(name, flag, _HINT, stdin=True)
    block = read_block(text)
    if block is not None:
        _require_schema(WrittenDecision, block, name, flag)
        return [row["model"] for row in block["choices"]], block["request"]
    try:
        data = WrittenAnswer.model_validate(parse_json(text)).data
        return [row.model for row in data.recommendations], _non_default(data.requirements)
    except ValueError as error:
        hint = "Write one with `llmselect recommend --json -o answer.json`."
        message = f"{flag}: {name} is neither JSON of `recommend` nor a decision record"
        raise LlmselectError("bad-file", message, hint) from error


def _non_default(fields: dict[str, Any]) -> dict[str, Any]:
    """The fields of a request that differ from the defaults."""
    from llmselect.requirements import Requirements

    defaults = Requirements().model_dump("json")
    return {name: value for name, value in fields.items() if name not in defaults or value != defaults[name]}


def _require_schema(schema: type[BaseModel], data: Any, name: str, flag: str) -> None:
    """Raises LlmselectError if a file's data does not satisfy the schema."""
    try:
        schema.model_validate(data)
    except ValidationError as error:
        faults = error.errors(include_url=False, include_context=False, include_input=False)
        lacking = dict.fromkeys(str(fault["loc"][-1]) for fault in faults if fault["type"] == "missing")
        position = ".".join(map(str, faults[0]["loc"]))
        why = f"lacks {', '.join(lacking)}" if lacking else f"has a fault at {position}: {faults[0]['msg'].lower()}"
        message = f"{flag}: the decision in {name} {why}"
        raise LlmselectError(
            "bad-file", message, "Take the record as it was written; its last lines are data."
        ) from error
