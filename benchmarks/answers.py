"""What holds of every answer, proved on drawn requests; the status is 1 where something does not.

    python benchmarks/answers.py [--seed answers] [--count 200] [--shown 5]

Requests are drawn from a seed (see drawn.py) and asked again where a property says what asking again must give. Those
that contradict themselves, and are refused, are drawn anew, so that `--count` answers are judged. Printed are how many
answers keep each property, of those that it speaks of, and the fields of the first that do not.
"""

import argparse
import itertools
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.drawn import drawn_fields
from llmselect.catalog.load import open_catalog
from llmselect.engine.facts import Facts
from llmselect.engine.recommend import recommend
from llmselect.errors import LlmselectError
from llmselect.requirements import Requirements, parse
from llmselect.results.recommendation import Flip, Recommendation, RecommendedModel

NEAR_BEST = 0.97  # the share of the best admitted quality that `--optimize quality` keeps
MOST_FACTOR = 3.0
DAYS_LEFT = 60
EXAMPLES = 3
Ask = Callable[[Requirements], Recommendation]
Verdict = bool | None  # None where the property says nothing of an answer


@dataclass(frozen=True)
class Case:
    """A request with its answer; `ask` answers others."""

    needs: Requirements
    answer: Recommendation
    shown: tuple[RecommendedModel, ...]
    patience_s: float
    ask: Ask

    @property
    def weights(self) -> dict[str, float]:
        """The weights of the criteria; none of an empty answer."""
        return {name: each.weight for name, each in self.shown[0].criteria.items()} if self.shown else {}

    @property
    def first(self) -> RecommendedModel | None:
        """The first row."""
        return self.shown[0] if self.shown else None

    @property
    def listed(self) -> tuple[RecommendedModel, ...]:
        """What is shown, rows beside the ranking included."""
        return (*self.shown, *(beside.row for beside in self.answer.beside))


def value(row: RecommendedModel, criterion: str) -> float | None:
    """A criterion's value in its own unit."""
    return row.criteria[criterion].value


def costs_are_known(case: Case) -> Verdict:
    """With a given volume every shown cost is known."""
    if case.needs.monthly_requests is None or case.needs.allow_unknown or not case.shown:
        return None
    return all(row.cost is not None and row.cost.usd_per_month is not None for row in case.listed)


def quality_is_near_the_best(case: Case) -> Verdict:
    """Under `--optimize quality` the first is within 3 % of the best that is admitted."""
    if case.needs.optimize != "quality" or case.first is None:
        return None
    alone = {"optimize": "balanced", "weight": {**dict.fromkeys(case.weights, 0.0), "quality": 1.0}}
    best = value(case.ask(case.needs.model_copy(update=alone)).recommendations[0], "quality")
    own = value(case.first, "quality")
    return best is None or (own is not None and own >= NEAR_BEST * best - 1e-9)


def leads_are_named(case: Case) -> Verdict:
    """No row that one below beats in quality and money is silent about where it leads."""
    pairs = [(row, below) for row, below in itertools.combinations(case.shown, 2) if beats(below, row)]
    return all(row.leads_in for row, _ in pairs) if pairs else None


def beats(one: RecommendedModel, other: RecommendedModel) -> bool:
    """Whether a row is better and no dearer than another, or cheaper and no worse; not where a value is unknown."""
    quality, cost = (_gain(one, other, name) for name in ("quality", "cost"))
    return quality >= 0 and cost <= 0 and (quality > 0 or cost < 0)


def _gain(one: RecommendedModel, other: RecommendedModel, criterion: str) -> float:
    """By how much a value is higher than another row's; NaN where either is unknown."""
    first, second = value(one, criterion), value(other, criterion)
    return float("nan") if first is None or second is None else first - second


def flips_are_true(case: Case) -> Verdict:
    """Flips are of criteria that count, within a factor of 3, and asking again gives their winners."""
    flips = case.answer.flips
    return all(_is_true(flip, case) for flip in flips) if flips else None


def _is_true(flip: Flip, case: Case) -> bool:
    weight = case.weights.get(flip.criterion, 0.0)
    if weight <= 0 or not 1 / MOST_FACTOR - 1e-9 <= flip.factor <= MOST_FACTOR + 1e-9:
        return False
    weights = {**case.weights, flip.criterion: weight * flip.factor}
    moved = case.ask(case.needs.model_copy(update={"weight": weights}))
    return moved.recommendations[0].model == flip.winner


def nothing_ends_first(case: Case) -> Verdict:
    """Nothing first ends within 60 days."""
    if case.first is None or case.needs.horizon_months < 2:
        return None
    return case.first.ends_in_days is None or case.first.ends_in_days > DAYS_LEFT


def nothing_is_rented_unasked(case: Case) -> Verdict:
    """No rented machine where nobody gave a volume or asked for one."""
    needs = case.needs
    asked = needs.monthly_requests is not None or needs.compute is not None or needs.offline or "self" in needs.host
    asked |= "self-host" in needs.deployment or needs.privacy == "on-prem" or needs.license == "osi"
    asked |= needs.gpu_hour_usd is not None
    return None if asked or not case.shown else not any(row.rented for row in case.listed)


def the_machine_is_shown(case: Case) -> Verdict:
    """The best row of a machine that the user named is shown."""
    needs = case.needs
    if needs.gpu is None and needs.hardware is None and needs.vram is None:
        return None
    every = case.ask(needs).recommendations
    places = {row.deployment for row in every} | {other.deployment for row in every for other in row.also_at}
    return any(row.deployment == "self-host" for row in case.listed) if "self-host" in places else None


def limits_are_met(case: Case) -> Verdict:
    """The first row meets the user's limits of waiting at its middle estimate, its thinking counted.

    A speed that is only usual of hosts is excluded by its favourable quartile, so it is not judged here.
    """
    needs, row = case.needs, case.first
    if row is None or row.speed is None or row.speed.evidence == "prior":
        return None
    first, answer = row.speed.first_answer_token_ms, row.speed.answer_s
    found = [
        (needs.max_ttft_ms, first.value if first else None),
        (needs.max_latency_s, answer.value if answer else None),
        (-needs.min_tok_s if needs.min_tok_s else None, -row.speed.decode_tok_s.value),
    ]
    asked = [(most, own) for most, own in found if most is not None and own is not None]
    return all(own <= most + 1e-6 * abs(most) for most, own in asked) if asked else None


def nobody_waits_too_long(case: Case) -> Verdict:
    """Nothing interactive takes longer than the task's patience, where the user set no limits."""
    needs, row = case.needs, case.first
    limited = (needs.max_ttft_ms, needs.min_tok_s, needs.max_latency_s) != (None, None, None)
    if row is None or limited or needs.response_time == "batch" or needs.batch_share == 1 or row.speed is None:
        return None
    if row.speed.evidence == "prior" or row.speed.first_answer_token_ms is None:
        return None
    return row.speed.first_answer_token_ms.value / 1000 <= case.patience_s


def none_does_not_think(case: Case) -> Verdict:
    """With `--effort none` no row thinks."""
    if case.needs.effort != "none" or not case.shown:
        return None
    return all(row.answer_tokens.thinking.high == 0 for row in case.listed)


PROPERTIES = (
    costs_are_known, quality_is_near_the_best, leads_are_named, flips_are_true, nothing_ends_first,
    nothing_is_rented_unasked, the_machine_is_shown, limits_are_met, nobody_waits_too_long, none_does_not_think,
)  # fmt: skip


def cases(seed: str, shown: int, facts: Facts) -> Iterator[Case]:
    """Drawn requests that are answered, without end."""

    def ask(needs: Requirements) -> Recommendation:
        return recommend(needs, facts, excluded=False)

    for number in itertools.count():
        try:
            needs = parse(drawn_fields(number, seed))
            answer = recommend(needs, facts, top=shown, excluded=False)
        except LlmselectError:
            continue
        patience_s = facts.record("task", needs.task)["latency"]["patience_s"]
        yield Case(needs, answer, answer.recommendations[:shown], patience_s, ask)


def main() -> int:
    """Judge; returns the exit status."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--seed", default="answers", help="any text")
    parser.add_argument("--count", type=int, default=200, help="answers")
    parser.add_argument("--shown", type=int, default=5, help="rows of an answer that count as shown")
    given = parser.parse_args()
    kept: dict[str, list[bool]] = defaultdict(list)
    faults: dict[str, list[dict[str, Any]]] = defaultdict(list)
    whole = 0
    for case in itertools.islice(cases(given.seed, given.shown, Facts(open_catalog())), given.count):
        verdicts = {rule.__name__: rule(case) for rule in PROPERTIES}
        whole += all(verdict is not False for verdict in verdicts.values())
        for name, verdict in verdicts.items():
            if verdict is not None:
                kept[name].append(verdict)
            if verdict is False:
                faults[name].append({name: getattr(case.needs, name) for name in sorted(case.needs.model_fields_set)})
        sys.stderr.write(".")
    print(f"\n{whole} of {given.count} answers keep all properties, seed {given.seed!r}")
    for rule in PROPERTIES:
        verdicts_of = kept[rule.__name__]
        print(f"{sum(verdicts_of):>4} of {len(verdicts_of):>4}  {(rule.__doc__ or '').splitlines()[0]}")
        for fields in faults[rule.__name__][:EXAMPLES]:
            print(f"                {fields}")
    return int(whole < given.count)


if __name__ == "__main__":
    sys.exit(main())
