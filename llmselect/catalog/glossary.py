"""The glossary's records: what a term means, how it changes a choice, and which models have it."""

from typing import Literal

from pydantic import Field

from llmselect.catalog.facts import Source, SourceKeys, Strict
from llmselect.catalog.words import Access, Capability, Tuning

ArchitectureKind = Literal[
    "experts", "dense", "multi-head", "grouped-query", "sliding-window", "latent-attention",
]  # fmt: skip


class Bilingual(Strict):
    """A text in English and in Traditional Chinese."""

    en: str = Field(min_length=2)
    zh_tw: str = Field(alias="zh-TW", min_length=2)


class Selector(Strict):
    """Which models have what a term names, by their facts; all that is given must hold."""

    architecture: ArchitectureKind | None = None
    alignment: str | None = None
    tuning: Tuning | None = None
    access: Access | None = None
    capability: Capability | None = None
    family: str | None = None
    released_bits_below: float | None = Field(default=None, gt=0)


class Term(Strict):
    """One term. `see` are commands in which one can see it at work, `related` the ids of other terms."""

    name: Bilingual
    aliases: tuple[str, ...] = ()
    what: Bilingual
    matters: Bilingual
    models: Selector | None = None
    see: tuple[str, ...] = ()
    related: tuple[str, ...] = ()
    source: SourceKeys


class GlossaryFile(Strict):
    """glossary.yaml"""

    sources: dict[str, Source] = Field(default_factory=dict)
    terms: dict[str, Term] = Field(default_factory=dict)
