"""Columns with facts of the catalogue."""

from typing import Any

from pydantic import BaseModel

from llmselect.catalog.lookup import model_status, offering_status, offerings
from llmselect.catalog.schema import Fact, License, Model, Offering
from llmselect.compare.subjects import Subject, labels, labels_by_text, parameters, size_text
from llmselect.compare.view import (
    DOCUMENT_SAYS,
    UNKNOWN,
    Draft,
    SubjectColumn,
    View,
    fact_notes,
    per_model,
    source_notes,
    unique_notes,
    with_document_claims,
)
from llmselect.results.comparison import Note

NOT_DISCLOSED = "not disclosed"


def value_text(value: Any) -> str:
    """A fact's value as text: records as `name value` pairs, lists with commas, counts with separators."""
    if isinstance(value, BaseModel):
        pairs = ((name.replace("_", " "), item) for name, item in value if item not in (None, (), False))
        return ", ".join(f"{name} {value_text(item)}" for name, item in pairs)
    if isinstance(value, tuple):
        return ", ".join(map(value_text, value))
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (int, float)):
        return f"{value:,}" if isinstance(value, int) else f"{value:g}"
    return str(value)


def plain_value(value: Any) -> Any:
    """A fact's value as data."""
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json", exclude_none=True)
    if isinstance(value, tuple):
        return [plain_value(item) for item in value]
    return value if isinstance(value, (bool, int, float, str)) or value is None else str(value)


def fact_cell(model: Model, fact: Fact[Any] | None) -> Draft:
    """A fact as a cell; `?` if it is unknown."""
    if fact is None:
        return UNKNOWN
    text = value_text(fact.value) if fact.disclosed else NOT_DISCLOSED
    return Draft(text, plain_value(fact.value), fact_notes(model, fact))


def fact(column: str, path: str | None = None) -> SubjectColumn:
    """The column of one field, such as `limits.context_tokens`; of the same name unless `path` is given."""
    names = (path or column).split(".")

    def of(model: Model, _: View) -> Draft:
        found: Any = model
        for name in names:
            found = getattr(found, name) if found is not None else None
        return fact_cell(model, found)

    return per_model(column, of)


def _count(column: str, active: bool) -> SubjectColumn:
    def of(model: Model, _: View) -> Draft:
        row = model.parameters
        if row is None or row.value is None:
            return fact_cell(model, row)
        count = row.value.active if active else row.value.total
        return Draft(f"{count / 1e9:.3g}B" if count >= 1e9 else f"{count / 1e6:.3g}M", count, fact_notes(model, row))

    return per_model(column, of)


all_parameters, active_parameters = _count("parameters", active=False), _count("active_parameters", active=True)


def release(subject: Subject, view: View) -> Draft:
    """The release date; the first one of several models."""
    dated = [(model.release_date.value, model) for model in subject.models if model.release_date.value]
    if not dated:
        return UNKNOWN
    first = min(day for day, _ in dated)
    notes = unique_notes(fact_notes(model, model.release_date) for day, model in dated if day == first)
    return with_document_claims("release", subject, view, Draft(str(first), str(first), notes))


def architecture(subject: Subject, view: View) -> Draft:
    """The architecture: first what all models of a subject share, then the differences."""
    names, known = labels(subject), [model for model in subject.models if model.design is not None]
    if not known:
        return with_document_claims("architecture", subject, view, UNKNOWN)
    texts = labels_by_text([(names[model.id], fact_cell(model, model.design).text) for model in known])
    notes = unique_notes(fact_notes(model, model.design) for model in known)
    text = next(iter(texts)) if len(texts) == 1 else _shared_first(texts)
    return with_document_claims("architecture", subject, view, Draft(text, list(texts), notes))


def _shared_first(texts: dict[str, list[str]]) -> str:
    parts = {text: text.split(", ") for text in texts}
    first = next(iter(parts.values()))
    shared = [part for part in first if all(part in found for found in parts.values())]
    own = (
        f"{', '.join(part for part in parts[text] if part not in shared)} ({', '.join(names)})"
        for text, names in texts.items()
    )
    return "; ".join([*([", ".join(shared)] if shared else []), *own])


def variants(subject: Subject, view: View) -> Draft:
    """Sizes with their tunings, or names with context windows if a size is unknown."""
    sized = all(size_text(model) for model in subject.models)
    text = _sizes(subject) if sized else "; ".join(map(_named_variant, subject.models))
    notes = unique_notes(
        (*fact_notes(model, model.parameters), *(() if sized else fact_notes(model, model.limits.context_tokens)))
        for model in subject.models
    )
    sourced = tuple(note for note in notes if note.sources or note.text.startswith(DOCUMENT_SAYS))
    return with_document_claims("variants", subject, view, Draft(text, [model.id for model in subject.models], sourced))


def _sizes(subject: Subject) -> str:
    tunings: dict[str, list[str]] = {}
    for model in sorted(subject.models, key=lambda model: parameters(model) or 0):
        found = tunings.setdefault(size_text(model) or "", [])
        if model.tuning.value and model.tuning.value not in found:
            found.append(model.tuning.value)
    shared = labels_by_text([(size, " and ".join(sorted(words))) for size, words in tunings.items()])
    return "; ".join(
        f"{', '.join(sizes)}{', each' if len(sizes) > 1 else ''} {words}" for words, sizes in shared.items()
    )


def _named_variant(model: Model) -> str:
    window = model.max_context_tokens
    return f"{model.name}: {window:,} tokens" if window else model.name


def license_draft(subject: Subject, view: View) -> Draft:
    """The licence of the weights, else the terms of the models' hosts."""
    if any(model.license is not None for model in subject.models):
        return per_model("license", _license)(subject, view)
    return with_document_claims("license", subject, view, _terms(subject, view))


def _license(model: Model, view: View) -> Draft:
    own = model.license
    row = view.catalog.licenses.licenses.get(own.value or "") if own is not None else None
    if own is None or row is None:
        return fact_cell(model, own)
    return Draft(row.name, own.value, fact_notes(model, own))


def _terms(subject: Subject, view: View) -> Draft:
    rows, terms, notes = view.catalog.licenses.licenses, dict[str, list[str]](), list[Note]()
    for host_id, offering in (found for model in subject.models for found in offerings(view.catalog, model.id)):
        host = view.catalog.hosts[host_id]
        named = offering.terms or host.terms
        if named is None or named.value is None:
            continue
        name = rows[named.value].name if named.value in rows else named.value
        hosts = terms.setdefault(name, [])
        hosts += [host_id] if host_id not in hosts else []
        notes += source_notes(host, named.source)
    text = "; ".join(f"{name}, at {', '.join(hosts)}" for name, hosts in terms.items())
    return Draft(text, terms, unique_notes([notes])) if terms else UNKNOWN


def license_field(column: str, path: str | None = None) -> SubjectColumn:
    """A column for one field of the weights' licence; `-` for models without open weights."""
    name = path or column

    def of(model: Model, view: View) -> Draft:
        row: License | None = view.catalog.licenses.licenses.get(model.license.value or "") if model.license else None
        if row is None:
            return UNKNOWN if model.open_weights else Draft("-")
        found = getattr(row, name)
        if found is None:
            return UNKNOWN
        text = value_text(found.value) if found.disclosed else NOT_DISCLOSED
        return Draft(text, plain_value(found.value), source_notes(view.catalog.licenses, found.source))

    return per_model(column, of)


_WEIGHTS = {
    "open-weights": "weights to download",
    "gated-weights": "weights after accepting the licence",
    "app": "in the maker's app",
    "device": "on devices of its maker",
}


def access(subject: Subject, view: View) -> Draft:
    """Access on the day: weights, hosts that serve the models, hosts that have shut them down."""
    words = dict.fromkeys(_WEIGHTS.get(model.access.value or "", "") for model in subject.models)
    lives, notes = _hosts_by_state(subject, view)
    parts = [word for word in words if word] + [f"{kind}: {', '.join(hosts)}" for kind, hosts in lives.items()]
    facts = unique_notes(fact_notes(model, model.access) for model in subject.models)
    value = {"weights": [model.access.value for model in subject.models], **lives}
    return with_document_claims(
        "access", subject, view, Draft("; ".join(parts) or "no host known", value, unique_notes([facts, notes]))
    )


def _hosts_by_state(subject: Subject, view: View) -> tuple[dict[str, list[str]], list[Note]]:
    """Hosts by state (API, managed, …, ended) for any of the subject's models, and the sources of the ends."""
    rows: dict[str, list[tuple[str, Offering]]] = {}
    for model in subject.models:
        for host, offering in offerings(view.catalog, model.id):
            rows.setdefault(host, []).append((offering_status(offering, view.needs.as_of), offering))
    lives: dict[str, list[str]] = {}
    notes: list[Note] = []
    for host, found in rows.items():
        states = {status for status, _ in found}
        if "active" in states:
            kinds = {offering.deployment for status, offering in found if status == "active"}
            lives.setdefault("API" if "api" in kinds else min(kinds), []).append(host)
        elif "unknown" in states:
            lives.setdefault("not listed lately", []).append(host)
        elif "retired" in states:
            known = (row.lifecycle.shutdown for _, row in found)
            ends = [end for end in known if end is not None and end.value is not None]
            lives.setdefault("ended", []).append(f"{host} ({max(str(end.value) for end in ends)})")
            notes += [note for end in ends for note in source_notes(view.catalog.hosts[host], end.source)]
    order = ("API", "managed", "app", "device", "not listed lately", "ended")
    return {kind: lives[kind] for kind in order if kind in lives}, notes


def status(model: Model, view: View) -> Draft:
    """Active, announced, legacy, retired or unknown on the day."""
    found = model_status(view.catalog, model, view.needs.as_of)
    return Draft(found, found)


def ends(model: Model, view: View) -> Draft:
    """Announced shutdown dates by host, earliest first; `-` if there are none."""
    found = []
    for host_id, row in offerings(view.catalog, model.id):
        end = row.lifecycle.shutdown
        if end is not None and end.value is not None and end.value > view.needs.as_of:
            found.append((str(end.value), host_id, source_notes(view.catalog.hosts[host_id], end.source)))
    found.sort(key=lambda row: row[:2])
    if not found:
        return Draft("-")
    text = ", ".join(dict.fromkeys(f"{day} ({host})" for day, host, _ in found))
    return Draft(text, {host: day for day, host, _ in reversed(found)}, unique_notes(notes for _, _, notes in found))


def hosts(model: Model, view: View) -> Draft:
    """The hosts that serve the model on the day."""
    rows = offerings(view.catalog, model.id)
    found = dict.fromkeys(host for host, row in rows if offering_status(row, view.needs.as_of) == "active")
    return Draft(", ".join(found) or "-", list(found))
