"""Schema of thinking.yaml: how much models think at their efforts, as `tools/compile_thinking.py` fits it."""

from typing import Literal

from pydantic import Field, PositiveFloat, PositiveInt, model_validator

from llmselect.catalog.facts import Source, SourceKeys, Strict

EFFORTS = ("low", "medium", "high", "max")  # rising
ANY_EFFORT = ("default", *EFFORTS)  # `default` is one of the others, nobody says which
Prior = Literal["other-effort", "family", "developer", "class"]
PRIORS: tuple[Prior, ...] = ("other-effort", "family", "developer", "class")  # the surest first
Evidence = Literal["measured", "other-effort", "family", "developer", "class", "nothing"]


class ThinkingFile(Strict):
    """thinking.yaml. A *level* is the tokens that a model thinks at one effort for a question of GPQA diamond.

    `efforts` are levels over the one at `high`; `skills` what LiveBench's questions of a skill take over the level.
    `spread` is the factor either way that holds the true level nine times in ten, by what an estimate rests on;
    `tokens` are the levels that were measured, by model and effort, each the mean over several evaluations.
    """

    sources: dict[str, Source] = Field(default_factory=dict)
    source: SourceKeys = ()
    efforts: dict[str, PositiveFloat] = Field(default_factory=dict)
    skills: dict[str, PositiveFloat] = Field(default_factory=dict)
    spread: dict[str, float] = Field(default_factory=dict)
    tokens: dict[str, dict[str, PositiveInt]] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _consistent(self) -> "ThinkingFile":
        named = {*self.efforts, *(effort for levels in self.tokens.values() for effort in levels)}
        if not named.issubset(ANY_EFFORT):
            raise ValueError(f"efforts at which models think are {', '.join(ANY_EFFORT)}")
        if not set(self.spread).issubset(PRIORS) or any(spread < 1 for spread in self.spread.values()):
            raise ValueError(f"`spread` has factors of at least 1 for {', '.join(PRIORS)}")
        ratios = [self.efforts[effort] for effort in EFFORTS if effort in self.efforts]
        if ratios != sorted(ratios):
            raise ValueError("`efforts` must rise from low to max")
        return self
