"""`llmselect probe` with probes that answer at once: what is printed, kept, shown, forgotten and imported."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from llmselect.errors import Exit, LlmselectError
from llmselect.hardware.detect import Detected
from llmselect.probe import probers
from llmselect.probe.load import Load
from llmselect.probe.outcome import Outcome, Progress, Report
from llmselect.probe.probers import ProbeOptions, Prober
from llmselect.probe.store.speeds import FILE, own_speeds
from tests.cli.conftest import Cli
from tests.probe.records import MACHINE, RATES, rates
from tests.probe.results.files import guidellm, llama_bench, vllm

ROOT = Path(__file__).parents[2]
SCHEMA = json.loads((ROOT / "llmselect" / "schemas" / "probe.schema.json").read_text(encoding="utf-8"))
QUIET = Load(10.0, 2, 0.0, "", 0.0, 0.0, 0)
BUSY = QUIET._replace(others_cpus=1.2, busiest="cc")


def _outcome(runtime: str = "llama.cpp", load: Load | None = QUIET, **changes: Any) -> Outcome:
    row = rates(runtime=runtime, precision="q4" if runtime == "llama.cpp" else "bf16", rates=RATES, **changes)
    return Outcome(runtime, "cpu", row.build, {"x": "1"}, (row,), 2**28, 2**27, 2**25, 40, 9.5, 18.0, 2**30, load)


@pytest.fixture(autouse=True)
def machine(monkeypatch: pytest.MonkeyPatch) -> Detected:
    """The machine of the stored records."""
    from llmselect.hardware import detect

    found = Detected(MACHINE.ram_gib, MACHINE.cpu, MACHINE.cores)
    monkeypatch.setattr(detect, "detect", lambda: found)
    return found


@pytest.fixture
def probes(monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[ProbeOptions]]:
    """Puts probes in place of the real ones: outcomes or errors by name, None for one that is not installed."""

    def put(**by_name: Any) -> list[ProbeOptions]:
        asked: list[ProbeOptions] = []

        def run(result: Any) -> Callable[[ProbeOptions, Report, float], Outcome]:
            def answer(request: ProbeOptions, report: Report, max_s: float) -> Outcome:
                asked.append(request)
                assert 0 < max_s <= probers.MAX_S[request.depth]
                report(Progress(0.5, "half"))
                if isinstance(result, Exception):
                    raise result
                found: Outcome = result
                return found

            return answer

        named = {"llamacpp": ("llama.cpp", "llama.cpp"), "torch": ("torch", "transformers")}
        table = tuple(
            Prober(*named[name], (lambda result=result: result is not None), f"pip install {name}", run(result))  # type: ignore[misc]
            for name, result in by_name.items()
        )
        monkeypatch.setattr(probers, "PROBERS", table)
        monkeypatch.setattr(probers.choose, "__defaults__", (table,))
        return asked

    return put


def _kept(own_data: Path, machine: Detected) -> Any:
    return own_speeds(own_data.parent / FILE, machine, print)


def test_every_runtime_that_is_there_is_timed_and_kept(
    cli: Cli, probes: Callable[..., list[ProbeOptions]], own_data: Path, machine: Detected
) -> None:
    asked = probes(llamacpp=_outcome(), torch=_outcome("transformers"))
    ran = cli("probe", "--json")
    assert ran.status == 0, ran.err
    jsonschema.Draft202012Validator(SCHEMA).validate(ran.json)
    data = ran.json["data"]
    assert [run["runtime"] for run in data["runs"]] == ["llama.cpp", "transformers"]
    assert (data["runs"][0]["kept"], data["runs"][0]["contended"]) == (True, False)
    assert asked == [ProbeOptions("default", "auto", None, None)] * 2
    assert [row.runtime for row in _kept(own_data, machine).rates] == ["llama.cpp", "transformers"]
    assert "half" in ran.err


def test_what_could_not_be_stored_is_not_measured(
    cli: Cli, probes: Callable[..., list[ProbeOptions]], own_data: Path
) -> None:
    asked = probes(llamacpp=_outcome())
    (own_data.parent / FILE).mkdir(parents=True)
    ran = cli("probe")
    assert (ran.status, asked) == (5, [])
    assert f"{own_data.parent / FILE} cannot be opened or written" in ran.err


def test_the_text_says_what_it_took_and_means(real_cli: Cli, probes: Callable[..., list[ProbeOptions]]) -> None:
    probes(llamacpp=_outcome(), torch=None)
    ran = real_cli("probe", "--quick")
    for words in (
        "Measured llama-bench b6000 (AVX2)",
        "9.5 s, 18.0 s of processor time, at most 1.0 GiB of memory, 40 timed runs",
        "steps read up to 128 MiB of weights (the processor's cache holds 32 MiB); wrote 256 MiB, removed again",
        "nothing else of note ran meanwhile",
        "Llama 3.1 8B Instruct",
        "torch: pip install torch",
        "used by --hardware auto",
    ):
        assert words in " ".join(ran.out.split()), words


def test_a_contended_result_is_marked_and_not_kept(
    cli: Cli, probes: Callable[..., list[ProbeOptions]], own_data: Path, machine: Detected
) -> None:
    probes(llamacpp=_outcome(load=BUSY))
    ran = cli("probe")
    assert ran.status == 0
    text = " ".join(ran.out.split())
    assert "contended, so too slow: llama.cpp" in text
    assert "other processes kept 1.2 of 2 processors busy (most: cc)" in text
    assert "--keep-contended" in text
    assert "What it means" not in text
    assert _kept(own_data, machine).rates == ()
    assert cli("probe", "--keep-contended").status == 0
    assert len(_kept(own_data, machine).rates) == 1


def test_what_there_was_no_time_for_is_said(cli: Cli, probes: Callable[..., list[ProbeOptions]]) -> None:
    probes(llamacpp=_outcome()._replace(left_out=("x, experts file",)))
    assert "llama.cpp: no time was left for x, experts file, so" in " ".join(cli("probe").out.split())
    assert cli("probe", "--json").json["data"]["runs"][0]["left_out"] == ["x, experts file"]


def test_a_machine_that_tells_nothing_is_said_to(cli: Cli, probes: Callable[..., list[ProbeOptions]]) -> None:
    probes(llamacpp=_outcome(load=QUIET._replace(others_cpus=None, stolen_share=None)))
    assert "this system does not say what else it does" in " ".join(cli("probe").out.split())


def test_flags_reach_the_probes(cli: Cli, probes: Callable[..., list[ProbeOptions]]) -> None:
    asked = probes(llamacpp=_outcome(), torch=_outcome("transformers"))
    assert cli("probe", "--thorough", "--quantization", "q4", "--threads", "3", "--runtime", "llama.cpp").status == 0
    assert cli("probe", "--quick", "--device", "cuda").status == 0
    assert asked == [ProbeOptions("thorough", "auto", "q4", 3), ProbeOptions("quick", "cuda", None, None)]


def test_one_failing_probe_does_not_stop_the_other(cli: Cli, probes: Callable[..., list[ProbeOptions]]) -> None:
    broken = LlmselectError("probe-failed", "llama-bench ended with status 3", "", Exit.MISSING)
    probes(llamacpp=broken, torch=_outcome("transformers"))
    ran = cli("probe", "--json")
    assert ran.status == 0
    assert ran.json["data"]["skipped"] == ["llama.cpp: llama-bench ended with status 3"]
    probes(llamacpp=broken)
    assert cli("probe").status == 5


def test_without_any_runtime_it_says_how_to_get_one(cli: Cli, probes: Callable[..., list[ProbeOptions]]) -> None:
    probes(llamacpp=None, torch=None)
    ran = cli("probe")
    assert ran.status == 5
    assert "pip install llamacpp or pip install torch" in ran.err


def test_the_install_lines_are_those_of_the_package() -> None:
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    for prober in probers.PROBERS:
        extra = prober.install.partition("[")[2].partition("]")[0]
        assert f"\n{extra} = [" in text


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--quick", "--thorough"), "contradict each other"),
        (("--device", "tpu"), "--device may be cpu, cuda, mps, auto"),
        (("--runtime", "ollama"), "It may be llama.cpp or torch"),
        (("--quantization", "q9"), "unknown quantization 'q9'"),
        (("--threads", "0"), "--threads"),
        (("--list", "--forget"), "two different things"),
        (("--all",), "--all goes with --forget"),
        (("--model", "acme/small-7b-chat"), "Add --import FILE"),
        (("--import", "none.json"), "cannot be read: no such file"),
    ],
)
def test_bad_values_say_what_to_do(
    cli: Cli, probes: Callable[..., list[ProbeOptions]], arguments: tuple[str, ...], words: str
) -> None:
    asked = probes(llamacpp=_outcome(), torch=_outcome("transformers"))
    ran = cli("probe", *arguments)
    assert ran.status == 2
    assert words in ran.err
    assert asked == []


def test_what_is_stored_is_shown_and_forgotten(cli: Cli, probes: Callable[..., list[ProbeOptions]]) -> None:
    probes(llamacpp=_outcome(), torch=_outcome("transformers"))
    assert "No own speeds are stored" in cli("probe", "--list").out
    cli("probe")
    shown = cli("probe", "--list", "--json")
    jsonschema.Draft202012Validator(SCHEMA).validate(shown.json)
    (file,) = shown.json["data"]["files"]
    assert (file["this_machine"], len(file["rates"])) == (True, 2)
    assert "AMD Ryzen 7 5800X, 16 processors, 31 GiB RAM (this machine)" in cli("probe", "--list").out
    left = cli("probe", "--forget", "--runtime", "torch", "--json").json["data"]
    assert (left["removed"], [row["runtime"] for row in left["files"][0]["rates"]]) == (1, ["llama.cpp"])
    assert cli("probe", "--forget", "--model", "acme/small-7b-chat", "--json").json["data"]["removed"] == 0
    assert "Removed 1 row." in cli("probe", "--forget").out
    assert cli("probe", "--list", "--json").json["data"]["files"] == []


def _file(tmp_path: Path, data: Any) -> str:
    path = tmp_path / "results.json"
    path.write_text(json.dumps(data))
    return str(path)


@pytest.mark.parametrize(
    ("data", "more", "quantization", "count"),
    [
        ([llama_bench(), llama_bench(n_prompt=512, n_gen=0)], (), "q4", 2),
        ([llama_bench(model_filename="mystery-Q8_0.gguf")], ("--model", "small-7b-chat"), "q8", 1),
        ([llama_bench(model_filename="small-7b-chat-Q4_0.gguf")], ("--quantization", "q4"), "q4", 1),
        (vllm(), ("--quantization", "q8"), "q8", 1),
        (guidellm(), ("--runtime", "vllm", "--quantization", "none"), "none", 1),
    ],
)
def test_results_of_other_programs_are_imported(
    cli: Cli, tmp_path: Path, own_data: Path, machine: Detected, data: Any, more: Any, quantization: str, count: int
) -> None:
    ran = cli("probe", "--import", _file(tmp_path, data), *more, "--json")
    assert ran.status == 0, ran.err
    jsonschema.Draft202012Validator(SCHEMA).validate(ran.json)
    assert len(ran.json["data"]["measurements"]) == count
    found = _kept(own_data, machine).measurements
    assert {(row.model, row.host, row.quantization) for row in found} == {("acme/small-7b-chat", "self", quantization)}
    assert len(found) == count
    assert "Added" in cli("probe", "--import", _file(tmp_path, data), *more).out


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (
            [llama_bench(model_filename="small-7b-chatt-Q4_K_M.gguf")],
            "acme/small-7b-chat? Name it with --model MODEL.",
        ),
        ([llama_bench(model_filename="small-7b-chat-Q4_0.gguf")], "Q4_0 is no kind of weights"),
        ([llama_bench(cpu_info="Intel Xeon")], "it ran on Intel Xeon, this machine has AMD Ryzen 7 5800X"),
        (guidellm(), "which runtime served it is not told; add --runtime"),
        (vllm(), "add --quantization (none: as released)"),
        ([llama_bench(model_filename="-Q4_K_M.gguf")], "does not say which model"),
    ],
)
def test_what_cannot_be_told_exactly_is_an_error(
    cli: Cli, tmp_path: Path, own_data: Path, machine: Detected, data: Any, words: str
) -> None:
    ran = cli("probe", "--import", _file(tmp_path, data))
    assert ran.status == 2
    assert words in ran.err
    assert _kept(own_data, machine).measurements == ()


def test_one_senseless_row_costs_no_other(cli: Cli, tmp_path: Path, own_data: Path, machine: Detected) -> None:
    assert cli("probe", "--import", _file(tmp_path, [llama_bench(n_prompt=64, n_gen=0)])).status == 0
    rows = [llama_bench(n_depth=-1), llama_bench(model_filename="strange-Q4_K_M.gguf"), llama_bench()]
    ran = cli("probe", "--import", _file(tmp_path, rows))
    assert ran.status == 0
    assert "left out: [0]: n_depth: input should be greater than or equal to 0" in ran.out
    assert "left out: no model of the catalogue is called 'strange'" in ran.out
    assert len(_kept(own_data, machine).measurements) == 2
    assert cli("probe", "--import", _file(tmp_path, rows[:1])).status == 2
    assert len(_kept(own_data, machine).measurements) == 2
    ran = cli("recommend", "--hardware", "auto", "--json")
    assert (ran.status, "damaged" in ran.err) == (0, False)


def test_what_was_printed_can_be_imported(cli: Cli, tmp_path: Path, own_data: Path, machine: Detected) -> None:
    cli("probe", "--import", _file(tmp_path, [llama_bench()]))
    before = _kept(own_data, machine).measurements
    printed = tmp_path / "printed.json"
    printed.write_text(cli("probe", "--list", "--json").out)
    assert cli("probe", "--forget", "--all").status == 0
    assert _kept(own_data, machine).measurements == ()
    assert cli("probe", "--import", str(printed)).status == 0
    after = _kept(own_data, machine).measurements
    assert [row._replace(origin="") for row in after] == [row._replace(origin="") for row in before]


def test_a_file_of_another_machine_can_be_vouched_for(cli: Cli, tmp_path: Path) -> None:
    file = _file(tmp_path, [llama_bench(cpu_info="Intel Xeon")])
    assert cli("probe", "--import", file, "--this-machine").status == 0


def test_what_ran_on_the_processor_is_no_speed_of_a_machine_with_a_gpu(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from llmselect.hardware import detect

    monkeypatch.setattr(detect, "detect", lambda: MACHINE)
    ran = cli("probe", "--import", _file(tmp_path, [llama_bench()]))
    assert ran.status == 2
    assert "this machine's models run on its GPU" in ran.err


def test_recommend_can_measure_first(
    cli: Cli, probes: Callable[..., list[ProbeOptions]], own_data: Path, machine: Detected
) -> None:
    asked = probes(llamacpp=_outcome())
    ran = cli("recommend", "--probe", "--deployment", "self-host", "--json")
    assert ran.status in (0, 3), ran.err
    assert asked == [ProbeOptions("quick", "auto", None, None)]
    assert "measured llama-bench b6000 (AVX2)" in ran.err
    assert ran.json["data"]["requirements"]["hardware"] == "auto"
    assert len(_kept(own_data, machine).rates) == 1
    other = cli("recommend", "--probe", "--gpu", "Home 24GB")
    assert other.status == 2
    assert "another is named" in other.err
