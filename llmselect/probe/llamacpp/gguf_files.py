"""Writes GGUF files with random weights in real shapes and types, at the speed of the disk.

The speed of llama.cpp depends on shapes and types, not on the values, as long as these are finite. Random blocks with
small scales are enough, so nothing has to be quantised.
"""

from pathlib import Path
from typing import Any

from llmselect.errors import Exit, LlmselectError
from llmselect.probe.llamacpp.mixes import BLOCKS, MIXES, tensor_bytes, tensor_type
from llmselect.probe.llamacpp.shapes import Decoder, tensors

INSTALL = 'Install it with: pip install "llmselect[llamacpp]"'
BLOCK_POOL_BYTES = 1 << 23
WEIGHT_STD = 0.02  # standard deviation of weights of full precision
# Type: offsets and values of the half-precision scales in a block; the other bytes may be anything.
SCALES = {
    "Q8_0": ((0, 3e-4),),
    "Q4_0": ((0, 4e-3),),
    "Q6_K": ((208, 1e-5),),
    "Q5_K": ((0, 1e-4), (2, 7e-4)),
    "Q4_K": ((0, 1e-4), (2, 7e-4)),
    "Q3_K": ((108, 1e-4),),
    "Q2_K": ((80, 2e-3), (82, 3e-3)),
}
FILE_TYPES = {
    "F16": 1, "Q4_0": 2, "Q8_0": 7, "Q2_K": 10, "Q3_K_M": 12, "Q4_K_M": 15, "Q5_K_M": 17, "Q6_K": 18,
}  # fmt: skip
CONTEXT_TOKENS = 32768
BYTE_TOKENS = 256
NORMAL, UNKNOWN, CONTROL, BYTE = 1, 2, 3, 6  # token types of the format


def write_gguf(path: Path, decoder: Decoder, artifact: str, seed: int = 0) -> int:
    """Writes a file of an artifact such as `Q4_K_M` and returns its size in bytes.

    Raises LlmselectError `missing-gguf` (exit 5) without the library, `no-artifact` for an unknown artifact, and
    `bad-shape` for rows that cannot be divided into whole blocks.
    """
    if artifact not in MIXES:
        hint = f"There are {', '.join(MIXES)}."
        raise LlmselectError("no-artifact", f"no mix of types is known for {artifact}", hint)
    try:
        import gguf
    except ImportError as error:
        raise LlmselectError("missing-gguf", "the library gguf is not installed", INSTALL, Exit.MISSING) from error
    writer = gguf.GGUFWriter(path, decoder.architecture)
    _describe(writer, decoder, artifact)
    plan = _add_tensor_infos(writer, gguf, decoder, artifact)
    try:
        writer.write_header_to_file()
        writer.write_kv_data_to_file()
        writer.write_ti_data_to_file()
        _write_tensors(writer, plan, seed)
    finally:
        writer.close()
    return path.stat().st_size


def _describe(writer: Any, decoder: Decoder, artifact: str) -> None:
    writer.add_name("random weights")
    writer.add_file_type(FILE_TYPES[artifact])
    writer.add_quantization_version(2)
    writer.add_vocab_size(decoder.vocabulary_size)
    writer.add_context_length(CONTEXT_TOKENS)
    writer.add_embedding_length(decoder.hidden_size)
    writer.add_block_count(decoder.layers)
    writer.add_feed_forward_length(decoder.ffn_size)
    writer.add_head_count(decoder.attention_heads)
    writer.add_head_count_kv(decoder.kv_heads)
    writer.add_key_length(decoder.head_size)
    writer.add_value_length(decoder.head_size)
    writer.add_rope_dimension_count(decoder.head_size)
    writer.add_layer_norm_rms_eps(1e-5)
    if decoder.experts:
        writer.add_expert_count(decoder.experts)
        writer.add_expert_used_count(decoder.experts_per_token)
        writer.add_expert_feed_forward_length(decoder.ffn_size)
    _vocabulary(writer, decoder.vocabulary_size)


def _vocabulary(writer: Any, size: int) -> None:
    """Adds a made-up vocabulary, because servers require one."""
    single = [f"<0x{value:02X}>" for value in range(BYTE_TOKENS)]
    special = ["<unk>", "<s>", "</s>"]
    words = [f"\u2581w{number}" for number in range(size - BYTE_TOKENS - len(special))]
    writer.add_tokenizer_model("llama")
    writer.add_token_list([*special, *single, *words])
    writer.add_token_scores([0.0] * size)
    writer.add_token_types([UNKNOWN, CONTROL, CONTROL, *[BYTE] * BYTE_TOKENS, *[NORMAL] * len(words)])
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(2)
    writer.add_unk_token_id(0)


def _add_tensor_infos(writer: Any, gguf: Any, decoder: Decoder, artifact: str) -> list[tuple[str, int]]:
    """Adds all tensors to the header; returns the type and bytes of each, in order."""
    import numpy as np

    plan = []
    for tensor in tensors(decoder):
        name = tensor_type(decoder, artifact, tensor)
        weights, block = BLOCKS[name]
        size = tensor_bytes(name, tensor.shape)
        kind = gguf.GGMLQuantizationType[name]
        byte_shape = (*tensor.shape[:-1], tensor.shape[-1] // weights * block)
        writer.add_tensor_info(tensor.name, byte_shape, np.dtype("u1"), size, raw_dtype=kind)
        plan.append((name, size))
    return plan


def _write_tensors(writer: Any, plan: list[tuple[str, int]], seed: int) -> None:
    import numpy as np

    random = np.random.default_rng(seed)
    largest = dict(sorted(plan, key=lambda part: part[1]))
    pools = {
        name: memoryview(_random_blocks(name, min(size, BLOCK_POOL_BYTES), random)) for name, size in largest.items()
    }
    file = writer.fout[0]
    for name, size in plan:
        pool = pools[name]
        writer.write_padding(file, file.tell())
        for start in range(0, size, len(pool)):
            file.write(pool[: size - start])
        writer.write_padding(file, size)


def _random_blocks(name: str, size: int, random: Any) -> Any:
    """At most `size` bytes of valid blocks of a type."""
    import numpy as np

    if name == "F32":
        return (1 + WEIGHT_STD * random.standard_normal(size // 4)).astype("<f4").view(np.uint8)
    if name == "F16":
        return (WEIGHT_STD * random.standard_normal(size // 2)).astype("<f2").view(np.uint8)
    block = BLOCKS[name][1]
    blocks = random.integers(0, 256, (size // block, block), dtype=np.uint8)
    for offset, value in SCALES[name]:
        blocks[:, offset : offset + 2] = np.frombuffer(np.array([value], "<f2").tobytes(), np.uint8)
    return blocks.reshape(-1)
