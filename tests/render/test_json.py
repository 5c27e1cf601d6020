"""What is written is the same data, with nothing in it that does harm where it is shown."""

import json
import math
import random
from typing import Any

import pytest

from llmselect.errors import Exit
from llmselect.render.format.json import envelope

WORDS = ("", "a", 'quoted "\\" \n \t', "語言", "\u2028\x00", "\x1b[31m", "\u202e", "\udc80", "\x7f\x9b", "😀\U000e0041")
SCALARS = (*WORDS, 0, -7, 10**20, 0.1, -1e-9, 1e300, True, False, None, Exit.BUG)


def _drawn(draw: random.Random, depth: int) -> Any:
    if depth == 0 or draw.random() < 0.4:
        return draw.choice(SCALARS)
    inner = [_drawn(draw, depth - 1) for _ in range(draw.randrange(4))]
    return {f'key "{place}" 鍵': item for place, item in enumerate(inner)} if draw.random() < 0.5 else inner


@pytest.mark.parametrize("seed", range(20))
def test_any_data_is_read_back_as_it_was(seed: int) -> None:
    draw = random.Random(seed)
    data = [_drawn(draw, 5) for _ in range(10)]
    text = envelope("show", "ok", data)
    assert json.loads(text)["data"] == data
    assert not set(text) & set("\x1b\u202e\udc80\x7f\x9b\u2028\U000e0041")
    assert ("語言" in text) == ("語言" in str(data))  # letters of any script stay readable


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_a_number_that_is_none_is_refused(value: float) -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        envelope("show", "ok", {"a": [1.0, value]})
