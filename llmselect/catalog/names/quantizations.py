"""Formats of weights by what files, repositories and runtimes call them, and the catalogue's levels for them."""

import re

from llmselect.errors import LlmselectError, cut

LEVELS = ("none", "q8", "q6", "q5", "q4", "q3", "q2")
# What names a format, and the bits of a weight; a name with a number in it says them itself.
_AS_RELEASED = re.compile(
    r"(?:b?f|fp|float)(?:16|32)|16-?bits?|32-?bits?|full|original|as-?released|unquantized|no|safetensors"
)
_GGUF = re.compile(r"(?:ud-?)?i?q([2-8])(?:-?[0-9a-z]+)*")
_NUMBERED = (
    re.compile(
        r"(?:mlx-?|bnb-?|gptq-?|awq-?|exl[23]-?|hqq-?|llm\.)?(?:u?int|bits?|)-?([2-8])(?:\.\d+)?-?(?:bits?|bpw)?"
    ),
    re.compile(r"(?:mx|nv)?f(?:p|loat)-?([48])(?:-?[a-z0-9]+)*"),
    re.compile(r"w([248])a(?:4|8|16)(?:-?g\d+)?"),
    re.compile(r"(?:mlx|bnb|gptq|awq)-?(?:q|int|w)?([2-8])(?:-?[a-z0-9]+)*"),
)
_FOUR_BITS = frozenset(("awq", "gptq", "nf4", "bnb-nf4", "qlora", "bnb"))
_KNOWN = f"{', '.join(LEVELS)}, a GGUF type such as Q4_K_M, or a format such as AWQ, FP8 or 4bit"
HINT = f"It may be {_KNOWN}."


def level_of(name: str) -> str | None:
    """The level of a format, such as q4 for Q4_K_M, AWQ and mlx-4bit; None for a name that is none."""
    key = re.sub(r"[\s_]+", "-", name.strip().lower())
    if key in LEVELS:
        return key
    if _AS_RELEASED.fullmatch(key):
        return "none"
    if key in _FOUR_BITS:
        return "q4"
    if key.isdigit():
        return None
    for pattern in (_GGUF, *_NUMBERED):
        match = pattern.fullmatch(key)
        if match and f"q{match[1]}" in LEVELS:
            return f"q{match[1]}"
    return None


def find_level(name: str) -> str:
    """The level of a format; raises LlmselectError for a name that is none, or of a format that is not judged."""
    level = level_of(name)
    if level is None:
        raise LlmselectError("unknown-quantization", f"unknown quantization {cut(name)!r}", HINT)
    return level


def weights_format(value: object) -> str:
    """`any`, a level, or a format that has a level, which stays as it was typed; raises ValueError for all else."""
    typed = value.strip() if isinstance(value, str) else ""
    if typed.lower() in ("any", *LEVELS):
        return typed.lower()
    if level_of(typed) is None:
        raise ValueError(f"{cut(str(value))!r} is no format of weights; it may be any, {_KNOWN}")
    return typed
