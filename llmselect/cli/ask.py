"""`llmselect ask`: the questionnaire for those who do not know the flags, and what comes after its last question."""

import contextlib
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from llmselect.cli.framework.command import Command, Ending
from llmselect.cli.framework.flags import FIELDS, OUTPUTS, Flag
from llmselect.cli.framework.output import check_output, chosen_format, chosen_language
from llmselect.cli.framework.streams import complain_all
from llmselect.errors import Exit, LlmselectError

if TYPE_CHECKING:
    from llmselect.ask.session import Session
    from llmselect.cli.interview import Interview

START = "How to answer"
FLAGS = (
    Flag("answers", START,
         "YAML file with the answers, names as in a profile; - reads it from stdin. Nothing is asked.", "FILE|-"),
    Flag("resume", START, "Goes on with the questionnaire that was broken off last.", kind="switch"),
    Flag("numbered", START, "Numbered choices on a terminal too, such as for a screen reader.", kind="switch"),
    Flag("save", START, "Saves the answers as a profile for --profile, and does not ask whether to.", "FILE"),
    *(flag for flag in OUTPUTS if flag.name != "profile"),
)  # fmt: skip
_ENDING = Ending(
    ("llmselect ask", "llmselect ask --answers answers.yaml --lang zh-TW"),
    "Keeps the answers in the user's data folder until the answer is out; --save and --output write one file each. "
    "Runs nvidia-smi where it is there, to offer this machine. No network.",
    (0, 2, 3, 4, 130),
    {130: "130 broken off, answers kept"},
)


def ask(**given: Any) -> Exit:
    """Asks at most twelve questions, says why it asks each, and recommends a model at the end.

    The document's five questions come first, then what would change the first three models most. Every question
    can be skipped or answered with "don't know"; "enough" shows the answer at once.
    """
    if given["answers"] is not None and given["resume"]:
        raise LlmselectError("bad-value", "--answers and --resume contradict each other", "Give one of them.")
    return interview({**{flag.name: None for flag in FIELDS}, "profile": None, **given})


def interview(given: dict[str, Any]) -> Exit:
    """Asks for what the flags leave open, answers, and offers to keep the answers."""
    from llmselect.cli.interview import Interview
    from llmselect.cli.reproduce import recommend_command

    chosen_format(given["format"], given["json"])
    language = chosen_language(given["lang"])
    check_output(given["output"])
    check_output(given.get("save"), "--save")
    talk = Interview(given, language)
    try:
        session = talk.run()
    except (KeyboardInterrupt, EOFError):
        complain_all(talk.broken_off())
        return Exit.INTERRUPTED
    command = recommend_command(session.fields)
    if given.get("save"):
        talk.save(Path(given["save"]), session, command)
    status = _answer(given, talk.answered(session))
    _after(talk, session, given, command)
    talk.forget()
    return status


def _answer(given: Mapping[str, Any], answered: Mapping[str, Any]) -> Exit:
    """The recommendation, as `recommend` gives it for the answers as flags."""
    from llmselect.cli.recommend import respond

    return respond({**given, **answered})


def _after(talk: "Interview", session: "Session", given: Mapping[str, Any], command: str) -> None:
    """What follows the recommendation, on stderr: what was not known, the command, and an offer to keep the answers."""
    talk.tell_unsure(session)
    complain_all(f"\n{talk.say('command')}\n  {command}\n")
    if given.get("save") is None and given.get("answers") is None:
        with contextlib.suppress(KeyboardInterrupt, EOFError):
            talk.offer(session, command)


COMMAND = Command(ask, FLAGS, _ENDING)
