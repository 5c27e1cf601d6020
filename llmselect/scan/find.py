"""Model ids in the files of a folder, with the line they stand on."""

import os
import re
import stat
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from llmselect.scan.fragments import Fragments, pattern
from llmselect.scan.names import NamedOffering, Names, known_name
from llmselect.scan.text import Syntax, stands_as_value, syntax_of

SKIPPED_FOLDERS = frozenset(
    (".git", ".hg", ".svn", ".venv", "venv", "node_modules", "__pycache__", ".tox", ".nox", ".mypy_cache",
     ".ruff_cache", ".pytest_cache", ".ipynb_checkpoints", ".terraform", ".gradle", "site-packages"),
)  # fmt: skip
SKIPPED_FILES = frozenset(("package-lock.json", "yarn.lock", "pnpm-lock.yaml", "poetry.lock", "uv.lock"))
PROSE = frozenset(("md", "mdx", "rst", "txt", "adoc", "markdown", "org", "tex", "log"))
# Data and binary formats: neither code nor configuration.
_SKIPPED_SUFFIXES = """
    7z a avif bin bmp bz2 class csv dat db dll dmg doc docx dylib eot exe flac gguf gif gz ico jar jpeg jpg lib mkv mo
    mov mp3 mp4 npy npz o obj ogg onnx otf parquet pdf pickle pkl png ppt pptx pt pth pyc pyd rar safetensors so sqlite
    sqlite3 tar tgz tif tiff tsv ttf wasm wav webm webp whl woff woff2 xls xlsx xz zip zst map
"""
SKIPPED_SUFFIXES = frozenset(_SKIPPED_SUFFIXES.split())
MAX_BYTES = 2 * 2**20
MAX_NOTEBOOK_BYTES = 32 * 2**20  # most of a notebook is pictures
PROBE_BYTES = 4096
WINDOW_BYTES = 400  # how far a line is read on either side of an id
FILES_PER_BATCH = 500
FILES_FOR_PROCESSES = 4 * FILES_PER_BATCH  # with fewer, starting processes takes longer than scanning
_OPEN_FLAGS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)  # do not block on a pipe
_FENCE = re.compile(rb"^[ \t]*(```|~~~).*?^[ \t]*\1[ \t]*$", re.MULTILINE | re.DOTALL)
_MODEL_WORD = re.compile(r"model|llm|engine|deployment", re.IGNORECASE)
_WORD_BEFORE, _WORD_AFTER = re.compile(rb"[A-Za-z0-9._:/@+-]*\Z"), re.compile(rb"[A-Za-z0-9._:/@+-]*")
_VARIABLE = re.compile(rb"\w+:?-")
# REST endpoints with the model in their path: …/models/ID:generateContent, …/model/ID/converse.
_ENDPOINT = re.compile(
    r"https?://[^\s]*/(?:models/([\w.-]+):(?:\w*[gG]enerateContent|\w*[pP]redict|countTokens|embedContent|embedText)"
    r"|(?:deployments|model)/([\w.:-]+)/(?:chat|completions|embeddings|responses|converse|invoke)[\w/-]*)"
)


@dataclass(frozen=True, slots=True)
class Hit:
    """One id in one file. Line and column count from 1; `named` are the offerings that carry the id."""

    file: str
    line: int
    column: int
    name: str
    named: tuple[NamedOffering, ...]


@dataclass(frozen=True, slots=True)
class ScanResult:
    """Hits by file and line, the number of files scanned, and how many of them were skipped as too large."""

    hits: tuple[Hit, ...]
    files: int
    too_large: int


def scan(
    paths: Sequence[Path], names: Mapping[str, tuple[NamedOffering, ...]], processes: int | None = None
) -> ScanResult:
    """Finds ids in files and folders; large trees are split over `processes` (by default one per CPU, at most 8).

    Binary and unreadable files count as scanned and have no hits.
    """
    files = list(files_below(paths))
    workers = min(processes or _cpus(), max(len(files) // FILES_PER_BATCH, 1))
    if workers == 1 or len(files) < FILES_FOR_PROCESSES:
        found = [_find_in(Finder(names), files)]
    else:
        batches = [files[start : start + FILES_PER_BATCH] for start in range(0, len(files), FILES_PER_BATCH)]
        with ProcessPoolExecutor(workers, initializer=_start_worker, initargs=(dict(names),)) as pool:
            found = list(pool.map(_find_in_batch, batches))
    return ScanResult(tuple(hit for hits, _ in found for hit in hits), len(files), sum(large for _, large in found))


def files_below(paths: Sequence[Path]) -> Iterator[str]:
    """The files to scan, in a stable order: the given files and everything below the given folders.

    Below folders, SKIPPED_FOLDERS, SKIPPED_FILES and files with SKIPPED_SUFFIXES are left out.
    """
    for path in paths:
        if path.is_dir():
            yield from _walk(str(path))
        else:
            yield str(path)


def _walk(folder: str) -> Iterator[str]:
    for parent, subfolders, names in os.walk(folder):
        subfolders[:] = sorted(name for name in subfolders if name not in SKIPPED_FOLDERS)
        for name in sorted(names):
            skipped = name in SKIPPED_FILES or name.rpartition(".")[2].lower() in SKIPPED_SUFFIXES
            if not skipped:
                yield f"{parent}{os.sep}{name}"


class Finder:
    """Finds a set of names in files; a file with no fragment of any name is rejected quickly."""

    def __init__(self, names: Names) -> None:
        self._names = names
        self._fragments = Fragments(names)

    def find_in_file(self, path: str) -> list[Hit]:
        """The hits in a file, none if it is binary or unreadable. Raises OverflowError if it is too large."""
        return self.find_in_text(path, _read_text_file(path))

    def find_in_text(self, file: str, raw: bytes) -> list[Hit]:
        """The hits in a file's content. The suffix of `file` decides the syntax; in prose only fenced code counts."""
        present = self._fragments.present(raw)
        if not present:
            return []
        suffix = os.path.basename(file).rpartition(".")[2].lower() if "." in os.path.basename(file) else ""
        searched = _fenced_only(raw) if suffix in PROSE else raw
        syntax: Syntax = "config" if suffix in PROSE else syntax_of(suffix)
        hits: list[Hit] = []
        done, line, counted = 0, 1, 0
        for match in pattern(present).finditer(searched):
            if match.start() < done:
                continue
            start, done = _word_around(searched, match.start(), match.end())
            line_start = searched.rfind(b"\n", 0, start) + 1
            found = self._name_at(searched, line_start, start, done, syntax)
            if found is not None:
                line += searched.count(b"\n", counted, line_start)
                counted = line_start
                at = _trimmed(searched, start, done)[0]
                column = len(searched[line_start:at].decode(errors="replace")) + 1
                hits.append(Hit(file, line, column, *found))
        return hits

    def _name_at(
        self, raw: bytes, line_start: int, start: int, end: int, syntax: Syntax
    ) -> tuple[str, tuple[NamedOffering, ...]] | None:
        """The known name and its offerings, if the run of id characters is one and stands as a value; else None."""
        start, end = _trimmed(raw, start, end)
        word = raw[start:end].decode("ascii", errors="replace")
        call = _ENDPOINT.match(word)
        found = known_name(call[1] or call[2] if call else word, self._names)
        if found is None:
            return None
        line_end = raw.find(b"\n", end)
        line_end = len(raw) if line_end < 0 else line_end
        before = raw[max(line_start, start - WINDOW_BYTES) : start].decode(errors="replace")
        after = raw[end : min(line_end, end + WINDOW_BYTES)].decode(errors="replace").rstrip("\r")
        if _ambiguous(found[0]) and found[0] == word and not _MODEL_WORD.search(before + "\n" + after):
            return None
        return found if call or stands_as_value(before, after, syntax) else None


def _cpus() -> int:
    return min(os.cpu_count() or 1, 8)


_finder: Finder | None = None  # set in each worker process


def _start_worker(names: Names) -> None:
    global _finder
    _finder = Finder(names)


def _find_in_batch(files: list[str]) -> tuple[list[Hit], int]:
    assert _finder is not None
    return _find_in(_finder, files)


def _find_in(finder: Finder, files: list[str]) -> tuple[list[Hit], int]:
    hits, too_large = [], 0
    for file in files:
        try:
            hits += finder.find_in_file(file)
        except OverflowError:
            too_large += 1
    return hits, too_large


def _read_text_file(path: str) -> bytes:
    """A regular text file's bytes in UTF-8, empty if it is binary or unreadable; OverflowError if it is too large."""
    try:
        with open(os.open(path, _OPEN_FLAGS), "rb", buffering=0) as file:
            state = os.fstat(file.fileno())
            if not stat.S_ISREG(state.st_mode):
                return b""
            if state.st_size > (MAX_NOTEBOOK_BYTES if path.endswith(".ipynb") else MAX_BYTES):
                raise OverflowError
            start = file.read(PROBE_BYTES)
            if start.startswith((b"\xff\xfe", b"\xfe\xff")):
                return (start + file.readall()).decode("utf-16", errors="replace").encode()
            if b"\0" in start:
                return b""
            return start + file.readall() if state.st_size > len(start) else start
    except OSError:
        return b""


def _word_around(raw: bytes, start: int, end: int) -> tuple[int, int]:
    """Start and end of the run of id characters around a match, up to WINDOW_BYTES on either side."""
    before = _WORD_BEFORE.search(raw, max(0, start - WINDOW_BYTES), start)
    after = _WORD_AFTER.match(raw, end, end + WINDOW_BYTES)
    return before.start() if before else start, after.end() if after else end


def _trimmed(raw: bytes, start: int, end: int) -> tuple[int, int]:
    """Start and end of a run without punctuation at its ends and without the `NAME:-` of a shell's `${NAME:-…}`."""
    if raw[max(start - 2, 0) : start] == b"${" and (variable := _VARIABLE.match(raw, start, end)):
        start = variable.end()
    while start < end and raw[start : start + 1] in b"._:/+-":
        start += 1
    while end > start and raw[end - 1 : end] in b"._:/+-@":
        end -= 1
    return start, end


def _ambiguous(name: str) -> bool:
    """Whether a name is so short or plain that it means a model only near a word such as `model`."""
    return len(name) < 5 or not re.search(r"[-.:/]", name) or not re.search(r"\d", name)


def _fenced_only(raw: bytes) -> bytes:
    """A prose text with everything but fenced code and line breaks replaced by spaces, so that offsets stay."""
    blanked = bytearray(re.sub(rb"[^\n]", b" ", raw))
    for match in _FENCE.finditer(raw):
        blanked[match.start() : match.end()] = match[0]
    return bytes(blanked)
