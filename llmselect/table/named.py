"""Requirements whose names are ids of the catalogue's rows."""

from __future__ import annotations

from datetime import date

from llmselect.catalog.names.models import find_model
from llmselect.named import Known
from llmselect.named import named as named_by
from llmselect.requirements import Requirements
from llmselect.table.facts import Facts


def named(needs: Requirements, facts: Facts) -> Requirements:
    """The same with ids for names; raises LlmselectError for names that the catalogue does not know."""

    def model(name: str, day: date) -> str:
        return name if name in facts.model_no else find_model(facts.catalog, name, day).id

    tests = facts.query("SELECT spelling, id FROM names WHERE kind = 'benchmark' ORDER BY rowid")
    return named_by(needs, Known(facts.hardware.devices, facts.ids("host"), dict(tests), model))
