"""Escapes text for each medium: terminal, Markdown, HTML, CSV, JSON and GitHub's workflow commands.

Names come from files, servers and command lines. Whatever would move a cursor, reverse the writing direction, end a
cell or start a formula is shown as a visible escape.
"""

import re
from typing import Any

# Control characters except tab and newline, characters that reorder or hide text (Unicode TR 36, "Trojan Source"),
# line separators, and lone surrogates, which cannot be encoded.
_UNSAFE = (
    "\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\U000e0000-\U000e007f"
)
_UNSAFE_SIGN = re.compile(f"[{_UNSAFE}]")
_BREAKS = re.compile(f"[{_UNSAFE}\t\n]")
_COLOURED = re.compile(rf"\x1b\[[0-9;]*m|[{_UNSAFE}]")

_URL = re.compile(r"https?://[^\s<>|`]*[^\s<>|`,.;:)\]]")
_HTML_URL = re.compile(r"https?://[^\s<>\"]*[^\s<>\",.;:)\]]")
_MARKUP = re.compile(r"[\\`*\[<>~|]|&(?=#?\w+;)|(?<![^\W_])_|_(?![^\W_])")
_LINE_START = re.compile(r"^(#{1,6}\s|[-+>=]|\d+(?=[.)]\s))")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def terminal(text: str) -> str:
    """Multi-line text with control characters shown as escapes, such as `\\x1b`."""
    return text if text.isascii() and text.isprintable() else _UNSAFE_SIGN.sub(_written_out, text)


def coloured(text: str) -> str:
    """Like `terminal`, for our own text with colour codes, which are kept."""
    return _COLOURED.sub(lambda found: found[0] if len(found[0]) > 1 else _written_out(found), text)


def line(text: str) -> str:
    """Text on one line: newlines and tabs are shown as escapes too."""
    return text if text.isascii() and text.isprintable() else _BREAKS.sub(_written_out, text)


def markdown(text: str) -> str:
    """Text on one line with Markdown escaped; URLs become links."""
    text = terminal(text).replace("\n", " ").replace("\u00a0", " ")
    parts, place = [], 0
    for url in _URL.finditer(text):
        parts += [_MARKUP.sub(r"\\\g<0>", text[place : url.start()]), f"<{url[0]}>"]
        place = url.end()
    return "".join([*parts, _MARKUP.sub(r"\\\g<0>", text[place:])])


def markdown_paragraph(text: str) -> str:
    """Like `markdown`, for the start of a line: it cannot begin a list, heading or quote."""
    return _LINE_START.sub(_escaped_start, markdown(text))


def markdown_code(text: str) -> str:
    """A fenced code block, with a fence longer than any in the text."""
    longest = max((len(ticks) for ticks in re.findall("`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}\n{terminal(text)}\n{fence}"


def html(text: str) -> str:
    """Text for a page or an attribute's value."""
    from html import escape  # here, because it loads the names of all characters

    return escape(terminal(text).replace("\u00a0", " ").replace("\n", " "))


def html_linked(text: str) -> str:
    """Text for a page, with URLs as links."""
    parts, place = [], 0
    for url in _HTML_URL.finditer(text):
        address = html(url[0])
        parts += [html(text[place : url.start()]), f'<a href="{address}">{address}</a>']
        place = url.end()
    return "".join([*parts, html(text[place:])])


def csv_cell(value: Any) -> Any:
    """A value for `csv.writer`; text that a spreadsheet would read as a formula gets a leading quote."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if not isinstance(value, str):
        return "" if value is None else value
    text = terminal(value)
    return f"'{text}" if value.startswith(_FORMULA) else text


def json(text: str) -> str:
    """The output of `json.dumps`, with `\\u` escapes for characters that are valid JSON but harmful on terminals."""
    return text if text.isascii() and "\x7f" not in text else _UNSAFE_SIGN.sub(lambda found: utf_16(found[0]), text)


def github_message(text: str) -> str:
    """The message of a workflow command, https://docs.github.com/actions/reference/workflow-commands-for-github-actions."""
    return terminal(text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A"))


def github_property(text: str) -> str:
    """The value of a property of a workflow command."""
    return github_message(text).replace(":", "%3A").replace(",", "%2C")


def path(text: str) -> str:
    """A path at the start of a line: never a workflow command, which starts with `::` or `##[`."""
    text = line(text)
    return f"./{text}" if text.startswith((":", "#")) else text


def utf_16(letters: str) -> str:
    """`\\uXXXX` for each unit of the letters in UTF-16, as in JSON."""
    units = letters.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[i]:02x}{units[i + 1]:02x}" for i in range(0, len(units), 2))


def _written_out(found: re.Match[str]) -> str:
    code = ord(found[0])
    if found[0] in "\t\n\r":
        return {"\t": "\\t", "\n": "\\n", "\r": "\\r"}[found[0]]
    if 0xDC80 <= code <= 0xDCFF:  # a byte of a name that is no UTF-8
        return f"\\x{code - 0xDC00:02x}"
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _escaped_start(match: re.Match[str]) -> str:
    found = match[0]
    return f"{found}\\" if found[0].isdigit() else f"\\{found}"
