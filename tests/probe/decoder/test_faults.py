"""Two constructions that are sometimes shown as a decoder and a mixture of experts, and what gives them away.

Each is described here anew in a few lines, with the test that our own models pass and it does not.
"""

import pytest

from llmselect.probe.decoder.mixture import Mixture
from tests.probe.decoder.decoders import DENSE, changed_at, decoder, ids, torch, with_another_token

TOKENS = 8


class CrossAttending(torch.nn.Module):
    """Masked self-attention, then attention to the whole input, which nobody masked."""

    def __init__(self, size: int = 16) -> None:
        super().__init__()
        self.embedding = torch.nn.Embedding(DENSE.vocabulary_size, size)
        self.own, self.across = (torch.nn.MultiheadAttention(size, 2, batch_first=True) for _ in range(2))
        self.head = torch.nn.Linear(size, DENSE.vocabulary_size)

    def forward(self, tokens: "torch.Tensor", *, across: bool = True) -> "torch.Tensor":
        given = self.embedding(tokens)
        later = torch.ones(tokens.shape[1], tokens.shape[1], dtype=torch.bool).triu(1)
        hidden = given + self.own(given, given, given, attn_mask=later)[0]
        if across:
            hidden = hidden + self.across(hidden, given, given)[0]
        logits: torch.Tensor = self.head(hidden)
        return logits


def test_unmasked_cross_attention_sees_the_future() -> None:
    torch.manual_seed(0)
    faulty, sound, tokens = CrossAttending().double().eval(), decoder(DENSE), ids(1, TOKENS)
    with torch.no_grad():
        for position in range(1, TOKENS):
            other = with_another_token(tokens, position)
            assert changed_at(faulty(tokens), faulty(other))[0] == 0
            assert changed_at(faulty(tokens, across=False), faulty(other, across=False))[0] == position
            assert changed_at(sound(tokens), sound(other))[0] == position


class MixingAlongTheWrongAxis(torch.nn.Module):
    """All experts are stacked in front, their weights stay behind: broadcasting pairs what does not belong together."""

    def __init__(self, experts: int, size: int) -> None:
        super().__init__()
        self.experts = torch.nn.ModuleList(torch.nn.Linear(size, size) for _ in range(experts))
        self.gate = torch.nn.Linear(size, experts)
        self.ran = 0

    def weights(self, hidden: "torch.Tensor") -> "torch.Tensor":
        """[..., experts]."""
        return torch.nn.functional.softmax(self.gate(hidden), -1)

    def forward(self, hidden: "torch.Tensor") -> "torch.Tensor":
        outputs = torch.stack([expert(hidden) for expert in self.experts])  # [experts, ..., size]
        self.ran += len(self.experts)
        return (self.weights(hidden)[..., None] * outputs).sum(0)  # [..., experts, 1] by [experts, ..., size]

    def meant(self, hidden: "torch.Tensor") -> "torch.Tensor":
        """What the text promises: each token's experts by its own weights."""
        outputs = torch.stack([expert(hidden) for expert in self.experts], -2)  # [..., experts, size]
        return (self.weights(hidden)[..., None] * outputs).sum(-2)


def verdict(block: MixingAlongTheWrongAxis, shape: tuple[int, ...]) -> str:
    hidden = torch.randn(*shape, dtype=torch.float64)
    try:
        mixed = block(hidden)
    except RuntimeError:
        return "fails"
    if mixed.shape != hidden.shape:
        return "another shape"
    return "right" if torch.allclose(mixed, block.meant(hidden)) else "wrong values"


@pytest.mark.parametrize(
    ("shape", "expected"),
    [
        ((1, 6), "another shape"),
        ((2, 6), "fails"),
        ((4, 6), "wrong values"),
        ((7, 6), "fails"),
        ((1, 1, 6), "another shape"),
        ((1, 5, 6), "fails"),
        ((2, 5, 6), "fails"),
        ((4, 4, 6), "wrong values"),
        ((4, 1, 6), "another shape"),
        ((8, 4, 6), "fails"),
    ],
    ids=str,
)
def test_no_batch_is_mixed_rightly_along_the_wrong_axis(shape: tuple[int, ...], expected: str) -> None:
    torch.manual_seed(0)
    faulty = MixingAlongTheWrongAxis(4, 6).double()
    assert verdict(faulty, shape) == expected
    assert faulty.ran in (0, 4)  # all of them, when it runs through: nothing is saved
    sound = Mixture(6, 6, 4, 2).double()
    assert sound(torch.randn(*shape, dtype=torch.float64)).shape == shape
    assert sound.expert_tokens == 2 * torch.Size(shape[:-1]).numel()
