"""Where a model's id stands as a value in a text: between quotes, after `=` or `:`, in a tag, after a flag.

An id in a sentence, in part of a longer word, or in a longer string is none: `"gpt-4"` is, `about gpt-4` is not.
"""

import re
from collections.abc import Iterator

ID = r"[A-Za-z0-9@][A-Za-z0-9._:/@+-]*[A-Za-z0-9]"
_VALUES = re.compile(
    rf"""
    (?P<quote>["'`])(?P<quoted>{ID})(?P=quote)                              # "id", 'id', `id`
    | (?:^|[\s,{{(])[\w.$-]*[=:][ \t]*(?P<assigned>{ID})(?=[ \t]*(?:[,;}})#]|$|\\|&&|[ \t]\#))   # key: id, KEY=id
    | >[ \t]*(?P<tagged>{ID})[ \t]*</                                        # <model>id</model>
    | (?:^|\s)--?[\w-]*model[\w-]*[ =](?P<flagged>{ID})(?=[\s;|&"')]|$)      # --model id
    | ^[ \t]*-[ \t]+(?P<listed>{ID})(?=[ \t]*(?:\#|$))                       # - id
    """,
    re.VERBOSE | re.MULTILINE,
)
_GROUPS = ("quoted", "assigned", "tagged", "flagged", "listed")


def values(text: str) -> Iterator[tuple[int, str]]:
    """Every word that stands as a value, with its offset in the text."""
    for match in _VALUES.finditer(text):
        for group in _GROUPS:
            if match[group] is not None:
                yield match.start(group), match[group]
                break
