"""Secrets never leave: keys, tokens and passwords are replaced in everything that is printed, written or stored.

Known are the values of variables of the environment whose names say that they are secret, what `keep_secret` was told,
and what looks like a key. A known secret is found in any casing and in parts, because servers repeat parts of keys.
"""

import os
import re

PART = 8  # so many letters of a secret in a row are a part of it
_MIN_LETTERS = 12  # of a value of the environment that is a secret by the name of its variable
_SHORTEST = 4  # of what `keep_secret` takes
_MARK = "[key]"
_SECRET_NAME = re.compile(r"(?:^|_)(?:API_?KEY|KEY|TOKEN|SECRET|PASSWORD|PASSWD|CREDENTIALS?|PAT)$", re.IGNORECASE)
_LOOKS = re.compile(
    r"\b(?:sk-|gsk_|xai-|hf_|ghp_|gho_|github_pat_|glpat-|nvapi-|pplx-|r8_)(?=[\w-]*\d)[\w-]{16,}"
    r"|\bAIza[\w-]{30,}|\bAKIA[0-9A-Z]{16}\b"
    r"|\beyJ[\w-]{10,}\.[\w-]{10,}(?:\.[\w-]*)?"  # a JSON Web Token
)
_BEARER = re.compile(r"(\bBearer\s+)[\w.~+/-]{8,}=*", re.IGNORECASE)
_USER = re.compile(r"(://)[^\s/?#@\"'<>]+(?=@)")  # and the password
_QUERY = re.compile(
    r"([?&](?:api[-_]?key|key|access[-_]?token|auth|token|sig|signature|password|secret)=)[^&\s\"'<>#]+", re.IGNORECASE
)
_told: set[str] = set()


def keep_secret(value: str) -> None:
    """From now on a value is replaced wherever it would be written."""
    if len(value) >= _SHORTEST:
        _told.add(value)


def redacted(text: str) -> str:
    """Text without secrets; `[key]` stands in their places."""
    text = _LOOKS.sub(_MARK, text)
    text = _BEARER.sub(rf"\1{_MARK}", text)
    text = _USER.sub(rf"\1{_MARK}", text)
    text = _QUERY.sub(rf"\1{_MARK}", text)
    return _without_parts(text, _secrets())


def _secrets() -> set[str]:
    return _told | {value for name, value in os.environ.items() if _SECRET_NAME.search(name) and _random(value)}


def _random(value: str) -> bool:
    """Whether a value can be a key, and no word, path or address that stands in a variable of such a name."""
    letters = any(letter.isalpha() for letter in value) and any(letter.isdigit() for letter in value)
    return len(value) >= _MIN_LETTERS and letters and not any(sign in value for sign in " /\\:")


def _without_parts(text: str, secrets: set[str]) -> str:
    """Text in which each run of letters of a secret, at least `PART` long, is replaced."""
    for length in {min(PART, len(secret)) for secret in secrets}:
        lowered = [secret.lower() for secret in secrets if min(PART, len(secret)) == length]
        parts = {secret[at : at + length] for secret in lowered for at in range(len(secret) - length + 1)}
        text = _covered(text, parts, length)
    return text


def _covered(text: str, parts: set[str], length: int) -> str:
    low = text.lower()
    if len(low) != len(text):  # a letter whose small form is longer
        low = "".join(small if len(small := letter.lower()) == 1 else letter for letter in text)
    kept: list[str] = []
    end = 0  # of the last part that was found
    for at in range(len(low) - length + 1):
        if low[at : at + length] in parts:
            if at > end or not kept:
                kept += [text[end:at], _MARK]
            end = at + length
    return "".join([*kept, text[end:]])
