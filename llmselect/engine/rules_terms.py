"""Rules on what a model is and on what terms it can be had."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmselect.catalog.words import GONE_DAYS, Capability, Modality
from llmselect.engine.cite import Sourced, ref
from llmselect.engine.options import Site
from llmselect.engine.situation import Situation
from llmselect.engine.verdict import Fail, Unknown, Verdict
from llmselect.requirements import Requirements

if TYPE_CHECKING:
    from llmselect.catalog.schema import Fact, Host, License, Lifecycle

EU_MEMBERS = (
    "AT", "BE", "BG", "HR", "CY", "CZ", "DK", "EE", "FI", "FR", "DE", "GR", "HU", "IE", "IT", "LV", "LT", "LU", "MT",
    "NL", "PL", "PT", "RO", "SK", "SI", "ES", "SE",
)  # fmt: skip
SELECTABLE = ("api", "managed", "self-host")


def exists(site: Site, situation: Situation) -> Verdict:
    """Released on the day that is asked about."""
    as_of, model = situation.needs.as_of, site.model
    released = model.release_date.value
    if released is not None and released > as_of:
        return Fail(f"released by {as_of}", f"released {released}", ref(model, model.release_date))
    fact = site.offering.lifecycle.released if site.offering is not None else None
    offered = fact.value if fact is not None else None
    if offered is not None and offered > as_of:
        return Fail(f"released by {as_of}", f"at {site.host} from {offered}", ref(host_of(site, situation), fact))
    if released is None and offered is None:
        return Unknown(f"released by {as_of}", "its release date", ref(model, model.release_date))
    return None


def lifecycle(site: Site, situation: Situation) -> Verdict:
    """Not shut down by its host on that day, nor before the horizon; weights that one can download do not end."""
    if site.offering is None:
        return None
    dates, as_of = site.offering.lifecycle, situation.horizon
    end = dates.shutdown.value if dates.shutdown is not None else None
    seen = dates.last_seen.value if dates.last_seen is not None else None
    if end is not None and end > as_of:
        return None
    ending = dates.deprecated is not None and bool(dates.deprecated.value) and seen is not None and as_of > seen
    gone = seen is None or (situation.needs.as_of - seen).days > GONE_DAYS
    if end is None and not gone and not ending:
        return None
    key = ("ended", site.host, id(dates))  # offerings share their dates
    if key not in situation.memo:
        situation.memo[key] = _ended(site, dates, situation)
    found: Fail | Unknown = situation.memo[key]
    return found


def _ended(site: Site, dates: Lifecycle, situation: Situation) -> Fail | Unknown:
    """What is said of an offering that ends, or of which nobody knows whether it does."""
    host, as_of = host_of(site, situation), situation.needs.as_of
    needed = f"served by {site.host} on {situation.horizon}"
    if dates.shutdown is not None and dates.shutdown.value is not None:
        had = f"{'shut' if dates.shutdown.value <= as_of else 'shuts'} down on {dates.shutdown.value}"
        if dates.replacement is not None and dates.replacement.value:
            had += f"; {site.host} names {dates.replacement.value}"
        return Fail(needed, had, ref(host, dates.shutdown))
    seen = dates.last_seen
    if seen is None or seen.value is None:
        return Unknown(needed, "whether it is still served")
    if (as_of - seen.value).days > GONE_DAYS:
        return Unknown(needed, f"whether it is still served (last seen {seen.value})", ref(host, seen))
    deprecated = dates.deprecated.value if dates.deprecated is not None else None
    return Unknown(needed, f"when it ends (deprecated {deprecated})", ref(host, dates.deprecated))


def hosting(site: Site, situation: Situation) -> Verdict:
    """Where the user lets it run: kinds of deployment, named hosts, offline, weights at hand."""
    needs = situation.needs
    allowed = SELECTABLE if "any" in needs.deployment else needs.deployment
    model = site.model
    if site.deployment not in allowed:
        return Fail(" or ".join(allowed), _access(site), ref(model, model.access))
    if needs.host and site.host not in needs.host:
        return Fail(f"host {' or '.join(needs.host)}", f"host {site.host}")
    if needs.offline and site.deployment != "self-host":
        return Fail("works offline", f"served by {site.host} over the network")
    if needs.open_weights and not model.open_weights:
        return Fail("open weights", "weights are not published", ref(model, model.access))
    return None


_ACCESS = {
    "app": "only in {host}'s app",
    "device": "only on devices, through {host}",
    "none": "no host is known to serve it and its weights are not published",
}


def _access(site: Site) -> str:
    return _ACCESS.get(site.deployment, site.deployment).format(host=site.host)


def license_fits(site: Site, situation: Situation) -> Verdict:
    """The terms of this way of access allow what the user does: weights and API are judged apart."""
    needs = situation.needs
    row = license_of(site, situation)
    if row is None:
        return Unknown(_license_wanted(needs), "its licence")
    licenses = situation.catalog.licenses
    if needs.license == "osi" and row.osi_approved.value is not True:
        if row.osi_approved.value is None:
            return Unknown("an OSI-approved licence", f"whether {row.name} is one", ref(licenses, row.osi_approved))
        return Fail("an OSI-approved licence", row.name, ref(licenses, row.osi_approved))
    if needs.license == "commercial" and row.commercial_use.value is not True:
        if row.commercial_use.value is None:
            return Unknown("commercial use", f"whether {row.name} allows it", ref(licenses, row.commercial_use))
        return Fail("commercial use", f"{row.name} forbids it", ref(licenses, row.commercial_use))
    limit, users = row.monthly_active_users_limit, needs.monthly_active_users
    if users is not None and limit is not None and limit.value is not None and users > limit.value:
        return Fail(f"{users:,} monthly active users", f"{row.name} allows {limit.value:,}", ref(licenses, limit))
    closed = row.excluded_domiciles
    if needs.domicile is not None and closed is not None and needs.domicile.upper() in _members(closed.value or ()):
        return Fail(f"a user in {needs.domicile.upper()}", f"{row.name} grants nothing there", ref(licenses, closed))
    return None


def _members(places: tuple[str, ...]) -> set[str]:
    """Country codes with those of the EU spelled out."""
    return {*places, *(EU_MEMBERS if "EU" in places else ())}


def _license_wanted(needs: Requirements) -> str:
    kind = {"osi": "an OSI-approved licence", "commercial": "a licence for commercial use"}.get(needs.license)
    if kind is None and needs.monthly_active_users is not None:
        return f"a licence for {needs.monthly_active_users:,} monthly active users"
    return kind or f"a licence for users in {needs.domicile}"


def license_of(site: Site, situation: Situation) -> License | None:
    """The licence of the weights when self-hosted, the host's terms otherwise."""
    rows = situation.catalog.licenses.licenses
    if site.deployment == "self-host":
        fact = site.model.license
    elif site.offering is not None:
        fact = site.offering.terms or situation.catalog.hosts[site.host].terms
    else:
        return None
    return rows.get(fact.value) if fact is not None and fact.value is not None else None


_UNTUNED = {"base": "a base model, not tuned to follow instructions", "task": "built for one task of its own"}


def instruct(site: Site, situation: Situation) -> Verdict:
    """Tuned to follow instructions, unless the user means to fine-tune it."""
    tuning = site.model.tuning
    had = _UNTUNED.get(tuning.value or "")
    if had is None or not situation.task.instruct or "fine-tuning" in situation.needs.needs:
        return None
    return Fail("an instruction-tuned model", had, ref(site.model, tuning))


def modality(site: Site, situation: Situation) -> Verdict:
    """Takes and gives what the task and the user ask for."""
    model, offering = site.model, site.offering
    taken, given = offering.modalities_in if offering is not None else None, model.modalities_out
    said_by: Sourced = model
    if taken is None:
        taken = model.modalities_in
    else:
        said_by = situation.catalog.hosts[site.host]
    for one in situation.modalities_in:
        if one not in (taken.value or ()):
            return _lacking(situation.modalities_in, taken, "in", said_by, situation)
    for one in situation.modalities_out:
        if one not in (given.value or ()):
            return _lacking(situation.modalities_out, given, "out", model, situation)
    return None


def _lacking(
    wanted: frozenset[Modality], fact: Fact[tuple[Modality, ...]], way: str, record: Sourced, situation: Situation
) -> Fail:
    key = ("lacking", way, id(fact), id(record))  # a model's at all of its places
    if key not in situation.memo:
        has = fact.value or ()
        missing = " and ".join(sorted(wanted.difference(has)))
        situation.memo[key] = Fail(f"{missing} {way}", f"{', '.join(has)} {way}", ref(record, fact))
    found: Fail = situation.memo[key]
    return found


def capability(site: Site, situation: Situation) -> Verdict:
    """Can do what `--needs` lists; downloadable weights can be fine-tuned where their licence lets one."""
    wanted = set(situation.needs.needs)
    offering, model, terms = site.offering, site.model, license_of(site, situation)
    known = _listed(model.capabilities) | _listed(offering.capabilities if offering else None)
    lacking, origin = model.lacks, ref(model, model.lacks)
    if offering is not None and offering.lacks is not None:
        lacking, origin = offering.lacks, ref(host_of(site, situation), offering.lacks)
    if site.deployment == "self-host":
        if "fine-tuning" in wanted and terms and terms.derivatives and terms.derivatives.value is False:
            source = ref(situation.catalog.licenses, terms.derivatives)
            return Fail("fine-tuning", f"{terms.name} forbids derivatives", source)
        known |= {"fine-tuning"}
    elif offering is not None:
        known -= {"fine-tuning"} - _listed(offering.capabilities)
    missing = ", ".join(sorted(wanted - known))
    if denied := sorted(wanted & _listed(lacking)):
        return Fail(", ".join(sorted(wanted)), f"does not support {', '.join(denied)}", origin)
    return Unknown(missing, f"whether it supports {missing}") if missing else None


def _listed(fact: Fact[tuple[Capability, ...]] | None) -> set[str]:
    return set(fact.value or ()) if fact is not None else set()


def host_of(site: Site, situation: Situation) -> Host | None:
    """A site's host; none for a machine of one's own."""
    return situation.catalog.hosts.get(site.host)
