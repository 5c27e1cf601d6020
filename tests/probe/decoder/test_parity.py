"""The same weights give the same logits as the models of `transformers`."""

import re
from typing import Any

import pytest

from llmselect.probe.decoder.model import Decoder
from llmselect.probe.decoder.shape import DecoderShape
from tests.probe.decoder.decoders import ids, torch

transformers = pytest.importorskip("transformers")

SIZES = {"layers": 2, "hidden_size": 24, "attention_heads": 4, "kv_heads": 2, "head_size": 6}
NAMES = (  # of transformers, as patterns, and ours
    (r"^model\.", ""),
    (r"^embed_tokens", "embedding"),
    (r"^lm_head", "head"),
    (r"self_attn\.o_proj", "attention.output"),
    (r"self_attn\.q_proj", "attention.query"),
    (r"self_attn\.k_proj", "attention.key"),
    (r"self_attn\.v_proj", "attention.value"),
    (r"input_layernorm", "attention_norm"),
    (r"post_attention_layernorm", "ffn_norm"),
    (r"mlp\.gate\.weight", "ffn.router.gate.weight"),
    (r"mlp\.(gate|up|down)_proj", r"ffn.\1"),
)


def config(kind: str, **more: Any) -> Any:
    return getattr(transformers, f"{kind}Config")(
        vocab_size=50,
        hidden_size=24,
        intermediate_size=40,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        head_dim=6,
        max_position_embeddings=64,
        rms_norm_eps=1e-5,
        rope_parameters={"rope_type": "default", "rope_theta": 10_000.0},
        attn_implementation="eager",
        experts_implementation="eager",
        **more,
    )


def renamed(name: str) -> str:
    for theirs, ours in NAMES:
        name = re.sub(theirs, ours, name)
    return name


def weights(model: Any) -> dict[str, "torch.Tensor"]:
    """Weights by our names; stacked experts [experts, rows, columns] are taken apart."""
    found = {}
    for name, value in model.state_dict().items():
        stem, stacked, part = name.partition("mlp.experts.")
        if not stacked:
            found[renamed(name)] = value
            continue
        for expert, matrix in enumerate(value):
            place = f"{renamed(stem)}ffn.experts.{expert}"
            if part.startswith("down"):
                found[f"{place}.down.weight"] = matrix
            else:
                found[f"{place}.gate.weight"], found[f"{place}.up.weight"] = matrix.chunk(2)
    return found


@pytest.mark.parametrize(
    ("kind", "more", "ours"),
    [
        ("Llama", {}, {}),
        ("Llama", {"tie_word_embeddings": True}, {"tied_embeddings": True}),
        ("Mistral", {"sliding_window": 4}, {"sliding_window_tokens": 4}),
        (
            "Mixtral",
            {"num_local_experts": 4, "num_experts_per_tok": 2, "sliding_window": None},
            {"experts": 4, "experts_per_token": 2},
        ),
    ],
    ids=["llama", "llama-tied", "mistral", "mixtral"],
)
def test_logits_equal_those_of_transformers(kind: str, more: dict[str, Any], ours: dict[str, Any]) -> None:
    torch.manual_seed(0)
    theirs = getattr(transformers, f"{kind}ForCausalLM")(config(kind, **more)).double().eval()
    for weight in theirs.parameters():  # larger than their own start, so that every part shows in the logits
        torch.nn.init.normal_(weight, std=0.3)
    mine = Decoder(DecoderShape(**SIZES, ffn_size=40, vocabulary_size=50, **ours)).double().eval()
    mine.load_state_dict(weights(theirs))
    tokens = ids(3, 11)
    with torch.inference_mode():
        expected = theirs(tokens).logits
        torch.testing.assert_close(mine(tokens), expected, rtol=1e-6, atol=1e-6)
        cache = mine.cache()
        parts = [mine(part, cache) for part in tokens.split([4, 1, 6], dim=1)]
    torch.testing.assert_close(torch.cat(parts, 1), expected, rtol=1e-6, atol=1e-6)
    assert expected.std() > 0.1


def test_the_load_balancing_loss_is_that_of_transformers() -> None:
    from transformers.models.mixtral.modeling_mixtral import load_balancing_loss_func

    from llmselect.probe.decoder.mixture import Router, load_balancing_loss

    torch.manual_seed(0)
    router, tokens = Router(12, 6, 2), torch.randn(20, 12)
    expected = load_balancing_loss_func((router.gate(tokens),), num_experts=6, top_k=2)
    torch.testing.assert_close(load_balancing_loss(router(tokens)), expected)
