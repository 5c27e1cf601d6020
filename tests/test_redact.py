"""Secrets are replaced in any casing and in parts; all else stays."""

import pytest

from llmselect import redact
from llmselect.redact import keep_secret, redacted

SECRET = "Xk7-qPz93mVt-Lw20aRb"


@pytest.fixture(autouse=True)
def told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(redact, "_told", set())


@pytest.mark.parametrize("name", ["OPENAI_API_KEY", "HF_TOKEN", "aws_secret_access_key", "MY_PASSWORD", "APIKEY"])
@pytest.mark.parametrize("form", [SECRET, SECRET.upper(), SECRET.lower(), SECRET[:10], SECRET[-8:], SECRET[5:15]])
def test_keys_of_the_environment_never_leave(monkeypatch: pytest.MonkeyPatch, name: str, form: str) -> None:
    monkeypatch.setenv(name, SECRET)
    assert redacted(f"refused {form}, sorry") == "refused [key], sorry"
    assert redacted(f"a{form}b{form}c") == "a[key]b[key]c"


def test_what_was_told_never_leaves(monkeypatch: pytest.MonkeyPatch) -> None:
    keep_secret("hunter2")
    assert redacted("with HUNTER2!") == "with [key]!"
    keep_secret("abc")  # too short to be told from words
    assert redacted("abc") == "abc"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("key sk-proj-abcdEFGH1234567890 refused", "key [key] refused"),
        ("hf_abcdefghijklmnop1234", "[key]"),
        ("AIza" + "Sy0" * 12, "[key]"),
        ("AKIA" + "ABCD1234" * 2, "[key]"),
        ("Authorization: Bearer abc.def-ghi_123==", "Authorization: Bearer [key]"),
        ("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJl", "[key]"),
        ("https://user:pass@host.test/v1", "https://[key]@host.test/v1"),
        ("https://host.test/p?api_key=abc123&day=1", "https://host.test/p?api_key=[key]&day=1"),
        ("https://host.test/p?x=1&token=abc", "https://host.test/p?x=1&token=[key]"),
    ],
)
def test_what_looks_like_a_key_never_leaves(text: str, shown: str) -> None:
    assert redacted(text) == shown
    assert redacted(shown) == shown


@pytest.mark.parametrize(
    "text",
    [
        "hf-internal-testing/tiny-random-LlamaForCausalLM-2024",
        "https://medium.com/@writer/post?page=2",
        "risk-adjusted-score-2024-01-01",
        "sha256 " + "0123456789abcdef" * 4,
        "openai/gpt-5-mini-2025-08-07@azure",
        "Bearer of news",
    ],
)
def test_what_is_no_secret_stays(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setenv("LM_API_KEY", "lm-studio")  # what servers of one's own take
    monkeypatch.setenv("SIGNING_KEY", "/home/me/.ssh/id_ed25519")
    monkeypatch.setenv("OPENAI_API_KEY", SECRET)
    assert redacted(text) == text
