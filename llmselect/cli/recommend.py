"""`llmselect recommend`: the ranked, explained answer."""

import os
import sys
from typing import TYPE_CHECKING, Any, NamedTuple

from llmselect.cli.framework.command import Command, Ending
from llmselect.cli.framework.flags import RECOMMEND, Flag
from llmselect.cli.framework.output import check_output, chosen_format, chosen_language, emit
from llmselect.definition import QUESTIONS
from llmselect.errors import Exit
from llmselect.requirements import given_fields, parse

if TYPE_CHECKING:
    from llmselect.engine.facts import Facts
    from llmselect.engine.machine.machines import Detected
    from llmselect.render.phrases import Phrases
    from llmselect.requirements import Requirements
    from llmselect.results.recommendation import Recommendation

DEFAULT_TOP = 5
INTERACTIVE = Flag("interactive", QUESTIONS, "Asks for what the flags leave open, as `ask` does.", kind="switch")
PIPE_WIDTH = 100  # of a pipe or file, unless COLUMNS says another
ONE_ROW_A_LINE = 10_000  # the same where the text is a table that other programs filter by line
_ENDING = Ending(
    (
        'llmselect recommend --task conversation --gpu "RTX 3090"',
        "llmselect recommend --task qa --requests-per-month 600k --license commercial --json",
    ),
    "Reads LLMSELECT_<FIELD> from the environment and llmselect.yaml; --output writes one file; --hardware auto runs "
    "the tools of GPU vendors; --probe computes at full speed for some seconds and stores its results. No network.",
    (0, 2, 3, 4, 5),
)


def recommend(**given: Any) -> Exit:
    """Ranks models for what you need, and says why, with every number's source.

    What fails a requirement is left out and listed with the reason. Nothing is assumed silently.
    """
    if given["interactive"]:
        from llmselect.cli.ask import interview

        return interview(given)
    return respond(given)


def respond(given: dict[str, Any]) -> Exit:
    """Ranks and writes the answer for flags as they were given."""
    form = chosen_format(given["format"], given["json"])
    say = chosen_language(given["lang"])
    path = check_output(given["output"])
    asked = _asked(given, pin=form == "markdown")
    answer = asked.answer()
    emit(_text(asked, answer, form, say, given, to_file=path is not None), path)
    return Exit.DONE if answer.recommendations else Exit.NOTHING_QUALIFIES


class _Asked(NamedTuple):
    """A request with its catalogue and machine."""

    needs: "Requirements"
    facts: "Facts"
    detected: "Detected | None"
    top: int

    def answer(self) -> "Recommendation":
        from llmselect.engine.recommend import recommend as ranked

        return ranked(self.needs, self.facts, self.detected, self.top)

    def names(self) -> dict[str, str]:
        return dict(zip(self.facts.models.model, self.facts.models.name, strict=True))


def _asked(given: dict[str, Any], pin: bool) -> _Asked:
    """The request; `pin` fixes the detected machine and the day in it, so that others can repeat it."""
    from llmselect.catalog.load import open_catalog
    from llmselect.cli.framework.inputs import detected, requirements, whole_number
    from llmselect.engine.facts import Facts

    if given["probe"]:
        from llmselect.cli.speed.probed import probed_first

        given = probed_first(given)
    needs = requirements(given, given["profile"])
    top = whole_number("--top", given["top"], DEFAULT_TOP)
    facts, found = Facts(open_catalog()), detected(needs)
    if not pin:
        return _Asked(needs, facts, found, top)
    from llmselect.engine.machine.machines import pinned

    fixed = {**given_fields(needs), **(pinned(needs, facts.hardware, found) if found else {})}
    return _Asked(parse({name: value for name, value in fixed.items() if value is not None}), facts, None, top)


def _text(
    asked: _Asked, answer: "Recommendation", form: str, language: str, given: dict[str, Any], to_file: bool
) -> str:
    if form == "json":
        from llmselect.render.format.json import envelope

        return envelope("recommend", "ok" if answer.recommendations else "empty", answer.to_dict())
    if form == "csv":
        from llmselect.render.format.csv import recommendation_csv

        return recommendation_csv(answer, given["all_options"])
    from llmselect.render.phrases import Phrases

    how = {"explain": given["explain"], "all_options": given["all_options"]}
    if form == "markdown":
        return _record(asked, answer, Phrases(language), given, how)
    from llmselect.render.answer import recommendation_blocks
    from llmselect.render.first import first_screen
    from llmselect.render.format.text import text

    if form == "table" and not any(how.values()):
        width, terminal = surface(to_file)
        return text(first_screen(answer, Phrases(language), asked.names(), width), form, width, terminal)
    blocks = recommendation_blocks(answer, Phrases(language), names=asked.names(), **how)
    return text(blocks, form, *surface(to_file), language=language)


def _record(
    asked: _Asked, answer: "Recommendation", say: "Phrases", given: dict[str, Any], how: dict[str, bool]
) -> str:
    """The decision record, with the command that prints it again."""
    from llmselect.catalog.load import catalog_digest
    from llmselect.cli.reproduce import flags_of
    from llmselect.engine.decision.record import decision
    from llmselect.render.record import decision_record

    switches = [f"--{name.replace('_', '-')}" for name, value in how.items() if value]
    named = [word for name in ("top", "lang") if given[name] for word in (f"--{name}", given[name])]
    command = [
        "llmselect",
        "recommend",
        *flags_of(given_fields(asked.needs)),
        *named,
        *switches,
        "--format",
        "markdown",
    ]
    kept = decision(answer, asked.needs, asked.facts, asked.top, catalog_digest())
    return decision_record(answer, kept, command, say, asked.names(), **how)


def surface(to_file: bool = False, pipe_width: int = PIPE_WIDTH) -> tuple[int, bool]:
    """The output's width in columns, and whether it is a terminal."""
    terminal = not to_file and sys.stdout.isatty()
    if "COLUMNS" not in os.environ and not sys.stdout.isatty():
        return pipe_width, terminal
    from shutil import get_terminal_size  # here, because it takes time to load

    return get_terminal_size((pipe_width, 24)).columns, terminal


COMMAND = Command(recommend, (*RECOMMEND, INTERACTIVE), _ENDING)
