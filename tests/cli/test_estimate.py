"""`llmselect estimate`, as a person meets it."""

import csv
import io
import json
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from tests.cli.conftest import Cli

GPU = ("--gpu", "Home 24GB")
CONFIG = {
    "model_type": "llama",
    "num_hidden_layers": 32,
    "hidden_size": 4096,
    "num_attention_heads": 32,
    "num_key_value_heads": 8,
    "intermediate_size": 14336,
    "vocab_size": 128256,
    "tie_word_embeddings": False,
    "torch_dtype": "bfloat16",
}


def data(cli: Cli, *arguments: str) -> Any:
    ran = cli("estimate", *arguments, "--json")
    assert ran.status == 0, ran.err
    return ran.json["data"]


def test_the_parts_add_up_to_the_step_and_the_step_to_the_speed(cli: Cli) -> None:
    found = data(cli, "--params", "8B", *GPU)
    steps = {step["name"]: step["value"] for step in found["steps"]}
    assert sum(steps[name] for name in ("overhead", "weights", "attention")) == pytest.approx(steps["decoding step"])
    assert found["decode_tok_s"]["interval"][1] == pytest.approx(1000 / steps["decoding step"])
    assert found["memory"]["total_gib"] == pytest.approx(
        sum(found["memory"][f"{part}_gib"] for part in ("weights", "kv_cache", "overhead"))
    )


def test_the_published_schema_describes_it(cli: Cli) -> None:
    text = (files("llmselect") / "schemas" / "estimate.schema.json").read_text(encoding="utf-8")
    validator = Draft202012Validator(json.loads(text))
    for arguments in (("--params", "8B", *GPU), ("--params", "900B", *GPU), ("--params", "8B", "--runtime", "vllm")):
        validator.validate(cli("estimate", *arguments, "--json").json)


def test_a_configuration_gives_a_narrower_interval_than_a_count(cli: Cli, tmp_path: Path) -> None:
    path = tmp_path / "config.json"
    path.write_text(json.dumps(CONFIG))
    exact, counted = data(cli, "--config", str(path), *GPU), data(cli, "--params", "8.03B", *GPU)
    assert exact["memory"]["evidence"] == "derived"
    assert exact["decode_tok_s"]["interval"][1] == pytest.approx(counted["decode_tok_s"]["interval"][1], rel=0.1)
    widths = [one["decode_tok_s"]["interval"][2] / one["decode_tok_s"]["interval"][0] for one in (exact, counted)]
    assert widths[0] < widths[1]


def test_more_requests_are_slower_each_and_faster_together(cli: Cli) -> None:
    one, many = (data(cli, "--params", "8B", *GPU, "--concurrency", count) for count in ("1", "8"))
    assert many["decode_tok_s"]["interval"][1] < one["decode_tok_s"]["interval"][1]
    assert many["throughput_tok_s"]["interval"][1] > one["throughput_tok_s"]["interval"][1]


def test_a_mixture_is_faster_than_a_dense_model_of_its_size(cli: Cli) -> None:
    dense, mixture = (data(cli, "--params", "30B", *more, *GPU) for more in ((), ("--active-params", "3B")))
    assert mixture["decode_tok_s"]["interval"][1] > 2 * dense["decode_tok_s"]["interval"][1]
    assert mixture["memory"]["weights_gib"] == dense["memory"]["weights_gib"]


def test_what_does_not_fit_says_so(cli: Cli) -> None:
    ran = cli("estimate", "--params", "70B", *GPU)
    assert ran.status == 3
    assert "does not fit" in ran.out


def test_a_split_is_marked_as_unverified(real_cli: Cli) -> None:
    ran = real_cli("estimate", "--params", "70B", "--gpu", "rtx-3090", "--ram", "64GiB")
    assert ran.status == 0
    assert "unverified" in ran.out
    assert "split with RAM" in ran.out


def test_each_runtime_names_the_command_that_checks_it(cli: Cli) -> None:
    for runtime, command in (("llama.cpp", "llama-bench"), ("vllm", "vllm bench serve"), ("transformers", "measure")):
        assert command in cli("estimate", "--params", "1B", *GPU, "--runtime", runtime, "--explain").out


def test_csv_is_one_row_and_a_narrow_terminal_cuts_nothing(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = list(csv.DictReader(io.StringIO(cli("estimate", "--params", "8B", *GPU, "--format", "csv").out)))
    assert len(rows) == 1
    assert float(rows[0]["decode_tok_s_low"]) < float(rows[0]["decode_tok_s"])
    monkeypatch.setenv("COLUMNS", "60")
    assert max(map(len, cli("estimate", "--params", "8B", *GPU).out.splitlines())) <= 60


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "no model is named"),
        (("--params", "lots"), "no number of weights"),
        (("--params", "3B", "--active-params", "8B"), "more than --params"),
        (("--active-params", "3B"), "goes with --params"),
        (("--params", "3B", "--config", "x"), "--config and --params each describe"),
        (("--config", "absent.json"), "cannot be read"),
        (("--params", "8B", "--runtime", "vlllm"), "Did you mean vllm"),
        (("--params", "8B", "--quantization", "q9"), "quantization"),
        (("--params", "8B", "--runtime", "vllm", "--quantization", "q6"), "may be"),
        (("--params", "8B", *GPU, "--tensor-parallel", "2"), "--tensor-parallel is for vllm"),
        (("--params", "8B", *GPU, "--gpus", "4", "--runtime", "vllm", "--tensor-parallel", "3"), "does not divide"),
    ],
)
def test_bad_input_is_told(cli: Cli, arguments: tuple[str, ...], words: str) -> None:
    ran = cli("estimate", *arguments)
    assert ran.status == 2
    assert words in ran.err


def test_a_gguf_file_speaks_for_itself(cli: Cli, tmp_path: Path) -> None:
    gguf = pytest.importorskip("gguf")
    numpy = pytest.importorskip("numpy")
    path = tmp_path / "tiny.gguf"
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_name("Tiny")
    writer.add_block_count(2)
    writer.add_embedding_length(64)
    writer.add_head_count(4)
    writer.add_head_count_kv(2)
    writer.add_feed_forward_length(128)
    writer.add_tensor("token_embd.weight", numpy.zeros((1000, 64), dtype=numpy.float16))
    for layer in range(2):
        writer.add_tensor(f"blk.{layer}.ffn_gate.weight", numpy.zeros((128, 64), dtype=numpy.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    found = data(cli, "--gguf", str(path), *GPU)
    assert (found["name"], found["artifact"]) == ("Tiny", "tiny.gguf")
    assert cli("estimate", "--gguf", str(path), "--quantization", "q4").status == 2
    path.write_bytes(b"no such thing")
    assert cli("estimate", "--gguf", str(path)).status == 2
