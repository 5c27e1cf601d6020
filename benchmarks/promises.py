"""What every answer promises, as checks of one answer's plain data against others and against the catalogue.

A check yields a pair for each thing that it judges: whether the promise holds, and what was seen. It yields nothing
where a request does not call for it. Rows are those of `Recommendation.to_dict()`, intervals `[low, value, high]`.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from math import isnan
from typing import Any, get_args

from llmselect.catalog.words import CriterionName
from llmselect.engine.facts import Facts
from llmselect.engine.recommend import recommend
from llmselect.errors import LlmselectError
from llmselect.requirements import parse

SHOWN = 5  # rows of an answer
NEAR_BEST = 0.97  # of the best quality
MOST_FACTOR, BEYOND = 3.0, 1.01  # of a weight, and how much further one asks again
TOO_SOON_DAYS = 60
ROUNDING = 1e-9
MACHINE_FIELDS = ("gpu", "hardware", "vram")

Fields = Mapping[str, Any]
Row = dict[str, Any]
Found = Iterator[tuple[bool, str]]


@dataclass
class Asked:
    """One request with its answers: the rows that are shown, and those of all models."""

    fields: Fields
    facts: Facts

    def answer(self, top: int | None = SHOWN, **changes: Any) -> dict[str, Any]:
        """The answer with some fields changed; a field that is None is left out."""
        fields = {name: value for name, value in {**self.fields, **changes}.items() if value is not None}
        return recommend(parse(fields), self.facts, None, top, excluded=False).to_dict()

    @cached_property
    def first(self) -> dict[str, Any]:
        """What the user sees."""
        return self.answer()

    @property
    def rows(self) -> list[Row]:
        """The rows that are shown, without those beside the ranking."""
        found: list[Row] = self.first["recommendations"]
        return found

    @property
    def beside(self) -> list[Row]:
        """The rows beside the ranking."""
        return [one["row"] for one in self.first["beside"]]

    @cached_property
    def ranking(self) -> list[Row]:
        """A row for each model that can be ranked."""
        found: list[Row] = self.answer(top=None)["recommendations"]
        return found

    @property
    def gives_volume(self) -> bool:
        """Whether the user says how many requests there are."""
        return "requests_per_month" in self.fields or "requests_per_day" in self.fields

    @property
    def names_machine(self) -> bool:
        """Whether the user has a machine."""
        return any(self.fields.get(name) for name in MACHINE_FIELDS)


def middle(row: Row, *path: str) -> float | None:
    """The middle of an interval in a row; None where it is unknown."""
    found: Any = row
    for name in path:
        found = found[name] if found is not None else None
    return None if found is None else found[1]


def quality(row: Row) -> float | None:
    """Expected score in percent."""
    return middle(row, "criteria", "quality", "interval")


def cost_of_given_volume(asked: Asked) -> Found:
    """With a given volume every shown row has a known cost, unless the user admits what is unknown."""
    if asked.gives_volume and not asked.fields.get("allow_unknown"):
        for row in [*asked.rows, *asked.beside]:
            yield middle(row, "cost", "usd_per_month") is not None, f"{row['option']} has no cost"


def near_the_best(asked: Asked) -> Found:
    """Under `--optimize quality` the first row comes within 3 % of the best that passes everything else."""
    if asked.fields.get("optimize") == "quality" and asked.rows:
        alone = dict.fromkeys(get_args(CriterionName), 0.0) | {"quality": 1.0}
        others = asked.answer(top=None, optimize=None, weight=alone)["recommendations"]
        best = max(others, key=lambda row: quality(row) or 0.0)
        most, own = quality(best) or 0.0, quality(asked.rows[0]) or 0.0
        seen = f"{asked.rows[0]['option']} has {own:.1f} %, {best['option']} {most:.1f} %"
        yield own >= NEAR_BEST * most - ROUNDING, seen


def beaten_rows_name_a_lead(asked: Asked) -> Found:
    """A row that one below beats in quality and money names a criterion in which it leads one that does."""
    for place, row in enumerate(asked.ranking):
        beaten_by = [below for below in asked.ranking[place + 1 :] if _beats(below, row)]
        if beaten_by:
            leads = [name for name in row["leads_in"] if any(_leads(row, other, name) for other in beaten_by)]
            seen = f"{row['option']} (rank {place + 1}) is beaten by {beaten_by[0]['option']}"
            yield bool(leads) and len(leads) == len(row["leads_in"]), f"{seen}; leads in {row['leads_in']}"


def _beats(one: Row, other: Row) -> bool:
    pairs = [(quality(row), middle(row, "criteria", "cost", "interval")) for row in (one, other)]
    (high, usd), (low, other_usd) = pairs
    if high is None or low is None or usd is None or other_usd is None:
        return False
    return high >= low and usd <= other_usd and (high, usd) != (low, other_usd)


def _leads(row: Row, other: Row, name: str) -> bool:
    mine, theirs = (one["criteria"][name] for one in (row, other))
    return bool(mine["weight"] > 0 and mine["utility"] > theirs["utility"])


def flips_are_true(asked: Asked) -> Found:
    """A flip moves what counts, within a factor of 3, and whoever asks so a little beyond it gets its winner."""
    for flip in asked.first["flips"]:
        name, factor = flip["criterion"], flip["factor"]
        beyond = flip["to"] * (BEYOND if factor > 1 else 1 / BEYOND)
        rows = asked.answer(top=1, weight={**asked.fields.get("weight", {}), name: beyond})["recommendations"]
        within = 1 / MOST_FACTOR - ROUNDING <= factor <= MOST_FACTOR + ROUNDING
        got = rows[0]["model"] if rows else "nothing"
        seen = f"{name} x {factor:.3g} should put {flip['winner']} first, and --weight {name}={beyond:.4g} puts {got}"
        yield flip["from"] > 0 and within and got == flip["winner"], seen


def nothing_first_ends_soon(asked: Asked) -> Found:
    """Nothing first ends within 60 days, or the user's own months where they are fewer; unless told only later."""
    day = parse(asked.fields).as_of.toordinal()
    for row in asked.rows[:1]:
        end, told = _end(asked.facts, row)
        if end is not None:
            months = asked.fields.get("horizon_months")
            most_days = TOO_SOON_DAYS if months is None else min(TOO_SOON_DAYS, 28 * months)
            known = told is None or told <= day
            yield not known or end > day + most_days, f"{row['option']} ends in {end - day:.0f} days"


def _end(facts: Facts, row: Row) -> tuple[float | None, float | None]:
    """Of an option at a host: the day on which it ends, and the day from which its host says so, where stated."""
    for place, name in enumerate(facts.places):
        if row["option"].removesuffix(f":{row['effort']}") == f"{facts.offerings.model[place]}@{name}":
            columns = (facts.offerings.shutdown_day, facts.offerings.announced_day, facts.offerings.deprecated_day)
            end, announced, deprecated = (None if isnan(column[place]) else float(column[place]) for column in columns)
            return end, announced if announced is not None else deprecated
    return None, None


def no_machine_rented_unasked(asked: Asked) -> Found:
    """Without a volume, a machine of one's own or a word that asks for one, no row runs on a rented machine."""
    fields = asked.fields
    asks = any(fields.get(name) for name in ("compute", "offline", "gpu_hour_usd")) or asked.gives_volume
    asks |= "self-host" in fields.get("deployment", ()) or "self" in fields.get("host", ())
    asks |= fields.get("license") == "osi" or fields.get("privacy") == "on-prem"
    if not asks and not asked.names_machine:
        for row in [*asked.rows, *asked.beside]:
            yield row["deployment"] != "self-host", f"{row['option']} would be rented"


def best_of_the_machine_is_shown(asked: Asked) -> Found:
    """Who names a machine sees the best option on it, among the rows or beside them."""
    kinds = asked.fields.get("deployment", ["any"])
    if asked.names_machine and {"any", "self-host"} & set(kinds):
        on_it = asked.answer(top=1, deployment=["self-host"])["recommendations"]
        if on_it:
            shown = [row["option"] for row in [*asked.rows, *asked.beside]]
            yield on_it[0]["option"] in shown, f"{on_it[0]['option']} is not shown, but {', '.join(shown)}"


def first_meets_the_limits(asked: Asked) -> Found:
    """The first row keeps the user's limits by its middle estimate, waiting being what one waits for the answer."""
    for row in asked.rows[:1]:
        for name, path, sign in (
            ("max_ttft_ms", ("speed", "first_answer_token_ms"), 1),
            ("max_latency_s", ("speed", "answer_s"), 1),
            ("min_tok_s", ("speed", "decode_tok_s"), -1),
        ):
            limit, value = asked.fields.get(name), middle(row, *path)
            if limit is not None and value is not None:
                kept = sign * value <= sign * limit * (1 + sign * ROUNDING)
                yield kept, f"{row['option']} has a {path[-1]} of {value:,.4g} where {name} is {limit:g}"


def no_effort_means_no_thinking(asked: Asked) -> Found:
    """With `--effort none` no shown row thinks."""
    if asked.fields.get("effort") == "none":
        for row in [*asked.rows, *asked.beside]:
            tokens = row["answer_tokens"]["thinking"][1]
            yield tokens == 0, f"{row['option']} thinks {tokens:,.0f} tokens (effort {row['effort'] or 'default'})"


PROMISES: dict[str, Callable[[Asked], Found]] = {
    "with a given volume every shown row has a known cost": cost_of_given_volume,
    "the best quality asked for, the first row is within 3 % of it": near_the_best,
    "a row that one below beats in quality and money names its lead": beaten_rows_name_a_lead,
    "flips are of what counts, within a factor of 3, and true": flips_are_true,
    "nothing first ends within 60 days": nothing_first_ends_soon,
    "no machine is rented unasked": no_machine_rented_unasked,
    "a named machine's best row is shown": best_of_the_machine_is_shown,
    "the first row meets the user's limits of waiting and pace": first_meets_the_limits,
    "no effort means no thinking": no_effort_means_no_thinking,
}


def judged(asked: Asked, names: Iterable[str] = tuple(PROMISES)) -> dict[str, list[tuple[bool, str]]] | None:
    """By promise, what was judged of one request; None where the request is refused, as a window beyond bounds is."""
    try:
        return {name: list(PROMISES[name](asked)) for name in names}
    except LlmselectError:
        return None
