"""Ids that hosts have ended and that no offering of the catalogue has: what they were, and what came after them."""

from datetime import date
from typing import Literal

from pydantic import Field

from llmselect.catalog.facts import Source, SourceKeys, Strict

EndedKind = Literal[
    "chat", "completion", "embedding", "rerank", "moderation", "ocr", "image", "speech", "video"
]  # fmt: skip


class EndedIds(Strict):
    """Ids that a host's API took until one day, `ended`; what is still to end on it may stand here too.

    `announced` is the day on which the host made that known, `replacement` what it names in their place.
    """

    ids: tuple[str, ...] = Field(min_length=1)
    kind: EndedKind
    announced: date | None = None
    ended: date
    replacement: str | None = None
    source: SourceKeys


class EndedFile(Strict):
    """ended.yaml: by host. `hosts` has the names of those that serve nothing else in the catalogue."""

    sources: dict[str, Source] = Field(default_factory=dict)
    hosts: dict[str, str] = Field(default_factory=dict)
    ended: dict[str, tuple[EndedIds, ...]] = Field(default_factory=dict)
