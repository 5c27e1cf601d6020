"""Architectures of open models, read from configurations that stand in packages, or from a table's cell.

A cell names where a shape comes from and, after it, what to change:

    aic:Qwen--Qwen3-8B                   a Hugging Face config.json in aiconfigurator-core's model_configs
    hf:granite-3.3-8b                    the same from a folder of config.json copies, named <name>.json
    litgpt:Llama-3.1-8B-Instruct         an entry of LitGPT's litgpt/config.py
    text: layers=28 hidden_size=2048 …   the schema's own keys
    aic:… dense_layers=24 shared_experts=1

`none` after a key removes it.
"""

import importlib.util
import json
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from llmselect.catalog.schema import Architecture


class ShapeError(ValueError):
    """A configuration that cannot be read or cannot be expressed."""


@dataclass
class Configs:
    """Where configurations are found: folders of JSON files, and LitGPT's config.py."""

    aic: Path | None = None
    hf: Path | None = None
    litgpt: Path | None = None
    _litgpt: dict[str, dict[str, Any]] = field(default_factory=dict)

    def shape(self, cell: str) -> Architecture:
        """The architecture that a cell names.

        Raises ShapeError where a configuration is missing or is no plain decoder.
        """
        kind, _, rest = cell.partition(":")
        name, *changes = rest.split() if kind != "text" else ["", *rest.split()]
        found = {"aic": self._aic, "hf": self._hf, "litgpt": self._lit, "text": _nothing}.get(kind)
        if found is None:
            raise ShapeError(f"{kind!r} is none of aic, hf, litgpt, text")
        return Architecture.model_validate(_changed(found(name), changes))

    def _aic(self, name: str) -> dict[str, Any]:
        return _from_hf(_json(self.aic, f"{name}_config.json", "--aic"))

    def _hf(self, name: str) -> dict[str, Any]:
        return _from_hf(_json(self.hf, f"{name}.json", "--hf"))

    def _lit(self, name: str) -> dict[str, Any]:
        if not self._litgpt:
            self._litgpt = _load_litgpt(self.litgpt)
        if name not in self._litgpt:
            raise ShapeError(f"LitGPT has no configuration {name!r}")
        return _from_litgpt(self._litgpt[name])


def _nothing(name: str) -> dict[str, Any]:
    return {}


def _changed(shape: dict[str, Any], changes: list[str]) -> dict[str, Any]:
    for change in changes:
        key, _, value = change.partition("=")
        if value == "none":
            shape.pop(key, None)
        else:
            shape[key] = value == "true" if value in ("true", "false") else int(value)
    return shape


def _json(folder: Path | None, name: str, option: str) -> dict[str, Any]:
    if folder is None:
        raise ShapeError(f"{name} is needed: give its folder with {option}")
    path = folder / name
    if not path.is_file():
        raise ShapeError(f"{path} does not exist")
    data: dict[str, Any] = json.loads(path.read_text())
    return data


def _from_hf(data: dict[str, Any]) -> dict[str, Any]:
    """The schema's keys from a Hugging Face config.json; a multimodal model's language part."""
    text: dict[str, Any] = data.get("text_config") or data
    _refuse_hybrids(text)
    heads = _first(text, "num_attention_heads")
    hidden = text["hidden_size"]
    shape: dict[str, Any] = {
        "layers": text["num_hidden_layers"],
        "hidden_size": hidden,
        "attention_heads": heads,
        "kv_heads": text.get("num_key_value_heads") or heads,
        "head_size": text.get("head_dim") or hidden // heads,
        "ffn_size": text["intermediate_size"],
        "vocabulary_size": text["vocab_size"],
        "tied_embeddings": bool(text.get("tie_word_embeddings", data.get("tie_word_embeddings", False))),
    }
    return {**shape, **_windows(text), **_mla(text), **_experts(text)}


def _refuse_hybrids(text: dict[str, Any]) -> None:
    kinds = set(text.get("layer_types") or ()) - {"full_attention", "sliding_attention", "chunked_attention"}
    if kinds or text.get("hybrid_override_pattern"):
        raise ShapeError(f"layers of the kinds {sorted(kinds)} cannot be expressed")


def _first(data: dict[str, Any], *names: str) -> Any:
    return next((data[name] for name in names if data.get(name) is not None), None)


def _windows(text: dict[str, Any]) -> dict[str, Any]:
    window = text.get("sliding_window")
    if not window or text.get("use_sliding_window") is False:
        return {}
    kinds = text.get("layer_types")
    pattern = text.get("sliding_window_pattern")
    layers = int(text["num_hidden_layers"])
    if kinds:
        sliding = kinds.count("sliding_attention")
    elif pattern:
        sliding = layers - layers // pattern
    else:
        return {"sliding_window_tokens": window}
    return {"sliding_window_tokens": window, "sliding_layers": sliding} if sliding else {}


def _mla(text: dict[str, Any]) -> dict[str, Any]:
    """Multi-head latent attention's ranks; the head size is the part that is not rotated."""
    if not text.get("kv_lora_rank"):
        return {}
    shape = {
        "head_size": text["qk_nope_head_dim"],
        "mla_kv_rank": text["kv_lora_rank"],
        "mla_query_rank": text.get("q_lora_rank"),
        "mla_rope_head_size": text["qk_rope_head_dim"],
        "mla_value_head_size": text["v_head_dim"],
    }
    return {key: value for key, value in shape.items() if value}


def _experts(text: dict[str, Any]) -> dict[str, Any]:
    experts = _first(text, "n_routed_experts", "num_local_experts", "num_experts", "moe_num_experts")
    if not experts:
        return {}
    expert_ffn = _first(text, "moe_intermediate_size", "expert_ffn_hidden_size") or text["intermediate_size"]
    shared = _first(text, "n_shared_experts", "num_shared_experts", "moe_num_shared_experts")
    if shared is None:
        shared = (text.get("shared_expert_intermediate_size") or 0) // expert_ffn
    dense = text.get("first_k_dense_replace") or len(text.get("mlp_only_layers") or ())
    return {
        "experts": experts,
        "experts_per_token": _first(text, "num_experts_per_tok", "num_experts_per_token", "moe_topk", "moe_k"),
        "expert_ffn_size": expert_ffn,
        **({"shared_experts": shared} if shared else {}),
        **({"dense_layers": dense} if dense else {}),
    }


def _load_litgpt(path: Path | None) -> dict[str, dict[str, Any]]:
    if path is None or not path.is_file():
        raise ShapeError("LitGPT's config.py is needed: give its path with --litgpt")
    spec = importlib.util.spec_from_file_location("litgpt_config", path)
    if spec is None or spec.loader is None:
        raise ShapeError(f"{path} is no Python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return {name: vars(module.Config.from_name(name)) for name in module.name_to_config}


def _from_litgpt(config: dict[str, Any]) -> dict[str, Any]:
    """The schema's keys from a LitGPT entry. LitGPT does not say whether embeddings are tied: the cell must."""
    layers, experts = config["n_layer"], config["n_expert"]
    shape: dict[str, Any] = {
        "layers": layers,
        "hidden_size": config["n_embd"],
        "attention_heads": config["n_head"],
        "kv_heads": config["n_query_groups"],
        "head_size": config["head_size"],
        "ffn_size": config["intermediate_size"],
        "ffn_matrices": 2 if config["mlp_class_name"] == "GptNeoxMLP" else 3,
        "vocabulary_size": config["padded_vocab_size"],
    }
    if config["sliding_window_size"]:
        shape["sliding_window_tokens"] = config["sliding_window_size"]
        indices = config["sliding_window_indices"]
        if indices:
            shape["sliding_layers"] = sum(indices[:layers])
    if experts:
        inner = config["moe_intermediate_size"] or config["intermediate_size"]
        shape |= {"experts": experts, "experts_per_token": config["n_expert_per_token"], "expert_ffn_size": inner}
    return shape
