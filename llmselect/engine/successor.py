"""Which model of the catalogue a host's word for a successor leads to."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from llmselect.catalog.lookup import offerings
from llmselect.catalog.names.ended import EndedIdError
from llmselect.catalog.names.models import ModelNames
from llmselect.errors import LlmselectError

if TYPE_CHECKING:
    from llmselect.catalog.schema import Catalog, Model

_BETWEEN = re.compile(r", (?:or |and )?| or | and ")
_REMARK = re.compile(r"\s*\([^()]*\)$")  # how to call it, as in "gpt-5.6-sol (reasoning.mode: pro)"


class Successors:
    """The successors that hosts name, on a day; `through_ended` follows those that have ended to what came next."""

    def __init__(self, catalog: Catalog, as_of: date, *, through_ended: bool = True) -> None:
        self._catalog, self._as_of, self._through_ended = catalog, as_of, through_ended
        self._names = ModelNames(catalog)

    def of(self, named: Sequence[tuple[str, str | None]]) -> Model | None:
        """The model to which hosts' words for a successor lead, each a host and what it names; None for none known."""
        return self._first([(host, words) for host, words in named if words], set())

    def _first(self, named: Sequence[tuple[str, str]], seen: set[str]) -> Model | None:
        """The first model that hosts' words lead to; `seen` are words that were followed already."""
        for host, words in named:
            for word in _alternatives(words):
                if word and word not in seen:
                    seen.add(word)
                    found = self._led_to(host, word, seen)
                    if found is not None:
                        return found
        return None

    def _led_to(self, host: str, word: str, seen: set[str]) -> Model | None:
        try:
            model = self._catalog.models[self._names.find(word, self._as_of).id]
        except EndedIdError as error:
            return self._first([(one.host, one.replacement or "") for one in error.ended], seen)
        except LlmselectError:  # a family, or a word that names nothing
            return None
        return (self._first(self._over(host, model), seen) if self._through_ended else None) or model

    def _over(self, host: str, model: Model) -> list[tuple[str, str]]:
        """What a host names in place of a model that it has ended under all its ids; nothing while it serves it."""
        lives = [row.lifecycle for one, row in offerings(self._catalog, model.id) if one == host]
        ends = [life.shutdown.value if life.shutdown else None for life in lives]
        if not all(end is not None and end <= self._as_of for end in ends):
            return []
        return [(host, life.replacement.value or "") for life in lives if life.replacement]


def _alternatives(words: str) -> list[str]:
    """What a host names, each as it says and without a remark behind it."""
    found = [one for said in _BETWEEN.split(words) for one in (said, _REMARK.sub("", said))]
    return list(dict.fromkeys(found))
