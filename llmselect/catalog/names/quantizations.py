"""Formats of weights by what files, repositories and runtimes call them, and the catalogue's levels for them."""

import re

from llmselect.errors import LlmselectError, cut, fold

LEVELS = ("none", "q8", "q6", "q5", "q4", "q3", "q2")
# Formats without a number, and those whose number is not that of the bits, by their levels.
_NAMED = {
    **dict.fromkeys(
        ("full", "half", "original", "unquantized", "unquantised", "no", "safetensors", "asreleased"), "none"
    ),
    **dict.fromkeys(("bf16", "fp16", "f16", "float16", "bfloat16", "16bit", "16bits"), "none"),
    **dict.fromkeys(("fp32", "f32", "float32", "32bit", "32bits"), "none"),
    **dict.fromkeys(("awq", "gptq", "nf4", "qlora", "bnb", "bitsandbytes", "bnbnf4"), "q4"),
    **dict.fromkeys(("e4m3", "e5m2", "llm.int8"), "q8"),
}
# GGUF types, such as Q4_K_M, IQ4_XS, UD-Q4_K_XL, Q4_0 and the repacked Q4_0_4_8.
_GGUF = re.compile(r"(?:ud)?i?q([2-8])(?:[01](?:44|48|88)?)?k?(?:xxs|xs|s|m|l|xl|nl)?")
# What stands around them and says no bits: words, and the method before or behind.
_NOISE = re.compile(r"\b(?:gguf|quanti[sz]ed|quanti[sz]ation|precision|weights|i1)\b|[()]", re.IGNORECASE)
_METHOD = r"mlx|bnb|bitsandbytes|gptq|awq|exl[23]|hqq|autoround|quanto|torchao"
_AROUND = re.compile(rf"^(?:{_METHOD})|(?:{_METHOD})$")
# The kind of number, its bits and a detail: int4, 4bit-g128, 4.5bpw, w4a16, fp8_e4m3, nvfp4a16; a method's bare number.
_BITS = (
    re.compile(r"u?int([2-8])(?:g\d+)?"),
    re.compile(r"w?([2-8])(?:\.\d+)?(?:b|bits?|bpw)(?:g?\d+g?|dwq|qat)?"),
    re.compile(r"w([248])a(?:4|8|16)(?:g\d+)?"),
    re.compile(r"(?:mx|nv)?f(?:p|loat)([48])(?:a16|dynamic|block|static|e\dm\d(?:fn)?)?"),
    re.compile(rf"(?:{_METHOD})([2-8])(?:\.\d+)?"),
)
_KNOWN = f"{', '.join(LEVELS)}, a GGUF type such as Q4_K_M, or a format such as AWQ, FP8 or 4bit"
HINT = f"It may be {_KNOWN}."


def level_of(name: str) -> str | None:
    """The level of a format, such as q4 for Q4_K_M, AWQ and mlx-4bit; None for a name that is none."""
    key = fold(_NOISE.sub(" ", name.strip().removesuffix(".gguf")))
    if key in LEVELS:
        return key
    if key in _NAMED:
        return _NAMED[key]
    for pattern in (_GGUF, *_BITS):
        match = pattern.fullmatch(key) or pattern.fullmatch(_AROUND.sub("", key))
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
