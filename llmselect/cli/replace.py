"""`llmselect replace`: what to use in place of a model that ends, and how the candidates differ from it."""

from typing import TYPE_CHECKING, Any

from llmselect.cli.framework.command import REQUEST_SIDE_EFFECTS, Argument, Command, Ending
from llmselect.cli.framework.completion import model_ids
from llmselect.cli.framework.flags import FIELDS, OUTPUTS, Flag
from llmselect.cli.framework.output import check_output, chosen_format, chosen_language, emit
from llmselect.definition import MOST
from llmselect.engine.implied import DOCUMENT_FIELDS, IMPLIED, TIER, asked, field_name, keeps_tier
from llmselect.errors import Exit

if TYPE_CHECKING:
    from llmselect.results.replacement import Replacement

DEFAULT_TOP = 5
_OF_THE_MODEL = "what MODEL has"
_CHANGED: dict[str, dict[str, Any]] = {
    "task": {"group": MOST},
    "compute": {"group": "Hardware (named: owned; none named: the tier, rented)"},
    "context_tokens": {"default": "the window of MODEL, at most 128k"},
    "deployment": {"default": "how MODEL is used: by API, or on the machine that is named"},
    "explain": {"help": "Adds capabilities, notes, every host that still has it, and what was left out."},
    **{name: {"default": _OF_THE_MODEL} for name in ("modality_in", "modality_out", "needs", "open_weights")},
}
_WITHOUT = Flag(
    "without", MOST, "Does not ask of a successor what MODEL's facts imply; tier is its quality, money and waiting. "
    "Repeatable.", "|".join(name.replace("_", "-") for name in (*IMPLIED, TIER)), kind="list",
)  # fmt: skip
_OUTPUT = tuple(
    flag._replace(**_CHANGED.get(flag.name, {}))
    for flag in OUTPUTS
    if flag.name in ("profile", "no_config", "top", "explain", "format", "json", "output", "lang")
)


def _flags() -> tuple[Flag, ...]:
    """The flags of `recommend` without those of the document's questions, most needed first."""
    found = [flag._replace(**_CHANGED.get(flag.name, {})) for flag in FIELDS if flag.name not in DOCUMENT_FIELDS]
    most = [flag for flag in found if flag.group == MOST]
    return (*most, _WITHOUT, *(flag for flag in found if flag.group != MOST), *_OUTPUT)


FLAGS = _flags()
_ARGUMENT = Argument(
    "model", "Model that ends: its id, name or alias, or the exact id that a host's API takes.", complete=model_ids
)
_ENDING = Ending(
    (
        "llmselect replace gpt-4-0613",
        "llmselect replace gpt-4-0613 --at-least gpt-4-0613 --budget 200 --requests-per-month 50k",
    ),
    REQUEST_SIDE_EFFECTS,
    (0, 2, 3, 4, 5),
)


def replace(**given: Any) -> Exit:
    """Says when a model ends and at which host, and ranks what could take its place.

    What its developer offers comes first, then the same model at another host, then what else is near it. What the
    model can do, how it is used, and about what it costs, how long it takes and how good it is, is asked of a
    successor too, unless --without says otherwise.
    """
    form = chosen_format(given["format"], given["json"])
    language = chosen_language(given["lang"])
    path = check_output(given["output"])
    answer, names = _answer(given)
    emit(_text(answer, names, form, language, explain=given["explain"], to_file=path is not None), path)
    return Exit.DONE if answer.rows else Exit.NOTHING_QUALIFIES


def _answer(given: dict[str, Any]) -> "tuple[Replacement, dict[str, str]]":
    """The answer, and the names of all models by id."""
    from llmselect.catalog.load import open_catalog
    from llmselect.cli.framework.inputs import detected, requirements, whole_number
    from llmselect.cli.framework.named import model_of
    from llmselect.engine.facts import Facts
    from llmselect.engine.replace import ended_as_moving, ended_under, replace_ended
    from llmselect.engine.replace import replace as replaced
    from llmselect.errors import LlmselectError

    without = _without(given["without"] or ())
    near = keeps_tier(without)
    needs = requirements(given, given["profile"])
    wanted = asked(needs, without)
    top = whole_number("--top", given["top"], DEFAULT_TOP)
    facts = Facts(open_catalog())
    names = dict(zip(facts.models.model, facts.models.name, strict=True))
    found_in = {name: path for name, path in needs.found_in.items() if name in wanted and name not in without}
    try:
        model = model_of(facts.catalog, given["model"], needs.as_of)
    except LlmselectError as unknown:
        over = ended_under(facts.catalog, given["model"], unknown)
        return replace_ended(over, wanted, facts, detected(needs), top, found_in, keeps_tier=near), names
    if moved := ended_as_moving(facts.catalog, given["model"]):
        ended = replace_ended(moved, wanted, facts, detected(needs), top, found_in, keeps_tier=near, meant=model)
        return ended, names
    return replaced(model, wanted, facts, detected(needs), top, found_in, keeps_tier=near), names


def _without(words: "list[str] | tuple[str, ...]") -> list[str]:
    """Fields from the words of `--without`."""
    return [field_name(word) for item in words for word in item.split(",")]


def _text(
    answer: "Replacement", names: dict[str, str], form: str, language: str, *, explain: bool, to_file: bool
) -> str:
    if form == "json":
        from llmselect.render.format.json import envelope

        return envelope("replace", "ok" if answer.rows else "empty", answer.to_dict())
    if form == "csv":
        from llmselect.render.replace import replacement_csv

        return replacement_csv(answer)
    from llmselect.cli.recommend import surface
    from llmselect.render.format.text import text
    from llmselect.render.phrases import Phrases
    from llmselect.render.replace import replacement_blocks
    from llmselect.render.replace_screen import replacement_screen

    blocks = replacement_screen if form == "table" and not explain else replacement_blocks
    return text(blocks(answer, Phrases(language), names), form, *surface(to_file), language=language)


COMMAND = Command(replace, FLAGS, _ENDING, _ARGUMENT)
