"""This machine's own probes and measurements go before the catalogue's constants."""

from typing import Any

import pytest

from llmselect.engine.machine import Detected
from llmselect.engine.options import Option
from llmselect.engine.places import expand
from llmselect.engine.situation import Situation, situate
from llmselect.engine.speeds import speed_at, speed_of
from llmselect.estimate.own_speeds import DeviceRates, Measurement, OwnSpeeds, ProbedRates
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


def situation(own: OwnSpeeds, **asked: Any) -> Situation:
    world = factories.catalog([factories.weights("open"), factories.model("closed")], [_host()])
    needs = {"hardware": "auto", "prompt_tokens": 500, "output_tokens": 200, "as_of": factories.TODAY, **asked}
    return situate(parse(needs), world, Detected(32.0, "Some CPU", (), own))


def _host() -> factories.Record:
    return factories.host("cloud", factories.offering("closed", factories.price()))


def option(of: Situation, level: str = "q4") -> Option:
    return next(row for row in expand(of.catalog.models["acme/open"], of) if row.quantization == level)


def test_a_probe_of_this_machine_replaces_the_constants() -> None:
    """Of an unnamed CPU no bandwidth is known, so that without a probe there is no speed."""
    assert speed_of(option(situation(OwnSpeeds())), situation(OwnSpeeds())) is None
    of = situation(OwnSpeeds((PROBE,)))
    found, local = speed_of(option(of), of), option(of)
    assert found is not None
    assert local.weights is not None
    depth_bytes = 512 * 1024 * 600
    step = 0.001 + 32 * 0.0001 + (local.weights.active + depth_bytes) / 10e9
    assert found.step_s.value == pytest.approx(step)
    assert found.step_s.high / found.step_s.value == pytest.approx(1.1)
    assert found.evidence == "estimated"


def test_a_probe_speaks_for_its_precision_and_runtime_alone() -> None:
    of = situation(OwnSpeeds((PROBE, PROBE._replace(runtime="transformers", precision="bf16"))))
    assert speed_of(option(of, "q8"), of) is None


def test_the_newest_probe_counts() -> None:
    newer = PROBE._replace(rates=PROBED._replace(read_gb_s=20), measured_on="2024-05-02")
    older, both = situation(OwnSpeeds((PROBE,))), situation(OwnSpeeds((PROBE, newer)))
    slow, fast = speed_of(option(older), older), speed_of(option(both), both)
    assert slow is not None
    assert fast is not None
    assert fast.step_s.value < slow.step_s.value


def test_a_measurement_of_the_option_goes_before_the_probe() -> None:
    of = situation(OwnSpeeds((PROBE,), (TIMED,)))
    found = speed_of(option(of), of)
    assert found is not None
    assert found.evidence == "measured"
    assert found.tpot_s == pytest.approx((1 / 6, 1 / 5, 1 / 4))
    assert found.ttft_s == pytest.approx((0.8, 0.9, 1.0))


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
    of = situation(OwnSpeeds((PROBE,), (TIMED._replace(**changes),)))
    found = speed_of(option(of), of)
    assert found is not None
    assert found.evidence == "estimated"


def test_a_measured_host_has_a_speed_whatever_the_machine() -> None:
    timed = TIMED._replace(model="acme/closed", host="cloud", runtime=None, quantization=None)
    of = situation(OwnSpeeds((PROBE,), (timed, TIMED)), hardware="Home 24GB")
    api = next(expand(of.catalog.models["acme/closed"], of))
    found = speed_at(api, of, 1)
    assert found is not None
    assert found.evidence == "measured"
    assert of.machine.own_speeds == OwnSpeeds((), (timed,))
