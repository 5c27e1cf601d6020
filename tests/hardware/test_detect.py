"""Hardware detection from recorded texts, fake programs, and the machine that runs the tests."""

import ctypes
import os
import platform
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from llmselect.errors import Exit, LlmselectError
from llmselect.hardware import detect as module
from llmselect.hardware import system
from llmselect.hardware.detect import (
    GIB,
    Detected,
    MemoryStatus,
    detect,
    linux_machine,
    parse_cgroups,
    parse_cpuinfo,
    parse_meminfo,
    parse_sysctl,
    physical_bytes,
)
from llmselect.hardware.nvidia import nvidia_gpus, parse_gpus, parse_mig, visible_indices

posix = pytest.mark.skipif(sys.platform == "win32", reason="fake programs are shell scripts")

MEMINFO = "MemTotal:       24684084 kB\nMemFree:        23943672 kB\nMemAvailable:   24225568 kB\n"
RAM = 24684084 * 1024
XEON = "processor\t: 0\nvendor_id\t: GenuineIntel\nmodel\t\t: 167\nmodel name\t: Intel(R) Xeon(R)  Processor\n"
RASPBERRY = "processor\t: 0\nCPU implementer\t: 0x41\n\nRevision\t: c04170\nModel\t\t: Raspberry Pi 5 Model B Rev 1.0\n"
POWER = "processor\t: 0\ncpu\t\t: POWER9, altivec supported\nclock\t\t: 3800.000000MHz\n"
ARM_SERVER = "processor\t: 0\nCPU implementer\t: 0x41\nCPU part\t: 0xd4f\n"

LIST_MIG = """\
GPU 0: A100-SXM4-40GB (UUID: GPU-2ac434d3-1aca-57a0-597d-1d2effdba9f3)
  MIG 3g.20gb Device 0: (UUID: MIG-GPU-2ac434d3-1aca-57a0-597d-1d2effdba9f3/1/0)
  MIG 1g.5gb+me   Device 1: (UUID: MIG-GPU-2ac434d3-1aca-57a0-597d-1d2effdba9f3/2/0)
GPU 1: A100-SXM4-40GB (UUID: GPU-cd9ee947-34d2-d0fe-93e0-2195b3f2fd52)
"""
LIST_PLAIN = "GPU 0: NVIDIA GeForce RTX 3090 (UUID: GPU-87cddb1f-b0ee-d5ee-1c9f-a2a9a01fa3c1)\n"
TWO = "NVIDIA GeForce RTX 3090, 24576\nNVIDIA GeForce RTX 3060, 12288\n"


def put(root: Path, path: str, text: str) -> None:
    file = root / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)


def fake_program(folder: Path, monkeypatch: pytest.MonkeyPatch, body: str, name: str = "nvidia-smi") -> None:
    """A shell script first (and alone, but for the shell) on PATH."""
    script = folder / name
    script.write_text(f"#!/bin/sh\n{body}\n")
    script.chmod(0o755)
    monkeypatch.setenv("PATH", str(folder))


def smi(query: str, listing: str = LIST_PLAIN) -> str:
    """A fake nvidia-smi that answers the query and `-L`, with the shell's own commands alone."""
    return f"case \"$1\" in\n-L) printf '%s' '{listing}';;\n*) printf '%s' '{query}';;\nesac"


# Linux


def test_meminfo() -> None:
    assert parse_meminfo(MEMINFO) == RAM
    assert parse_meminfo("") is None
    assert parse_meminfo("MemTotal: lots\n") is None


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (XEON, "Intel(R) Xeon(R) Processor"),
        (RASPBERRY, "Raspberry Pi 5 Model B Rev 1.0"),
        (POWER, "POWER9, altivec supported"),
        (ARM_SERVER, None),
        ("", None),
    ],
)
def test_cpuinfo(text: str, name: str | None) -> None:
    assert parse_cpuinfo(text) == name


@pytest.mark.parametrize(
    ("text", "paths"),
    [
        ("0::/user.slice/session-1.scope\n", ("/user.slice/session-1.scope", None)),
        ("9:cpu,cpuacct:/docker/ab\n4:memory:/docker/ab\n0::/\n", ("/", "/docker/ab")),
        ("", (None, None)),
        ("nonsense", (None, None)),
    ],
)
def test_cgroups(text: str, paths: tuple[str | None, str | None]) -> None:
    assert parse_cgroups(text) == paths


@pytest.mark.parametrize(
    ("group", "limits", "gib"),
    [
        ("0::/\n", {"memory.max": "max\n"}, RAM / GIB),
        ("0::/\n", {"memory.max": "8589934592\n"}, 8),
        ("0::/a/b\n", {"a/memory.max": "4294967296\n", "a/b/memory.max": "max\n"}, 4),
        ("0::/a/b\n", {"a/memory.max": "max\n", "a/b/memory.max": "2147483648\n"}, 2),
        ("0::/../../elsewhere\n", {"memory.max": "8589934592\n"}, 8),
        ("4:memory:/docker/ab\n", {"memory/docker/ab/memory.limit_in_bytes": "4294967296\n"}, 4),
        ("4:memory:/docker/ab\n", {"memory/memory.limit_in_bytes": "4294967296\n"}, 4),
        ("4:memory:/\n", {"memory/memory.limit_in_bytes": "9223372036854771712\n"}, RAM / GIB),
        ("", {"memory.max": "8589934592\n"}, 8),
        ("0::/\n", {"memory.max": "99999999999999\n"}, RAM / GIB),
        ("0::/\n", {"memory.max": "garbled\n"}, RAM / GIB),
        ("0::/\n", {}, RAM / GIB),
    ],
)
def test_linux_machine_respects_limits(tmp_path: Path, group: str, limits: dict[str, str], gib: float) -> None:
    put(tmp_path, "proc/meminfo", MEMINFO)
    put(tmp_path, "proc/cpuinfo", XEON)
    put(tmp_path, "proc/self/cgroup", group)
    for path, text in limits.items():
        put(tmp_path, f"sys/fs/cgroup/{path}", text)
    ram_bytes, cpu = linux_machine(tmp_path)
    assert ram_bytes is not None
    assert ram_bytes / GIB == pytest.approx(gib)
    assert cpu == "Intel(R) Xeon(R) Processor"


def test_linux_machine_without_proc(tmp_path: Path) -> None:
    assert linux_machine(tmp_path) == (None, None)


# macOS and Windows


@pytest.mark.parametrize(
    ("text", "machine"),
    [
        ("38654705664\nApple M3 Pro\n", (36 * GIB, "Apple M3 Pro")),
        (
            "17179869184\nIntel(R) Core(TM) i7-9750H CPU @ 2.60GHz\n",
            (16 * GIB, "Intel(R) Core(TM) i7-9750H CPU @ 2.60GHz"),
        ),
        ("sysctl: unknown oid\n", (None, None)),
        ("", (None, None)),
    ],
)
def test_sysctl(text: str, machine: tuple[int | None, str | None]) -> None:
    assert parse_sysctl(text) == machine


@posix
def test_mac_reads_sysctl(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake_program(tmp_path, monkeypatch, "printf '38654705664\\nApple M3 Pro\\n'", name="sysctl")
    monkeypatch.setattr(sys, "platform", "darwin")
    found = detect()
    assert (found.ram_gib, found.cpu, found.gpus) == (36.0, "Apple M3 Pro", ())


def test_windows_structure_has_the_size_that_the_api_asks_for() -> None:
    assert ctypes.sizeof(MemoryStatus) == 64


def test_windows_physical_memory() -> None:
    def fill(reference: Any) -> int:
        status = reference._obj
        assert status.length == 64
        status.total_physical = 32 * GIB
        return 1

    assert physical_bytes(fill) == 32 * GIB
    assert physical_bytes(lambda _: 0) is None


# NVIDIA


def test_gpu_lines() -> None:
    assert parse_gpus(TWO) == [("NVIDIA GeForce RTX 3090", "24576"), ("NVIDIA GeForce RTX 3060", "12288")]
    assert parse_gpus("No devices were found\n") == []
    assert parse_gpus(" , 5\n\n") == []


def test_mig_lines() -> None:
    found = parse_mig(LIST_MIG)
    assert list(found) == [0]
    assert [name for name, _ in found[0]] == ["3g.20gb", "1g.5gb+me"]
    assert [size for _, size in found[0]] == pytest.approx([20e9 / GIB, 5e9 / GIB])
    assert parse_mig(LIST_PLAIN) == {}


@pytest.mark.parametrize(
    ("variable", "visible"),
    [
        (None, [0, 1, 2]),
        ("0", [0]),
        ("2,0", [2, 0]),
        (" 1 , 2 ", [1, 2]),
        ("1,1", [1]),
        ("", []),
        ("-1", []),
        ("0,-1,2", [0]),
        ("0,7,1", [0]),
        ("GPU-87cddb1f", [0, 1, 2]),
        ("MIG-ab/1/0", [0, 1, 2]),
        ("all", [0, 1, 2]),
    ],
)
def test_visible_indices(variable: str | None, visible: list[int]) -> None:
    assert visible_indices(variable, 3) == visible


@posix
@pytest.mark.parametrize(
    ("query", "listing", "environment", "gpus"),
    [
        (TWO, LIST_PLAIN, {}, [("NVIDIA GeForce RTX 3090", 24), ("NVIDIA GeForce RTX 3060", 12)]),
        (TWO, LIST_PLAIN, {"CUDA_VISIBLE_DEVICES": "1"}, [("NVIDIA GeForce RTX 3060", 12)]),
        (TWO, LIST_PLAIN, {"CUDA_VISIBLE_DEVICES": ""}, []),
        ("NVIDIA H100 80GB HBM3, 81559\n", "", {}, [("NVIDIA H100 80GB HBM3", 79.6475)]),
        ("NVIDIA GB10, [N/A]\n", "GPU 0: NVIDIA GB10 (UUID: GPU-1)\n", {}, [("NVIDIA GB10", 121.5)]),
        ("Orin (nvgpu), [Not Supported]\n", "", {}, [("Orin (nvgpu)", 121.5)]),
        ("Tesla T4, [Unknown Error]\n", "", {}, []),
        ("Tesla T4, [GPU requires reset]\nTesla T4, 15360\n", "", {}, [("Tesla T4", 15)]),
        ("Tesla T4, 0\n", "", {}, []),
        (
            "A100-SXM4-40GB, [Insufficient Permissions]\nA100-SXM4-40GB, 40536\n",
            LIST_MIG,
            {},
            [("A100-SXM4-40GB MIG 3g.20gb", 20e9 / GIB)],
        ),
        (
            "A100-SXM4-40GB, 40536\nA100-SXM4-40GB, 40536\n",
            LIST_MIG,
            {"CUDA_VISIBLE_DEVICES": "1"},
            [("A100-SXM4-40GB", 39.5859)],
        ),
        ("Failed to initialize NVML: Driver/library version mismatch\n", "", {}, []),
        ("weather, sunny\nnan, nan\nx, 1e9\n", "", {}, []),
        ("", "", {}, []),
    ],
)
def test_nvidia_gpus(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    query: str,
    listing: str,
    environment: dict[str, str],
    gpus: list[tuple[str, float]],
) -> None:
    fake_program(tmp_path, monkeypatch, smi(query, listing))
    found = nvidia_gpus(121.5, environment)
    assert [name for name, _ in found] == [name for name, _ in gpus]
    assert [memory for _, memory in found] == pytest.approx([memory for _, memory in gpus], rel=1e-4)


def test_no_nvidia_smi(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert nvidia_gpus(16, {}) == ()


@posix
@pytest.mark.parametrize(
    "body",
    [
        "printf 'NVIDIA-SMI has failed because it could not communicate with the NVIDIA driver.'; exit 9",
        "printf 'Tesla T4, 15360\\n'; exit 1",
        "printf 'Tesla T4, \\377\\376\\n'",
        "kill -SEGV $$",
    ],
)
def test_failing_nvidia_smi(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, body: str) -> None:
    fake_program(tmp_path, monkeypatch, body)
    assert nvidia_gpus(16, {}) == ()


@posix
def test_nvidia_smi_that_cannot_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake_program(tmp_path, monkeypatch, "")
    (tmp_path / "nvidia-smi").write_bytes(b"\x7fELF nothing that runs")
    assert nvidia_gpus(16, {}) == ()


@posix
def test_hanging_nvidia_smi_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake_program(tmp_path, monkeypatch, f"echo $$ > '{tmp_path}/pid'\nexec /bin/sleep 60")
    monkeypatch.setattr(system, "COMMAND_TIMEOUT_S", 0.5)
    start = time.monotonic()
    assert nvidia_gpus(16, {}) == ()
    assert time.monotonic() - start < 10
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "pid").read_text()), 0)


def test_time_limit() -> None:
    assert system.COMMAND_TIMEOUT_S == 5.0


@posix
def test_program_that_cannot_be_ended_does_not_hold_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake_program(tmp_path, monkeypatch, "exec /bin/sleep 60")
    monkeypatch.setattr(system, "COMMAND_TIMEOUT_S", 0.2)
    stuck: list[subprocess.Popen[bytes]] = []
    monkeypatch.setattr(subprocess.Popen, "kill", lambda process: stuck.append(process))
    start = time.monotonic()
    assert nvidia_gpus(16, {}) == ()
    assert time.monotonic() - start < 10
    monkeypatch.undo()
    for process in stuck:
        process.kill()
        process.wait()


# The whole


@posix
def test_detect_puts_it_together(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake_program(tmp_path, monkeypatch, smi(TWO))
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(module, "_linux", lambda: (32 * GIB, None))
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "0")
    found = detect()
    assert found == Detected(32.0, platform.machine(), found.cores, (("NVIDIA GeForce RTX 3090", 24.0),))


def test_detect_without_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(module, "_linux", lambda: (None, None))
    with pytest.raises(LlmselectError) as caught:
        detect()
    assert (caught.value.code, caught.value.exit) == ("no-hardware", Exit.MISSING)


def test_this_machine() -> None:
    found = detect()
    assert 0.1 < found.ram_gib < 65536
    assert found.cpu
    assert 1 <= found.cores <= (os.cpu_count() or 1)
    assert all(name and memory > 0 for name, memory in found.gpus)
