"""Small decoders with random weights, for the tests of this folder; where torch is missing, these are skipped."""

from dataclasses import replace

import pytest

torch = pytest.importorskip("torch")

from llmselect.probe.decoder.model import Decoder  # noqa: E402
from llmselect.probe.decoder.shape import DecoderShape  # noqa: E402

DENSE = DecoderShape(
    layers=2, hidden_size=24, attention_heads=4, kv_heads=2, head_size=6, ffn_size=40, vocabulary_size=50
)
SHAPES: dict[str, DecoderShape] = {
    "multi-head": replace(DENSE, kv_heads=4),
    "grouped-query": DENSE,
    "multi-query": replace(DENSE, kv_heads=1),
    "sinusoidal": replace(DENSE, positions="sinusoidal"),
    "window": replace(DENSE, sliding_window_tokens=3),
    "tied": replace(DENSE, tied_embeddings=True),
    "experts": replace(DENSE, experts=5, experts_per_token=2, expert_ffn_size=16),
}


def decoder(shape: DecoderShape) -> Decoder:
    """A decoder in double precision, so that equal means equal to 1e-9."""
    torch.manual_seed(0)
    return Decoder(shape).double().eval()


def ids(batch: int, tokens: int, seed: int = 1) -> "torch.Tensor":
    """Random token ids [batch, tokens]."""
    return torch.randint(0, DENSE.vocabulary_size, (batch, tokens), generator=torch.Generator().manual_seed(seed))


def changed_at(before: "torch.Tensor", after: "torch.Tensor") -> list[int]:
    """Positions at which the logits [1, tokens, vocabulary] of two runs differ."""
    different = ((before - after).abs() > 1e-9).any(-1)[0]
    return [int(position) for position in different.nonzero().flatten()]


def with_another_token(tokens: "torch.Tensor", position: int) -> "torch.Tensor":
    """The same ids with another one at `position`."""
    other = tokens.clone()
    other[:, position] = (other[:, position] + 1) % DENSE.vocabulary_size
    return other
