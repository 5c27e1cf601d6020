"""The first models of a request, and of others near it, without simulation and explanation."""

from __future__ import annotations

from dataclasses import dataclass, replace

from llmselect.engine.constraints.kinds import Judged
from llmselect.engine.facts import Facts
from llmselect.engine.machine.machines import Detected
from llmselect.engine.named import named, request_of
from llmselect.engine.relax import TERMS
from llmselect.engine.request import make_request
from llmselect.engine.score import best_of_models
from llmselect.engine.scored import Scored, score_options, scored
from llmselect.requirements import Requirements

TOP_COUNT = 3
WEIGHING = frozenset({"optimize", "weight", "domain"})  # fields that move the weights and no figure
MACHINE = ("hardware", "gpu", "gpus", "ram")  # fields that the name of a machine fills in


@dataclass(frozen=True, slots=True)
class Preview:
    """The scored options of one request, from which near ones are answered too."""

    needs: Requirements
    scored: Scored
    detected: Detected | None

    @property
    def top_models(self) -> tuple[str, ...]:
        """The ids of the first models, at most TOP_COUNT."""
        best = best_of_models(self.scored.order, self.scored.judged.table.options.model_no)
        return tuple(self.scored.model(row) for row in best[:TOP_COUNT].tolist())

    def under(self, needs: Requirements) -> Preview:
        """The same for other requirements; figures are computed anew only if more than terms and weights differ.

        Raises LlmselectError for what the catalogue does not know.
        """
        judged, facts = self.scored.judged, self.scored.judged.table.facts
        if not _same_but_for(self.needs, needs, TERMS | WEIGHING):
            return preview(needs, facts, self.detected)
        before = judged.table.request
        machine = {name: getattr(before.needs, name) for name in MACHINE}
        asked = named(needs.model_copy(update=dict.fromkeys(MACHINE)), facts).model_copy(update=machine)
        request = make_request(asked, facts.records_of(needs.task), before.machine)
        if request.task.asked != before.task.asked:
            return preview(needs, facts, self.detected)
        table = replace(judged.table, request=request)
        return Preview(needs, scored(Judged(table, judged.figures), self.scored.values), self.detected)


def preview(needs: Requirements, facts: Facts, detected: Detected | None = None) -> Preview:
    """The scored options of a request; raises LlmselectError for what the catalogue does not know."""
    return Preview(needs, score_options(request_of(needs, facts, detected), facts), detected)


def _same_but_for(before: Requirements, after: Requirements, fields: frozenset[str]) -> bool:
    """Whether needs are the same but for some fields."""
    old, new = before.model_dump(), after.model_dump()
    differing = {name for name in old if old[name] != new[name]} | before.model_fields_set ^ after.model_fields_set
    return differing <= fields
