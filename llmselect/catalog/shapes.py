"""The shape of a model from its Hugging Face `config.json`: the catalogue's architecture and parameters.

The keys are those of the `transformers` configurations; a multimodal model's language part is read.
"""

from typing import Any

from pydantic import ValidationError

from llmselect.catalog.schema import Architecture
from llmselect.errors import LlmselectError
from llmselect.estimate.parameters import parameter_parts

MOST = 10**9  # no number of a shape is larger
# Models whose feed-forward layers have two matrices: no gate.
UNGATED = frozenset(
    ("gpt2", "gpt_neo", "gpt_neox", "gptj", "gpt_bigcode", "opt", "bloom", "falcon", "RefinedWeb", "RefinedWebModel",
     "mpt", "phi", "starcoder2", "nemotron", "codegen", "gpt_neox_japanese", "biogpt", "xglm", "persimmon")
)  # fmt: skip
# Models that tie the output head to the embedding where their configuration says nothing.
TIED = frozenset(
    ("gpt2", "gemma", "gemma2", "gemma3", "gemma3_text", "opt", "bloom", "mpt", "falcon", "cohere", "cohere2")
)
_ATTENTION = frozenset(("full_attention", "sliding_attention", "chunked_attention", "deepseek_sparse_attention"))
_HYBRIDS = (
    "is_encoder_decoder", "hybrid_override_pattern", "layers_block_type", "linear_attn_config", "block_configs",
    "compress_ratios", "ssm_cfg", "ssm_state_size", "mamba_d_state", "state_size", "attn_layer_period",
)  # fmt: skip
_TWO_SHAPES = (("global_head_dim", "head_dim"), ("swa_num_key_value_heads", "num_key_value_heads"))
_FFN_SIZES = (  # models with experts call their dense layers' size by a name of its own
    "intermediate_size_mlp", "dense_intermediate_size", "intermediate_size", "ffn_dim", "n_inner", "ffn_hidden_size",
)  # fmt: skip
_PER_TOKEN = ("num_experts_per_tok", "num_experts_per_token", "top_k_experts", "moe_topk", "moe_k")
_LLAMA4 = ("llama4", "llama4_text")
_FALCON = ("falcon", "RefinedWeb", "RefinedWebModel")


def architecture(config: dict[str, Any]) -> Architecture:
    """The architecture that a configuration describes.

    Raises LlmselectError where it is no plain decoder, or a number is missing or senseless.
    """
    inner = config.get("text_config")
    text: dict[str, Any] = {**config, **inner} if isinstance(inner, dict) else config
    try:
        _refuse_others(text)
        shape = {**_base(text), **_windows(text), **_latent(text), **_experts(text)}
        for name, value in shape.items():
            if isinstance(value, int) and value > MOST:
                raise ValueError(f"{name} is beyond reason")
        return Architecture.model_validate({key: value for key, value in shape.items() if value is not None})
    except KeyError as error:
        raise _bad(f"it does not say {error.args[0]!r}") from None
    except ValidationError as error:
        detail = error.errors(include_url=False)[0]
        raise _bad(f"{detail['loc'][0]}: {detail['msg'][:1].lower()}{detail['msg'][1:]}") from None
    except (TypeError, ValueError, ZeroDivisionError, AttributeError, OverflowError) as error:
        raise _bad(str(error) or type(error).__name__) from None


def parameters(shape: Architecture) -> dict[str, int]:
    """Total and active parameters, computed from an architecture."""
    parts = parameter_parts(shape)
    return {"total": parts.total, "active": parts.active}


def _bad(why: str) -> LlmselectError:
    hint = "Write the record by hand; docs/catalog.md describes it."
    return LlmselectError("bad-config", f"no architecture can be read from the configuration: {why}", hint)


def _first(text: dict[str, Any], *names: str) -> Any:
    """The first value present under these names; raises KeyError with the first name if there is none."""
    for name in names:
        if text.get(name) is not None:
            return text[name]
    raise KeyError(names[0])


def _maybe(text: dict[str, Any], *names: str) -> Any:
    return next((text[name] for name in names if text.get(name) is not None), None)


def _refuse_others(text: dict[str, Any]) -> None:
    """Raises ValueError for architectures that the catalogue cannot express, with layers of different kinds."""
    kinds = {str(kind) for kind in text.get("layer_types") or ()} - _ATTENTION
    if kinds:
        raise ValueError(f"it has layers of the kinds {', '.join(sorted(kinds))}")
    for name in _HYBRIDS:
        if text.get(name):
            raise ValueError(f"it is no plain decoder ({name})")
    for name, other in _TWO_SHAPES:
        if text.get(name) and text[name] != text.get(other):
            raise ValueError(f"its layers differ in shape ({name})")
    if text.get("v_head_dim") and not text.get("kv_lora_rank") and text["v_head_dim"] != text.get("head_dim"):
        raise ValueError("its keys and values differ in size (v_head_dim)")


def _base(text: dict[str, Any]) -> dict[str, Any]:
    kind = text.get("model_type")
    heads = int(_first(text, "num_attention_heads", "n_head", "n_heads"))
    hidden = int(_first(text, "hidden_size", "n_embd", "d_model"))
    tied = text.get("tie_word_embeddings")
    return {
        "layers": _first(text, "num_hidden_layers", "n_layer", "n_layers", "num_layers"),
        "hidden_size": hidden,
        "attention_heads": heads,
        "kv_heads": _kv_heads(text, heads),
        "head_size": _maybe(text, "head_dim") or hidden // heads,
        "ffn_size": _maybe(text, *_FFN_SIZES) or 4 * hidden,
        "ffn_matrices": 2 if kind in UNGATED else 3,
        "vocabulary_size": _first(text, "vocab_size"),
        "tied_embeddings": kind in TIED if tied is None else bool(tied),
    }


def _kv_heads(text: dict[str, Any], heads: int) -> int:
    """Multi-query and grouped-query attention share keys and values; Falcon says it in three ways."""
    if text.get("model_type") in _FALCON:
        if text.get("new_decoder_architecture") or text.get("n_head_kv"):
            return int(_maybe(text, "num_kv_heads", "n_head_kv") or heads)
        return 1 if text.get("multi_query", True) else heads
    if text.get("multi_query"):
        return 1
    grouped = text.get("attn_config")
    inner = grouped.get("kv_n_heads") if isinstance(grouped, dict) else None
    return int(_maybe(text, "num_key_value_heads", "num_kv_heads", "n_head_kv") or inner or heads)


def _windows(text: dict[str, Any]) -> dict[str, Any]:
    window = _maybe(text, "sliding_window", "attention_chunk_size")
    if not window or text.get("use_sliding_window") is False:
        return {}
    layers, kinds = int(_first(text, "num_hidden_layers", "n_layer")), text.get("layer_types")
    pattern = _maybe(text, "sliding_window_pattern", "_sliding_window_pattern")
    if kinds:
        sliding = sum(kind in ("sliding_attention", "chunked_attention") for kind in kinds)
    elif text.get("hybrid_layer_pattern"):
        sliding = sum(text["hybrid_layer_pattern"])
    elif text.get("model_type") in _LLAMA4:
        sliding = layers - layers // int(text.get("no_rope_layer_interval") or 4)
    elif isinstance(pattern, int) and pattern > 0:
        sliding = layers - layers // pattern
    elif text.get("model_type") == "gemma2":
        sliding = (layers + 1) // 2
    elif text.get("use_sliding_window") and text.get("max_window_layers") is not None:
        sliding = max(layers - int(text["max_window_layers"]), 0)
    else:
        return {"sliding_window_tokens": window}
    return {"sliding_window_tokens": window, "sliding_layers": sliding} if sliding else {}


def _latent(text: dict[str, Any]) -> dict[str, Any]:
    """Multi-head latent attention's ranks; the head size is the part that is not rotated."""
    if not text.get("kv_lora_rank"):
        return {}
    return {
        "head_size": _first(text, "qk_nope_head_dim"),
        "mla_kv_rank": text["kv_lora_rank"],
        "mla_query_rank": text.get("q_lora_rank"),
        "mla_rope_head_size": _first(text, "qk_rope_head_dim"),
        "mla_value_head_size": _first(text, "v_head_dim"),
    }


def _experts(text: dict[str, Any]) -> dict[str, Any]:
    experts = _maybe(text, "n_routed_experts", "num_local_experts", "num_experts", "moe_num_experts")
    if not experts or experts == 1:
        return {}
    size = _maybe(text, "moe_intermediate_size", "expert_ffn_hidden_size") or _first(text, "intermediate_size")
    shared = _maybe(text, "n_shared_experts", "num_shared_experts", "moe_num_shared_experts")
    if shared is None:
        shared = (text.get("shared_expert_intermediate_size") or 0) // size or int(text.get("model_type") in _LLAMA4)
    return {
        "experts": experts,
        "experts_per_token": _first(text, *_PER_TOKEN),
        "expert_ffn_size": size,
        "shared_experts": shared,
        "dense_layers": _dense_layers(text),
    }


def _dense_layers(text: dict[str, Any]) -> int:
    """The layers without experts: a list says which have them, or the first ones have none, or every n-th has."""
    layers, listed = int(_first(text, "num_hidden_layers", "num_layers")), text.get("moe_layer_freq")
    if isinstance(listed, list):
        return layers - sum(listed)
    if text.get("first_k_dense_replace") is not None:
        return int(text["first_k_dense_replace"])
    if text.get("mlp_only_layers"):
        return len(text["mlp_only_layers"])
    step = int(_maybe(text, "decoder_sparse_step", "interleave_moe_layer_step") or 1)
    return layers - layers // max(step, 1)
