"""Who leads: options are scored from the most promising down, and no more of them than the answer depends on.

What can score at most less than the last place that is asked for changes nothing, so the answer is the same as if all
had been scored.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from heapq import heapify, heappop, heappush
from itertools import count
from operator import mul
from typing import TYPE_CHECKING

from llmselect.engine.bounds import Bounds, Part
from llmselect.engine.criteria import values_of
from llmselect.engine.flip import Move, Step, flip_of, moves_from, nearest
from llmselect.engine.score import EPSILON, Scored, Weights, best_per_model, ranked, score

if TYPE_CHECKING:
    from llmselect.engine.entrants import Entrant
    from llmselect.engine.options import Option
    from llmselect.engine.situation import Situation
    from llmselect.results.recommendation import Flip

Ordered = tuple[float, int, Part]  # in a heap
Rival = tuple[float, int, Part, list[Move]]  # by the least of the moves that may let it lead
AT_ONCE = 4  # parts that are looked at before asking again whether they suffice


class Contest:
    """Options that compete under normalised weights; `situation.weights` are those as given.

    `parts` gives all of them: see `of_models` and `of_options`.
    """

    def __init__(self, parts: Callable[[Bounds], Iterable[Part]], situation: Situation, weights: Weights) -> None:
        self._situation, self._weights = situation, weights
        self._bounds, self._shares = Bounds(weights, situation), tuple(weights.values())
        self._numbers = count()  # they order what is level
        self._waiting = [self._ranked(part) for part in parts(self._bounds)]
        heapify(self._waiting)
        self._aside: list[Ordered] = []  # what its model's best so far is better than
        self._every = True
        self._rows: list[Scored] = []
        self._best: dict[str, float] = {}

    @classmethod
    def of_models(cls, entrants: Iterable[Entrant], situation: Situation, weights: Weights) -> Contest:
        """Between all options of these that pass and can be ranked."""
        return cls(
            lambda bounds: [bounds.of_model(entrant) for entrant in entrants if entrant.ranked], situation, weights
        )

    @classmethod
    def of_options(cls, options: Iterable[Option], situation: Situation, weights: Weights) -> Contest:
        """Between these options."""
        return cls(lambda bounds: map(bounds.of_option, options), situation, weights)

    def leaders(self, most: int | None, whole: int | None, also: str | None = None) -> list[list[Scored]]:
        """The options grouped by model, best first: of the first `most` models and down to the model `also`.

        All of them where `most` is None. Each rank is final, the first `whole` groups and that of `also` are complete
        (all where `whole` is None); of the others the first option is.
        """
        self._every = whole is None
        if also is not None:
            self._score_all({also})
        self._score_down_to(-math.inf if most is None else self._best.get(also or "", math.inf))
        while self._waiting and self._placed() < (most or 0):
            self._look_closer()
        if whole:
            self._score_all({group[0].option.model.id for group in best_per_model(self._rows)[:whole]})
        return best_per_model(self._rows)[: self._placed()]

    def all_of(self, model: str) -> list[Scored]:
        """Every option of a model, best first."""
        self._score_all({model})
        return ranked([row for row in self._rows if row.option.model.id == model])

    def flip(self) -> Flip | None:
        """The smallest change of one weight that puts another model first; None where none does, or `leaders` none."""
        if not self._rows:
            return None
        weights = self._situation.weights
        total = sum(weights.values())
        model = ranked(self._rows)[0].option.model.id
        moves = moves_from(self.all_of(model), weights)
        found = nearest(moves, (row for row in self._rows if row.option.model.id != model), total, None)
        rivals = self._reaching([*self._waiting, *self._aside], moves, total, found)
        while rivals and (found is None or rivals[0][0] <= found.size + EPSILON):
            _, _, part, moves = heappop(rivals)
            if part.option is not None:
                found = nearest(moves, [self._scored(part.option)], total, found)
                continue
            for row in self._reaching([self._ranked(smaller) for smaller in part.parts()], moves, total, found):
                heappush(rivals, row)
        return flip_of(found, weights) if found else None

    def _reaching(
        self, parts: Iterable[Ordered], moves: Sequence[Move], total: float, found: Step | None
    ) -> list[Rival]:
        """The parts that may lead before a weight has moved by as much as was found; a heap."""
        rows = sorted(parts, reverse=True)  # the lowest first
        heights, step = [-total * row[0] for row in rows], found.size if found else math.inf
        columns = list(zip(*(row[2].most for row in rows), strict=True)) or [()] * len(self._shares)
        ways: dict[int, list[tuple[float, Move]]] = {}
        for move in moves:
            for place in move.within(step, heights, columns[self._bounds.place(move.criterion)]):
                size = move.reached(heights[place], self._bounds.utility(rows[place][2], move.criterion))
                if size < math.inf:
                    ways.setdefault(place, []).append((size, move))
        rivals = [(min(way)[0], *rows[place][1:], [move for _, move in way]) for place, way in ways.items()]
        heapify(rivals)
        return rivals

    def _ranked(self, part: Part) -> Ordered:
        return -sum(map(mul, self._shares, part.most)), next(self._numbers), part

    def _placed(self) -> int:
        """How many models nothing that is not scored yet can come before."""
        least = -self._waiting[0][0] + EPSILON if self._waiting else -math.inf
        return sum(best > least for best in self._best.values())

    def _score_down_to(self, least: float) -> None:
        while self._waiting and -self._waiting[0][0] >= least - EPSILON:
            self._look_closer()

    def _look_closer(self) -> None:
        """At the most promising: options are scored, other parts taken apart, unless they cannot be a model's best."""
        for _ in range(min(AT_ONCE, len(self._waiting))):
            row = heappop(self._waiting)
            part = row[2]
            if not self._every and -row[0] < self._best.get(part.model, -math.inf) - EPSILON:
                self._aside.append(row)
                continue
            if part.option is not None:
                self._enter(part.option)
            for smaller in part.parts():
                heappush(self._waiting, self._ranked(smaller))

    def _score_all(self, models: set[str]) -> None:
        """Scores what is left of some models."""
        parts = [part for *_, part in (*self._waiting, *self._aside) if part.model in models]
        self._waiting = [row for row in self._waiting if row[2].model not in models]
        self._aside = [row for row in self._aside if row[2].model not in models]
        heapify(self._waiting)
        while parts:
            part = parts.pop()
            if part.option is not None:
                self._enter(part.option)
            parts += part.parts()

    def _enter(self, option: Option) -> None:
        row = self._scored(option)
        self._rows.append(row)
        self._best[option.model.id] = max(row.score, self._best.get(option.model.id, -math.inf))

    def _scored(self, option: Option) -> Scored:
        return score(option, values_of(option, self._situation), self._weights)
