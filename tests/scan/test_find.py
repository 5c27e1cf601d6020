"""Ids that stand as values are found in every language; those in sentences, comments and other words are not."""

import os
from datetime import date
from pathlib import Path

import pytest

from llmselect.catalog.load import load
from llmselect.scan import find
from llmselect.scan.find import Finder, Hit, files_below, scan
from llmselect.scan.fragments import Fragments, fragment
from llmselect.scan.names import NamedOffering, known_name, known_names
from tests.scan.material import NAMES, PLANTED, decoys

KNOWN = {name: (NamedOffering("a-host", "a/model", date(2027, 1, 1), None),) for name in NAMES}


def _hits(file: str, text: str) -> list[Hit]:
    return Finder(KNOWN).find_in_text(file, text.encode())


@pytest.mark.parametrize(("file", "text", "names"), PLANTED, ids=[file for file, _, _ in PLANTED])
def test_planted_ids_are_found(file: str, text: str, names: tuple[str, ...], tmp_path: Path) -> None:
    path = tmp_path / file
    path.write_bytes(text.encode("utf-16" if file.startswith("utf16") else "utf-8"))
    hits = scan([tmp_path], KNOWN).hits
    assert tuple(hit.name for hit in hits) == names
    lines = text.splitlines()
    for hit in hits:
        assert hit.name in lines[hit.line - 1][hit.column - 1 :]
        assert hit.file == str(path)


def test_enough_is_planted() -> None:
    assert len({name for _, _, names in PLANTED for name in names}) >= 40
    assert len({file.rpartition(".")[2] for file, _, _ in PLANTED}) >= 25
    assert len(set(decoys())) >= 200


@pytest.mark.parametrize(("file", "line"), decoys())
def test_decoys_are_not(file: str, line: str, tmp_path: Path) -> None:
    (tmp_path / file).write_text(line + "\n", encoding="utf-8")
    assert scan([tmp_path], KNOWN).hits == ()


def test_the_place_of_a_hit() -> None:
    line = '  y = "ü", call("größe", "azure/gpt-4o")'
    (hit,) = _hits("ü.py", f"x = 1\n{line}\n")
    assert (hit.line, hit.column, hit.name) == (2, line.index("azure") + 1, "gpt-4o")


def test_a_long_line_is_searched_and_quickly(tmp_path: Path) -> None:
    text = 'x={"a":1,' + '"k":"v",' * 100_000 + '"model":"gpt-4o"}'
    (hit,) = _hits("bundle.js", text)
    assert hit.column == text.index("gpt-4o") + 1
    many = _hits("bundle.js", '"gpt-4o",' * 20_000)
    assert len(many) == 20_000
    assert _hits("bundle.js", "gpt-4o" * 100_000) == []


def test_what_is_no_text_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    line = b'model = "gpt-4o"\n'
    (tmp_path / "a.bin").write_bytes(line)
    (tmp_path / "b.py").write_bytes(b"\0" + line)
    (tmp_path / "c.PNG").write_bytes(line)
    (tmp_path / "latin.py").write_bytes(b"# \xe9\xff\n" + line)
    (tmp_path / "empty.py").touch()
    (tmp_path / "dangling.py").symlink_to(tmp_path / "nowhere")
    (tmp_path / "loop").symlink_to(tmp_path, target_is_directory=True)
    monkeypatch.setattr(find, "MAX_BYTES", 1000)
    (tmp_path / "large.py").write_bytes(line * 100)
    found = scan([tmp_path], KNOWN)
    assert [(Path(hit.file).name, hit.line) for hit in found.hits] == [("latin.py", 2)]
    assert found.too_large == 1
    assert scan([tmp_path / "nowhere.py", tmp_path / "latin.py"], KNOWN).hits == found.hits


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.py")
    assert scan([tmp_path], KNOWN).hits == ()


def test_tools_folders_and_own_caches_are_left_out(tmp_path: Path) -> None:
    caches = ("llmselect/catalog-0a1b-2c3d.sqlite", "llmselect/_catalog.sqlite")
    for place in ("node_modules/a.js", ".git/b.py", "x/.venv/c.py", *caches):
        (tmp_path / place).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / place).write_text('"gpt-4o"\n')
    (tmp_path / "llmselect" / "catalog-mine.json").write_text('"gpt-4o"\n')
    assert [Path(path).name for path in files_below([tmp_path])] == ["catalog-mine.json"]


def test_many_files_in_processes_give_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(60):
        (tmp_path / f"{number:02}.py").write_text(f'x = "{NAMES[number % len(NAMES)]}"  # model\n')
    alone = scan([tmp_path], KNOWN, processes=1)
    monkeypatch.setattr(find, "FILES_PER_BATCH", 7)
    monkeypatch.setattr(find, "FILES_FOR_PROCESSES", 10)
    assert scan([tmp_path], KNOWN, processes=3) == alone
    assert len(alone.hits) == 60


def test_no_names_no_hits(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text('"gpt-4o"\n')
    assert scan([tmp_path], {}).hits == ()
    assert Fragments([]).present(b'"gpt-4o"') == frozenset()


@pytest.mark.parametrize("name", NAMES)
def test_every_name_is_found_by_its_fragment(name: str) -> None:
    assert fragment(name).decode() in name
    for form in ('"{}"', "${{MODEL:-{}}}", "model={}", "a/{}:b"):
        assert fragment(name) in Fragments(NAMES).present(form.format(name).encode())


def test_names_of_a_catalogue(small_catalog: Path) -> None:
    names = known_names(load(small_catalog))
    assert {row.model for row in names["giant-1"]} == {"globex/giant-1"}
    assert names["giant-latest"][0].ends == date(2027, 6, 1) == names["giant-1"][0].ends
    assert names["giant-latest"][0].replacement == "giant-2"
    assert known_name("openai/giant-1", names) == ("giant-1", names["giant-1"])
    assert known_name("giant-1x", names) is None
