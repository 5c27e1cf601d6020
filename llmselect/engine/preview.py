"""The first models of a request without simulation or explanation, and what another answer would make of them."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from llmselect.catalog.schema import Catalog
from llmselect.engine.criteria import option_quality, values_of
from llmselect.engine.machine import Detected
from llmselect.engine.options import Option, expand
from llmselect.engine.rules import judge
from llmselect.engine.score import normalized, ranked, score
from llmselect.engine.situation import Situation, situate
from llmselect.requirements import Requirements

PLACES = 3
CONTENDERS = 40  # models that are scored anew where another answer moves the scores
# Fields that rules alone look at: they admit or exclude options and leave every score as it is.
RESTRICTING = frozenset({
    "license", "monthly_active_users", "domicile", "privacy", "region", "language", "modality_in", "modality_out",
    "needs", "open_weights", "offline", "deployment", "host", "budget", "horizon_months", "min_score", "at_least",
    "effort", "strict", "allow_unknown",
})  # fmt: skip


@dataclass(frozen=True)
class Preview:
    """The ranking of one request; raises LlmselectError for what the catalogue does not know."""

    needs: Requirements
    catalog: Catalog
    detected: Detected | None = None

    @cached_property
    def first(self) -> tuple[str, ...]:
        """The ids of the first models, at most PLACES."""
        return _models(self._ranking, PLACES)

    def under(self, needs: Requirements) -> tuple[str, ...]:
        """The first models under other needs, among those that are ranked here.

        Exact where they restrict more. Where scores move, the first CONTENDERS models are judged anew.
        """
        changed = {name for name, value in needs if value != getattr(self.needs, name)}
        situation = situate(needs, self.catalog, self.detected)
        if changed <= RESTRICTING:
            return _models((option for option in self._ranking if judge(option, situation).passes), PLACES)
        return _models(_rank(_models(self._ranking, CONTENDERS), situation), PLACES)

    @cached_property
    def _ranking(self) -> list[Option]:
        return _rank(sorted(self.catalog.models), situate(self.needs, self.catalog, self.detected))


def _rank(models: Iterable[str], situation: Situation) -> list[Option]:
    """The options of some models that pass every rule and can be scored, best first."""
    weights = normalized(situation.weights)
    needs_quality = weights.get("quality", 0.0) > 0
    rows = [
        score(option, values_of(option, situation), weights)
        for model in models
        for option in expand(situation.catalog.models[model], situation)
        if judge(option, situation).passes and not (needs_quality and option_quality(option, situation) is None)
    ]
    return [row.option for row in ranked(rows)]


def _models(options: Iterable[Option], most: int) -> tuple[str, ...]:
    """The models of ranked options in the order of their best one."""
    found: dict[str, None] = {}
    for option in options:
        found[option.model.id] = None
        if len(found) == most:
            break
    return tuple(found)
