from pathlib import Path
from typing import Any

import pytest

from llmselect.errors import Exit, LlmselectError
from llmselect.estimate.memory import Precision, weight_bytes
from llmselect.estimate.rows import take
from llmselect.estimate.shapes import known_shape, shapes_of
from llmselect.probe.llamacpp.gguf_files import SCALES, write_gguf
from llmselect.probe.llamacpp.mixes import BLOCKS, MIXES, file_bytes, tensor_bytes
from llmselect.probe.llamacpp.shapes import Decoder, tensors

gguf = pytest.importorskip("gguf")
np = pytest.importorskip("numpy")

DENSE = Decoder(8, 256, 512, 8, 2, 32, 512)
MIXTURE = Decoder(2, 256, 256, 4, 4, 64, 512, experts=8, experts_per_token=2)


def _read(path: Path) -> Any:
    return gguf.GGUFReader(path)


def _types(path: Path) -> dict[str, str]:
    return {tensor.name: tensor.tensor_type.name for tensor in _read(path).tensors}


@pytest.mark.parametrize("artifact", sorted(MIXES))
@pytest.mark.parametrize("decoder", [DENSE, MIXTURE], ids=["dense", "mixture"])
def test_a_file_reads_back_with_its_shapes_and_bytes(artifact: str, decoder: Decoder, tmp_path: Path) -> None:
    path = tmp_path / "model.gguf"
    written = write_gguf(path, decoder, artifact)
    assert written == path.stat().st_size
    read = _read(path)
    shapes = {tensor.name: tuple(int(size) for size in reversed(tensor.shape)) for tensor in read.tensors}
    assert shapes == {tensor.name: tensor.shape for tensor in tensors(decoder)}
    assert sum(int(tensor.n_bytes) for tensor in read.tensors) == file_bytes(decoder, artifact).total
    assert int(read.fields[f"{decoder.architecture}.block_count"].parts[-1][0]) == decoder.layers


def test_a_file_tells_the_runtime_how_many_experts_it_has(tmp_path: Path) -> None:
    write_gguf(tmp_path / "model.gguf", MIXTURE, "Q8_0")
    fields = _read(tmp_path / "model.gguf").fields
    assert [int(fields[f"llama.{name}"].parts[-1][0]) for name in ("expert_count", "expert_used_count")] == [8, 2]


def test_the_types_are_those_of_the_usual_quantiser(tmp_path: Path) -> None:
    write_gguf(tmp_path / "model.gguf", DENSE, "Q4_K_M")
    types = _types(tmp_path / "model.gguf")
    assert types["token_embd.weight"] == "Q4_K"
    assert types["output.weight"] == "Q6_K"
    assert types["blk.0.attn_norm.weight"] == "F32"
    assert {types[f"blk.{layer}.attn_q.weight"] for layer in range(8)} == {"Q4_K"}
    finer = [layer for layer in range(8) if types[f"blk.{layer}.ffn_down.weight"] == "Q6_K"]
    assert finer == [0, 3, 6, 7]  # an eighth at each end and every third between
    assert finer == [layer for layer in range(8) if types[f"blk.{layer}.attn_v.weight"] == "Q6_K"]


def test_three_and_two_bits_mix_too(tmp_path: Path) -> None:
    write_gguf(tmp_path / "three.gguf", DENSE, "Q3_K_M")
    three = _types(tmp_path / "three.gguf")
    assert [three[f"blk.{layer}.attn_v.weight"] for layer in (0, 1, 2)] == ["Q5_K", "Q5_K", "Q4_K"]
    assert three["blk.0.attn_output.weight"] == three["blk.7.ffn_down.weight"] == "Q4_K"
    write_gguf(tmp_path / "two.gguf", DENSE, "Q2_K")
    two = _types(tmp_path / "two.gguf")
    assert two["blk.0.attn_v.weight"] == "Q4_K"  # four query heads share a key and a value
    assert two["blk.0.attn_output.weight"] == two["blk.0.ffn_down.weight"] == "Q3_K"


@pytest.mark.parametrize("artifact", sorted(set(MIXES) - {"F16"}))
def test_all_weights_are_finite_and_not_all_alike(artifact: str, tmp_path: Path) -> None:
    write_gguf(tmp_path / "model.gguf", DENSE, artifact)
    matrix = next(tensor for tensor in _read(tmp_path / "model.gguf").tensors if tensor.name == "blk.2.ffn_up.weight")
    values = gguf.dequantize(matrix.data, matrix.tensor_type)
    assert np.isfinite(values).all()
    assert 0.0 < values.std() < 1.0


def test_every_type_has_the_block_that_the_library_knows() -> None:
    known = {name: gguf.GGML_QUANT_SIZES[gguf.GGMLQuantizationType[name]] for name in BLOCKS}
    assert dict(BLOCKS) == known
    assert set(SCALES) == set(BLOCKS) - {"F32", "F16"}


@pytest.mark.parametrize(("artifact", "bits"), [("F16", 16.0), ("Q8_0", 8.5), ("Q6_K", 6.5625)])
def test_bytes_agree_with_the_estimate(artifact: str, bits: float) -> None:
    for decoder in (DENSE, MIXTURE):
        own = file_bytes(decoder, artifact)
        each = np.array([bits])
        estimated = take(weight_bytes(shapes_of([known_shape(decoder)]), Precision(each, each, each)), 0)
        assert own.total == pytest.approx(estimated.total, rel=0.01)
        assert own.experts == pytest.approx(estimated.experts, rel=0.001)
        assert own.active == pytest.approx(estimated.active, rel=0.02)


def test_tied_embeddings_are_read_as_the_head() -> None:
    tied = DENSE._replace(tied_embeddings=True)
    head = tensor_bytes("Q6_K", (512, 256))
    assert file_bytes(DENSE, "Q4_K_M").total - file_bytes(tied, "Q4_K_M").total == tensor_bytes("Q4_K", (512, 256))
    assert file_bytes(tied, "Q4_K_M").active == file_bytes(DENSE, "Q4_K_M").active
    assert file_bytes(tied, "Q4_K_M").total - head < file_bytes(tied, "Q4_K_M").active


def test_rows_that_no_blocks_make_up_are_refused(tmp_path: Path) -> None:
    with pytest.raises(LlmselectError, match=r"token_embd\.weight has rows of 300 weights") as caught:
        write_gguf(tmp_path / "model.gguf", DENSE._replace(hidden_size=300), "Q8_0")
    assert caught.value.code == "bad-shape"
    assert "multiples of 32" in caught.value.hint
    assert not list(tmp_path.iterdir())


def test_an_unknown_artifact_is_refused(tmp_path: Path) -> None:
    with pytest.raises(LlmselectError, match="IQ2_XXS") as caught:
        write_gguf(tmp_path / "model.gguf", DENSE, "IQ2_XXS")
    assert "Q4_K_M" in caught.value.hint
    assert not list(tmp_path.iterdir())


def test_without_the_library_the_error_says_how_to_get_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "gguf", None)
    with pytest.raises(LlmselectError, match="gguf is not installed") as caught:
        write_gguf(tmp_path / "model.gguf", DENSE, "Q8_0")
    assert caught.value.exit is Exit.MISSING
    assert "pip install" in caught.value.hint
