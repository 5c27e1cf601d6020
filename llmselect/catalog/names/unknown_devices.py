"""What is said to the name of a machine that the catalogue does not have: how to describe it."""

import re
from collections.abc import Mapping

from llmselect.errors import LlmselectError, close_matches, cut

_KINDS = (
    (
        r"iphone|ipad|ipod|pixel|galaxy|snapdragon|dimensity|exynos|android|\bphone|tablet|quest|steam ?deck",
        "Phones and tablets are not in the catalogue. Describe one by its own figures, such as --hardware cpu "
        "--ram 8GiB --bandwidth 50GB/s.",
    ),
    (
        r"\biris\b|\buhd\b|\bvega\s*\d{1,2}\b|\b[6-8]\d0m\b|adreno|mali\b|integrated|\bigpu\b|"
        r"\bhd (?:graphics|\d{3})|arc graphics",
        "An integrated GPU computes in the system's memory. Describe it as --hardware cpu --ram 16GiB, with "
        "--bandwidth if you know it.",
    ),
    (
        r"\bcore\b|\bi[3579]\b|ryzen|xeon|epyc|threadripper|celeron|pentium|athlon|graviton|altra|opteron",
        "Of a processor memory and bandwidth count: --hardware cpu --ram 32GiB, with --bandwidth if you know it.",
    ),
    (
        r"\bmac|imac|apple|\bm\d+\b",
        "Name a Mac by its chip, such as M3 Pro or M4 Max 64GB; one that is not in the catalogue by --vram and "
        "--bandwidth.",
    ),
    (
        r"\btpu\b|trainium|inferentia|gaudi|groq|cerebras|\bnpu\b|coral|hailo",
        "Accelerators that are no GPUs are not in the catalogue; hosts that serve from them are (`--host`).",
    ),
)
# Words that many machines share and that name none.
_SHARED = frozenset(
    ("nvidia", "amd", "intel", "apple", "rtx", "gtx", "rx", "pro", "ti", "super", "max", "mini",
     "ultra", "laptop", "tesla", "geforce", "radeon", "gpu")
)  # fmt: skip
LETTERS_OF_A_WORD = 5
DESCRIBE = "Or describe it with --vram and --bandwidth."


def unknown_device(name: str, known: Mapping[str, str]) -> LlmselectError:
    """The error for a machine that is not in the catalogue, with a way to describe what it is.

    `known` are the devices' ids by all their spellings.
    """
    text = name.casefold()
    error = f"unknown device {cut(name)!r}"
    if re.search(r"\s(?:\+|and|&|und)\s|\+", text):
        hint = "Name GPUs of one kind, with their number, such as 2x RTX 3090; unlike ones are not told apart."
        return LlmselectError("unknown-device", error, hint)
    for pattern, hint in _KINDS:
        if re.search(pattern, text):
            return LlmselectError("unknown-device", error, hint)
    matches = close_matches(name, known, most=9) if text.strip() not in _SHARED else []
    ids = list(dict.fromkeys(known[spelling] for spelling in matches if _may_be_a_slip(text, spelling.casefold())))[:3]
    suggestion = f"Did you mean {' or '.join(ids)}? " if ids else ""
    return LlmselectError("unknown-device", error, f"{suggestion}{DESCRIBE}")


def _may_be_a_slip(typed: str, known: str) -> bool:
    """Whether two names have the same letters, if few: another letter of GH200 or GB200 is another product."""
    first, second = (re.sub(r"[^a-z]", "", name) for name in (typed, known))
    return len(first) >= LETTERS_OF_A_WORD or sorted(first) == sorted(second) or second.startswith(first)
