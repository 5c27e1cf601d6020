import sys
from pathlib import Path

import pytest

from llmselect.errors import Exit, LlmselectError
from llmselect.probe.llamacpp import runtimes
from llmselect.probe.llamacpp.gguf_files import write_gguf
from llmselect.probe.llamacpp.processes import Finished, run_process
from llmselect.probe.llamacpp.runtimes import LlamaBench, Xllamacpp, bench_command, find_runtime, timings_from_rows
from llmselect.probe.llamacpp.shapes import Decoder
from llmselect.probe.llamacpp.timings import Timing, TimingTask
from llmselect.probe.llamacpp.worker import shorten_task

TINY = Decoder(2, 256, 256, 4, 4, 64, 2048)
PROMPT_ROW = {
    "build_commit": "abc1234",
    "build_number": 7001,
    "backends": "CPU",
    "gpu_info": "",
    "n_gpu_layers": -1,
    "n_prompt": 128,
    "n_gen": 0,
    "n_depth": 0,
    "samples_ns": [400_000_000, 500_000_000, 420_000_000],
}
STEP_ROW = {**PROMPT_ROW, "n_prompt": 0, "n_gen": 16, "n_depth": 512, "samples_ns": [320_000_000, 336_000_000]}


def test_rows_of_llama_bench_become_seconds_of_a_prompt_and_of_a_step() -> None:
    found = timings_from_rows([PROMPT_ROW, STEP_ROW], [Finished(0, "", "", 2.5, 10), Finished(0, "", "", 1.5, 30)])
    assert found.timings == (
        Timing(128, 0, 0, (0.4, 0.5, 0.42)),
        Timing(0, 16, 512, (0.02, 0.021)),
    )
    assert found.timings[0].median_s == 0.42
    assert (found.build, found.device) == ("llama.cpp b7001 (abc1234), CPU", "cpu")
    assert (found.cpu_s, found.peak_rss_bytes) == (4.0, 30)


def test_a_gpu_is_named_where_layers_went_to_one() -> None:
    row = {**PROMPT_ROW, "backends": "CUDA", "gpu_info": "NVIDIA GeForce RTX 3090", "n_gpu_layers": 99}
    assert timings_from_rows([row], []).device == "NVIDIA GeForce RTX 3090"
    assert timings_from_rows([{**row, "n_gpu_layers": 0}], []).device == "cpu"


@pytest.mark.parametrize(
    "row", [{}, {**PROMPT_ROW, "samples_ns": []}, {**PROMPT_ROW, "samples_ns": [0]}, {**PROMPT_ROW, "n_gen": None}]
)
def test_rows_without_what_is_needed_are_an_error(row: dict[str, object]) -> None:
    with pytest.raises(LlmselectError, match="rows without what is needed") as caught:
        timings_from_rows([row], [])
    assert caught.value.code == "probe-failed"


def test_one_run_of_llama_bench_asks_for_all_that_shares_a_depth() -> None:
    tasks = [TimingTask(prompt_tokens=64), TimingTask(prompt_tokens=128), TimingTask(decode_tokens=16)]
    words = bench_command("bench", Path("m.gguf"), tasks, 2)
    assert words == ["bench", "-m", "m.gguf", "-t", "2", "-p", "64,128", "-n", "16", "-d", "0", "-r", "3", "-o", "json"]
    deep = bench_command("bench", Path("m.gguf"), [TimingTask(decode_tokens=8, depth_tokens=512, repeats=2)], 4)
    assert deep == ["bench", "-m", "m.gguf", "-t", "4", "-p", "0", "-n", "8", "-d", "512", "-r", "2", "-o", "json"]


def _program(folder: Path, body: str) -> LlamaBench:
    """A program in the place of llama-bench that does what a line of Python says."""
    script = folder / "program.py"
    script.write_text(body)
    program = folder / "llama-bench"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{script}" "$@"\n')
    program.chmod(0o755)
    return LlamaBench(str(program))


@pytest.mark.skipif(sys.platform == "win32", reason="the stand-in is a shell script")
def test_llama_bench_runs_once_for_each_depth(tmp_path: Path) -> None:
    rows = {"0": [PROMPT_ROW], "512": [STEP_ROW]}
    bench = _program(tmp_path, f"import json, sys\nprint(json.dumps({rows!r}[sys.argv[sys.argv.index('-d') + 1]]))")
    tasks = [TimingTask(prompt_tokens=128), TimingTask(decode_tokens=16, depth_tokens=512)]
    found = bench.time(tmp_path / "m.gguf", tasks, 1, 60.0)
    assert [timing.depth_tokens for timing in found.timings] == [0, 512]
    assert found.cpu_s is not None
    assert found.cpu_s > 0
    assert found.peak_rss_bytes is not None
    assert found.peak_rss_bytes > 2**20


@pytest.mark.skipif(sys.platform == "win32", reason="the stand-in is a shell script")
@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("import sys; sys.exit('cannot load it')", "status 1: cannot load it"),
        ("print('no json')", "no readable answer: it said nothing"),
    ],
)
def test_a_failing_llama_bench_is_quoted(body: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(LlmselectError, match=said) as caught:
        _program(tmp_path, body).time(tmp_path / "m.gguf", [TimingTask(prompt_tokens=8)], 1, 60.0)
    assert caught.value.exit is Exit.MISSING


def test_the_users_own_llama_bench_goes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    assert find_runtime(lambda name: f"/opt/{name}") == LlamaBench("/opt/llama-bench")
    monkeypatch.setattr(runtimes.importlib.util, "find_spec", lambda name: object())
    assert find_runtime(lambda name: None) == Xllamacpp()


def test_without_any_llama_cpp_the_error_says_how_to_get_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runtimes.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(LlmselectError) as caught:
        find_runtime(lambda name: None)
    assert (caught.value.code, caught.value.exit) == ("missing-llamacpp", Exit.MISSING)
    assert "pip install" in caught.value.hint


def test_a_process_is_killed_when_its_time_is_over() -> None:
    finished = run_process([sys.executable, "-c", "import time; time.sleep(60)"], 0.3)
    assert finished.status != 0


def test_a_process_gets_its_input_and_gives_both_outputs() -> None:
    code = "import sys; print(sys.stdin.read().upper()); sys.exit(f'{len(sys.argv)} words')"
    finished = run_process([sys.executable, "-c", code], 60, "hello")
    assert (finished.status, finished.stdout.strip(), finished.stderr.strip()) == (1, "HELLO", "1 words")


def test_xllamacpp_times_a_file(tmp_path: Path) -> None:
    pytest.importorskip("xllamacpp")
    write_gguf(tmp_path / "tiny.gguf", TINY, "Q8_0")
    tasks = [
        TimingTask(prompt_tokens=32, repeats=2),
        TimingTask(decode_tokens=4, repeats=2),
        TimingTask(decode_tokens=2, depth_tokens=64),
    ]
    found = Xllamacpp().time(tmp_path / "tiny.gguf", tasks, 1, 60.0)
    assert [timing[:3] for timing in found.timings] == [(32, 0, 0), (0, 4, 0), (0, 2, 64)]
    assert [len(timing.seconds) for timing in found.timings] == [2, 2, 3]
    assert all(0 < seconds < 5 for timing in found.timings for seconds in timing.seconds)
    assert found.build.startswith("xllamacpp ")
    assert found.device == "cpu"


def test_a_file_that_xllamacpp_cannot_load_is_an_error_and_no_crash(tmp_path: Path) -> None:
    pytest.importorskip("xllamacpp")
    (tmp_path / "broken.gguf").write_bytes(b"GGUF" + bytes(60))
    with pytest.raises(LlmselectError, match="xllamacpp ended with status"):
        Xllamacpp().time(tmp_path / "broken.gguf", [TimingTask(prompt_tokens=8)], 1, 60.0)


def test_short_of_time_an_ask_has_fewer_tokens() -> None:
    """Steps of 50 ms, and prompts of 20 ms a token, of which longer ones take half."""
    warm = {"predicted_ms": 200.0, "predicted_n": 4, "prompt_ms": 80.0, "prompt_n": 4}
    assert shorten_task([128, 0, 0, 3], warm, 2.0) == [128, 0, 0, 3]
    assert shorten_task([128, 0, 0, 3], warm, 0.5) == [50, 0, 0, 3]
    assert shorten_task([0, 16, 512, 2], warm, 0.5) == [0, 10, 50, 2]
    assert shorten_task([0, 16, 512, 2], warm, 0.0) == [0, 3, 16, 2]
