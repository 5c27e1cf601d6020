"""The Python API: the documented names, and faults in its own words."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import llmselect
from llmselect import LlmselectError, Requirements, api

SMALL = Path(__file__).parents[1] / "small_catalog"
PAGES = [Path(__file__).parents[2] / name for name in ("README.md", "docs/python.md")]


def test_a_recommendation_needs_no_catalogue() -> None:
    answer = llmselect.recommend(Requirements(task="qa", gpu="RTX 3090"), top=3)
    assert [row.rank for row in answer.recommendations] == [1, 2, 3]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_examples_in_the_docs_run(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    blocks = re.findall(r"^```python\n(.*?)^```$", page.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    assert blocks
    names: dict[str, Any] = {}
    for block in blocks:
        exec(block, names)


@pytest.mark.parametrize("name", llmselect.__all__)
def test_every_public_name_exists(name: str) -> None:
    assert getattr(llmselect, name)


@pytest.mark.parametrize("name", api.__all__)
def test_every_function_says_what_it_does(name: str) -> None:
    assert getattr(api, name).__doc__
    assert name == "load_catalog" or f"`{name}(" in PAGES[1].read_text(encoding="utf-8")


def test_other_names_do_not() -> None:
    with pytest.raises(AttributeError, match="no attribute 'recomend'"):
        llmselect.recomend  # noqa: B018


FAULTS: list[tuple[Callable[[Any], Any], str, str]] = [
    (lambda known: Requirements(max_ttft_ms="soon"), "bad-value", "max_ttft_ms: 'soon'"),
    (lambda known: api.recommend(Requirements(gpu="RTX 9999"), known), "unknown-device", "'RTX 9999'"),
    (lambda known: api.recommend(Requirements(policy="document"), known), "missing-flag", "response_time"),
    (lambda known: api.replace("giant-1", catalog=known, without=["cost"]), "unknown-requirement", "'cost'"),
    (lambda known: api.replace("no-such-model", catalog=known), "unknown-model", "'no-such-model'"),
    (lambda known: api.compare(catalog=known), "missing-argument", "nothing to compare"),
    (lambda known: api.compare("giant-1", columns=["prize"], catalog=known), "unknown-column", "'prize'"),
    (lambda known: api.cost(catalog=known), "missing-argument", "no model and no log"),
    (lambda known: api.cost(usage="no-such-file", catalog=known), "bad-file", "usage: no-such-file"),
    (lambda known: api.estimate("giant-1", catalog=known), "no-weights", "no weights"),
    (lambda known: api.estimate("small-7b-chat", catalog=known, runtime="abacus"), "unknown-runtime", "'abacus'"),
    (lambda known: api.check("nowhere", catalog=known), "no-such-path", "nowhere"),
    (lambda known: api.check(".", host="nobody", catalog=known), "unknown-host", "'nobody'"),
    (lambda known: api.load_catalog("nowhere"), "no-catalog", "nowhere"),
]


@pytest.mark.parametrize(("call", "code", "said"), FAULTS, ids=[f"{code}-{said}" for _, code, said in FAULTS])
def test_faults_speak_of_parameters(call: Callable[[Any], Any], code: str, said: str) -> None:
    with pytest.raises(LlmselectError) as caught:
        call(api.load_catalog(SMALL))
    assert said in caught.value.message
    assert caught.value.code == code
    assert "--" not in caught.value.message + caught.value.hint
    assert caught.value.hint


def test_a_field_that_does_not_exist_is_a_type_error() -> None:
    with pytest.raises(TypeError, match="taks"):
        Requirements(taks="qa")  # type: ignore[call-arg]
