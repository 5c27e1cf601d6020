"""Names that a host gives and moves: ids that change their model, and tags of Ollama's library."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from datetime import date
from typing import TYPE_CHECKING

from llmselect.catalog.names.understood import Understood

if TYPE_CHECKING:
    from llmselect.catalog.schema import Host

_TYPE_OF_TAG = re.compile(r"-(?:i?q\d(?:_[a-z0-9]+)*|fp?16|fp?32|bf16|fp8|mxfp[48]|nvfp4|int[48]|mlx)$", re.IGNORECASE)


def moving_model(hosts: Mapping[str, Host], name: str, among: Collection[str], on: date) -> Understood | None:
    """What a host serves under an id that it moves from model to model, on a day; after its end, what it last meant.

    `among` are the hosts that the name speaks of; all where it speaks of none. None for an id that does not move, or
    before it was there.
    """
    key = name.lower()
    for host in hosts.values():
        rows = host.moving_ids.get(key, ())
        begun = [row for row in rows if row.from_ <= on]
        if not begun or (among and host.id not in among):
            continue
        last = begun[-1]
        if last.to is not None and last.to < on:
            return Understood(last.model, f"what {host.name} last served under that id, until {last.to}")
        return Understood(last.model, f"what {host.name} serves under that id since {last.from_}")
    return None


def tagged_repository(tags: Mapping[str, Mapping[str, str]], name: str) -> str | None:
    """The repository of a tag of Ollama's library such as `qwen3:8b-q4_K_M`, of a name alone the default one's.

    None for a tag that the library did not have.
    """
    family, _, tag = name.lower().rpartition("/")[2].partition(":")
    known = tags.get(family, {})
    tag = tag or "latest"
    return known.get(tag) or known.get(without_type(tag))


def without_type(tag: str) -> str:
    """A tag without an ending that only names the type of its file."""
    return _TYPE_OF_TAG.sub("", tag)
