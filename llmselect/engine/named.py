"""Requirements whose names are ids of the catalogue's rows, and the request that they make."""

from __future__ import annotations

from datetime import date

from llmselect.engine.facts import Facts
from llmselect.engine.machine.machines import Detected, machine_of
from llmselect.engine.request import Request, make_request
from llmselect.named import Known
from llmselect.named import named as named_by
from llmselect.requirements import Requirements


def named(needs: Requirements, facts: Facts) -> Requirements:
    """The same with ids for names; raises LlmselectError for names that the catalogue does not know."""

    def model(name: str, day: date) -> str:
        return name if name in facts.model_no else facts.model_names.find(name, day).id

    tests = facts.query("SELECT spelling, id FROM names WHERE kind = 'benchmark' ORDER BY rowid")
    return named_by(needs, Known(facts.hardware.devices, facts.ids("host"), dict(tests), model))


def request_of(needs: Requirements, facts: Facts, detected: Detected | None = None) -> Request:
    """The request of requirements as they were written; raises LlmselectError for unknown names."""
    needs = named(needs, facts)
    return make_request(needs, facts.records_of(needs.task), machine_of(needs, facts.hardware, detected))
