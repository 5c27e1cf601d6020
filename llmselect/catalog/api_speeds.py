"""How fast hosts answer: speeds that were published or claimed of single models, and what is usual for the others."""

from datetime import date
from typing import Literal

from pydantic import Field

from llmselect.catalog.facts import Source, SourceKeys, Strict


class ApiSpeed(Strict):
    """The speed of a model at a host, by default that of its developer, as somebody outside saw it on `date`.

    `published` is by an independent source, `claimed` by the host itself. `ttft_s` is the time to the first token
    where nothing is thought before it; it is left out where only the time with thinking is known.
    """

    model: str
    host: str | None = None
    evidence: Literal["published", "claimed"]
    decode_tok_s: float = Field(gt=0)
    ttft_s: float | None = Field(default=None, gt=0)
    date: date
    source: SourceKeys


class UsualSpeed(Strict):
    """A quantity that depends on the developer and on the weights that one token reads: a power law.

    It is `at_30b_active` x (active parameters / 30e9) ** `active_power` x the developer's factor; where the number of
    active parameters is unknown, `at_unknown_size` stands for the first two. `spread` is the factor of the 90 %
    interval, as it fell when each of the `models` was left out of the fit; `median_error` the median factor.
    `later_spread` is that of a model whose speed was seen months before.
    """

    at_30b_active: float = Field(gt=0)
    active_power: float
    at_unknown_size: float = Field(gt=0)
    developers: dict[str, float]
    spread: float = Field(gt=1)
    median_error: float = Field(gt=1)
    models: int = Field(gt=0)
    later_spread: float = Field(gt=1)


class UsualSpeeds(Strict):
    """What is usual where no speed is published."""

    decode_tok_s: UsualSpeed
    ttft_s: UsualSpeed
    source: SourceKeys


class HostedFile(Strict):
    """hosted.yaml"""

    sources: dict[str, Source] = Field(default_factory=dict)
    usual: UsualSpeeds | None = None
    speeds: tuple[ApiSpeed, ...] = ()
