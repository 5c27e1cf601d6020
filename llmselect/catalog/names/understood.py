"""What a name was understood as."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Understood:
    """The catalogue's id for a name that a person typed.

    `note` says how it was read where the name does not say it, and `exact` is false where that was a choice: the newest
    of a line, the tuned model rather than its base.
    `hosts` are those that the name speaks of, such as bedrock in `bedrock/anthropic.claude-…`; `quantization` is the
    format that it names, such as Q4_K_M, as typed.
    """

    id: str
    note: str = ""
    exact: bool = True
    hosts: tuple[str, ...] = ()
    quantization: str | None = None
