"""Reads a model's shape and sizes from the header of its GGUF file, without reading the weights."""

from pathlib import Path
from typing import Any, NamedTuple

from llmselect.catalog.schema import Architecture
from llmselect.errors import Exit, LlmselectError
from llmselect.files import open_bytes, reason_of, unreadable

_HINT = "Name a GGUF file of one language model; of a file in parts, join them first (llama-gguf-split --merge)."


class GgufModel(NamedTuple):
    """A file's model name, architecture, and bits per weight of its layers, embedding and output matrix."""

    name: str
    shape: Architecture
    layer_bits: float
    embedding_bits: float
    head_bits: float


def read_gguf(path: Path) -> GgufModel:
    """Reads a GGUF file's header.

    Raises LlmselectError with exit status 5 if the library `gguf` is missing, and `bad-file` if the file is not a
    plain decoder's GGUF file.
    """
    try:
        from gguf import GGUFReader
    except ImportError:
        hint = 'Install it: pip install "llmselect[llamacpp]"'
        raise LlmselectError("missing-gguf", "--gguf needs the library gguf", hint, Exit.MISSING) from None
    try:
        open_bytes(path, "--gguf", _HINT).close()  # the library would wait for a pipe
        reader: Any = GGUFReader(path)
        return _model(reader, path)
    except OSError as error:
        raise unreadable(path, "--gguf", reason_of(error), _HINT) from None
    except KeyError as error:
        raise LlmselectError("bad-file", f"--gguf: {path} does not say {error.args[0]!r}", _HINT) from None
    except (ValueError, IndexError, TypeError, OverflowError, MemoryError) as error:
        raise LlmselectError("bad-file", f"--gguf: {path} is no file that can be read: {error}", _HINT) from None


def _model(reader: Any, path: Path) -> GgufModel:
    kind = _text(reader, "general.architecture")
    shape = Architecture.model_validate(_shape(reader, kind))
    sizes: dict[str, tuple[int, int]] = {"layers": (0, 0), "embedding": (0, 0), "head": (0, 0)}
    for tensor in reader.tensors:
        part = {"token_embd.weight": "embedding", "output.weight": "head"}.get(tensor.name, "layers")
        held = sizes[part]
        sizes[part] = (held[0] + int(tensor.n_bytes), held[1] + int(tensor.n_elements))
    bits = {part: 8 * size / count for part, (size, count) in sizes.items() if count}
    embedding = bits["embedding"]
    name = _text(reader, "general.name", path.stem)
    return GgufModel(name, shape, bits["layers"], embedding, bits.get("head", embedding))


def _shape(reader: Any, kind: str) -> dict[str, Any]:
    """The catalogue's architecture from the keys of ggml's GGUF specification."""

    def number(name: str, *otherwise: int | None) -> int | None:
        field = reader.get_field(f"{kind}.{name}")
        if field is None:
            if otherwise:
                return otherwise[0]
            raise KeyError(f"{kind}.{name}")
        value = field.contents()
        return int(max(value)) if isinstance(value, list) else int(value)

    names = {tensor.name for tensor in reader.tensors}
    heads, hidden = number("attention.head_count") or 0, number("embedding_length") or 0
    embedding = next(tensor for tensor in reader.tensors if tensor.name == "token_embd.weight")
    shape = {
        "layers": number("block_count"),
        "hidden_size": hidden,
        "attention_heads": heads,
        "kv_heads": number("attention.head_count_kv", heads),
        "head_size": number("attention.key_length", hidden // max(heads, 1)),
        "ffn_size": number("feed_forward_length", None) or number("expert_feed_forward_length"),
        "ffn_matrices": 3 if any("ffn_gate" in name for name in names) else 2,
        "vocabulary_size": int(embedding.n_elements) // max(hidden, 1),
        "tied_embeddings": "output.weight" not in names,
        "sliding_window_tokens": number("attention.sliding_window", None) or None,
        **_latent(number),
    }
    if experts := number("expert_count", None):
        shape |= {
            "experts": experts,
            "experts_per_token": number("expert_used_count"),
            "expert_ffn_size": number("expert_feed_forward_length", None) or shape["ffn_size"],
            "shared_experts": number("expert_shared_count", 0),
            "dense_layers": number("leading_dense_block_count", 0),
        }
    return {key: value for key, value in shape.items() if value is not None}


def _latent(number: Any) -> dict[str, Any]:
    """The sizes of multi-head latent attention, if the file has them."""
    rank = number("attention.kv_lora_rank", None)
    if not rank:
        return {}
    rope = number("rope.dimension_count", 0)
    key = number("attention.key_length_mla", None) or number("attention.key_length")
    value = number("attention.value_length_mla", None) or number("attention.value_length")
    sizes = {"head_size": key - rope, "mla_value_head_size": value, "mla_rope_head_size": rope, "mla_kv_rank": rank}
    return {**sizes, "mla_query_rank": number("attention.q_lora_rank", None) or None}


def _text(reader: Any, key: str, otherwise: str | None = None) -> str:
    field = reader.get_field(key)
    if field is None:
        if otherwise is None:
            raise KeyError(key)
        return otherwise
    return str(field.contents())
