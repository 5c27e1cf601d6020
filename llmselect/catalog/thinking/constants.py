"""Schema of thinking.yaml: how much models think at their efforts, as `tools/compile_thinking.py` fits it."""

from typing import Literal

from pydantic import Field, PositiveFloat, PositiveInt, model_validator

from llmselect.catalog.facts import Source, SourceKeys, Strict
from llmselect.catalog.words import Effort

EFFORTS: tuple[Effort, ...] = ("low", "medium", "high", "max")  # rising; `default` is one of them, nobody says which
Evidence = Literal["measured", "other-effort", "family", "developer", "class", "nothing"]
Prior = Literal["other-effort", "family", "developer", "class"]


class ThinkingFile(Strict):
    """thinking.yaml. A *level* is the tokens that a model thinks at one effort for a question of GPQA diamond.

    `efforts` are levels over the one at `high`; `skills` what LiveBench's questions of a skill take over the level.
    `spread` is the factor either way that holds the true level nine times in ten, by what an estimate rests on;
    `tokens` are the levels that were measured, by model and effort, each the mean over several evaluations.
    """

    sources: dict[str, Source] = Field(default_factory=dict)
    source: SourceKeys = ()
    efforts: dict[Effort, PositiveFloat] = Field(default_factory=dict)
    skills: dict[str, PositiveFloat] = Field(default_factory=dict)
    spread: dict[Prior, float] = Field(default_factory=dict)
    tokens: dict[str, dict[Effort, PositiveInt]] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _rising(self) -> "ThinkingFile":
        ratios = [self.efforts[effort] for effort in EFFORTS if effort in self.efforts]
        if ratios != sorted(ratios):
            raise ValueError("`efforts` must rise from low to max")
        if any(spread < 1 for spread in self.spread.values()):
            raise ValueError("`spread` is a factor of at least 1")
        return self
