"""Constraints on what a model is and on what terms it can be had."""

from __future__ import annotations

from datetime import date
from math import isnan

import numpy as np

from llmselect.engine.columns import DEPLOYMENTS, SELF_HOST, Verdicts
from llmselect.engine.constraints.kinds import UNDECIDED, Judged, Words, verdicts
from llmselect.engine.constraints.places import EU_MEMBERS
from llmselect.engine.life import end_undecided, ends_too_soon, known_end_day
from llmselect.engine.options import Table
from llmselect.engine.sources import Origin
from llmselect.requirements import Requirements

SELECTABLE = ("api", "managed", "self-host")
_UNTUNED = {"base": "a base model, not tuned to follow instructions", "task": "built for one task of its own"}
_ACCESS = {
    "app": "only in {host}'s app",
    "device": "only on devices, through {host}",
    "none": "no host is known to serve it and its weights are not published",
}


def day_text(day: float) -> str:
    """A proleptic day as people write it."""
    return date.fromordinal(int(day)).isoformat()


def model_fact(table: Table, row: int, *path: str) -> Origin:
    """A fact of an option's model."""
    return Origin("model", table.facts.models.model[table.options.model_no[row]], path)


def host_of(table: Table, row: int) -> str:
    """An option's host; `self` for a machine of one's own."""
    offering = int(table.options.offering_no[row])
    if offering >= 0:
        return table.facts.offerings.host[offering]
    return "self" if table.options.deployment[row] == SELF_HOST else "none"


def offering_fact(table: Table, row: int, *path: str) -> Origin:
    """A fact of an option's offering, or of its host in general."""
    offering = int(table.options.offering_no[row])
    return Origin("offering", table.facts.offerings.offering[offering], path)


def exists(judged: Judged) -> Verdicts:
    """Released on the day that is asked about."""
    table, day = judged.table, judged.table.request.as_of_day
    released = table.of_models(table.facts.models.release_day)
    offered = table.of_offerings(table.facts.offerings.released_day, np.nan)
    return verdicts((released > day) | (offered > day), np.isnan(released) & np.isnan(offered))


def exists_words(judged: Judged, row: int) -> Words:
    """The day of the model's release, or of the offering's."""
    table, as_of = judged.table, judged.table.request.needs.as_of
    needed, released = f"released by {as_of}", table.facts.models.release_day[table.options.model_no[row]]
    if released > as_of.toordinal():
        return Words(needed, f"released {day_text(released)}", model_fact(table, row, "release_date"))
    if np.isnan(released):
        return Words(needed, "its release date", model_fact(table, row, "release_date"))
    offered = table.facts.offerings.released_day[table.options.offering_no[row]]
    had = f"at {host_of(table, row)} from {day_text(offered)}"
    return Words(needed, had, offering_fact(table, row, "lifecycle", "released"))


def lifecycle(judged: Judged) -> Verdicts:
    """Served until the horizon, by what could be known on the day: no end announced before it, and still listed."""
    request, lives = judged.table.request, judged.table.facts.lives
    day, needed = request.as_of_day, request.horizon_day
    return verdicts(ends_too_soon(lives, day, needed), end_undecided(lives, day, needed))


def lifecycle_words(judged: Judged, row: int) -> Words:
    """When it ended or ends, or why that is unknown."""
    table, request = judged.table, judged.table.request
    offered, at, host = table.facts.offerings, int(table.options.offering_no[row]), host_of(table, row)
    needed, day = f"served by {host} on {day_text(request.horizon_day)}", request.as_of_day
    end, seen = float(known_end_day(table.facts.lives, day)[at]), float(offered.last_seen_day[at])
    if not isnan(end):
        had = f"{'shut' if end <= day else 'shuts'} down on {day_text(end)}"
        if offered.replacement[at]:
            had += f"; {host} names {offered.replacement[at]}"
        return Words(needed, had, offering_fact(table, row, "lifecycle", "shutdown"))
    developer_end = float(table.facts.lives.developer_end_day[at])
    if developer_end <= day:
        return Words(needed, f"whether it is still served (its developer ended it on {day_text(developer_end)})")
    if offered.deprecated_day[at] <= day:
        missing = f"when it ends (deprecated {day_text(offered.deprecated_day[at])})"
        return Words(needed, missing, offering_fact(table, row, "lifecycle", "deprecated"))
    if isnan(seen):
        return Words(needed, "whether it is still served")
    missing = f"whether it is still served (last seen {day_text(seen)})"
    return Words(needed, missing, offering_fact(table, row, "lifecycle", "last_seen"))


def hosting(judged: Judged) -> Verdicts:
    """Where the user lets it run: kinds of deployment, named hosts, offline, weights at hand."""
    table, needs = judged.table, judged.table.request.needs
    kinds = table.options.deployment
    allowed = SELECTABLE if "any" in needs.deployment else needs.deployment
    fails = ~np.isin(kinds, [DEPLOYMENTS.index(kind) for kind in allowed])
    if needs.host:
        named = np.array([host in needs.host for host in table.facts.offerings.host], dtype=bool)
        fails |= ~table.of_offerings(named, (kinds == SELF_HOST) & ("self" in needs.host))
    if needs.offline:
        fails |= kinds != SELF_HOST
    if not table.request.machine_is_asked_for:
        fails |= kinds == SELF_HOST
    if needs.open_weights:
        fails |= ~table.facts.models.open_weights[table.options.model_no]
    return verdicts(fails)


def hosting_words(judged: Judged, row: int) -> Words:
    """The first of the user's wishes that it breaks."""
    table, needs = judged.table, judged.table.request.needs
    allowed = SELECTABLE if "any" in needs.deployment else needs.deployment
    kind, host = DEPLOYMENTS[table.options.deployment[row]], host_of(table, row)
    if kind not in allowed:
        had = _ACCESS.get(kind, kind).format(host=host)
        return Words(" or ".join(allowed), had, model_fact(table, row, "access"))
    if needs.host and host not in needs.host:
        return Words(f"host {' or '.join(needs.host)}", f"host {host}")
    if kind == "self-host" and not table.request.machine_is_asked_for:
        machine = f"{table.request.machine.count} x {table.request.machine.name}"
        return Words("no machine to rent without being asked for one", f"a rented {machine}")
    if needs.offline and kind != "self-host":
        return Words("works offline", f"served by {host} over the network")
    return Words("open weights", "weights are not published", model_fact(table, row, "access"))


_ASKED = {"osi": "osi_approved", "commercial": "commercial_use"}


def license_fits(judged: Judged) -> Verdicts:
    """The terms of this way of access allow what the user does: weights and API are judged apart."""
    table, needs, terms = judged.table, judged.table.request.needs, judged.table.facts.licenses
    fails = np.zeros(len(terms.license), dtype=bool)
    undecided = fails.copy()
    if needs.license in _ASKED:
        allowed = getattr(terms, _ASKED[needs.license])
        fails |= allowed == 0
        undecided |= np.isnan(allowed)
    if needs.monthly_active_users is not None:
        fails |= needs.monthly_active_users > terms.monthly_active_users_limit
    if needs.domicile is not None:
        fails |= np.array([needs.domicile.upper() in _members(closed) for closed in terms.excluded_domiciles])
    found: Verdicts = np.append(verdicts(fails & ~undecided, undecided), np.int8(UNDECIDED))[table.options.license_no]
    return found


def license_words(judged: Judged, row: int) -> Words:
    """What the licence forbids, or what is unknown of it."""
    table, needs, terms = judged.table, judged.table.request.needs, judged.table.facts.licenses
    at = int(table.options.license_no[row])
    if at < 0:
        return Words(_license_wanted(needs), "its licence")
    name, limit, users = terms.name[at], terms.monthly_active_users_limit[at], needs.monthly_active_users
    if needs.license == "osi" and terms.osi_approved[at] != 1:
        had = f"whether {name} is one" if np.isnan(terms.osi_approved[at]) else name
        return Words("an OSI-approved licence", had, _license_fact(table, at, "osi_approved"))
    if needs.license == "commercial" and terms.commercial_use[at] != 1:
        had = f"whether {name} allows it" if np.isnan(terms.commercial_use[at]) else f"{name} forbids it"
        return Words("commercial use", had, _license_fact(table, at, "commercial_use"))
    if users is not None and users > limit:
        origin = _license_fact(table, at, "monthly_active_users_limit")
        return Words(f"{users:,} monthly active users", f"{name} allows {int(limit):,}", origin)
    origin = _license_fact(table, at, "excluded_domiciles")
    return Words(f"a user in {(needs.domicile or '').upper()}", f"{name} grants nothing there", origin)


def _license_fact(table: Table, at: int, fact: str) -> Origin:
    return Origin("license", table.facts.licenses.license[at], (fact,))


def _members(places: str) -> set[str]:
    """Country codes with those of the EU spelled out."""
    named = set(places.split(", "))
    return named | set(EU_MEMBERS) if "EU" in named else named


def _license_wanted(needs: Requirements) -> str:
    kind = {"osi": "an OSI-approved licence", "commercial": "a licence for commercial use"}.get(needs.license)
    if kind is None and needs.monthly_active_users is not None:
        return f"a licence for {needs.monthly_active_users:,} monthly active users"
    return kind or f"a licence for users in {needs.domicile}"


def instruct(judged: Judged) -> Verdicts:
    """Tuned to follow instructions, unless the user means to fine-tune it."""
    request, tuning = judged.table.request, judged.table.facts.models.tuning
    if not request.task.instruct or "fine-tuning" in request.needs.needs:
        return np.zeros(len(tuning), dtype=np.int8)
    return verdicts(np.array([kind in _UNTUNED for kind in tuning], dtype=bool))


def instruct_words(judged: Judged, row: int) -> Words:
    """What it is instead."""
    table = judged.table
    had = _UNTUNED[table.facts.models.tuning[table.options.model_no[row]]]
    return Words("an instruction-tuned model", had, model_fact(table, row, "tuning"))
