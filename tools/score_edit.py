"""Adds sources and scores to the text of a model's YAML file and leaves every other byte as it was."""

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class ScoreRow:
    """A score that is to stand in a file, with the effort's own label where a note must keep it."""

    benchmark: str
    harness: str
    shots: str
    effort: str
    value: float
    date: str
    sources: tuple[str, ...]
    note: str | None = None

    @property
    def key(self) -> tuple[str, str, str]:
        """What makes two rows the same measurement: benchmark, harness and effort."""
        return self.benchmark, self.harness, self.effort

    def line(self) -> str:
        """The row as the catalogue writes it, on one line where it fits."""
        source = self.sources[0] if len(self.sources) == 1 else f"[{', '.join(self.sources)}]"
        effort = "" if self.effort == "default" else f" effort: {self.effort},"
        head = f'  - {{benchmark: {self.benchmark}, harness: {self.harness}, shots: "{self.shots}",{effort}'
        tail = f" value: {self.value}, date: {self.date}, source: {source}"
        note = f", note: {self.note}" if self.note else ""
        joint = "" if len(head + tail + note) < 139 else "\n    "
        return head + joint + tail + note + "}"


def add_to_block(text: str, name: str, lines: list[str]) -> str:
    """The text with lines added at the end of a top-level block, which is begun at the file's end if missing.

    Raises ValueError where the block is written on its own line (`scores: []`), which a person must open first.
    """
    if not lines:
        return text
    added = "\n".join(lines) + "\n"
    start = re.search(rf"^{name}:(.*)\n", text, re.MULTILINE)
    if start is None:
        return text + ("" if text.endswith("\n") else "\n") + f"{name}:\n{added}"
    if start.group(1).split("#")[0].strip():
        raise ValueError(f"`{name}:` has a value on its own line")
    end = block_end(text, start.end())
    gap = "" if text[:end].endswith("\n") else "\n"
    return text[:end] + gap + added + text[end:]


def block_end(text: str, start: int) -> int:
    """Where the indented block that begins at `start` ends: after its last line that is neither blank nor a comment."""
    end = position = start
    for line in text[start:].splitlines(keepends=True):
        position += len(line)
        if line.strip() and not line.startswith((" ", "-", "#")):
            break
        if line.strip() and not line.startswith("#"):
            end = position
    return end


def source_lines(key: str, source: dict[str, str]) -> list[str]:
    """A source as the catalogue writes it."""
    quoted = {name: f'"{text}"' if ": " in text else text for name, text in source.items()}
    return [f"  {key}:", *(f"    {name}: {text}" for name, text in quoted.items())]
