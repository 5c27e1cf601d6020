"""A decoder sees the past alone, whichever way the tokens reach it."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from tests.probe.decoder.decoders import DENSE, SHAPES, changed_at, decoder, ids, torch, with_another_token

TOKENS = 9


@pytest.fixture(autouse=True)
def no_gradients() -> Iterator[None]:
    with torch.inference_mode():
        yield


@pytest.mark.parametrize("name", [name for name in SHAPES if name != "window"])
def test_a_token_changes_what_follows_and_nothing_before(name: str) -> None:
    model, tokens = decoder(SHAPES[name]), ids(1, TOKENS)
    before = model(tokens)
    for position in range(TOKENS):
        after = model(with_another_token(tokens, position))
        assert changed_at(before, after) == list(range(position, TOKENS))


@pytest.mark.parametrize(("layers", "window"), [(1, 3), (2, 3), (3, 2), (2, 1), (1, 20)])
def test_a_window_reaches_back_one_window_a_layer(layers: int, window: int) -> None:
    """Each layer adds window - 1 positions of reach (arXiv 2310.06825, figure 1)."""
    model, tokens = decoder(replace(DENSE, layers=layers, sliding_window_tokens=window)), ids(1, TOKENS)
    before = model(tokens)
    for position in range(TOKENS):
        last = min(TOKENS - 1, position + layers * (window - 1))
        assert changed_at(before, model(with_another_token(tokens, position))) == list(range(position, last + 1))


@pytest.mark.parametrize("chunks", [[1] * TOKENS, [4, 5], [5, 1, 1, 1, 1], [1, 8], [2, 3, 4], [9]], ids=str)
@pytest.mark.parametrize("name", SHAPES)
def test_cached_passes_equal_one_full_pass(name: str, chunks: list[int]) -> None:
    model, tokens = decoder(SHAPES[name]), ids(2, TOKENS)
    cache = model.cache()
    parts = [model(part, cache) for part in tokens.split(chunks, dim=1)]
    torch.testing.assert_close(torch.cat(parts, dim=1), model(tokens), rtol=0, atol=1e-9)
    assert cache.tokens == TOKENS


def test_a_window_keeps_no_more_than_it_can_see() -> None:
    model = decoder(SHAPES["window"])
    cache = model.cache()
    model(ids(1, TOKENS), cache)
    assert (cache.tokens, cache.cached_tokens) == (TOKENS, 2)
    keys, _ = cache.append(0, *(torch.zeros(1, 2, 1, 6, dtype=torch.float64) for _ in range(2)))
    assert keys.shape[2] == 3


def test_a_copied_cache_grows_apart() -> None:
    model, tokens = decoder(DENSE), ids(1, TOKENS)
    cache = model.cache()
    model(tokens[:, :5], cache)
    model(ids(1, 3, seed=7), cache.copy())
    torch.testing.assert_close(model(tokens[:, 5:], cache), model(tokens)[:, 5:], rtol=0, atol=1e-9)


def test_the_last_token_alone_is_the_last_of_all() -> None:
    model, tokens = decoder(DENSE), ids(2, TOKENS)
    torch.testing.assert_close(model(tokens, last_only=True), model(tokens)[:, -1:])


def test_positions_matter() -> None:
    for name in ("grouped-query", "sinusoidal"):
        model = decoder(SHAPES[name])
        there, back = model(torch.tensor([[3, 4, 5]])), model(torch.tensor([[4, 3, 5]]))
        assert changed_at(there, back)[-1] == 2, name


def test_sinusoids_are_those_of_the_paper() -> None:
    from llmselect.probe.decoder.positions import sinusoids

    rows = sinusoids(torch.tensor([0, 1, 7]), 6)
    expected = [
        [f(p / 10_000 ** (2 * i / 6)) for i in range(3) for f in (torch.sin, torch.cos)]
        for p in (torch.tensor(0.0), torch.tensor(1.0), torch.tensor(7.0))
    ]
    torch.testing.assert_close(rows, torch.tensor(expected))


def test_heads_that_cannot_be_shared_are_refused() -> None:
    with pytest.raises(ValueError, match="4 query heads cannot share 3 key heads"):
        decoder(replace(DENSE, kv_heads=3))
