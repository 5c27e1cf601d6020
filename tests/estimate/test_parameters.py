"""Parameter counts against those of published weights, and shapes worked by hand."""

import pytest

from llmselect.catalog.schema import Architecture
from llmselect.estimate.memory import kv_bytes
from llmselect.estimate.parameters import parameter_parts, total_parameters
from llmselect.estimate.shapes import known_shape, shapes_of
from tests.factories import SHAPES, shape


@pytest.mark.parametrize(
    ("name", "published"),
    [
        ("llama-2-7b", 6_738_415_616),
        ("llama-2-13b", 13_015_864_320),
        ("llama-2-70b", 68_976_648_192),
        ("mistral-7b", 7_241_732_096),
        ("mixtral-8x7b", 46_702_792_704),
    ],
)
def test_counts_of_published_weights_are_exact(name: str, published: int) -> None:
    assert total_parameters(SHAPES[name]) == published


@pytest.mark.parametrize(("name", "published"), [("falcon-7b", 6_921_720_704), ("falcon-40b", 41_303_293_952)])
def test_only_biases_are_left_out_of_falcon(name: str, published: int) -> None:
    assert 0 <= published - total_parameters(SHAPES[name]) < 0.001 * published


def test_a_dense_model_reads_all_its_layers() -> None:
    parts = parameter_parts(SHAPES["llama-2-7b"])
    assert (parts.embedding, parts.head, parts.expert_layers) == (131_072_000, 131_072_000, 0)
    assert parts.active_layers == parts.layers == 6_476_271_616
    assert parts.active == parts.total


def test_tied_embeddings_have_no_head() -> None:
    untied, tied = (total_parameters(shape(tied_embeddings=flag)) for flag in (False, True))
    assert untied - tied == 1000 * 64


def test_ffn_matrices_count() -> None:
    assert total_parameters(shape()) - total_parameters(shape(ffn_matrices=2)) == 2 * 64 * 256


def test_mixtral_by_hand() -> None:
    """32 layers of 8 experts with 3 matrices of 4,096 x 14,336, of which a token reads two."""
    expert = 3 * 4096 * 14336
    parts = parameter_parts(SHAPES["mixtral-8x7b"])
    assert parts.expert_layers == 32 * 8 * expert
    assert parts.layers - parts.active_layers == 32 * 6 * expert
    assert parts.total / 1e9 == pytest.approx(46.7, abs=0.01)
    assert parts.active / 1e9 == pytest.approx(12.9, abs=0.03)


def test_dense_layers_and_shared_experts() -> None:
    """Four layers, one of them dense; three with 8 experts of 32, two per token, and one shared."""
    made = shape(layers=4, experts=8, experts_per_token=2, shared_experts=1, expert_ffn_size=32, dense_layers=1)
    expert, attention, norms, dense = 3 * 64 * 32, 2 * 64 * 64 + 2 * 64 * 32, 9 * 64, 3 * 64 * 256
    always = 4 * attention + norms + dense + 3 * (expert + 64 * 8)
    parts = parameter_parts(made)
    assert parts.expert_layers == 3 * 8 * expert
    assert parts.layers == always + 3 * 8 * expert
    assert parts.active_layers == always + 3 * 2 * expert


def test_mla_attention_by_hand() -> None:
    """One layer: queries 64 to 2 x (16 + 8), latent 64 to 24 + 8, up to 2 x (16 + 12), output 2 x 12 to 64."""
    made = shape(
        layers=1, attention_heads=2, head_size=16, mla_kv_rank=24, mla_rope_head_size=8, mla_value_head_size=12
    )
    attention = 64 * 48 + 64 * 32 + 24 * 2 * 28 + 24 * 64
    assert parameter_parts(made).layers == attention + 3 * 64 * 256 + 3 * 64


def test_mla_query_rank_replaces_the_query_projection() -> None:
    sizes = {"layers": 1, "attention_heads": 2, "head_size": 16, "mla_kv_rank": 24, "mla_rope_head_size": 8}
    direct, low_rank = shape(**sizes), shape(**sizes, mla_query_rank=10)
    assert total_parameters(low_rank) - total_parameters(direct) == (64 * 10 + 10 * 48) - 64 * 48


@pytest.mark.parametrize(
    ("name", "total_billion", "active_billion"), [("deepseek-v3", 671.0, 37.6), ("deepseek-v2-lite", 15.7, 2.66)]
)
def test_mla_experts_of_published_models(name: str, total_billion: float, active_billion: float) -> None:
    parts = parameter_parts(SHAPES[name])
    assert parts.total / 1e9 == pytest.approx(total_billion, rel=0.001)
    assert parts.active / 1e9 == pytest.approx(active_billion, rel=0.01)


def test_linear_attention_has_projections_and_a_state_of_its_own() -> None:
    shape = Architecture.model_validate(
        {
            "layers": 4, "hidden_size": 64, "attention_heads": 2, "kv_heads": 1, "head_size": 32, "ffn_size": 128,
            "vocabulary_size": 100,
            "linear": {"layers": 3, "key_heads": 2, "value_heads": 4, "head_size": 16, "convolution": 4},
        }
    )  # fmt: skip
    full = 64 * 64 * 2 + 64 * 32 * 2 + 64 * 64  # queries and their gate, keys and values, output
    linear = 64 * (2 * 32 + 2 * 64 + 2 * 4) + 4 * (2 * 32 + 64) + 64 * 64
    rest = 2 * 100 * 64 + 4 * 3 * 64 * 128 + 9 * 64
    assert total_parameters(shape) == full + 3 * linear + rest
    states = 3 * 4 * 16 * 16 * 4
    columns = shapes_of([known_shape(shape)])
    assert kv_bytes(columns, 0) == states
    assert kv_bytes(columns, 1000) == states + 2 * 32 * 1000 * 2  # of one layer, at 16 bits
