"""When nothing qualifies: the smallest change of one requirement, or of two, that admits something."""

from collections.abc import Callable, Sequence
from itertools import combinations

from llmselect.engine.criteria import can_be_ranked
from llmselect.engine.levers import Lever, levers
from llmselect.engine.options import Option
from llmselect.engine.rules import BY_NAME, RULES, Judgement
from llmselect.engine.situation import Situation
from llmselect.engine.verdict import Fail
from llmselect.engine.ways import RESIZING, Candidate, Moved, Way
from llmselect.results.recommendation import Change, Relaxation

MOST_PAIRS = 3
# Fields whose values do not each admit all that the one before admits.
ORDERED = ("compute", "deployment", "needs", "modality_in", "modality_out", "language")


def relaxations(judged: Sequence[tuple[Option, Judgement]], situation: Situation) -> tuple[Relaxation, ...]:
    """For each field alone the nearest value that admits something; where none does, the nearest pairs."""
    excluded = _by_rules(judged)
    usable = [lever for lever in levers(situation) if lever.steps > 0]
    singles = [found for lever in usable if (found := _single(Way(situation, lever), excluded)) is not None]
    if singles:
        return tuple(singles)
    pairs = (_pair(Way(situation, first, second), excluded) for first, second in combinations(usable, 2))
    return tuple(sorted(filter(None, pairs), key=_effort)[:MOST_PAIRS])


def admitting_flag(judged: Sequence[tuple[Option, Judgement]], situation: Situation) -> str | None:
    """The flag that would admit an option which nothing but missing facts excludes."""
    flags = {key: found for key, judgement in _distinct(judged).items() if (found := _flags(judgement))}
    if not flags:
        return None
    rows = ((option, flags[id(judgement)]) for option, judgement in judged if id(judgement) in flags)
    return next((found for option, found in rows if can_be_ranked(option, situation)), None)


def _flags(judgement: Judgement) -> str:
    """The flags that admit what only missing facts exclude; none where there is more against it."""
    for _, verdict in judgement.against:
        if isinstance(verdict, Fail):
            return ""
    kinds = {BY_NAME[name].unknown for name, _ in judgement.against}
    return " ".join(["--allow-unknown"] * ("exclude" in kinds) + ["without --strict"] * ("keep" in kinds))


def _distinct(judged: Sequence[tuple[Option, Judgement]]) -> dict[int, Judgement]:
    """The judgements by their identity: options share them."""
    return {id(judgement): judgement for _, judgement in judged}


def _by_rules(judged: Sequence[tuple[Option, Judgement]]) -> dict[frozenset[str], list[Candidate]]:
    """What only liftable rules exclude, by those rules."""
    liftable = frozenset(rule.name for rule in RULES if rule.fields)
    found: dict[frozenset[str], list[Candidate]] = {}
    groups: dict[int, tuple[frozenset[str], list[Candidate]]] = {}
    for key, judgement in _distinct(judged).items():
        rules = frozenset([name for name, _ in judgement.against])
        if rules and rules <= liftable:
            groups[key] = rules, found.setdefault(rules, [])
    for place, (option, judgement) in enumerate(judged):
        group = groups.get(id(judgement))
        if group is not None:
            group[1].append((place, option, group[0]))
    return found


def _nearest(lever: Lever, candidates: Sequence[Candidate], at: Callable[[int], Moved]) -> int | None:
    """The smallest number of steps that admits some candidate: each is tried only below the best so far, for a limit
    the smallest weights first, which most often meet it soonest.

    Less concurrency saves memory but costs throughput: there the fewest steps that lift what excludes the
    candidate must not have broken anything else.
    """
    if lever.field in ORDERED:
        return next((k for k in range(1, lever.steps + 1) if any(map(at(k).admits, candidates))), None)
    best: int | None = None
    for candidate in candidates if lever.field in RESIZING else sorted(candidates, key=_size):
        furthest = lever.steps if best is None else best - 1
        if furthest < 1:
            break
        if at(furthest).admits(candidate):
            best = _bisect(furthest, candidate, at, Moved.admits)
        elif lever.field == "concurrency" and at(furthest).lifts(candidate):
            k = _bisect(furthest, candidate, at, Moved.lifts)
            best = k if at(k).admits(candidate) else best
    return best


def _size(candidate: Candidate) -> float:
    weights = candidate[1].weights
    return weights.total if weights is not None else 0.0


def _bisect(
    most: int, candidate: Candidate, at: Callable[[int], Moved], holds: Callable[[Moved, Candidate], bool]
) -> int:
    """The smallest number of steps from which on, up to the most, a condition holds for a candidate."""
    low, high = 1, most
    while low < high:
        middle = (low + high) // 2
        if holds(at(middle), candidate):
            high = middle
        else:
            low = middle + 1
    return low


def _single(way: Way, excluded: dict[frozenset[str], list[Candidate]]) -> Relaxation | None:
    reachable = way.reached(excluded)
    k = _nearest(way.levers[0], reachable, way.at)
    return _relaxation(way, (k,), reachable) if k else None


def _pair(way: Way, excluded: dict[frozenset[str], list[Candidate]]) -> Relaxation | None:
    """The least of the second beside the furthest of the first, the least of the first beside it, the second again."""
    first, second = way.levers
    reachable = way.reached(excluded)
    j = _nearest(second, reachable, lambda j: way.at(first.steps, j))
    if j is None:
        return None
    k = _nearest(first, reachable, lambda k: way.at(k, j))
    if k is None:
        return None
    nearer = _nearest(second, reachable, lambda j: way.at(k, j))
    return _relaxation(way, (k, nearer or j), reachable)


def _relaxation(way: Way, steps: Sequence[int], candidates: Sequence[Candidate]) -> Relaxation:
    moved = way.at(*steps)
    admitted: dict[str, None] = {}
    for candidate in candidates:
        model = candidate[1].model.id
        if model not in admitted and moved.admits(candidate):
            admitted[model] = None
    moves = zip(way.levers, steps, strict=True)
    return Relaxation(tuple(Change(lever.field, lever.start, lever.value(k)) for lever, k in moves), tuple(admitted))


def _effort(relaxation: Relaxation) -> float:
    """How far a relaxation goes: a number by its ratio, a choice as much as a doubling."""
    total = 0.0
    for change in relaxation.changes:
        numeric = isinstance(change.to, (int, float)) and not isinstance(change.to, bool)
        pair = sorted((abs(float(change.from_)), abs(float(change.to)))) if numeric else [1.0, 2.0]
        total += pair[1] / pair[0] if pair[0] > 0 else 2.0
    return total
