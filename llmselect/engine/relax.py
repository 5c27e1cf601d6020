"""When nothing qualifies: the smallest change of one requirement, or of two, that admits something."""

from collections.abc import Callable, Sequence
from itertools import combinations

from llmselect.engine.criteria import can_be_ranked
from llmselect.engine.levers import Lever, levers
from llmselect.engine.options import Option, rebuilt
from llmselect.engine.result import Change, Relaxation
from llmselect.engine.rules import BY_NAME, RULES, Judgement, judge
from llmselect.engine.situation import Situation, situate
from llmselect.engine.verdict import Unknown
from llmselect.frozen import NamedTuple

MOST_PAIRS = 3
# Fields whose values do not each admit all that the one before admits.
ORDERED = ("compute", "deployment", "needs", "modality_in", "modality_out", "language")


class Candidate(NamedTuple):
    """A rated option that only liftable rules exclude."""

    option: Option
    rules: frozenset[str]


def relaxations(judged: Sequence[tuple[Option, Judgement]], situation: Situation) -> tuple[Relaxation, ...]:
    """For each field alone the nearest value that admits something; where none does, the nearest pairs."""
    candidates = _candidates(judged, situation)
    usable = [lever for lever in levers(situation) if lever.steps > 0]
    singles = [found for lever in usable if (found := _single(lever, candidates, situation)) is not None]
    if singles:
        return tuple(singles)
    pairs = []
    for first, second in combinations(usable, 2):
        if (found := _pair(first, second, candidates, situation)) is not None:
            pairs.append(found)
    return tuple(sorted(pairs, key=_effort)[:MOST_PAIRS])


def admitting_flag(judged: Sequence[tuple[Option, Judgement]], situation: Situation) -> str | None:
    """The flag that would admit an option which nothing but missing facts excludes."""
    for option, judgement in judged:
        if judgement.against and all(isinstance(verdict, Unknown) for _, verdict in judgement.against):
            if not can_be_ranked(option, situation):
                continue
            hard = any(BY_NAME[name].unknown == "exclude" for name, _ in judgement.against)
            soft = any(BY_NAME[name].unknown == "keep" for name, _ in judgement.against)
            flags = ["--allow-unknown"] * hard + ["without --strict"] * soft
            return " ".join(flags)
    return None


def _candidates(judged: Sequence[tuple[Option, Judgement]], situation: Situation) -> list[Candidate]:
    found: list[Candidate] = []
    liftable: dict[int, frozenset[str]] = {}  # options share their judgements
    for option, judgement in judged:
        rules = liftable.get(id(judgement))
        if rules is None:
            names = frozenset(name for name, _ in judgement.against)
            rules = names if all(BY_NAME[name].fields for name in names) else frozenset()
            liftable[id(judgement)] = rules
        if rules and can_be_ranked(option, situation):
            found.append(Candidate(option, rules))
    return found


def _governed(lever: Lever) -> frozenset[str]:
    field = lever.field.partition(".")[0]
    extra = {"compute": "vram", "gpu_only": "ram"}.get(field, field)
    return frozenset(rule.name for rule in RULES if extra in rule.fields)


def _moved(situation: Situation, moves: Sequence[tuple[Lever, int]]) -> Situation:
    needs, machine = situation.needs, situation.machine
    anew = False
    for lever, k in moves:
        needs, changed = lever.changed(needs, machine, lever.value(k))
        anew = anew or changed is None
        machine = changed or machine
    return situate(needs, situation.catalog, machine=None if anew else machine, like=situation)


def _admits(candidate: Candidate, moved: Situation) -> bool:
    return any(judge(option, moved).passes for option in rebuilt(candidate.option, moved))


def _lifts(candidate: Candidate, moved: Situation) -> bool:
    """Whether the rules that excluded a candidate no longer do."""
    found = (judge(option, moved).against for option in rebuilt(candidate.option, moved))
    return any(not any(name in candidate.rules for name, _ in against) for against in found)


def _nearest(lever: Lever, candidates: Sequence[Candidate], at: Callable[[int], Situation]) -> int | None:
    """The smallest number of steps that admits some candidate: each is tried only below the best so far.

    Less concurrency saves memory but costs throughput: there the fewest steps that lift what excludes the
    candidate must not have broken anything else.
    """
    if lever.field in ORDERED:
        steps = (k for k in range(1, lever.steps + 1) if any(_admits(c, at(k)) for c in candidates))
        return next(steps, None)
    best: int | None = None
    for candidate in candidates:
        furthest = lever.steps if best is None else best - 1
        if furthest < 1:
            continue
        if _admits(candidate, at(furthest)):
            best = _bisect(furthest, candidate, at, _admits)
        elif lever.field == "concurrency" and _lifts(candidate, at(furthest)):
            k = _bisect(furthest, candidate, at, _lifts)
            best = k if _admits(candidate, at(k)) else best
    return best


def _bisect(
    most: int, candidate: Candidate, at: Callable[[int], Situation], holds: Callable[[Candidate, Situation], bool]
) -> int:
    """The smallest number of steps from which on, up to the most, a condition holds for a candidate."""
    low, high = 1, most
    while low < high:
        middle = (low + high) // 2
        if holds(candidate, at(middle)):
            high = middle
        else:
            low = middle + 1
    return low


def _single(lever: Lever, candidates: Sequence[Candidate], situation: Situation) -> Relaxation | None:
    governed = _governed(lever)
    reachable = [candidate for candidate in candidates if candidate.rules <= governed]
    k = _nearest(lever, reachable, lambda k: _moved(situation, [(lever, k)])) if reachable else None
    return _relaxation([(lever, k)], reachable, situation) if k else None


def _pair(first: Lever, second: Lever, candidates: Sequence[Candidate], situation: Situation) -> Relaxation | None:
    """The least of `second` with `first` at its furthest, the least of `first` beside it, and `second` again."""
    one, two = _governed(first), _governed(second)
    reachable = [c for c in candidates if c.rules <= one | two]
    if not reachable:
        return None
    j = _nearest(second, reachable, lambda j: _moved(situation, [(first, first.steps), (second, j)]))
    if j is None:
        return None
    k = _nearest(first, reachable, lambda k: _moved(situation, [(first, k), (second, j)]))
    if k is None:
        return None
    nearer = _nearest(second, reachable, lambda j: _moved(situation, [(first, k), (second, j)]))
    return _relaxation([(first, k), (second, nearer or j)], reachable, situation)


def _relaxation(
    moves: Sequence[tuple[Lever, int]], candidates: Sequence[Candidate], situation: Situation
) -> Relaxation:
    moved = _moved(situation, moves)
    admitted: dict[str, None] = {}
    for candidate in candidates:
        if candidate.option.model.id not in admitted and _admits(candidate, moved):
            admitted[candidate.option.model.id] = None
    changes = tuple(Change(lever.field, lever.start, lever.value(k)) for lever, k in moves)
    return Relaxation(changes, tuple(admitted))


def _effort(relaxation: Relaxation) -> float:
    """How far a relaxation goes: a number by its ratio, a choice as much as a doubling."""
    total = 0.0
    for change in relaxation.changes:
        numeric = isinstance(change.to, (int, float)) and not isinstance(change.to, bool)
        pair = sorted((abs(float(change.from_)), abs(float(change.to)))) if numeric else [1.0, 2.0]
        total += pair[1] / pair[0] if pair[0] > 0 else 2.0
    return total
