"""Own records: the right shape from a configuration or a refusal, a price; nothing is overwritten."""

import json
import multiprocessing
import os
import random
import signal
import time
from collections.abc import Callable
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from llmselect.catalog.add import from_config, price, write_own
from llmselect.catalog.load import load
from llmselect.catalog.overlay import layer_folder
from llmselect.catalog.reader import read
from llmselect.catalog.schema import Host, Model
from llmselect.catalog.shapes import architecture
from llmselect.catalog.writer import text
from llmselect.errors import LlmselectError

DAY = date(2026, 11, 20)
LLAMA = {
    "model_type": "llama", "hidden_size": 4096, "intermediate_size": 14336, "num_attention_heads": 32,
    "num_hidden_layers": 32, "num_key_value_heads": 8, "vocab_size": 128256, "tie_word_embeddings": False,
    "max_position_embeddings": 131072, "torch_dtype": "bfloat16",
}  # fmt: skip
FALCON_7B = {
    "model_type": "falcon", "hidden_size": 4544, "num_attention_heads": 71, "num_hidden_layers": 32,
    "vocab_size": 65024,
    "multi_query": True, "new_decoder_architecture": False,
}  # fmt: skip
FALCON_40B = {
    "model_type": "falcon", "hidden_size": 8192, "num_attention_heads": 128, "num_kv_heads": 8, "num_hidden_layers": 60,
    "vocab_size": 65024, "new_decoder_architecture": True,
}  # fmt: skip
GPT2 = {"model_type": "gpt2", "n_embd": 768, "n_head": 12, "n_layer": 12, "vocab_size": 50257, "n_positions": 1024}
GEMMA2_9B = {
    "model_type": "gemma2", "hidden_size": 3584, "intermediate_size": 14336, "num_attention_heads": 16, "head_dim": 256,
    "num_key_value_heads": 8, "num_hidden_layers": 42, "vocab_size": 256000, "sliding_window": 4096,
}  # fmt: skip
MIXTRAL = LLAMA | {"model_type": "mixtral", "vocab_size": 32000, "num_local_experts": 8, "num_experts_per_tok": 2}
DEEPSEEK_V3 = {
    "model_type": "deepseek_v3", "hidden_size": 7168, "intermediate_size": 18432, "moe_intermediate_size": 2048,
    "num_attention_heads": 128, "num_key_value_heads": 128, "num_hidden_layers": 61, "vocab_size": 129280,
    "n_routed_experts": 256, "n_shared_experts": 1, "num_experts_per_tok": 8, "first_k_dense_replace": 3,
    "kv_lora_rank": 512, "q_lora_rank": 1536, "qk_nope_head_dim": 128, "qk_rope_head_dim": 64, "v_head_dim": 128,
    "quantization_config": {"quant_method": "fp8"}, "torch_dtype": "bfloat16",
}  # fmt: skip
QWEN3_30B = {
    "model_type": "qwen3_moe", "hidden_size": 2048, "intermediate_size": 6144, "moe_intermediate_size": 768,
    "num_attention_heads": 32, "num_key_value_heads": 4, "head_dim": 128, "num_hidden_layers": 48, "vocab_size": 151936,
    "num_experts": 128, "num_experts_per_tok": 8, "decoder_sparse_step": 1, "mlp_only_layers": [],
    "sliding_window": None, "use_sliding_window": False,
}  # fmt: skip
MAVERICK = {
    "model_type": "llama4", "text_config": {
        "model_type": "llama4_text", "hidden_size": 5120, "intermediate_size": 8192, "intermediate_size_mlp": 16384,
        "num_attention_heads": 40, "num_key_value_heads": 8, "head_dim": 128, "num_hidden_layers": 48,
        "vocab_size": 202048, "num_local_experts": 128, "num_experts_per_tok": 1, "interleave_moe_layer_step": 2,
        "attention_chunk_size": 8192, "torch_dtype": "bfloat16", "max_position_embeddings": 1048576,
    },
}  # fmt: skip


@pytest.mark.parametrize(
    ("config", "billions", "active", "kv_heads", "bits"),
    [
        (LLAMA, 8.03, 8.03, 8, 16), (FALCON_7B, 6.92, 6.92, 1, None), (FALCON_40B, 41.3, 41.3, 8, None),
        (GPT2, 0.124, 0.124, 12, None), (GEMMA2_9B, 9.24, 9.24, 8, None), (MIXTRAL, 46.7, 12.9, 8, 16),
        (DEEPSEEK_V3, 671, 37.6, 128, 8), (QWEN3_30B, 30.5, 3.35, 4, None), (MAVERICK, 400.7, 17.2, 8, 16),
    ],
    ids=["llama", "falcon-7b", "falcon-40b", "gpt2", "gemma-2", "mixtral", "deepseek-v3", "qwen3-moe", "llama-4"],
)  # fmt: skip
def test_shapes(config: dict[str, Any], billions: float, active: float, kv_heads: int, bits: float | None) -> None:
    record = from_config(config, "me/mine", "apache-2.0", day=DAY)
    model = Model.model_validate(record)
    assert model.parameters is not None
    assert model.parameters.value is not None
    assert model.parameters.value.total / 1e9 == pytest.approx(billions, rel=0.01)
    assert model.parameters.value.active / 1e9 == pytest.approx(active, rel=0.02)
    assert model.architecture is not None
    assert model.architecture.value is not None
    assert model.architecture.value.kv_heads == kv_heads
    assert (model.weights_bits.value if model.weights_bits else None) == bits


def test_sliding_windows() -> None:
    gemma = architecture(GEMMA2_9B)
    assert (gemma.sliding_window_tokens, gemma.sliding_layers, gemma.tied_embeddings) == (4096, 21, True)
    kinds = ["sliding_attention", "sliding_attention", "full_attention"] * 10 + ["full_attention"] * 2
    assert architecture(LLAMA | {"layer_types": kinds, "sliding_window": 512}).sliding_layers == 20
    assert architecture(LLAMA | {"sliding_window": 512}).sliding_layers is None
    assert architecture(LLAMA | {"sliding_window": 512, "sliding_window_pattern": 4}).sliding_layers == 24
    assert architecture(LLAMA | {"sliding_window": 512, "use_sliding_window": False}).sliding_window_tokens is None


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"hidden_size": None}, "does not say 'hidden_size'"),
        ({"vocab_size": None}, "does not say 'vocab_size'"),
        ({"num_hidden_layers": -1}, "layers: "),
        ({"num_attention_heads": 0}, "zero"),
        ({"num_attention_heads": "many"}, "many"),
        ({"vocab_size": 10**400}, "vocabulary_size is beyond reason"),
        ({"vocab_size": float("nan")}, "vocabulary_size"),
        ({"layer_types": ["linear_attention"] * 32}, "layers of the kinds linear_attention"),
        ({"hybrid_override_pattern": "M-M*"}, "no plain decoder"),
        ({"is_encoder_decoder": True}, "no plain decoder"),
        ({"global_head_dim": 512, "head_dim": 128}, "differ in shape"),
        ({"layer_types": 5}, "int"),
    ],
)
def test_what_is_no_plain_decoder_is_refused(change: dict[str, Any], why: str) -> None:
    with pytest.raises(LlmselectError) as caught:
        from_config(LLAMA | change, "me/mine", "apache-2.0")
    assert caught.value.code == "bad-config"
    assert why in caught.value.message


@pytest.mark.parametrize("name", ["mine", "Me/Mine", "me/mine/x", "../x", "me/mine ", "me/", "me/..", ""])
def test_ids(name: str) -> None:
    with pytest.raises(LlmselectError, match="no model's id"):
        from_config(LLAMA, name, "apache-2.0")


def test_what_a_record_says_of_itself() -> None:
    record = from_config(
        LLAMA | {"_name_or_path": "me/Mine-7B"}, "me/mine-7b-chat", "mit", origin="models/config.json", day=DAY
    )
    assert record["tuning"]["value"] == "instruct"
    assert record["weights"]["value"] == "me/Mine-7B"
    assert record["limits"]["context_tokens"]["value"] == 131072
    assert record["sources"]["config"]["locator"] == "models/config.json"
    assert record["release_date"]["disclosed"] is False
    assert record["license"] == {"value": "mit", "source": "own"}
    online = from_config(LLAMA, "me/mine", "mit", origin="https://hub.test/config.json", day=DAY)
    assert online["sources"]["config"]["url"] == "https://hub.test/config.json"
    assert online["tuning"]["value"] == "base"


@pytest.fixture
def home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, small_copy: Path) -> Path:
    for name in ("XDG_DATA_HOME", "APPDATA"):
        monkeypatch.setenv(name, str(tmp_path / "data"))
    monkeypatch.setenv("LLMSELECT_CATALOG", str(small_copy))
    return layer_folder("own")


def test_a_written_record_loads(home: Path) -> None:
    path = write_own("models", from_config(json.loads(json.dumps(MIXTRAL)), "me/mix", "apache-2.0", day=DAY))
    assert path == home / "models/me/mix.yaml"
    assert read(path.read_text()).faults == ()
    model = load().models["me/mix"]
    assert model.architecture is not None
    assert model.architecture.value is not None
    assert model.architecture.value.experts == 8


def test_nothing_is_overwritten(home: Path) -> None:
    record = from_config(LLAMA, "me/mine", "apache-2.0", day=DAY)
    path = write_own("models", record)
    path.write_text(path.read_text() + "# mine\n")
    with pytest.raises(LlmselectError) as caught:
        write_own("models", record)
    assert caught.value.code == "exists"
    assert path.read_text().endswith("# mine\n")


def test_prices(home: Path) -> None:
    data = price("globex", "globex/giant-1", 1.5, 2, DAY)
    assert Host.model_validate(data).offerings[0].prices[0].input_usd_per_mtok == 1.5
    path = write_own("hosts", data)
    write_own("hosts", price("globex", "acme/small-7b", 3, 4, date(2026, 11, 19)))
    before = path.read_text()
    with pytest.raises(LlmselectError, match="giant-1 stands in"):
        write_own("hosts", price("globex", "globex/giant-1", 9, 9, DAY))
    assert path.read_text() == before
    host = load().hosts["globex"]
    small = next(row for row in host.offerings if row.model == "acme/small-7b")
    assert small.prices[0].from_ == date(2026, 11, 19)
    assert [path.name for path in home.rglob("[!.]*") if path.is_file()] == ["globex.yaml"]


def _at_once(works: list[Callable[[], object]]) -> list[int]:
    """Runs each in a process of its own and returns the exit statuses."""
    context = multiprocessing.get_context("fork")
    workers = [context.Process(target=work) for work in works]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return [worker.exitcode or 0 for worker in workers]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_records_that_are_added_at_once_are_all_kept(home: Path) -> None:
    names = [f"me/m{number}" for number in range(6)]
    records = [from_config(LLAMA, name, "apache-2.0", day=DAY) for name in names]
    assert _at_once([partial(write_own, "models", record) for record in records]) == [0] * 6
    prices = [price("globex", name, 1, 2, DAY) for name in names]
    assert _at_once([partial(write_own, "hosts", one) for one in prices]) == [0] * 6
    catalog = load()
    assert {*names} <= catalog.models.keys()
    assert {*names} <= {row.model for row in catalog.hosts["globex"].offerings}


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_process_that_is_killed_leaves_no_half_record(home: Path) -> None:
    import_before = load()
    assert import_before.models
    draw = random.Random(20261201)
    for number in range(8):
        child = os.fork()
        if child == 0:
            write_own("models", from_config(LLAMA, f"me/m{number}", "apache-2.0", day=DAY))
            os._exit(0)
        time.sleep(draw.uniform(0.0, 0.15))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        for path in home.rglob("[!.]*.yaml"):
            assert read(path.read_text()).faults == ()
        assert load().models.keys() >= import_before.models.keys()
    write_own("models", from_config(LLAMA, "me/last", "apache-2.0", day=DAY))
    assert "me/last" in load().models


def test_what_the_catalogue_would_not_take_is_never_written(home: Path) -> None:
    record = from_config(LLAMA, "me/mine", "no-such-license", day=DAY)
    with pytest.raises(LlmselectError, match=r"models/me/mine.yaml:\d+:\d+: .*no-such-license") as caught:
        write_own("models", record)
    assert caught.value.code == "bad-record"
    assert not [*home.rglob("*.yaml")]


def test_a_full_disk_leaves_no_record(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_own("hosts", price("globex", "globex/giant-1", 1.5, 2, DAY))
    before = (home / "hosts/globex.yaml").read_text()
    monkeypatch.setattr(os, "fsync", lambda handle: (_ for _ in ()).throw(OSError(28, "No space left on device")))
    with pytest.raises(OSError, match="space"):
        write_own("hosts", price("globex", "acme/small-7b", 3, 4, DAY))
    assert (home / "hosts/globex.yaml").read_text() == before
    assert [path.name for path in home.rglob("*.yaml")] == ["globex.yaml"]


def test_comments_in_a_file_of_prices_are_kept(home: Path) -> None:
    path = write_own("hosts", price("globex", "globex/giant-1", 1.5, 2, DAY))
    commented = path.read_text().replace("offerings:", "# negotiated in spring\nofferings:")
    path.write_text(f"# my prices\n{commented}")
    write_own("hosts", price("globex", "acme/small-7b", 3, 4, DAY))
    after = path.read_text()
    assert after.startswith(f"# my prices\n{commented}".rstrip())
    assert after.endswith("output_usd_per_mtok: 4}\n")


@pytest.mark.parametrize("amounts", [(0, 1), (1, -1), (float("nan"), 1), (1, float("inf"))])
def test_senseless_prices(amounts: tuple[float, float]) -> None:
    with pytest.raises(LlmselectError, match="is no price"):
        price("globex", "globex/giant-1", *amounts, DAY)


def test_a_faulty_file_of_prices_is_left_alone(home: Path) -> None:
    path = home / "hosts/globex.yaml"
    path.parent.mkdir(parents=True)
    path.write_text("offerings: no\n")
    with pytest.raises(LlmselectError, match="has faults"):
        write_own("hosts", price("globex", "globex/giant-1", 1, 2, DAY))
    assert path.read_text() == "offerings: no\n"
    assert read(text({"a": 1})).data == {"a": 1}
