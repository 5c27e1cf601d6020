"""The first models of a request without simulation or explanation, and what another answer would make of them."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import islice

from llmselect.catalog.schema import Catalog, CriterionName
from llmselect.engine.contest import Contest
from llmselect.engine.criteria import can_be_ranked
from llmselect.engine.entrants import entrants
from llmselect.engine.machine import Detected
from llmselect.engine.named import named
from llmselect.engine.options import Option, rebuilt
from llmselect.engine.rules import judge
from llmselect.engine.score import Scored, normalized, ranked, score
from llmselect.engine.situation import Situation, situate
from llmselect.requirements import Requirements

PLACES = 3
LOOKED = 300  # options that are looked at for the first places
CONTENDERS = 15  # models that are scored anew for an answer that is only tried
OF_A_CONTENDER = 6  # options of each
NARROWED = 50  # models that go on competing
# Fields that rules alone look at: they admit or exclude options and leave every score as it is.
RESTRICTING = frozenset({
    "license", "monthly_active_users", "domicile", "privacy", "region", "language", "modality_in", "modality_out",
    "needs", "open_weights", "offline", "deployment", "host", "budget", "horizon_months", "min_score", "at_least",
    "effort", "strict", "allow_unknown",
})  # fmt: skip
WEIGHING = frozenset({"optimize", "weight", "domain"})  # they move the weights and no value
_NOTHING_ASKED = Requirements()
RESIZING = frozenset({
    "context_tokens", "prompt_tokens", "output_tokens", "concurrency", "requests_per_month", "requests_per_day",
})  # fmt: skip


@dataclass(frozen=True)
class Preview:
    """The ranking of one request; raises LlmselectError for what the catalogue does not know.

    `models` are the ids of those that compete, None for all; `like` is a situation that was met before.
    """

    needs: Requirements
    catalog: Catalog
    detected: Detected | None = None
    models: tuple[str, ...] | None = None
    like: Situation | None = None

    @cached_property
    def first(self) -> tuple[str, ...]:
        """The ids of the first models, at most PLACES."""
        return _models((row.option for row in self._rows), PLACES)

    def under(self, needs: Requirements) -> tuple[str, ...]:
        """The first models under other needs, among the first NARROWED here.

        Exact among them where these needs only restrict or weigh, but for LOOKED. Else the first CONTENDERS are
        scored anew.
        """
        situation = self._situation(needs)
        if not self._asks_more(needs, RESTRICTING | WEIGHING):
            anew = [option for row in self._contenders() for option in rebuilt(row.option, situation)]
            return _models((row.option for row in _ranked(anew, situation)), PLACES)
        rows = islice(self._weighed(situation), LOOKED)
        return _models((row.option for row in rows if judge(row.option, situation).passes), PLACES)

    def going_on(self, needs: Requirements) -> "Preview":
        """The preview to judge other needs from: this one where they only restrict or weigh, else a new one.

        Where sizes or volumes are new, the first NARROWED models go on competing.
        """
        if self._asks_more(needs, RESTRICTING | WEIGHING):
            return self
        if self._asks_more(needs, RESTRICTING | WEIGHING | RESIZING):
            models = _models((row.option for row in self._rows), NARROWED)
            return replace(self, needs=needs, models=models, like=self._shared)
        return replace(self, needs=needs, models=None, like=self._shared)

    def _asks_more(self, needs: Requirements, fields: frozenset[str]) -> bool:
        """Whether the needs differ in these fields alone, and in such as this preview leaves open."""
        before, after = self.needs.model_dump(), needs.model_dump()
        changed = {name for name, value in after.items() if value != before[name]}
        return changed <= fields and all(before[name] == getattr(_NOTHING_ASKED, name) for name in changed)

    def _weighed(self, situation: Situation) -> list[Scored]:
        weights = normalized(situation.weights)
        if weights == self._weights:
            return self._rows
        return ranked([score(row.option, row.values, weights) for row in self._rows])

    def _situation(self, needs: Requirements) -> Situation:
        return situate(named(needs, self.catalog), self.catalog, self.detected, like=self._shared)

    @cached_property
    def _shared(self) -> Situation:
        """What the situations of other needs have in common with this one."""
        return situate(named(self.needs, self.catalog), self.catalog, self.detected, like=self.like)

    def _contenders(self) -> list[Scored]:
        """The best options of the first CONTENDERS, a few of each."""
        found: dict[str, list[Scored]] = {}
        for row in self._rows:
            rows = found.setdefault(row.option.model.id, [])
            if len(rows) < OF_A_CONTENDER:
                rows.append(row)
        return [row for rows in islice(found.values(), CONTENDERS) for row in rows]

    @cached_property
    def _weights(self) -> dict[CriterionName, float]:
        return dict(normalized(self._situation(self.needs).weights))

    @cached_property
    def _rows(self) -> list[Scored]:
        return _rank(sorted(self.models or self.catalog.models), self._situation(self.needs))


def _rank(models: Iterable[str], situation: Situation) -> list[Scored]:
    """The options of some models, best first."""
    return _first(Contest.of_models(entrants(situation, models), situation, normalized(situation.weights)))


def _ranked(options: Iterable[Option], situation: Situation) -> list[Scored]:
    """The options that pass every rule and can be ranked, best first."""
    passing = [row for row in options if judge(row, situation).passes and can_be_ranked(row, situation)]
    return _first(Contest.of_options(passing, situation, normalized(situation.weights)))


def _first(contest: Contest) -> list[Scored]:
    """The options of the first NARROWED models."""
    return ranked([row for group in contest.leaders(NARROWED, NARROWED) for row in group])


def _models(options: Iterable[Option], most: int) -> tuple[str, ...]:
    """The models of ranked options in the order of their best one."""
    found: dict[str, None] = {}
    for option in options:
        found[option.model.id] = None
        if len(found) == most:
            break
    return tuple(found)
