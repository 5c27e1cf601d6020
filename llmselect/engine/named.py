"""Requirements whose names are ids of a catalogue's records."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmselect.catalog.names.models import find_model
from llmselect.named import Known
from llmselect.named import named as named_by
from llmselect.requirements import Requirements

if TYPE_CHECKING:
    from llmselect.catalog.schema import Catalog


def named(needs: Requirements, catalog: Catalog) -> Requirements:
    """The same with ids for names; raises LlmselectError for names that the catalogue does not know."""
    tests = catalog.benchmarks.benchmarks
    known = Known(
        devices=catalog.hardware.devices,
        hosts=catalog.hosts,
        benchmarks={spelling: key for key, row in tests.items() for spelling in (key, row.name)},
        model=lambda name, day: name if name in catalog.models else find_model(catalog, name, day).id,
    )
    return named_by(needs, known)
