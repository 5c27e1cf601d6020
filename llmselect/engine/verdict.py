"""The three words of a rule: None when it passes, Fail, or Unknown."""

from typing import NamedTuple

from llmselect.engine.cite import NO_REF, Cited


class Fail(NamedTuple):
    """The rule is broken: what was needed, what the option has, and who says so."""

    needed: str
    had: str
    ref: Cited = NO_REF


class Unknown(NamedTuple):
    """A fact is missing: what was needed, and what nobody has said."""

    needed: str
    missing: str
    ref: Cited = NO_REF


Verdict = Fail | Unknown | None
