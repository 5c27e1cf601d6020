"""Records the answers of the engine of today: `python -m tests.recording.record`.

Writes `answers.json.xz` beside this file, the same bytes for the same answers, and prints the CPU time of each request.
A recording is made anew when the facts of the catalogue change, with the engine whose answers it keeps.
"""

import json
import lzma
import os
import tempfile
import time
from hashlib import sha256
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
ANSWERS = HERE / "answers.json.xz"
CATALOG = HERE.parent.parent / "catalog"


def main() -> None:
    """Asks everything and writes the answers."""
    with tempfile.TemporaryDirectory() as home:
        _own_home(home)
        from tests.recording.answers import answer_of  # after the home is set, which imports may read
        from tests.recording.requests import all_requests

        answers = {}
        for request in all_requests():
            start = time.process_time()
            answer = answer_of(request)
            print(f"{time.process_time() - start:6.2f} s  {request.name}  {_summary(answer)}", flush=True)
            answers[request.name] = {**_asked(request), "answer": answer}
    write({"catalog": catalog_digest(), "answers": answers})
    print(f"{ANSWERS.stat().st_size:,} bytes")


def write(recording: dict[str, Any]) -> None:
    """Keys in order and no time of day, so that equal answers make equal bytes."""
    text = json.dumps(recording, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    ANSWERS.write_bytes(lzma.compress(text.encode(), preset=9))


def read() -> dict[str, Any]:
    """The recording: the catalogue's digest and, by a request's name, what was asked and the answer."""
    found: dict[str, Any] = json.loads(lzma.decompress(ANSWERS.read_bytes()))
    return found


def catalog_digest() -> str:
    """The SHA-256 of every file of the catalogue's folder: a recording holds for these facts alone."""
    digest = sha256()
    for path in sorted(CATALOG.rglob("*.yaml")):
        digest.update(f"{path.relative_to(CATALOG).as_posix()}\0".encode() + path.read_bytes() + b"\0")
    return digest.hexdigest()


def _own_home(folder: str) -> None:
    """No settings, own models or measurements of whoever records."""
    for name in [name for name in os.environ if name.startswith("LLMSELECT_")]:
        del os.environ[name]
    os.environ |= {"XDG_DATA_HOME": folder, "APPDATA": folder, "LC_MESSAGES": "C"}


def _asked(request: Any) -> dict[str, Any]:
    return {"words": list(request.words)} if request.words else {"fields": request.fields}


def _summary(answer: dict[str, Any]) -> str:
    if "error" in answer:
        return f"error {answer['error']}"
    return f"{len(answer['ranking'])} ranked" if "ranking" in answer else f"status {answer['status']}"


if __name__ == "__main__":
    main()
