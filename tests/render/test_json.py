"""What is written is what the standard library writes."""

import json
import math
import random
from typing import Any

import pytest

from llmselect.errors import Exit
from llmselect.render.json import indented

WORDS = ("", "a", 'quoted "\\" \n \t', "語言", "\u2028\x00")
SCALARS = (*WORDS, 0, -7, 10**20, 0.1, -1e-9, 1e300, True, False, None, Exit.BUG)


def _drawn(draw: random.Random, depth: int) -> Any:
    if depth == 0 or draw.random() < 0.4:
        return draw.choice(SCALARS)
    inner = [_drawn(draw, depth - 1) for _ in range(draw.randrange(4))]
    return {f'key "{place}" 鍵': item for place, item in enumerate(inner)} if draw.random() < 0.5 else inner


@pytest.mark.parametrize("seed", range(200))
def test_indented_text_is_that_of_the_standard_library(seed: int) -> None:
    value = _drawn(random.Random(seed), 5)
    assert indented(value) == json.dumps(value, ensure_ascii=False, indent=2, allow_nan=False)


def test_tuples_are_lists() -> None:
    assert indented({"a": (1, (), {})}) == json.dumps({"a": [1, [], {}]}, indent=2)


def test_keys_are_text() -> None:
    assert indented({1: 2}) == json.dumps({1: 2}, indent=2)


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_a_number_that_is_none_is_refused(value: float) -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        indented({"a": [1.0, value]})


def test_what_json_does_not_know_is_refused() -> None:
    with pytest.raises(TypeError, match="set"):
        indented([{1}])
