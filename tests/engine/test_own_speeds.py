"""This machine's own probes and measurements go before the catalogue's constants."""

from typing import Any, NamedTuple

import pytest

from llmselect.engine.columns import MEASURED
from llmselect.engine.facts import Facts
from llmselect.engine.figures import OptionSpeeds, make_figures
from llmselect.engine.machine.machines import Detected, machine_of
from llmselect.engine.machine.own import Own, own_table
from llmselect.engine.options import make_table
from llmselect.engine.request import Request, make_request
from llmselect.estimate.own_speeds import DeviceRates, Measurement, OwnSpeeds, ProbedRates
from llmselect.estimate.rows import take
from llmselect.requirements import parse
from tests import factories

PROBED = DeviceRates(0.001, 0.0001, 10, 8, 0, 0.1, 0.1, 1.1, 1.2, "measured")
PROBE = ProbedRates("cpu", "llama.cpp", "b9999", "q4", PROBED, "2024-05-01")
TIMED = Measurement(
    "acme/open",
    "self",
    "llama.cpp",
    "q4",
    500,
    600,
    1,
    (4.0, 5.0, 6.0),
    None,
    (800.0, 900.0, 1000.0),
    "2024-05-01",
    "x",
)


def of(own: OwnSpeeds, **asked: Any) -> tuple[Facts, Request]:
    """The request on a machine of which these speeds are known."""
    facts = factories.facts_of(factories.catalog([factories.weights("open"), factories.model("closed")], [_host()]))
    fields = {"hardware": "auto", "prompt_tokens": 500, "output_tokens": 200, "as_of": factories.TODAY, **asked}
    needs = parse(fields)
    return facts, make_request(
        needs, facts.records_of(needs.task), machine_of(needs, facts.hardware, Detected(32.0, "Some CPU", (), own))
    )


def table(own: OwnSpeeds) -> Own:
    facts, request = of(own)
    return own_table(facts.on_machines, facts.models.model, request)


class Found(NamedTuple):
    """The speed of one row of weights, in seconds as intervals, and what it reads a step."""

    step_s: Any
    tpot_s: Any
    ttft_s: Any
    measured: bool
    active_bytes: float


def speed(own: OwnSpeeds, level: str = "q4") -> Found:
    found = table(own)
    row = found.level.index(level)
    speeds = take(found.speeds, row)
    return Found(speeds.step_s, speeds.tpot_s, speeds.ttft_s, bool(speeds.measured), float(found.active_bytes[row]))


def at_hosts(own: OwnSpeeds, **asked: Any) -> OptionSpeeds:
    """The speeds of all options, those at hosts first."""
    facts, request = of(own, **asked)
    own_rows = own_table(facts.on_machines, facts.models.model, request)
    return make_figures(make_table(request, facts, own_rows)).speeds


def _host() -> factories.Record:
    return factories.host("cloud", factories.offering("closed", factories.price()))


def test_a_probe_of_this_machine_replaces_the_constants() -> None:
    """Of an unnamed CPU no bandwidth is known; without a probe it is what is usual."""
    found, depth_bytes = speed(OwnSpeeds((PROBE,))), 512 * 1024 * 600
    step = 0.001 + 32 * 0.0001 + (found.active_bytes + depth_bytes) / 10e9
    assert found.step_s[1] == pytest.approx(step)
    assert found.step_s[2] / found.step_s[1] == pytest.approx(1.1)
    assert not found.measured


def test_a_probe_speaks_for_its_precision_and_runtime_alone() -> None:
    own = OwnSpeeds((PROBE, PROBE._replace(runtime="transformers", precision="bf16")))
    assert speed(own, "q8").step_s.tolist() == speed(OwnSpeeds(), "q8").step_s.tolist()
    assert speed(own).step_s.tolist() != speed(OwnSpeeds()).step_s.tolist()


def test_the_newest_probe_counts() -> None:
    newer = PROBE._replace(rates=PROBED._replace(read_gb_s=20), measured_on="2024-05-02")
    assert speed(OwnSpeeds((PROBE, newer))).step_s[1] < speed(OwnSpeeds((PROBE,))).step_s[1]


def test_a_measurement_of_the_option_goes_before_the_probe() -> None:
    found = speed(OwnSpeeds((PROBE,), (TIMED,)))
    assert found.measured
    assert list(found.tpot_s) == pytest.approx([1 / 6, 1 / 5, 1 / 4])
    assert list(found.ttft_s) == pytest.approx([0.8, 0.9, 1.0])


@pytest.mark.parametrize(
    "changes",
    [
        {"model": "acme/other"},
        {"quantization": "q8"},
        {"runtime": "vllm"},
        {"host": "cloud"},
        {"concurrency": 4},
        {"depth_tokens": 20_000, "prompt_tokens": 20_000},
    ],
)
def test_a_measurement_of_something_else_does_not(changes: dict[str, Any]) -> None:
    found = speed(OwnSpeeds((PROBE,), (TIMED._replace(**changes),)))
    assert not found.measured
    assert found.tpot_s[1] == speed(OwnSpeeds((PROBE,))).tpot_s[1]


def test_a_measured_first_token_stands_beside_an_estimated_pace() -> None:
    found, probed = speed(OwnSpeeds((PROBE,), (TIMED._replace(decode_tok_s=None),))), speed(OwnSpeeds((PROBE,)))
    assert not found.measured
    assert list(found.ttft_s) == pytest.approx([0.8, 0.9, 1.0])
    assert list(found.tpot_s) == list(probed.tpot_s)


def test_a_measured_host_has_a_speed_whatever_the_machine() -> None:
    timed = TIMED._replace(model="acme/closed", host="cloud", runtime=None, quantization=None)
    own = OwnSpeeds((PROBE,), (timed, TIMED))
    found = at_hosts(own, hardware="Home 24GB")
    assert found.evidence[0] == MEASURED
    assert list(found.tpot_s[:, 0]) == pytest.approx([1 / 6, 1 / 5, 1 / 4])
    assert of(own, hardware="Home 24GB")[1].machine.own_speeds == OwnSpeeds((), (timed,))
