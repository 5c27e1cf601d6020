"""What is said to the name of a machine that the catalogue does not have: how to describe it."""

import re
from collections.abc import Mapping

from llmselect.errors import LlmselectError, close_matches, cut, fold

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
LETTERS_OF_A_WORD, DIGITS_OF_A_NUMBER = 5, 4
SHORTEST = 3  # letters and digits of a name that is completed or mended
EXAMPLES = "Name a GPU, a Mac's chip or cpu, such as RTX 4090, 2x 3090 or M4 Max 64GB"
BY_FIGURES = "with --vram and --bandwidth"
UNLIKE = "Name GPUs of one kind, with their number, such as 2x RTX 3090; unlike ones are not told apart."


def unknown_device(name: str, known: Mapping[str, str]) -> LlmselectError:
    """The error for a machine that is not in the catalogue, with a way to describe what it is.

    `known` are the devices' ids by all their spellings.
    """
    text, error = name.casefold(), f"unknown device {cut(name)!r}"
    if re.search(r"\+|,\s*\w|\s(?:and|&|und)\s", text):
        return LlmselectError("unknown-device", error, UNLIKE)
    matches = close_matches(name, known, most=9) if text.strip() not in _SHARED and len(fold(text)) >= SHORTEST else []
    ids = list(dict.fromkeys(known[spelling] for spelling in matches if _may_be_a_slip(text, spelling.casefold())))
    sure = [one for one in ids if _digits(one) == _digits(text) or fold(one).startswith(fold(text))]
    ids = sure[:3] or (ids if len(ids) == 1 else [])  # a wrong digit may be that of several devices
    if ids:
        return LlmselectError("unknown-device", error, f"Did you mean {' or '.join(ids)}? Or describe it {BY_FIGURES}.")
    hint = next(
        (hint for pattern, hint in _KINDS if re.search(pattern, text)), f"{EXAMPLES}, or describe it {BY_FIGURES}."
    )
    return LlmselectError("unknown-device", error, hint)


def _digits(name: str) -> str:
    return "".join(filter(str.isdigit, name))


def _may_be_a_slip(typed: str, known: str) -> bool:
    """Whether a name is long enough for another letter to be a slip, or has the same number or the same letters.

    Of short names it is not: another letter of GH200 or GB200 is another product.
    """
    first, second = (re.sub(r"[^a-z]", "", name) for name in (typed, known))
    number = _digits(typed)
    if len(first) >= LETTERS_OF_A_WORD or (len(number) >= DIGITS_OF_A_NUMBER and number == _digits(known)):
        return True
    return sorted(first) == sorted(second) or second.startswith(first)
