"""Writes into each open model's file where its weights can be had as GGUF: `python tools/compile_gguf.py PROGRAM`.

PROGRAM is the program file of llmfit (PyPI llmfit 1.1.17, MIT), whose table of models names such repositories beside
each Hugging Face repository. The repositories are taken by publisher, in the order of PUBLISHERS. Files that name one
already are left as they are, so that a second run changes nothing.
"""

import json
import re
import sys
from pathlib import Path

import yaml

CATALOG = Path(__file__).parent.parent / "catalog" / "models"
PUBLISHERS = ("unsloth", "bartowski", "ggml-org", "TheBloke", "mradermacher")  # those with every level first
VERSION, RETRIEVED = "1.1.17", "2026-11-25"
_SOURCES = re.compile(r'"gguf_sources": (\[.*?\])', re.DOTALL)
_NAME = re.compile(r'\n  \{\n    "name": "([^"]+)"')
_OPEN = ("open-weights", "gated-weights")


def repositories(program: str) -> dict[str, str]:
    """The GGUF repository to prefer for each repository of weights in the program's table."""
    found = {}
    for match in _SOURCES.finditer(program):
        name = _NAME.match(program, program.rfind('\n  {\n    "name": "', 0, match.start()))
        repos = {row["repo"].partition("/")[0]: row["repo"] for row in json.loads(match[1])}
        preferred = next((repos[publisher] for publisher in PUBLISHERS if publisher in repos), None)
        if name and preferred:
            found[name[1]] = preferred
    return found


def with_gguf(text: str, found: dict[str, str]) -> str:
    """A model's file with the fact and its source, or as it was."""
    data = yaml.safe_load(text)
    weights = (data.get("weights") or {}).get("value")
    if "gguf" in data or data["access"]["value"] not in _OPEN or weights not in found:
        return text
    fact = f"gguf: {{value: {found[weights]}, source: llmfit-gguf}}\n"
    source = (
        f"  llmfit-gguf:\n    url: pkg:pypi/llmfit@{VERSION}\n"
        '    title: "llmfit: repositories with weights as GGUF"\n    kind: copy\n'
        f"    retrieved: {RETRIEVED}\n    locator: the table of models in the program, entry {weights}\n"
    )
    text = re.sub(r"^developer:", lambda match: source + match[0], text, count=1, flags=re.MULTILINE)
    return re.sub(r"^weights:.*\n(?:  .*\n)*", lambda match: match[0] + fact, text, count=1, flags=re.MULTILINE)


def main(program: Path) -> None:
    """Brings every file up to date and says how many changed."""
    found = repositories(program.read_bytes().decode("utf-8", "replace"))
    changed = 0
    for path in sorted(CATALOG.glob("*/*.yaml")):
        text = path.read_text(encoding="utf-8")
        new = with_gguf(text, found)
        if new != text:
            path.write_text(new, encoding="utf-8")
            changed += 1
    print(f"{changed} files changed, {len(found)} repositories known")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
