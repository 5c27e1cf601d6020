"""Files that a person names: what is read, and what is refused with its place and a way out."""

import io
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from llmselect.errors import Exit
from llmselect.files import (
    MAX_DEPTH,
    FileError,
    JsonFaultError,
    open_text,
    parse_json,
    read_bytes,
    read_json,
    read_text,
)

needs_pipes = pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (b"task: qa\n", "task: qa\n"),
        (b"\xef\xbb\xbftask: qa\n", "task: qa\n"),  # what Windows editors put before UTF-8
        ("名稱: 測試".encode(), "名稱: 測試"),
        (b"", ""),
    ],
)
def test_text_is_read(tmp_path: Path, raw: bytes, text: str) -> None:
    path = tmp_path / "file"
    path.write_bytes(raw)
    assert read_text(path) == text


@pytest.mark.parametrize(
    ("raw", "words", "hint"),
    [
        ("task: qa".encode("utf-16"), "--profile: {} cannot be read: it is UTF-16 text", "Save it as UTF-8."),
        ("task: qa".encode("utf-16-le"), "--profile: {} cannot be read: it is UTF-16 text", "Save it as UTF-8."),
        (b"task: qa\nname: caf\xe9\n", "--profile: {}:2:10: it is not UTF-8 text", "Save it as UTF-8."),
        (b"x" * 65, "--profile: {} cannot be read: it has more than 64 bytes", "Check that it is the right file."),
    ],
)
def test_other_text_is_refused_with_its_place(tmp_path: Path, raw: bytes, words: str, hint: str) -> None:
    path = tmp_path / "file"
    path.write_bytes(raw)
    with pytest.raises(FileError) as caught:
        read_text(path, "--profile", "Name a profile.", most=64)
    assert (caught.value.message, caught.value.hint) == (words.format(path), hint)
    assert caught.value.exit == Exit.USAGE


def _folder(path: Path) -> Path:
    path.mkdir()
    return path


def _pipe(path: Path) -> Path:
    os.mkfifo(path)
    return path


def _loop(path: Path) -> Path:
    path.symlink_to(path)
    return path


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda path: path, "no such file"),
        (_folder, "it is a folder"),
        pytest.param(_pipe, "it is a pipe", marks=needs_pipes),
        pytest.param(lambda path: Path("/dev/null"), "it is a device", marks=needs_pipes),
        pytest.param(lambda path: Path("/dev/zero"), "it is a device", marks=needs_pipes),
        pytest.param(_loop, "too many levels of symbolic links", marks=needs_pipes),
        (lambda path: path / ("x" * 5000), "name too long"),
        (lambda path: Path("a\0b"), "null"),
    ],
)
@pytest.mark.parametrize("read", [read_bytes, lambda path: open_text(path, "--log", "Check its path.")])
def test_only_regular_files_are_opened(
    tmp_path: Path, make: Callable[[Path], Path], words: str, read: Callable[[Path], object]
) -> None:
    with pytest.raises(FileError) as caught:
        read(make(tmp_path / "file"))
    assert words in caught.value.reason
    assert caught.value.hint


def test_a_link_to_a_file_is_followed(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    (tmp_path / "link").symlink_to(tmp_path / "file")
    assert read_text(tmp_path / "link") == "x"


@pytest.mark.parametrize("stream", [io.StringIO("task: qa"), io.TextIOWrapper(io.BytesIO(b"task: qa"))])
def test_a_dash_is_standard_input_only_where_a_command_takes_it(
    monkeypatch: pytest.MonkeyPatch, stream: io.TextIOBase
) -> None:
    monkeypatch.setattr("sys.stdin", stream)
    assert read_text("-", stdin=True) == "task: qa"
    with pytest.raises(FileError, match="no such file"):
        read_text("-")


def test_closed_standard_input_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", None)
    with pytest.raises(FileError, match="--answers: stdin cannot be read: it is closed"):
        read_text("-", "--answers", stdin=True)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('{"a": 1, "a": 2}', "the key 'a' stands twice"),
        ('{"a": NaN}', "NaN is no number"),
        ('{"a": -Infinity}', "-Infinity is no number"),
        ("[" * 100_000, "nested too deeply"),
        ("[" * (MAX_DEPTH + 2) + "]" * (MAX_DEPTH + 2), "more than 100 levels"),
        ("", "expecting value"),
        ("{} {}", "extra data"),
        (b'{"a": "\xff"}', "not UTF-8"),
    ],
)
def test_json_that_is_refused(text: str | bytes, reason: str) -> None:
    with pytest.raises(JsonFaultError, match=reason):
        parse_json(text)


def test_json_that_is_read() -> None:
    assert parse_json('{"a": [1, 2.5, true, null, "ü"]}') == {"a": [1, 2.5, True, None, "ü"]}
    deep = parse_json("[" * MAX_DEPTH + "]" * MAX_DEPTH)
    assert isinstance(deep, list)
    big = parse_json("9" * 400)
    assert isinstance(big, float)
    assert big == float("inf")
    assert parse_json(str(2**53)) == 2**53
    assert str(parse_json("[NaN]", finite=False)) == "[nan]"


def test_a_json_file_says_where_it_is_wrong(tmp_path: Path) -> None:
    path = tmp_path / "config.json"
    path.write_text('{"a": 1,\n "b" 2}')
    with pytest.raises(FileError) as caught:
        read_json(path, "--config", "Name a model's config.json.")
    assert caught.value.message.startswith(f"--config: {path}:2:6: it is no JSON that can be read: expecting ':'")
    assert (caught.value.line, caught.value.column) == (2, 6)
