"""Writes docs/commands.md from the help texts: `python tools/help_page.py`; `--check` only compares."""

import os
import subprocess
import sys
from pathlib import Path

from llmselect.cli.framework.commands import names

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "commands.md"
WIDTH = "100"


def help_of(command: str) -> str:
    """The help text of a command at a fixed width."""
    environment = {**os.environ, "COLUMNS": WIDTH, "PYTHONPATH": str(ROOT)}
    program = [sys.executable, "-m", "llmselect", *command.split(), "--help"]
    return subprocess.run(program, capture_output=True, text=True, check=True, env=environment).stdout


def page() -> str:
    """The whole page."""
    parts = ["# Commands\n\nWhat `--help` prints of each, written by `tools/help_page.py`.\n"]
    for command in names():
        text = "\n".join(f"    {line}".rstrip() for line in help_of(command).rstrip().splitlines())
        parts.append(f"## llmselect {command}\n\n{text}\n")
    return "\n".join(parts)


def main(arguments: list[str]) -> int:
    """Writes the page, or with `--check` says whether it is out of date."""
    text = page()
    if "--check" not in arguments:
        PAGE.write_text(text, encoding="utf-8")
        return 0
    if PAGE.is_file() and PAGE.read_text(encoding="utf-8") == text:
        return 0
    print("docs/commands.md is out of date; run `python tools/help_page.py`", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
