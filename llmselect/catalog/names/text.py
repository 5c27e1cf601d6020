"""Names taken apart into words and numbers, so that `Llama-3_1 8B` and `llama3.1:8b` are the same."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

# A size such as 8b, 1.5b or 8x7b; letters; a number with a letter before it (a3b, v2) or behind it (4o, 128k).
_TOKEN = re.compile(r"\d+\.\d+[bm](?![a-z])|\d+x\d+[bm]?|[^\W\d_]{2,}|[^\W\d_]?\d+(?:[a-z]{1,2}(?![a-z]))?|[^\W\d_]")
_SIZE = re.compile(r"(?:\d+x)?\d+(?:\.\d+)?[bm]")
_ACTIVE = re.compile(r"a\d+(?:\.\d+)?[bm]")
_VERSION = re.compile(r"v\d+")
# Letters of a mistyped word, of one that stands alone, and of one in which two slips are believed.
MIN_LETTERS, MIN_ALONE, LONG = 3, 4, 7
TUNED = frozenset(("instruct", "chat", "it", "hf", "inst", "instruction", "tuned"))
BASE = frozenset(("base", "pt", "pretrained"))
EARLY = frozenset(("preview", "exp", "experimental", "beta", "latest"))


def tokens(name: str) -> tuple[str, ...]:
    """The words and numbers of a name, in small letters; signs and spaces only part them.

    A `+` is read as plus.
    """
    return tuple(_TOKEN.findall(name.casefold().replace("+", " plus ")))


@dataclass(frozen=True, slots=True)
class Parts:
    """A name's words by what they say.

    `core` says which model it is, sorted; `dates` are its versions and dates, `tuned` says that it follows
    instructions, `base` that it does not, `active` are the active parameters of a mixture.
    """

    core: tuple[str, ...]
    dates: tuple[str, ...]
    tuned: frozenset[str]
    base: bool
    active: tuple[str, ...]

    @property
    def sizes(self) -> tuple[str, ...]:
        """The numbers of parameters among the core."""
        return tuple(word for word in self.core if is_size(word))


def is_size(word: str) -> bool:
    """Whether a word is a number of parameters, such as 8b."""
    return _SIZE.fullmatch(word) is not None


def is_number(word: str) -> bool:
    """Whether a word is a bare number or a version, such as 3 or v2."""
    return word.isdigit() or _VERSION.fullmatch(word) is not None


def parts(words: Sequence[str]) -> Parts:
    """A name's tokens by what they say."""
    sized = any(map(is_size, words))
    core: list[str] = []
    dates: list[str] = []
    index = 0
    while index < len(words):
        taken = _date_length(words, index, sized)
        if taken:
            dates += words[index : index + taken]
        elif words[index] in EARLY:
            dates.append(words[index])
            taken = 1
        else:
            core.append(words[index])
            taken = 1
        index += taken
    base = sized and any(word in BASE for word in core)
    active = tuple(word for word in core if sized and _ACTIVE.fullmatch(word))
    dropped = TUNED | set(active) | (BASE if base else set())
    return Parts(
        tuple(sorted(word for word in core if word not in dropped)),
        tuple(dates),
        frozenset(core) & TUNED,
        base,
        active,
    )


def _date_length(words: Sequence[str], index: int, sized: bool) -> int:
    """How many words at a place are a date or, behind a size or a tuning, a version; 0 for none."""
    if index == 0:
        return 0
    one, *more = words[index : index + 3]
    if re.fullmatch(r"20\d\d", one) and len(more) == 2 and all(re.fullmatch(r"\d\d", word) for word in more):
        return 3
    if re.fullmatch(r"0\d|1[0-2]", one) and more and re.fullmatch(r"20\d\d", more[0]):
        return 2
    if re.fullmatch(r"20\d{6}", one) or (index > 1 and _is_month_or_day(one)):
        return 1
    if words[index - 1] in EARLY and more and all(re.fullmatch(r"\d\d", word) for word in (one, more[0])):
        return 2  # preview-05-06
    settled = any(word in TUNED or is_size(word) for word in words[:index])
    if settled and _VERSION.fullmatch(one):
        return 2 if more and more[0].isdigit() else 1
    return 0


def _is_month_or_day(word: str) -> bool:
    """Whether four digits are a year and month (2407) or a month and day (0613)."""
    if not re.fullmatch(r"\d{4}", word):
        return False
    first, second = int(word[:2]), int(word[2:])
    return (22 <= first <= 39 and 1 <= second <= 12) or (1 <= first <= 12 and 1 <= second <= 31)


def likeness(typed: Sequence[str], known: Sequence[str], vocabulary: Collection[str]) -> float:
    """How far one name's words are another's but for slips of the hand: 0 where they are not, or nothing slipped.

    Numbers must agree, since another number is another thing, and so must words of the `vocabulary` of all names. The
    known name may go on where the typed one ends.
    """
    from rapidfuzz.distance import OSA  # here, because few names are mistyped

    if not typed or len(known) < len(typed):
        return 0.0
    found = 1.0
    shortest = MIN_ALONE if len(typed) == 1 else MIN_LETTERS
    for one, other in zip(typed, known, strict=False):
        if one == other:
            continue
        if one in vocabulary or len(one) < shortest or any(map(str.isdigit, one + other)):
            return 0.0
        slips = OSA.distance(one, other)
        if slips > (1 if len(one) < LONG else 2):
            return 0.0
        found *= 1 - slips / len(other)
    return found * len(typed) / len(known) if found < 1 else 0.0
