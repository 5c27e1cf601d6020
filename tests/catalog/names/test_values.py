"""Other words for tasks, goals, needs, places and licences, in English and in Chinese."""

from typing import Any, get_args

import pytest

from llmselect.catalog.names import values
from llmselect.catalog.words import Capability, Modality, TaskName
from llmselect.errors import fold
from llmselect.requirements import READERS, Place, parse

CASES: tuple[tuple[str, Any, Any], ...] = (
    ("task", "chat", "conversation"),
    ("task", "chatbot", "conversation"),
    ("task", "Chat Bot", "conversation"),
    ("task", "聊天機器人", "conversation"),
    ("task", "rag", "qa"),
    ("task", "RAG", "qa"),
    ("task", "Q&A", "qa"),
    ("task", "question answering", "qa"),
    ("task", "question-answering", "qa"),
    ("task", "問答", "qa"),
    ("task", "code", "coding"),
    ("task", "programming", "coding"),
    ("task", "程式", "coding"),
    ("task", "summarize", "summarization"),
    ("task", "summarise", "summarization"),
    ("task", "summary", "summarization"),
    ("task", "摘要", "summarization"),
    ("task", "function-calling", "agents"),
    ("task", "function calling", "agents"),
    ("task", "tool_use", "agents"),
    ("task", "agent", "agents"),
    ("task", "translate", "translation"),
    ("task", "翻譯", "translation"),
    ("task", "classify", "classification"),
    ("task", "sentiment analysis", "classification"),
    ("task", "NER", "extraction"),
    ("task", "data extraction", "extraction"),
    ("task", "maths", "math"),
    ("task", "mathematics", "math"),
    ("task", "copywriting", "content-generation"),
    ("task", "content_generation", "content-generation"),
    ("optimize", "speed", "latency"),
    ("optimize", "fastest", "latency"),
    ("optimize", "price", "cost"),
    ("optimize", "cheapest", "cost"),
    ("optimize", "accuracy", "quality"),
    ("optimize", "成本", "cost"),
    ("deployment", "local", ("self-host",)),
    ("deployment", "self_hosted", ("self-host",)),
    ("deployment", "on-premises", ("self-host",)),
    ("deployment", "cloud", ("api", "managed")),
    ("deployment", "local,api", ("self-host", "api")),
    ("deployment", ["cloud", "local"], ("api", "managed", "self-host")),
    ("deployment", "雲端", ("api", "managed")),
    ("license", "MIT", "osi"),
    ("license", "apache-2.0", "osi"),
    ("license", "Apache 2.0", "osi"),
    ("license", "open source", "osi"),
    ("license", "business", "commercial"),
    ("license", "商用", "commercial"),
    ("needs", "json", ("structured-output",)),
    ("needs", "JSON mode", ("structured-output",)),
    ("needs", "function-calling", ("tools",)),
    ("needs", "tool calling,json", ("tools", "structured-output")),
    ("needs", ["finetuning"], ("fine-tuning",)),
    ("needs", "thinking", ("reasoning",)),
    ("needs", "微調", ("fine-tuning",)),
    ("modality_in", "vision", ("image",)),
    ("modality_in", "pictures,speech", ("image", "audio")),
    ("modality_out", "voice", ("audio",)),
    ("privacy", "ZDR", "zero-retention"),
    ("privacy", "on-premise", "on-prem"),
    ("privacy", "private network", "vpc"),
    ("response_time", "interactive", "real-time"),
    ("response_time", "realtime", "real-time"),
    ("response_time", "async", "batch"),
    ("effort", "off", "none"),
    ("effort", "xhigh", "max"),
    ("weight", {"speed": 2}, {"latency": 2.0}),
    ("weight", "price=3,quality=1", {"cost": 3.0, "quality": 1.0}),
    ("max_latency_s", "500ms", 0.5),
    ("max_latency_s", "2s", 2),
    ("max_latency_s", "1.5 minutes", 90),
    ("max_latency_s", 7, 7),
    ("max_ttft_ms", "500ms", 500),
    ("max_ttft_ms", "1s", 1000),
    ("max_ttft_ms", "0.8 s", 800),
    ("max_ttft_ms", "2秒", 2000),
    ("max_ttft_ms", "500", 500),
    ("min_tok_s", "20 tok/s", 20),
    ("min_tok_s", "20 tokens/s", 20),
    ("requests_per_month", "1 million", 1_000_000),
    ("requests_per_month", "1e6", 1_000_000),
    ("requests_per_month", "1E6", 1_000_000),
    ("requests_per_month", "2.5 million requests/month", 2_500_000),
    ("requests_per_month", "50k/month", 50_000),
    ("requests_per_month", "10萬", 100_000),
    ("requests_per_month", "100 thousand", 100_000),
    ("requests_per_day", "2k/day", 2000),
    ("requests_per_day", "2000 requests per day", 2000),
    ("context_tokens", "128k", 128_000),
    ("context_tokens", "128k tokens", 128_000),
    ("budget", "50/month", 50),
    ("budget", "$50", 50),
    ("budget", "$50 a month", 50),
    ("budget", "$1.5k/mo", 1500),
    ("budget", "US$200", 200),
    ("budget", "free", 0),
    ("budget", "免費", 0),
    ("vram", "24 GB", 24),
    ("bandwidth", "1.5 TB/s", 1500),
    ("power_w", "350 W", 350),
    ("requests_per_month", "1000/day", 30417),
    ("requests_per_month", "12 million/year", 1_000_000),
    ("budget", "$600/year", 50),
    ("budget", "50 dollars", 50),
    ("kwh_usd", "$0.15/kWh", 0.15),
    ("kwh_usd", "15 cents", 0.15),
    ("gpu_hour_usd", "$1.99/hr", 1.99),
    ("gpu_hour_usd", "2 per hour", 2),
    ("years", "3 years", 3),
    ("hours_per_day", "8h", 8),
    ("hours_per_day", "8 hours a day", 8),
    ("horizon_months", "6m", 6),
    ("horizon_months", "6 months", 6),
    ("horizon_months", "1 year", 12),
    ("horizon_months", "1.5 years", 18),
    ("gpus", "2x", 2),
    ("gpus", "2 GPUs", 2),
    ("usable_memory_share", "90%", 0.9),
    ("bandwidth", "936 GB/sec", 936),
    ("min_score", {"mmlu": "60%"}, {"mmlu": 60.0}),
    ("language", "Chinese,German", ("zh", "de")),
    ("language", ["zh-TW", "繁體中文", "日文"], ("zh", "zh", "ja")),
    ("language", "zh_Hant_TW", ("zh",)),
    ("region", "europe", "EU"),
    ("region", "eu-west-1", "eu-west-1"),
    ("domicile", "台灣", "TW"),
    ("domicile", "South Korea", "KR"),
    ("task", "coding assistant", "coding"),
    ("task", "math tutor", "math"),
    ("task", "customer support chatbot", "conversation"),
    ("task", "coding agent", "agents"),
    ("task", "document QA", "qa"),
    ("task", "email classification", "classification"),
    ("task", "legal document summarization", "summarization"),
    ("task", "code completion", "coding"),
    ("task", "email drafting", "content-generation"),
    ("task", "writing code", "coding"),
    ("task", "computer use", "agents"),
    ("task", "英翻中", "translation"),
    ("task", "程式碼生成", "coding"),
    ("task", "新聞摘要", "summarization"),
    ("task", "機器翻譯", "translation"),
    ("task", "客服機器人", "conversation"),
    ("task", "程式設計", "coding"),
    ("task", "資訊擷取", "extraction"),
)  # fmt: skip


@pytest.mark.parametrize(("field", "typed", "meant"), CASES, ids=lambda value: str(value))
def test_a_value_as_people_say_it(field: str, typed: Any, meant: Any) -> None:
    assert getattr(parse({field: typed}), field) == meant


@pytest.mark.parametrize("needs", ["vision", "image input", ["Vision"], "視覺"])
def test_vision_is_an_input(needs: Any) -> None:
    found = parse({"needs": needs})
    assert (found.needs, found.modality_in) == ((), ("image",))


def test_inputs_among_needs_join_those_given() -> None:
    found = parse({"needs": "json,vision,tools", "modality_in": "pdf,image"})
    assert found.needs == ("structured-output", "tools")
    assert found.modality_in == ("pdf", "image")


@pytest.mark.parametrize(
    ("field", "word"),
    [
        ("task", "cooking"), ("task", "image generation"), ("optimize", "beauty"), ("deployment", "moon"),
        ("license", "gpl"), ("license", "proprietary"), ("needs", "telepathy"), ("modality_in", "smell"),
        ("privacy", "maybe"), ("effort", "heroic"), ("weight", "beauty=3"), ("max_ttft_ms", "5 parsecs"),
        ("max_latency_s", "2 tokens"), ("budget", "€50"), ("requests_per_month", "1 zillion"),
        ("language", "klingon"), ("region", "moon"), ("domicile", "Atlantis"), ("task", "code translation"),
        ("task", "image classification"), ("task", "圖片分類"), ("task", "翻譯摘要"), ("hours_per_day", "25h"),
        ("years", "3 months"), ("gpu_hour_usd", "2/day"), ("usable_memory_share", "150%"), ("as_of", "yesterday"),
        ("context_tokens", "128 pages"), ("bandwidth", "1.5 TB"), ("vram", "24 m/s"),
        ("min_tok_s", "20 ms"), ("budget", "1e3k"),
    ],
)  # fmt: skip
def test_what_is_no_value_is_refused(field: str, word: str) -> None:
    with pytest.raises(Exception, match="--" + field.replace("_", "-")):
        parse({field: word})


WORDS: dict[str, tuple[str, ...]] = {
    "task": get_args(TaskName),
    "needs": get_args(Capability),
    "modality_in": get_args(Modality),
    "modality_out": get_args(Modality),
    "deployment": get_args(Place),
}


@pytest.mark.parametrize("field", values._OF_FIELDS)
def test_every_row_means_words_that_the_field_takes(field: str) -> None:
    for typed, meant in values._OF_FIELDS[field].items():
        for word in meant:
            READERS[field](f"{word}=1" if field == "weight" else word)
        assert typed == fold(typed)


@pytest.mark.parametrize(("field", "own"), WORDS.items())
def test_no_word_of_a_field_means_another_one(field: str, own: tuple[str, ...]) -> None:
    for word in own:
        assert values._OF_FIELDS[field].get(fold(word), (word,)) == (word,)
