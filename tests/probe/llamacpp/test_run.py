import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml

from llmselect.errors import Exit, LlmselectError
from llmselect.probe.llamacpp import leftovers, run
from llmselect.probe.llamacpp import probe_files as plans
from llmselect.probe.llamacpp.leftovers import PREFIX, remove_leftovers
from llmselect.probe.llamacpp.mixes import file_bytes
from llmselect.probe.llamacpp.probe_files import ARTIFACTS
from llmselect.probe.llamacpp.run import physical_cores, probe_llamacpp
from llmselect.probe.llamacpp.runtimes import Xllamacpp
from llmselect.probe.llamacpp.shapes import Decoder
from llmselect.probe.llamacpp.timings import FileTimings, Timing, TimingTask
from llmselect.probe.outcome import Progress

pytest.importorskip("gguf")
ROOT = Path(__file__).parents[3]
TINY = {
    "wide": Decoder(4, 512, 768, 8, 4, 64, 512),
    "short": Decoder(1, 512, 768, 8, 4, 64, 512),
    "thin": Decoder(6, 256, 256, 4, 4, 64, 512),
    "experts": Decoder(2, 256, 256, 4, 4, 64, 512, experts=8, experts_per_token=2),
    "held-out": Decoder(4, 256, 512, 4, 4, 64, 512),
    "held-out experts": Decoder(4, 256, 256, 4, 4, 64, 512, experts=8, experts_per_token=2),
}


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(plans, "SHAPES", TINY)
    monkeypatch.setattr(plans, "CACHE_MULTIPLE", 0)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(run, "PATIENCE_S", dict.fromkeys(run.PATIENCE_S, 0.0))
    monkeypatch.setattr("llmselect.probe.timing.OBSERVE_S", 0.0)


class Fake:
    """A runtime that takes a millisecond for each token, or does what it is told."""

    name = "fake"

    def __init__(self, error: BaseException | None = None, device: str = "cpu") -> None:
        self.error = error
        self.device = device
        self.prompts = set[int]()
        self.seen: list[tuple[str, int, int]] = []
        self.given_s: list[float] = []

    def time(self, model: Path, tasks: Sequence[TimingTask], threads: int, max_s: float) -> FileTimings:
        self.seen.append((model.name, model.stat().st_size, threads))
        self.given_s.append(max_s)
        if self.error is not None and len(self.seen) == 2:
            raise self.error
        timings = [Timing(*task[:3], (1e-3 * max(1, task.prompt_tokens),) * task.repeats) for task in tasks]
        self.prompts |= {task.prompt_tokens for task in tasks if task.prompt_tokens}
        return FileTimings(tuple(timings), "fake 1.0", self.device, 0.5, 2**20)


def _quiet(progress: Progress) -> None:
    assert 0.0 <= progress.share <= 1.0


@pytest.mark.parametrize(
    ("depth", "level", "files"),
    [("quick", None, 2), ("default", None, 4), ("default", "q8", 4), ("thorough", "q3", 12)],
)
def test_every_file_is_written_timed_and_deleted(
    depth: plans.Depth, level: str | None, files: int, tmp_path: Path
) -> None:
    fake, reports = Fake(), list[Progress]()
    found = probe_llamacpp(depth, level, 3, reports.append, fake)
    assert len(fake.seen) == files
    assert {threads for _, _, threads in fake.seen} == {3}
    outcome = found.outcome
    assert outcome.bytes_written == pytest.approx(sum(size for _, size, _ in fake.seen), rel=0.5)
    assert [one.precision for one in outcome.rates] == [level or plans.DEFAULT_LEVEL]
    assert {(one.runtime, one.build, one.device) for one in outcome.rates} == {("llama.cpp", "fake 1.0", "cpu")}
    assert outcome.samples == sum(len(t.seconds) for sample in found.samples for t in sample.timed.timings)
    assert outcome.cpu_seconds > 0.5 * files
    assert outcome.load is not None
    rounds = run.ROUNDS[depth]
    assert len(found.samples) == files / rounds
    for sample in found.samples:
        expected = [task.repeats * rounds for task in sample.probe_file.tasks]
        assert [len(timing.seconds) for timing in sample.timed.timings] == expected
    assert [progress.share for progress in reports] == sorted(progress.share for progress in reports)
    assert reports[-1].share == 1.0
    assert not list(tmp_path.iterdir())


def test_short_of_time_it_leaves_out_what_the_rates_can_do_without() -> None:
    fake = Fake()
    found = probe_llamacpp("thorough", "q4", 1, _quiet, fake, max_s=0.0)
    assert [sample.probe_file.role for sample in found.samples] == ["short", "wide", "thin"]
    assert found.outcome.left_out == (
        "fake, Q4_K_M, experts file",
        "fake, Q4_K_M, held-out file",
        "fake, Q4_K_M, held-out experts file",
        *(f"fake, Q4_K_M, {role} file" for role in plans.ROLES["thorough"]),
    )
    assert set(fake.given_s) == {0.0}
    assert probe_llamacpp("thorough", "q4", 1, _quiet, Fake()).outcome.left_out == ()


def test_a_gpu_is_named_and_asked_for_longer_prompts() -> None:
    cpu, gpu = Fake(), Fake(device="RTX 3090")
    assert {one.device for one in probe_llamacpp("default", None, 1, _quiet, gpu).outcome.rates} == {"RTX 3090"}
    probe_llamacpp("default", None, 1, _quiet, cpu)
    assert (min(gpu.prompts), max(cpu.prompts)) == (512, 256)


@pytest.mark.parametrize("error", [RuntimeError("broken"), KeyboardInterrupt(), LlmselectError("probe-failed", "no")])
def test_files_are_deleted_whatever_happens(error: BaseException, tmp_path: Path) -> None:
    fake = Fake(error)
    with pytest.raises(type(error)):
        probe_llamacpp("quick", None, 1, _quiet, fake)
    assert len(fake.seen) == 2
    assert not list(tmp_path.iterdir())


@pytest.mark.skipif(sys.platform == "win32", reason="Windows ends a process without asking it")
def test_files_are_deleted_when_the_process_is_told_to_end(tmp_path: Path) -> None:
    code = (
        "import time\n"
        "from llmselect.probe.llamacpp import run\n"
        "from llmselect.probe.llamacpp.probe_files import SHAPES, ProbeFile\n"
        "with run._file(ProbeFile('short', 'q4', SHAPES['short'], ())) as path:\n"
        "    print(path, flush=True)\n"
        "    time.sleep(60)\n"
    )
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, env=environment) as process:
        assert process.stdout is not None
        path = Path(process.stdout.readline().strip())
        assert path.is_file()
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=30) == 128 + signal.SIGTERM
    assert not list(tmp_path.iterdir())


def test_what_an_ended_probe_left_is_swept_and_a_living_ones_files_stay(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dead, living, other = (tmp_path / name for name in (f"{PREFIX}111-a", f"{PREFIX}222-b", f"{PREFIX}x-c"))
    for folder in (dead, living, other):
        folder.mkdir()
        (folder / "file.gguf").write_bytes(b"x")
    monkeypatch.setattr(leftovers, "_alive", lambda process: process == 222)
    assert remove_leftovers(tmp_path) == [dead]
    assert living.is_dir()
    assert other.is_dir()


def test_a_full_disk_is_said_before_anything_is_written(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    fake = Fake()
    monkeypatch.setattr(run.shutil, "disk_usage", lambda folder: _Usage(10**6))
    with pytest.raises(LlmselectError, match=r"0\.0 GB free; the probe needs 0\.3 GB") as caught:
        probe_llamacpp("quick", None, 1, _quiet, fake)
    assert (caught.value.code, caught.value.exit) == ("no-room", Exit.MISSING)
    assert "TMPDIR" in caught.value.hint
    assert not fake.seen
    assert not list(tmp_path.iterdir())


class _Usage:
    def __init__(self, free: int) -> None:
        self.free = free


def test_too_little_memory_is_said_before_anything_is_written(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "_available_bytes", lambda: 1000)
    with pytest.raises(LlmselectError, match="of memory are free") as caught:
        probe_llamacpp("quick", None, 1, _quiet, Fake())
    assert caught.value.exit is Exit.MISSING


def test_an_unknown_level_names_those_that_there_are() -> None:
    with pytest.raises(LlmselectError, match="no level q1") as caught:
        probe_llamacpp("quick", "q1", 1, _quiet, Fake())
    assert "q4" in caught.value.hint


def _catalogue() -> dict[str, dict[str, Any]]:
    """What the catalogue says of llama.cpp's artifact of each level."""
    text = (ROOT / "catalog" / "quantizations.yaml").read_text(encoding="utf-8")
    return {level: entry["artifacts"]["llama.cpp"] for level, entry in yaml.safe_load(text)["quantizations"].items()}


def test_levels_and_artifacts_are_those_of_the_catalogue() -> None:
    named = {level: artifact["name"] for level, artifact in _catalogue().items()}
    assert {level: name for level, name in ARTIFACTS.items() if level in named} == named


def test_mixes_take_the_bits_that_the_catalogue_states() -> None:
    deep = Decoder(32, 4096, 11008, 32, 32, 128, 32000)
    weights = 32 * (4 * 4096**2 + 3 * 4096 * 11008)
    for level, artifact in _catalogue().items():
        head = file_bytes(deep._replace(layers=0), ARTIFACTS[level]).active
        bits = 8 * (file_bytes(deep, ARTIFACTS[level]).active - head) / weights
        assert bits == pytest.approx(artifact["bits_per_weight"], rel=0.02), level


def test_threads_are_no_more_than_this_process_may_use() -> None:
    assert 1 <= physical_cores() <= (os.cpu_count() or 1)


def test_a_quick_probe_of_tiny_files_runs_end_to_end(tmp_path: Path) -> None:
    pytest.importorskip("xllamacpp")
    start = time.monotonic()
    with pytest.MonkeyPatch.context() as patch:
        short = {"wide": (TimingTask(prompt_tokens=16, repeats=1), TimingTask(decode_tokens=2, repeats=1))}
        short["short"] = (
            TimingTask(decode_tokens=2, repeats=1),
            TimingTask(decode_tokens=2, depth_tokens=32, repeats=1),
        )
        patch.setitem(plans._TASKS, "quick", short)
        patch.setattr(plans, "SHAPES", {role: shape._replace(vocabulary_size=2048) for role, shape in TINY.items()})
        found = probe_llamacpp("quick", "q8", 1, _quiet, Xllamacpp())
    (rates,) = found.outcome.rates
    assert rates.precision == "q8"
    assert rates.build.startswith("xllamacpp")
    assert min(rates.rates.read_gb_s, rates.rates.prefill_tflops) > 0
    assert rates.rates.step_overhead_s >= 0  # of files this small it is lost in the noise
    assert found.outcome.seconds <= time.monotonic() - start
    assert not list(tmp_path.iterdir())
