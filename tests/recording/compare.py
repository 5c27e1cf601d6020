"""What differs between a recorded answer and a new one, in words that a person can act on."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from math import isclose
from typing import Any

Data = Mapping[str, Any]
SCORE = 1e-6  # scores and utilities may differ by as much
FIGURE = 1e-6  # other figures, as a share
TIE = 1e-9  # models whose scores are nearer than that may change places
WIN_SHARE = 0.08  # of one model in one answer
MEAN_WIN_SHARE = 0.005  # on average over the models of all answers
SCORE_BOUND = 0.03  # the 5th and 95th percentile of a thousand draws of a score
LISTED = 6  # names that one line lists


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is not as it was recorded; `kind` groups what has the same reason."""

    kind: str
    text: str

    def __str__(self) -> str:
        return f"{self.kind}: {self.text}"


def differences(recorded: Data, new: Data) -> list[Difference]:
    """Everything in which two answers to the same request differ by more than they may."""
    if "ranking" in recorded and "ranking" in new:
        return [found for compare in _PARTS for found in compare(recorded, new)]
    return list(_figures("answer", recorded, new))


def win_share_gaps(recorded: Data, new: Data) -> list[float]:
    """How far the win shares of the models that both answers detail are apart."""
    one, other = recorded.get("win_share", {}), new.get("win_share", {})
    return [abs(one[model] - other[model]) for model in sorted(one.keys() & other.keys())]


def _models(recorded: Data, new: Data) -> Iterator[Difference]:
    yield from _sets("ranked models", _scores(recorded), _scores(new))


def _order(recorded: Data, new: Data) -> Iterator[Difference]:
    """A model stands behind one that the recording has below it, and their scores are no tie."""
    places = _tied_places(recorded)
    ranked = [model for model, *_ in new["ranking"] if model in places]
    for above, below in pairwise(ranked):
        if places[above] > places[below]:
            yield Difference("order", f"{above} now stands above {below}")


def _tied_places(answer: Data) -> dict[str, int]:
    """Each model's place, where models of equal score share one."""
    places: dict[str, int] = {}
    place, last = 0, None
    for model, _, score in answer["ranking"]:
        place += last is None or abs(score - last) > TIE
        places[model], last = place, score
    return places


def _options(recorded: Data, new: Data) -> Iterator[Difference]:
    """Another option of a model is shown than one of those with its best score."""
    shown = {model: option for model, option, _ in new["ranking"]}
    for model, option, _ in recorded["ranking"]:
        if model in shown and shown[model] not in (option, *recorded["ties"].get(model, ())):
            yield Difference("option", f"{model} is at {shown[model]}, not {option}")


def _score(recorded: Data, new: Data) -> Iterator[Difference]:
    scores = _scores(new)
    for model, score in _scores(recorded).items():
        if model in scores and not _near(score, scores[model]):
            yield Difference("score", f"{model} has {scores[model]:.9f}, not {score:.9f}")


def _scores(answer: Data) -> dict[str, float]:
    return {model: score for model, _, score in answer["ranking"]}


def _criteria(recorded: Data, new: Data) -> Iterator[Difference]:
    """Utilities and values of the models that both detail at the same option."""
    same = _same_options(recorded, new)
    for model, criteria in recorded["criteria"].items():
        if model in same and model in new["criteria"]:
            for found in _figures(f"{model}: criterion", criteria, new["criteria"][model]):
                yield Difference("criterion", found.text)


def _same_options(recorded: Data, new: Data) -> set[str]:
    both = {(model, option) for model, option, _ in recorded["ranking"]}
    return {model for model, option, _ in new["ranking"] if (model, option) in both}


def _win_shares(recorded: Data, new: Data) -> Iterator[Difference]:
    for model, share in recorded["win_share"].items():
        other = new["win_share"].get(model)
        if other is not None and abs(other - share) > WIN_SHARE + TIE:
            yield Difference("win share", f"{model} wins {other:.1%}, not {share:.1%}")


def _score_bounds(recorded: Data, new: Data) -> Iterator[Difference]:
    same = _same_options(recorded, new)
    for model, bounds in recorded["score_bounds"].items():
        others = new["score_bounds"].get(model)
        if model in same and others and any(abs(a - b) > SCORE_BOUND for a, b in zip(bounds, others, strict=True)):
            yield Difference("score bounds", f"{model} has {_short(others)}, not {_short(bounds)}")


def _pareto(recorded: Data, new: Data) -> Iterator[Difference]:
    yield from _sets("pareto", recorded["pareto"], new["pareto"])


def _flip(recorded: Data, new: Data) -> Iterator[Difference]:
    if list(_figures("", recorded["flip"], new["flip"])):
        yield Difference("flip", f"{_short(new['flip'])}, not {_short(recorded['flip'])}")


def _relaxations(recorded: Data, new: Data) -> Iterator[Difference]:
    """The fields that are named; steps and whom they admit are told apart, as another search may find others."""
    was, now = _ways(recorded), _ways(new)
    yield from _sets("relaxations", was, now)
    for fields in was.keys() & now.keys():
        for found in _figures(fields, was[fields], now[fields]):
            yield Difference("relaxation steps", found.text)


def _ways(answer: Data) -> dict[str, Any]:
    return {" and ".join(sorted(row["fields"])): row for row in answer["relaxations"]}


def _excluded(recorded: Data, new: Data) -> Iterator[Difference]:
    was, now = recorded["excluded"], new["excluded"]
    yield from _sets("excluded", was, now)
    for model in sorted(was.keys() & now.keys()):
        for found in _sets("rules", was[model], now[model]):
            yield Difference("rules", f"{model}: {found.text}")


def _rest(recorded: Data, new: Data) -> Iterator[Difference]:
    yield from _sets("unrated", recorded["unrated"], new["unrated"])
    yield from _sets("assumed", recorded["assumed"], new["assumed"])
    for name in ("provisional", "unverified", "document", "admitting_flag"):
        for found in _figures(name, recorded[name], new[name]):
            yield Difference(name, found.text)


_PARTS = (
    _models, _order, _options, _score, _criteria, _win_shares, _score_bounds, _pareto, _flip, _relaxations, _excluded,
    _rest,
)  # fmt: skip


def _sets(kind: str, recorded: Iterable[str], new: Iterable[str]) -> Iterator[Difference]:
    was, now = set(recorded), set(new)
    for word, names in (("missing", was - now), ("new", now - was)):
        if names:
            more = f" and {len(names) - LISTED} more" if len(names) > LISTED else ""
            yield Difference(kind, f"{word}: {', '.join(sorted(names)[:LISTED])}{more}")


def _figures(where: str, recorded: Any, new: Any) -> Iterator[Difference]:
    """Data that differ, by the path at which they stand; win shares by as much as draws may."""
    if isinstance(recorded, Mapping) and isinstance(new, Mapping):
        yield from _sets(where, recorded, new)
        for name in recorded.keys() & new.keys():
            yield from _figures(f"{where}.{name}", recorded[name], new[name])
    elif isinstance(recorded, (list, tuple)) and isinstance(new, (list, tuple)) and len(recorded) == len(new):
        for place, (one, other) in enumerate(zip(recorded, new, strict=True)):
            yield from _figures(f"{where}[{place}]", one, other)
    elif not _alike(recorded, new, WIN_SHARE if where.endswith(".win_share") else 0.0):
        yield Difference("figure", f"{where} is {_short(new)}, not {_short(recorded)}")


def _alike(recorded: Any, new: Any, margin: float) -> bool:
    if _is_number(recorded) and _is_number(new):
        return abs(recorded - new) <= margin + TIE or isclose(recorded, new, rel_tol=FIGURE)
    return type(recorded) is type(new) and bool(recorded == new)


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _near(one: float, other: float) -> bool:
    return abs(one - other) <= SCORE


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 100 else f"{text[:97]}..."
