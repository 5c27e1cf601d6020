"""What the world may hand to a command: names, numbers, days and files that are odd, broken or meant to do harm.

One list for every command and format. `faults_of` runs a command line in this process and says what is wrong with how
it ended; whatever was handed in, that is nothing.
"""

import contextlib
import csv
import io
import json
import os
import re
import signal
import sys
import time
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import cycle
from pathlib import Path
from typing import Any

from llmselect.cli.app import run
from llmselect.cli.framework.command import Command
from llmselect.cli.framework.commands import GROUPS, load, names

SECRET = "Zq7-hostile-3fVw9Lk2-Tb8x"
ENVIRONMENT = {"OPENAI_API_KEY": SECRET}
MAX_S = 15.0  # of one command line, on a machine that is shared

NAMES: tuple[str, ...] = (
    "", " ", "-", "--", "--help=x", "-1", ".", "..", "/", "~", "*", "%s%n", "{0}", "${HOME}", "$(id)", "`id`", "a;b",
    "a&&b", "a" * 5_000, "é" * 300, "語言模型", "👩‍👩‍👧", "نص", "ﬁ", "Ａ", "١٢٣", "a\nb", "a\tb", "a\rb",
    "\x1b[31mred\x1b[0m", "\x1b]0;title\x07", "\x07", "\x7f", "\x9b31m", "\u202egnp.exe", "\u2066x\u2069", "\u200b",
    "\u2028", "\ufeff", "\udce9", "\ud83d", "\U000e0041", "=1+1", "+cmd|' /C calc'!A0", "@SUM(A1)", "a|b", "**x**",
    "[x](javascript:alert(1))", "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "-->", "```",
    "::error::x", "##[error]x", "'", '"', "\\", "../../etc/passwd", "con", "a,b", ",", "a=b", "=", "null", "None",
    "true", "NaN", "http://", "https://[::1", "file:///etc", SECRET, SECRET.upper(), SECRET[3:15],
    f"https://me:{SECRET}@127.0.0.1:1/v1", f"https://127.0.0.1:1/v1?api_key={SECRET}",
)  # fmt: skip
NUMBERS: tuple[str, ...] = (
    "0", "-0", "-1", "1", "1.5", "9" * 18, "9" * 19, "9" * 400, "9" * 5_000, "1e999", "-1e999", "1e-999", "1e15",
    "1e16", "10**15", "inf", "-inf", "Infinity", "nan", "0x10", "0b1", "010", "1_000", "1,000", "1,00", "１２", "٣",
    "²", "½", "1.", ".5", ".", "1e", "--1", "+1", "1 000", "1k", "1m", "1kk", "1 million", "1 zillion", "5%", "-5%",
    "1000000000000000%", "$1", "€1", "1/0", "1;2", "1=2", "8B", "1e-10", "0.0000000000000000000000001",
    "1" + "0" * 307, "1ms", "99999999999999 hours",
)  # fmt: skip
DAYS: tuple[str, ...] = (
    "2026-11-25", "0000-00-00", "0001-01-01", "1582-10-10", "9999-12-31", "10000-01-01", "2026-02-30", "2026-13-01",
    "2026-1-1", "20261125", "2026-W48-3", "25.11.2026", "11/25/2026", "today", "yesterday", "٢٠٢٦-١١-٢٥",
    "2026-11-25T00:00:00Z", "1764028800", "1" * 15, "-2026-11-25", "2026-11-25 ",
)  # fmt: skip
VALUES = (*NAMES, *NUMBERS, *DAYS)

_DEEP = 100_000
FILES: Mapping[str, bytes] = {
    "empty": b"",
    "space": b" \n\n ",
    "nul": b"\0" * 100,
    "binary": bytes(range(256)) * 8,
    "utf-16": "task: qa\n".encode("utf-16"),
    "utf-16-le": '{"a": 1}'.encode("utf-16-le"),
    "latin-1": "name: café\n".encode("latin-1"),
    "bom": b"\xef\xbb\xbftask: qa\n",
    "controls": b'task: "\\e[31mred\\a"\n',
    "null": b"null",
    "number": b"1",
    "text": b'"text"',
    "list": b"[]",
    "mapping": b"{}",
    "lists": b"[[[1]]]",
    "deep-lists": b"[" * _DEEP,
    "deep-mappings": b'{"a":' * _DEEP,
    "deep-and-closed": b"[" * 900 + b"]" * 900,
    "many-lines": b"{}\n" * 20_000,
    "long-line": b"x" * 2_000_000,
    "twice": b'{"task": "qa", "task": "coding", "model": "a", "model": "b"}',
    "no-numbers": b'{"model": NaN, "hidden_size": Infinity, "num_hidden_layers": -Infinity}',
    "huge-numbers": b'{"hidden_size": 1' + b"0" * 6_000 + b', "num_hidden_layers": 1e999}',
    "surrogates": b'{"model": "\\ud800", "\\udfff": "\\u0000"}',
    "broken-json": b'{"a": 1,\n "b" 2}',
    "yaml-anchors": b"a: &a [x]\nb: [*a, *a]\n",
    "yaml-bomb": b"a: &a [x,x]\nb: &b [*a,*a]\nc: &c [*b,*b]\nd: [*c,*c]\n",
    "yaml-tag": b"task: !!python/object/apply:os.system [id]\n",
    "yaml-two": b"task: qa\n---\ntask: coding\n",
    "yaml-tabs": b"task:\n\tqa\n",
    "yaml-twice": b"task: qa\ntask: coding\n",
    "profile-unknown": b"tsak: qa\n",
    "profile-nested": b"task: {a: [1, 2, {b: c}]}\nbudget: [1]\nweight: 3\n",
    "profile-huge": b"budget: 1" + b"0" * 400 + b"\ncontext_tokens: 99999999999999999999\n",
    "profile-odd": "task: \u202eqa\ngpu: '=1+1'\nhost: ['::error::x']\n".encode(),
    "profile-secret": f"gpu: {SECRET}\n".encode(),
    "config-zero": b'{"model_type":"llama","num_attention_heads":0,"hidden_size":0,"num_hidden_layers":0}',
    "config-negative": b'{"model_type":"llama","num_attention_heads":-1,"hidden_size":-8,"num_hidden_layers":-2,'
    b'"vocab_size":-3,"intermediate_size":-4}',
    "config-odd-types": b'{"model_type":["llama"],"num_attention_heads":"x","hidden_size":{},"layer_types":3}',
    "config-huge": b'{"model_type":"llama","num_attention_heads":1000000,"hidden_size":999999999,"num_hidden_layers":'
    b'999999999,"vocab_size":999999999,"intermediate_size":999999999}',
    "config-odd-name": b'{"_name_or_path":"\\u001b[31m<script>","model_type":"llama","num_attention_heads":8,'
    b'"hidden_size":64,"num_hidden_layers":2,"vocab_size":100,"intermediate_size":64}',
    "record-short": b"<!-- llmselect-decision\n{}\n-->",
    "record-odd": b'<!-- llmselect-decision\n{"version": 1, "request": {"task": 3}, "top": -1, "as_of": "never", '
    b'"catalog_digest": "", "choices": []}\n-->',
    "record-choices": b'<!-- llmselect-decision\n{"version": 1, "request": {}, "top": 5, "as_of": "2026-11-25", '
    b'"catalog_digest": "", "choices": [{"rank": "x", "model": 1, "name": null, "option": [], "score": "y", '
    b'"cost": {}, "cost_unit": 2, "quality": "z", "terms": {}}]}\n-->',
    "answer-odd": b'{"data": {"recommendations": [{"model": 7}], "requirements": {"task": []}}}',
    "answer-models": b'{"data": {"recommendations": [{"model": "\\u001b[2J"}], "requirements": {}}}',
    "log-odd": b'{"model": 1, "prompt_tokens": -1, "completion_tokens": "x", "created": 1e300}\n[1]\nnot json\n'
    b'{"model": "\\u001b[31m", "prompt_tokens": 5, "completion_tokens": 7, "created": "99999-01-01", '
    b'"ttft_ms": 1e308}\n' * 6,
    "log-huge": b'{"model": "giant-1", "prompt_tokens": 1000000000, "completion_tokens": 1000000000, "time": '
    b'"9999-12-31T23:59:59Z"}\n{"model": "giant-1", "prompt_tokens": 1, "completion_tokens": 1, '
    b'"time": "0001-01-01"}\n' * 5,
    "csv-odd": b'model,prompt_tokens,completion_tokens\n=1+1,"a\n",\n"\x1b[31m",5,7\nx,\xd9\xa3,5\n',
    "csv-prices": b"provider,gpu,gpus,usd_per_gpu_hour,as_of,source\n=1+1,H100,1e9,nan,2026-13-01,javascript:x\n",
    "bench-odd": b'[{"model_filename": "x", "n_prompt": -5, "n_gen": -1, "n_depth": -3, "samples_ts": [0, -1], '
    b'"avg_ts": 0, "test_time": "never"}]',
    "prices-odd": b'{"gpt": {"input_cost_per_token": -1, "output_cost_per_token": "x", "deprecation_date": "9999"}}',
    "gguf-short": b"GGUF\x03\0\0\0",
    "gguf-huge": b"GGUF\x03\0\0\0" + b"\xff" * 16,
}


def odd_places(folder: Path) -> dict[str, str]:
    """Names that are no regular files: nothing, a folder, a pipe, devices, a loop of links."""
    loop, pipe = folder / "loop", folder / "pipe"
    with contextlib.suppress(FileExistsError):
        loop.symlink_to(loop)
    with contextlib.suppress(FileExistsError):
        os.mkfifo(pipe)
    return {
        "absent": str(folder / "absent"), "folder": str(folder), "pipe": str(pipe), "loop": str(loop),
        "null": "/dev/null", "zero": "/dev/zero", "below-a-file": "/dev/null/x", "nul-in-name": "a\0b", "dash": "-",
        "newline": str(folder / "a\nb"), "long": str(folder / ("x" * 300)), "escape": str(folder / "\x1b[31m"),
    }  # fmt: skip


def write_files(folder: Path) -> dict[str, str]:
    """Every hostile file by its name, and every place that is no file."""
    for name, content in FILES.items():
        (folder / name).write_bytes(content)
    return {name: str(folder / name) for name in FILES} | odd_places(folder)


def command_lines(files: Mapping[str, str], good: Mapping[str, str]) -> Iterator[list[str]]:
    """One hostile value at a time in each argument and flag of each command, its format turning with every line.

    `good` are files that are as they should be, by what they are: record, answers, log, results, prices.
    """
    for name in names():
        if name in GROUPS:
            continue
        command = load(name)
        formats = cycle(_formats(command))
        for words in _of_command(name, command, files, good):
            line = [*name.split(), *words]
            typed = {"--format", "--json"} & {word.partition("=")[0] for word in words}
            at = line.index("--") if "--" in line else len(line)
            yield line if typed else [*line[:at], *next(formats), *line[at:]]


def _of_command(name: str, command: Command, files: Mapping[str, str], good: Mapping[str, str]) -> Iterator[list[str]]:
    base = _base(name, good)
    if command.argument is not None:
        for value in (*VALUES, *files.values()):
            yield [*base[0], "--", value] if value.startswith("-") else [*base[0], value]
    for flag in command.flags:
        spelling = flag.spellings[0]
        if flag.name in ("output", "into", "yes") or (name, flag.name) in _LEFT_OUT:
            continue
        for value in NAMES[:20] if flag.kind == "switch" else VALUES:
            yield [*base[0], *base[1], f"{spelling}={value}"]
        if "FILE" in flag.metavar:
            for value in files.values():
                yield [*base[0], *base[1], f"{spelling}={value}"]
    if name == "measure":
        for value in NAMES:
            yield ["--model", "m", "--yes", "--no-store", f"--base-url={value}"]
            yield ["--base-url", "http://127.0.0.2:1/v1", "--yes", "--no-store", f"--model={value}"]
    if any(flag.name == "output" for flag in command.flags):
        for value in odd_outputs(files):
            yield [*base[0], *base[1], f"--output={value}"]


def odd_outputs(files: Mapping[str, str]) -> list[str]:
    """Places that cannot be written, or with names that are odd."""
    folder = Path(files["absent"]).parent
    odd = [str(folder / f"out-{name}") for name in ("=1+1", "\x1b[31m", "a\nb", "語", "x" * 240)]
    return [*odd, "", "/dev/full", "/dev/null/x", "a\0b", *(files[name] for name in ("folder", "loop", "long", "pipe"))]


_LEFT_OUT = {("recommend", "probe")}  # which measures for minutes


def _base(name: str, good: Mapping[str, str]) -> tuple[list[str], list[str]]:
    """Words that make a command line whole: its flags, and its argument."""
    price = ["--price", "--host", "acme", "--input-usd-per-mtok", "1", "--output-usd-per-mtok", "2"]
    flags: dict[str, list[str]] = {
        "ask": ["--answers", good["answers"]],
        "estimate": ["--vram", "24GB", "--bandwidth", "900"],
        "cost": ["--requests-per-month", "1000"],
        "probe": ["--import", good["results"], "--model", "small-7b-chat", "--this-machine"],
        "measure": ["--log", good["log"], "--host", "globex"],
        "catalog refresh": ["--from", good["prices"], "--seen", "2026-11-20", "--dry-run"],
        "catalog add": [*price, "--model", "giant-1"],
    }
    arguments = {
        "compare": ["small-7b-chat", "giant-1"], "recheck": [good["record"]], "replace": ["giant-1"],
        "estimate": ["small-7b-chat"], "cost": ["giant-1"], "show": ["giant-1"], "check": [good["code"]],
        "explain": ["mmlu"],
    }  # fmt: skip
    return flags.get(name, []), arguments.get(name, [])


def _formats(command: Command) -> list[list[str]]:
    known = {flag.name: flag for flag in command.flags}
    forms = (
        known["format"].metavar.split("|") if "format" in known else ["table", "json"] if "json" in known else ["table"]
    )
    return [["--json"] if form == "json" else ["--format", form] if "format" in known else [] for form in forms]


def faults_of(line: Sequence[str], stdin: bytes = b"") -> list[str]:
    """What is wrong with how a command line ended: its status, its text, its time."""
    status, out, err, seconds = ran(line, stdin)
    return [*_faults(line, status, out, err), *([f"took {seconds:.0f} s"] if seconds > MAX_S else [])]


def ran(line: Sequence[str], stdin: bytes = b"") -> tuple[int | str, bytes, bytes, float]:
    """Exit status (or the name of an exception that got out), stdout, stderr and seconds."""
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True) for _ in range(2))
    kept = sys.stdin, sys.stdout, sys.stderr
    sys.stdin, sys.stdout, sys.stderr = io.TextIOWrapper(io.BytesIO(stdin), encoding="utf-8"), out, err
    start = time.monotonic()
    status: int | str
    try:
        with _alarm():
            status = int(run(line))
    except SystemExit as left:
        status = f"SystemExit({left.code})"
    except BaseException as error:
        status = f"{type(error).__name__}: {error}"
    finally:
        sys.stdin, sys.stdout, sys.stderr = kept
    seconds = time.monotonic() - start
    return status, out.buffer.getvalue(), err.buffer.getvalue(), seconds


class _TooLong(BaseException):
    """A command line did not end by itself; no handler of errors catches this."""


@contextlib.contextmanager
def _alarm() -> Iterator[None]:
    """Breaks off what waits or works without end, where the system has alarms."""
    if not hasattr(signal, "SIGALRM"):
        yield
        return

    def too_long(*_: object) -> None:
        raise _TooLong(f"no end within {MAX_S:g} s")

    kept = signal.signal(signal.SIGALRM, too_long)
    signal.alarm(int(MAX_S))
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, kept)


def _faults(line: Sequence[str], status: int | str, out: bytes, err: bytes) -> Iterator[str]:
    if status not in (0, 2, 3, 4, 5):
        yield f"status {status}: {err.decode('utf-8', 'replace')[:300]}"
    text = out.decode("utf-8", "strict") + err.decode("utf-8", "strict")
    if "Traceback" in text:
        yield "a traceback"
    if found := {letter for letter in text if letter not in "\n\t" and is_control(letter)}:
        yield f"raw controls {sorted(found)!r}"
    if leaked := leaks(text):
        yield f"a secret: {leaked!r}"
    listed = [*line[:2]] == ["catalog", "check"] and status == 4  # its faults are its answer
    if status in (2, 4, 5) and not listed and not err.startswith(b"error: ") and b"\nerror: " not in err:
        yield f"no error said: {err[:200]!r}"
    if reader := _READERS.get(_form(line)):
        try:
            reader(out.decode())
        except ValueError as error:
            yield f"stdout is no {_form(line)}: {error}"


def is_control(letter: str) -> bool:
    """Whether a letter moves a cursor, turns the direction of writing, or is half of a pair."""
    return (
        unicodedata.category(letter) in ("Cc", "Cs", "Zl", "Zp")
        or letter in "\u202a\u202b\u202c\u202d\u202e\u2066\u2069"
    )


def leaks(text: str, secret: str = SECRET) -> str:
    """A part of a secret that stands in a text, eight letters at least; empty where none does."""
    low, secret = text.lower(), secret.lower()
    return next((part for at in range(len(secret) - 7) if (part := secret[at : at + 8]) in low), "")


def _form(line: Sequence[str]) -> str:
    if any(word.startswith(("--output", "-o")) for word in line):
        return ""
    words = line[: line.index("--")] if "--" in line else line
    if "--json" in words:
        return "json"
    return words[-1] if len(words) > 1 and words[-2] == "--format" else ""


def _read_csv(text: str) -> None:
    rows = [*csv.reader(io.StringIO(text, newline=""), strict=True)]
    for cell in (cell for row in rows for cell in row):
        number = re.fullmatch(r"[-+]?[\d.]+(e[-+]?\d+)?", cell)
        if cell.startswith(("=", "+", "-", "@", "\t", "\r")) and not number:
            raise ValueError(f"a formula {cell[:40]!r}")


def _read_html(text: str) -> None:
    if "<script" in text or "<img" in text:
        raise ValueError("a tag of others")


_READERS: dict[str, Callable[[str], Any]] = {"json": json.loads, "csv": _read_csv, "html": _read_html}


def good_files(folder: Path) -> dict[str, str]:
    """Files as they should be, of the small catalogue's models."""
    _, record, _, _ = ran(["recommend", "--format", "markdown"])
    request = {"model": "giant-1", "prompt_tokens": 500, "completion_tokens": 101, "ttft_ms": 200, "latency_ms": 2200}
    result = {
        "model_filename": "small-7b-chat-Q4_K_M.gguf", "model_type": "llama 7B Q4_K - Medium", "backends": "CPU",
        "n_prompt": 0, "n_gen": 128, "n_depth": 0, "n_gpu_layers": 0, "avg_ts": 10.0, "samples_ts": [9.5, 10.0, 10.5],
        "test_time": "2025-04-24T11:58:51Z", "cpu_info": "x", "gpu_info": "",
    }  # fmt: skip
    contents = {
        "record": record,
        "answers": b"task: qa\n",
        "log": b"".join(json.dumps({**request, "ttft_ms": 200 + at}).encode() + b"\n" for at in range(6)),
        "results": json.dumps([result]).encode(),
        "prices": json.dumps({"giant-1": {"input_cost_per_token": 1e-6, "output_cost_per_token": 2e-6}}).encode(),
        "code": b'MODEL = "giant-1"\n',
    }
    for name, content in contents.items():
        (folder / name).write_bytes(content)
    return {name: str(folder / name) for name in contents}
