"""Model ids in the files of a folder, with the line they stand on."""

import os
import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from llmselect.scan.names import Named, meaning
from llmselect.scan.text import values

SKIPPED_FOLDERS = frozenset(
    (".git", ".hg", ".svn", ".venv", "venv", "node_modules", "__pycache__", ".tox", ".mypy_cache", ".ruff_cache", "site-packages")
)  # fmt: skip
PROSE = frozenset((".md", ".rst", ".txt", ".adoc", ".markdown", ".org"))
MAX_BYTES = 2 * 2**20
BINARY_PROBE_BYTES = 4096
_FENCE = re.compile(r"^(```|~~~).*?^\1[ \t]*$", re.MULTILINE | re.DOTALL)
_MODEL_WORD = re.compile(r"model|llm|engine|deployment", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Hit:
    """One id in one file: line and column count from 1; `named` are the offerings that it means."""

    file: str
    line: int
    column: int
    name: str
    named: tuple[Named, ...]


def files_below(paths: Sequence[Path]) -> Iterator[Path]:
    """The files to look into, in a stable order: the paths themselves and what lies below folders."""
    for path in paths:
        if path.is_dir():
            for folder, subfolders, names in os.walk(path):
                subfolders[:] = sorted(name for name in subfolders if name not in SKIPPED_FOLDERS)
                yield from (Path(folder, name) for name in sorted(names))
        else:
            yield path


class Finder:
    """Looks for a set of names; a file without any of their beginnings is passed over quickly."""

    def __init__(self, names: dict[str, tuple[Named, ...]]) -> None:
        self._names = names
        self._stems = tuple({_stem(name).encode() for name in names})

    def in_file(self, path: Path) -> list[Hit]:
        """The hits in a file; none in one that is large, binary or unreadable."""
        try:
            if path.stat().st_size > MAX_BYTES:
                return []
            raw = path.read_bytes()
        except OSError:
            return []
        if b"\0" in raw[:BINARY_PROBE_BYTES] or not any(stem in raw for stem in self._stems):
            return []
        return self.in_text(str(path), raw.decode("utf-8", errors="replace"), prose=path.suffix.lower() in PROSE)

    def in_text(self, file: str, text: str, *, prose: bool = False) -> list[Hit]:
        """The hits in a text; of prose only fenced code counts."""
        searched = _fenced_only(text) if prose else text
        starts: list[int] | None = None
        hits = []
        for offset, word in values(searched):
            found = meaning(word, self._names)
            if found is None:
                continue
            starts = starts or _line_starts(text)
            row = bisect_right(starts, offset)
            begin = starts[row - 1]
            name, named = found
            end = starts[row] if row < len(starts) else len(text)
            if _ambiguous(name) and name == word and not _MODEL_WORD.search(text, begin, end):
                continue
            hits.append(Hit(file, row, offset - begin + 1, name, named))
        return hits


def _stem(name: str) -> str:
    """The letters (or the first characters) that a name begins with, by which a file is passed over or read."""
    last = name.rpartition("/")[2]
    letters = re.match(r"[A-Za-z]{3,}", last)
    return letters[0] if letters else last[:3]


def _ambiguous(name: str) -> bool:
    """Short names and plain words mean a model only beside a word such as `model`."""
    return len(name) < 5 or not re.search(r"[-.:/]", name) or not re.search(r"\d", name)


def _fenced_only(text: str) -> str:
    """A prose text with everything outside fenced code blanked, line breaks kept."""
    kept = [" " if char != "\n" else "\n" for char in text]
    for match in _FENCE.finditer(text):
        kept[match.start() : match.end()] = match[0]
    return "".join(kept)


def _line_starts(text: str) -> list[int]:
    return [0, *(match.end() for match in re.finditer("\n", text))]
