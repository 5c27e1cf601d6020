"""Cache sizes from what systems tell."""

from pathlib import Path

import pytest

from llmselect.hardware import caches


def machine(root: Path, *found: tuple[int, int, str, str]) -> Path:
    """A /sys with caches (processor, level, size, who shares it)."""
    for number, (cpu, level, size, sharers) in enumerate(found):
        folder = root / f"sys/devices/system/cpu/cpu{cpu}/cache/index{number}"
        folder.mkdir(parents=True)
        for name, text in (("level", str(level)), ("size", size), ("shared_cpu_list", sharers)):
            (folder / name).write_text(f"{text}\n")
    return root


def test_one_shared_cache_counts_once(tmp_path: Path) -> None:
    root = machine(tmp_path, (0, 1, "32K", "0"), (0, 2, "512K", "0"), (0, 3, "32768K", "0-1"), (1, 3, "32768K", "0-1"))
    assert caches.linux_cache_bytes(root) == 32 * 2**20


def test_caches_of_several_dies_are_added(tmp_path: Path) -> None:
    root = machine(tmp_path, (0, 3, "16M", "0-3"), (4, 3, "16M", "4-7"), (0, 2, "1M", "0"))
    assert caches.linux_cache_bytes(root) == 32 * 2**20


def test_a_processor_without_a_third_level(tmp_path: Path) -> None:
    root = machine(tmp_path, (0, 1, "64K", "0"), (0, 2, "4096K", "0-3"))
    assert caches.linux_cache_bytes(root) == 4 * 2**20


@pytest.mark.parametrize("size", ["", "big", "-1K"])
def test_what_is_not_told_is_none(tmp_path: Path, size: str) -> None:
    assert caches.linux_cache_bytes(tmp_path / "nothing") is None
    assert caches.linux_cache_bytes(machine(tmp_path, (0, 3, size, "0"))) is None


@pytest.mark.parametrize(("text", "expected"), [("33554432\n12582912\n", 32 * 2**20), ("", None), ("oops\n", None)])
def test_the_largest_level_that_macos_reports(text: str, expected: int | None) -> None:
    assert caches.largest(text, unit_bytes=1) == expected


@pytest.mark.parametrize(("text", "expected"), [("32768\n32768\n", 64 * 2**20), ("\n", None)])
def test_the_sockets_that_windows_reports(text: str, expected: int | None) -> None:
    assert caches.summed(text, unit_bytes=1024) == expected


@pytest.mark.parametrize("system", ["linux", "darwin", "win32", "sunos5"])
def test_every_system_gives_a_size_or_none(monkeypatch: pytest.MonkeyPatch, system: str) -> None:
    monkeypatch.setattr(caches.sys, "platform", system)
    found = caches.last_cache_bytes()
    assert found is None or found > 2**16
