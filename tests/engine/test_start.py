"""What gets an option going: ids and repositories as their sources name them, never guessed."""

from llmselect.catalog.load import load
from llmselect.requirements import parse
from llmselect.results.recommendation import RecommendedModel
from tests.factories import recommend

DAY = "2026-11-23"


def _rows(**fields: object) -> dict[str, RecommendedModel]:
    return {row.model: row for row in recommend(parse({"as_of": DAY, **fields}), load()).recommendations}


def test_a_home_card_gets_the_command_of_its_level() -> None:
    row = _rows(gpu="RTX 3090", deployment="self-host")["qwen/qwen3-8b"]
    assert row.start is not None
    repo = "unsloth/Qwen3-8B-GGUF"
    levels = {"q8": "Q8_0", "q6": "Q6_K", "q5": "Q5_K_M", "q4": "Q4_K_M", "none": "F16"}
    assert row.start.text == f"llama-server -hf {repo}:{levels[row.quantization or '']}"
    assert row.start.gated is False
    assert row.memory is not None
    assert row.start.download_gib == row.memory.weights_gib
    assert row.start.sources


def test_a_gated_model_says_so() -> None:
    start = _rows(gpu="RTX 3090", deployment="self-host")["meta/llama-3.1-8b-instruct"].start
    assert start is not None
    assert start.gated is True


def test_an_api_gets_its_exact_id() -> None:
    catalog = load()
    for row in _rows(deployment="api").values():
        ids = {
            offer.api_id.value
            for offer in catalog.hosts[row.host].offerings
            if offer.api_id and offer.model == row.model
        }
        if row.start is not None:
            assert row.start.text in ids
            assert row.start.host == catalog.hosts[row.host].name


def test_four_bits_on_a_server_name_the_weights_alone() -> None:
    rows = _rows(gpu="H100 SXM5 80 GB", deployment="self-host", quantization="q4").values()
    served = [row for row in rows if row.quantization == "q4" and row.start is not None]
    assert served
    assert {row.start.kind for row in served if row.start} == {"weights"}
