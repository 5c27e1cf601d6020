"""Constraints on where requests go, what becomes of them, and what a model can do."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from llmselect.catalog.sql.read import Flags, Numbers
from llmselect.catalog.words import language_skill
from llmselect.engine.columns import SELF_HOST, Verdicts
from llmselect.engine.constraints.kinds import FAIL, PASS, UNDECIDED, Judged, Words, verdicts
from llmselect.engine.constraints.places import lies_in
from llmselect.engine.constraints.terms import host_of, model_fact, offering_fact
from llmselect.engine.options import Table
from llmselect.engine.quality import best_quality
from llmselect.engine.sources import Origin
from llmselect.estimate.intervals import lower_quartile

OF_SOME = "host, of some"  # in the columns `*_said_by`

# What each level of privacy asks of a host: the column, the value it must have, and how that reads.
_HANDLING = {
    "no-training": ("trains_on_requests", 0.0, "no training on requests", "trains on requests"),
    "zero-retention": ("zero_retention", 1.0, "zero retention", "keeps requests"),
    "vpc": ("private_network", 1.0, "a private network", "public endpoints only"),
}


def privacy(judged: Judged) -> Verdicts:
    """What becomes of requests: nothing leaves a machine of one's own; a host must say what it does."""
    table, level = judged.table, judged.table.request.needs.privacy
    elsewhere = (table.options.deployment != SELF_HOST) & (table.options.offering_no < 0)
    if level == "on-prem":
        return verdicts(table.options.deployment != SELF_HOST)
    name, wanted, _, _ = _HANDLING[level]
    stated = table.of_offerings(getattr(table.facts.offerings, name), wanted)
    return verdicts(elsewhere | (stated == 1 - wanted), np.isnan(stated) | _of_some(table, name))


def _of_some(table: Table, fact: str) -> Flags:
    """Whether a fact of an option's offering is only what its host grants for some of what it serves, (n,)."""
    general = [word == OF_SOME for word in getattr(table.facts.offerings, f"{fact}_said_by")]
    return table.of_offerings(np.array(general, dtype=bool), False).astype(bool)


def privacy_words(judged: Judged, row: int) -> Words:
    """What the host does with requests."""
    table, host = judged.table, host_of(judged.table, row)
    level, offering = table.request.needs.privacy, int(table.options.offering_no[row])
    if level == "on-prem" or offering < 0:
        return Words("on premises", f"served by {host}")
    name, _, needed, had = _HANDLING[level]
    if _of_some(table, name)[row]:
        return Words(needed, f"whether {host} grants it for this model", offering_fact(table, row, "data", name))
    if np.isnan(getattr(table.facts.offerings, name)[offering]):
        return Words(needed, f"how {host} handles requests")
    return Words(needed, had, offering_fact(table, row, "data", name))


def region(judged: Judged) -> Verdicts:
    """Kept in the region asked for; a machine of one's own stands where one puts it.

    Of a host that serves from several places, or promises a region for some models alone, nothing sure is known.
    """
    table, wanted = judged.table, judged.table.request.needs.region or ""
    offered = table.facts.offerings
    pairs = list(zip(offered.regions, offered.regions_said_by, strict=True))
    each = {pair: _region_verdict(*pair, wanted) for pair in set(pairs)}
    elsewhere = np.where(table.options.deployment == SELF_HOST, PASS, UNDECIDED)
    return table.of_offerings(np.array([each[pair] for pair in pairs], dtype=np.float64), elsewhere).astype(np.int8)


def _region_verdict(regions: str, said_by: str, wanted: str) -> int:
    """Whether what stays in these places stays in the wanted one; a list is where it may be, not where it is kept."""
    if not regions:
        return UNDECIDED
    places = regions.split(", ")
    inside = [lies_in(place, wanted) for place in places]
    if all(inside) and said_by != OF_SOME:
        return PASS
    return UNDECIDED if any(inside) or any(lies_in(wanted, place) for place in places) else FAIL


def region_words(judged: Judged, row: int) -> Words:
    """From where it is served."""
    table, needed = judged.table, f"kept in {(judged.table.request.needs.region or '').upper()}"
    offering, host = int(table.options.offering_no[row]), host_of(judged.table, row)
    regions = table.facts.offerings.regions[offering] if offering >= 0 else ""
    if not regions:
        return Words(needed, f"from which regions {host} serves it")
    origin = offering_fact(table, row, "regions")
    wanted, said_by = table.request.needs.region or "", table.facts.offerings.regions_said_by[offering]
    if _region_verdict(regions, said_by, wanted) == UNDECIDED:
        return Words(needed, f"whether {host} keeps this model there (it serves from {regions})", origin)
    return Words(needed, regions, origin)


def language(judged: Judged) -> Verdicts:
    """Made for the natural languages asked for, by its developer's word, or tested in them where that says nothing."""
    wanted, spoken = set(judged.table.request.needs.language), judged.table.facts.models.languages
    fails = np.array([not wanted <= set(languages.split(", ")) for languages in spoken], dtype=bool)
    tested = set.intersection(*(judged.table.facts.tested_models(language_skill(code)) for code in wanted))
    unknown = np.array([not languages for languages in spoken], dtype=bool)
    return verdicts(fails & ~unknown, unknown & ~np.isin(np.arange(len(spoken)), list(tested)))


def language_words(judged: Judged, row: int) -> Words:
    """The languages that it is made for."""
    table, wanted = judged.table, set(judged.table.request.needs.language)
    spoken = table.facts.models.languages[table.options.model_no[row]]
    if not spoken:
        return Words(", ".join(sorted(wanted)), "its languages")
    missing = ", ".join(sorted(wanted - set(spoken.split(", "))))
    return Words(missing, f"made for {spoken}", model_fact(table, row, "languages"))


def modality(judged: Judged) -> Verdicts:
    """Takes and gives what the task and the user ask for; what takes nothing is what nobody states."""
    table, request = judged.table, judged.table.request
    fails, unknown = [], []
    for wanted, has in (
        (request.modalities_in, table.options.modalities_in_bits),
        (request.modalities_out, table.options.modalities_out_bits),
    ):
        fails.append((has != 0) & (table.facts.bits_of(wanted) & ~has != 0))
        unknown.append(has == 0)
    return verdicts(np.any(fails, axis=0), np.any(unknown, axis=0))


def modality_words(judged: Judged, row: int) -> Words:
    """What it takes, or what it gives."""
    table, request = judged.table, judged.table.request
    bits, given = int(table.options.modalities_in_bits[row]), int(table.options.modalities_out_bits[row])
    missing_in = table.facts.bits_of(request.modalities_in) & ~bits
    missing_out = table.facts.bits_of(request.modalities_out) & ~given
    if not bits and not (given and missing_out):
        return Words(f"{' and '.join(sorted(request.modalities_in))} in", "what it takes")
    if bits and missing_in:
        origin = _fact_of_host_or_model(table, row, "modalities_in", table.facts.offerings.modalities_in_bits)
        return _lacks_modality(table, missing_in, bits, "in", origin)
    if not given:
        return Words(f"{' and '.join(sorted(request.modalities_out))} out", "what it gives")
    return _lacks_modality(table, missing_out, given, "out", model_fact(table, row, "modalities_out"))


def _lacks_modality(table: Table, missing: int, has: int, direction: str, origin: Origin) -> Words:
    lacking, had = (table.facts.words_of(bits, "modalities") for bits in (missing, has))
    return Words(f"{' and '.join(sorted(lacking))} {direction}", f"{', '.join(had)} {direction}", origin)


def _fact_of_host_or_model(table: Table, row: int, fact: str, at_host: Numbers) -> Origin:
    """The host's fact where it states one, else the model's."""
    offering = int(table.options.offering_no[row])
    stated = offering >= 0 and not np.isnan(at_host[offering])
    return (offering_fact if stated else model_fact)(table, row, fact)


def capability(judged: Judged) -> Verdicts:
    """Can do what `--needs` lists; downloadable weights can be fine-tuned where their licence lets one."""
    table = judged.table
    wanted = table.facts.bits_of(table.request.needs.needs)
    known, lacking = table.options.capability_bits, table.options.lacks_bits
    return verdicts((wanted & lacking != 0) | _no_derivatives(table), wanted & ~known != 0)


def _no_derivatives(table: Table) -> Flags:
    """Whether a licence of weights forbids the fine-tuning that is asked for, (n,)."""
    if "fine-tuning" not in table.request.needs.needs:
        return np.zeros(len(table.options), dtype=bool)
    found: Flags = np.append(table.facts.licenses.derivatives == 0, False)[table.options.license_no]
    found &= table.options.deployment == SELF_HOST
    return found


def capability_words(judged: Judged, row: int) -> Words:
    """What it lacks, or what no source states."""
    table = judged.table
    wanted = table.facts.bits_of(table.request.needs.needs)
    terms, at = table.facts.licenses, int(table.options.license_no[row])
    own = table.options.deployment[row] == SELF_HOST and at >= 0
    if own and terms.derivatives[at] == 0 and "fine-tuning" in table.request.needs.needs:
        origin = Origin("license", terms.license[at], ("derivatives",))
        return Words("fine-tuning", f"{terms.name[at]} forbids derivatives", origin)
    missing = _capabilities(table, wanted & ~int(table.options.capability_bits[row]))
    if denied := wanted & int(table.options.lacks_bits[row]):
        origin = _fact_of_host_or_model(table, row, "lacks", table.facts.offerings.lacks_bits)
        return Words(_capabilities(table, wanted), f"does not support {_capabilities(table, denied)}", origin)
    return Words(missing, f"whether it supports {missing}")


def _capabilities(table: Table, bits: int) -> str:
    return ", ".join(sorted(table.facts.words_of(bits, "capabilities")))


def quality_floor(judged: Judged) -> Verdicts:
    """Reaches the scores that `--min-score` asks for, and is expected to do the task as well as `--at-least`."""
    table, needs = judged.table, judged.table.request.needs
    fails, unknown = np.zeros(len(table.options), dtype=bool), np.zeros(len(table.options), dtype=bool)
    for benchmark, floor in needs.min_score.items():
        newest = table.facts.newest_scores(benchmark)
        score = np.array([newest[model][0] if model in newest else np.nan for model in table.facts.models.model])
        fails |= (score < floor)[table.options.model_no]
        unknown |= np.isnan(score)[table.options.model_no]
    if needs.at_least is not None:
        floor = floor_percent(table)
        own = released_quality(table)
        worst, best = _quartiles(table)
        fails |= best < floor
        unknown |= np.isnan(own) | np.isnan(floor) | (worst < floor)
    return verdicts(fails, unknown)


def released_quality(table: Table) -> Numbers:
    """The expected score in percent of each option's weights as released."""
    return table.at_task.quality_percent[table.options.at_task_no]


def _quartiles(table: Table) -> tuple[Numbers, Numbers]:
    """The unfavourable and the favourable quartile of what nobody has scored; of all else the quality itself, twice."""
    rows, at = table.at_task, table.options.at_task_no
    ends = np.stack([rows.quality_low_percent, rows.quality_percent, rows.quality_high_percent])[:, at]
    return (
        np.where(table.expected, lower_quartile(ends), ends[1]),
        np.where(table.expected, -lower_quartile(-ends[::-1]), ends[1]),
    )


def _released_quality(table: Table, row: int) -> float:
    return float(table.at_task.quality_percent[table.options.at_task_no[row]])


def floor_percent(table: Table) -> float:
    """The quality of the model of `--at-least`: at the effort asked for, or where it is best; NaN without any."""
    needs = table.request.needs
    found = best_quality(table.efforts, table.facts.model_no[needs.at_least or ""], needs.effort)
    return np.nan if found is None else found.score.value


def quality_words(judged: Judged, row: int) -> Words:
    """The first score that is too low; where none is, the first that is missing."""
    found = list(_floors(judged.table, row))
    return next((words for words, unknown in found if not unknown), found[0][0])


def _floors(table: Table, row: int) -> Iterator[tuple[Words, bool]]:
    """The floors that an option does not reach, and whether that is because something is unknown."""
    needs, model = table.request.needs, table.facts.models.model[table.options.model_no[row]]
    for benchmark, floor in needs.min_score.items():
        needed, newest = f"{benchmark} of at least {floor:g}", table.facts.newest_scores(benchmark)
        if model not in newest:
            yield Words(needed, f"its {benchmark} score"), True
        elif newest[model][0] < floor:
            score, harness, number = newest[model]
            yield Words(needed, f"{score:g} ({harness})", Origin("scores", str(number))), False
    if needs.at_least is None:
        return
    name = table.facts.models.name[table.facts.model_no[needs.at_least]]
    needed, least, own = f"no weaker than {name}", floor_percent(table), _released_quality(table, row)
    if np.isnan(least):
        yield Words(needed, f"the ability of {name}: no test has scored it"), True
    elif np.isnan(own) or (own >= least and table.expected[row]):
        yield Words(needed, "its ability: no test has scored it"), True
    elif own < least:
        effort = table.at_task.effort[table.options.at_task_no[row]]
        origin = Origin("scores of a model", model, (effort,))
        yield Words(f"{needed} ({least:.1f} %)", f"{own:.1f} %", origin), False


def effort(judged: Judged) -> Verdicts:
    """At the effort asked for; a model that was scored at `default` alone has no levels to choose from.

    `none` is what does not think, whatever its effort is called.
    """
    table, wanted = judged.table, judged.table.request.needs.effort
    named = np.array([name == wanted for name in table.at_task.effort], dtype=bool)
    plain = np.array([name == "default" for name in table.at_task.effort], dtype=bool)
    rows, models = table.options.at_task_no, table.options.model_no
    if wanted == "none":
        thinks = ~(table.at_task.thinking_high_tokens[rows] == 0)
        return verdicts(~named[rows] & (~plain[rows] | thinks))
    only_default = plain[rows] & (table.efforts.count[models] == 1)
    return verdicts(~named[rows] & ~only_default)


def effort_words(judged: Judged, row: int) -> Words:
    """The option's own effort."""
    table = judged.table
    own = table.at_task.effort[table.options.at_task_no[row]]
    return Words(f"effort {table.request.needs.effort}", f"effort {own}")
