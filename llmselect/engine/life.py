"""How long offerings last, as it could be known on a day: functions on columns of days.

Days are proleptic (`date.toordinal`), NaN is unknown. A comparison with NaN is false.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from llmselect.catalog.names.hosts import own_host
from llmselect.catalog.sql.read import Flags, Integers, Numbers
from llmselect.catalog.words import GONE_DAYS

if TYPE_CHECKING:
    from llmselect.engine.columns import Models, Offerings

SOON_DAYS = 183  # half a year: time to choose again, and a reason to prefer what lasts


@dataclass(slots=True)
class Lives:
    """What is known of the lives of offerings, one row each."""

    released_day: Numbers
    """Day from which the host has it."""
    last_seen_day: Numbers
    """Newest day on which a source listed it as served."""
    listed_day: Numbers
    """Newest day on which a source listed anything of its host."""
    announced_day: Numbers
    """Day on which the host made the end known."""
    deprecated_day: Numbers
    """Day from which the host advises against it."""
    shutdown_day: Numbers
    """Day on which it ends."""
    notice_days: Numbers
    """Days before an end on which its host usually makes it known; the median of all hosts where this one never has."""
    developer_end_day: Numbers
    """Day on which the developer of a closed model had ended it at its own host; NaN for open weights."""


def announcement_day(lives: Lives) -> Numbers:
    """The day from which an end could be known: announced, else advised against, else the host's usual notice."""
    usual = np.fmax(lives.shutdown_day - lives.notice_days, lives.released_day)
    told = np.where(np.isnan(lives.announced_day), lives.deprecated_day, lives.announced_day)
    known = np.where(np.isnan(told), usual, told)
    return np.where(np.isnan(known), -np.inf, known)  # without any notice to go by it counts as known all along


def known_end_day(lives: Lives, as_of_day: int) -> Numbers:
    """The end of each offering that was known on a day, or had happened; NaN where none was."""
    known = (announcement_day(lives) <= as_of_day) | (lives.shutdown_day <= as_of_day)
    return np.where(known, lives.shutdown_day, np.nan)


def unseen(lives: Lives, as_of_day: int) -> Flags:
    """Whether nothing says that an offering without a known end is still served.

    Its last sight ages against the newest list of its host: a catalogue that is old, or a host that a source dropped,
    ends nothing. For a closed model whose developer has ended it no list counts, since lists forget slowly: only an
    end of the host's own, still to come, says that it lives on there.
    """
    until = np.fmin(lives.listed_day, as_of_day)
    forgotten = np.isnan(lives.last_seen_day) | (until - lives.last_seen_day > GONE_DAYS)
    orphaned = np.isnan(lives.shutdown_day) & (lives.developer_end_day <= as_of_day)
    return np.isnan(known_end_day(lives, as_of_day)) & (orphaned | (forgotten & np.isnan(lives.shutdown_day)))


def ends_too_soon(lives: Lives, as_of_day: int, needed_day: int) -> Flags:
    """Whether a known end comes by the day until which an option must live."""
    return known_end_day(lives, as_of_day) <= needed_day


def end_undecided(lives: Lives, as_of_day: int, needed_day: int) -> Flags:
    """Whether nobody knows that it lives so long: unseen, or advised against for longer than its host waits."""
    expected = lives.deprecated_day + lives.notice_days
    advised_against = np.isnan(lives.shutdown_day) & (lives.deprecated_day <= as_of_day)
    return unseen(lives, as_of_day) | (advised_against & ~(expected > needed_day))


def ends_soon(lives: Lives, as_of_day: int) -> Flags:
    """Whether a known end comes within half a year: said before the price, and behind an equal that lasts."""
    return known_end_day(lives, as_of_day) <= as_of_day + SOON_DAYS


def legacy(lives: Lives, model_of_offering: Integers, models: int, as_of_day: int) -> Flags:
    """Whether every host that had a model has ended it, (models,): of open weights, that they still run but nobody
    serves them any more. One host of several that ended it says nothing, nor one that will begin after the day.
    """
    known = (model_of_offering >= 0) & ~(lives.released_day > as_of_day)
    offered = np.bincount(model_of_offering[known], minlength=models)
    ended = np.bincount(model_of_offering[known & (lives.shutdown_day <= as_of_day)], minlength=models)
    found: Flags = (offered > 0) & (ended == offered)
    return found


def lives_of(
    offerings: Offerings, models: Models, model_of_offering: Integers, usual_notices: dict[str, float]
) -> Lives:
    """The lives of all offerings; `usual_notices` are days by host."""
    hosts = np.array(offerings.host)
    default = float(np.median(list(usual_notices.values()))) if usual_notices else np.nan
    return Lives(
        released_day=offerings.released_day,
        last_seen_day=offerings.last_seen_day,
        listed_day=_newest_of_host(hosts, offerings.last_seen_day),
        announced_day=offerings.announced_day,
        deprecated_day=offerings.deprecated_day,
        shutdown_day=offerings.shutdown_day,
        notice_days=np.array([usual_notices.get(host, default) for host in offerings.host], dtype=np.float64),
        developer_end_day=_developer_end_day(offerings, models, model_of_offering),
    )


def _newest_of_host(hosts: np.ndarray, seen_day: Numbers) -> Numbers:
    """By offering, the newest day on which a source listed one of its host's; NaN where none ever did."""
    _, host_no = np.unique(hosts, return_inverse=True)
    newest = np.full(len(hosts), np.nan)
    np.fmax.at(newest, host_no, seen_day)
    found: Numbers = newest[host_no]
    return found


def _developer_end_day(offerings: Offerings, models: Models, model_of_offering: Integers) -> Numbers:
    """By offering, the last end of its model's at the developer's own host, where all are known and weights closed."""
    pairs = zip(offerings.model, offerings.host, strict=True)
    own = np.array([own_host(model) == host for model, host in pairs], dtype=bool)
    last = np.full(len(models.model), -np.inf)
    with np.errstate(invalid="ignore"):
        np.maximum.at(last, model_of_offering[own], offerings.shutdown_day[own])  # NaN where one has no known end
    last[np.isinf(last) | models.open_weights] = np.nan
    found: Numbers = last[model_of_offering]
    return found
