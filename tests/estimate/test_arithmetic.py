"""Rates derived from units and clocks, beside those that vendors state, and what no machine gets through."""

from statistics import median

import numpy as np
import pytest

from llmselect.catalog.load import load
from llmselect.engine.figures import make_figures
from llmselect.engine.machine.own import own_table
from llmselect.engine.named import request_of
from llmselect.engine.options import make_table
from llmselect.estimate.arithmetic import FMA_PER_CLOCK, matrix_tflops
from llmselect.requirements import parse
from tests.cases.sheet import real_facts

DEVICES = load().hardware.devices
STATED = {id: rate for id, row in DEVICES.items() if (rate := row.bf16_tflops or row.fp16_tflops)}
MONTH_S = 730 * 3600
MOST_SHARE = 0.85  # of a peak: no runtime comes nearer to it


@pytest.mark.parametrize(
    ("architecture", "units", "clock_mhz", "tflops"),
    [("ampere-ga100", 432, 1410, 312), ("ada-geforce", 512, 2520, 165.2), ("cdna3", 304, 2100, 1307.4)],
)
def test_rates_of_the_data_sheets(architecture: str, units: int, clock_mhz: float, tflops: float) -> None:
    """A100, RTX 4090, MI300X."""
    assert matrix_tflops(architecture, units, clock_mhz) == pytest.approx(tflops, rel=0.001)


def test_derived_rates_are_those_that_vendors_state() -> None:
    pairs = [(row.units.tflops, STATED[id]) for id, row in DEVICES.items() if row.units and id in STATED]
    errors = [abs(derived / stated - 1) for derived, stated in pairs]
    assert len(pairs) >= 30
    assert median(errors) <= 0.10


def test_every_device_but_processors_has_a_rate() -> None:
    assert [id for id, row in DEVICES.items() if row.kind != "cpu" and not row.units and id not in STATED] == []
    assert {row.units.architecture for row in DEVICES.values() if row.units} <= {None, *FMA_PER_CLOCK}


@pytest.mark.parametrize("device", sorted(STATED))
def test_no_machine_computes_more_than_its_peak(device: str) -> None:
    """Whatever model answers, the prompts of a month take no more arithmetic than a share of what there is."""
    facts = real_facts()
    needs = parse({"task": "classification", "gpu": device, "deployment": "self-host", "quantization": "none"})
    request = request_of(needs, facts, None)
    own = own_table(facts.on_machines, facts.models.model, request)
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        table = make_table(request, facts, own)
        full = make_figures(table).throughput.full[1]
    work, at = own.speed_inputs.work, table.options.own_no
    flops = (request.workload.prompt_tokens * (work.dense_flops + work.expert_flops))[at[at >= 0]]
    used = full[at >= 0] * flops / 1e12 / MONTH_S
    rate = max(STATED[device], DEVICES[device].fp8_tflops or 0.0)
    assert np.nanmax(used) <= MOST_SHARE * rate
