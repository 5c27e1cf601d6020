"""Who leads: options are scored from the most promising down, and no more of them than the answer depends on.

What can score at most less than the last place that is asked for changes nothing, so the answer is the same as if all
had been scored.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from llmselect.engine.bounds import most_utilities, most_utility
from llmselect.engine.criteria import values_of
from llmselect.engine.flip import Move, flip_of, moves_from, nearest
from llmselect.engine.options import Option
from llmselect.engine.score import EPSILON, Scored, Weights, best_per_model, ranked, score

if TYPE_CHECKING:
    from llmselect.engine.result import Flip
    from llmselect.engine.situation import Situation

AT_ONCE = 32  # options that are scored before looking again whether they suffice


class Contest:
    """Options that compete under normalised weights; `situation.weights` are those as given."""

    def __init__(self, options: Sequence[Option], situation: Situation, weights: Weights) -> None:
        self._options, self._situation, self._weights = options, situation, weights
        self._utilities = most_utilities(options, situation, weights)
        columns = (map(weight.__mul__, self._utilities[name]) for name, weight in weights.items() if weight)
        self._most = list(map(sum, zip(*columns, strict=True)))
        self._waiting = sorted(range(len(options)), key=self._most.__getitem__)
        self._rows: list[Scored] = []
        self._best: dict[str, float] = {}

    def leaders(self, most: int | None, also: str | None = None) -> list[list[Scored]]:
        """The options grouped by model, best first: of the first `most` models and down to the model `also`.

        All of them where `most` is None. Each rank is final and the first `most` groups, and that of `also`, are
        whole; of further groups the first option is.
        """
        whole = {also} if also is not None else set()
        self._score_all(whole)
        self._score_down_to(-math.inf if most is None else self._best.get(also or "", math.inf))
        while self._waiting and self._placed() < (most or 0):
            self._score_next()
        whole.update(group[0].option.model.id for group in best_per_model(self._rows)[:most])
        self._score_all(whole)
        return best_per_model(self._rows)[: self._placed()]

    def flip(self) -> Flip | None:
        """The smallest change of one weight that puts another model first; None where none does, or `leaders` none."""
        if not self._rows:
            return None
        weights = self._situation.weights
        whole = sum(weights.values())
        model = ranked(self._rows)[0].option.model.id
        moves = moves_from([row for row in self._rows if row.option.model.id == model], weights)
        found = nearest(moves, (row for row in self._rows if row.option.model.id != model), whole, None)
        rivals = self._rivals(moves, whole, found.size if found else math.inf)
        while rivals and (found is None or rivals[0][0] <= found.size + EPSILON):
            chosen, rivals = rivals[:AT_ONCE], rivals[AT_ONCE:]
            found = nearest(moves, self._score_these([place for _, place in chosen]), whole, found)
        return flip_of(found, weights) if found else None

    def _rivals(self, moves: Sequence[Move], whole: float, step: float) -> list[tuple[float, int]]:
        """The options not scored yet that may lead before a weight has moved by `step`: after how much, at least."""
        heights = [whole * self._most[place] for place in self._waiting]
        least: dict[int, float] = {}
        for move in moves:
            utilities = self._utilities[move.criterion]
            slopes = [utilities[place] for place in self._waiting]
            for row in move.within(step, heights, slopes):
                option = self._options[self._waiting[row]]
                size = move.reached(heights[row], most_utility(move.criterion, option, self._situation))
                least[row] = min(size, least.get(row, math.inf))
        return sorted((size, self._waiting[row]) for row, size in least.items() if size < math.inf)

    @property
    def _bound(self) -> float:
        """The most that an option not scored yet can reach."""
        return self._most[self._waiting[-1]] if self._waiting else -math.inf

    def _placed(self) -> int:
        """How many models no option that is not scored yet can come before."""
        least = self._bound + EPSILON
        return sum(best > least for best in self._best.values())

    def _score_down_to(self, least: float) -> None:
        while self._waiting and self._bound >= least - EPSILON:
            self._score_next()

    def _score_next(self) -> None:
        self._score_these(self._waiting[-AT_ONCE:])

    def _score_all(self, models: set[str]) -> None:
        """Scores what is left of some models."""
        self._score_these({place for place in self._waiting if self._options[place].model.id in models})

    def _score_these(self, places: Collection[int]) -> list[Scored]:
        done = set(places)
        self._waiting = [place for place in self._waiting if place not in done]
        rows = []
        for option in (self._options[place] for place in places):
            row = score(option, values_of(option, self._situation), self._weights)
            rows.append(row)
            self._best[option.model.id] = max(row.score, self._best.get(option.model.id, -math.inf))
        self._rows += rows
        return rows
