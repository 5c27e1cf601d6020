"""Wraps text to a width, counting East Asian wide characters as two columns."""

import re
import unicodedata

NO_BREAK = "\u00a0"  # prevents a line break, and is printed as a plain space
_SPACES = re.compile(r"[ \t\n]+")
_CLOSING = "，。；：、）"


def size(text: str) -> int:
    """The width on a screen in columns; East Asian wide characters take two."""
    if text.isascii():
        return len(text)
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


def wrap(text: str, width: int, hanging: str = "") -> list[str]:
    """Lines of at most `width` columns, later ones after `hanging`; a word longer than that stays whole."""
    lines, line = [], ""
    for piece, spaced in pieces(text.strip()):
        joined = f"{line} {piece}" if spaced and line.strip() else line + piece
        if size(joined) > width and line.strip():
            lines.append(line.rstrip())
            line = hanging + piece
        else:
            line = joined
    return [each.replace(NO_BREAK, " ") for each in (*lines, line.rstrip())]


def pieces(text: str) -> list[tuple[str, bool]]:
    """Words, and wide letters one by one with the marks that close them; True where a space stands before."""
    found: list[tuple[str, bool]] = []
    for word in _SPACES.split(text):
        start = len(found)
        if word.isascii():
            found.append((word, True))
            continue
        for letter in word:
            before, spaced = found[-1] if len(found) > start else ("", True)
            narrow = size(letter) < 2 and before and size(before[-1]) < 2
            if before and (narrow or letter in _CLOSING):
                found[-1] = (before + letter, spaced)
            else:
                found.append((letter, not before))
    return found
