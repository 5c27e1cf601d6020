"""The recorded command lines other than `recommend`; `{here}` is this folder."""

from collections.abc import Iterator
from itertools import product

NOW, THEN, LATER, EARLY = "2026-11-25", "2025-06-01", "2027-06-01", "2024-04-30"

REPLACE = (
    f"gpt-4o --as-of {NOW}",
    f"gpt-4o --task coding --requests-per-month 100k --budget 500 --as-of {NOW}",
    f"gpt-4 --task reasoning --as-of {NOW}",
    f"claude-3-opus --task content-generation --as-of {THEN}",
    f"gemini-2.5-flash --requests-per-month 2M --optimize cost --as-of {NOW}",
    f"llama-3.3-70b-instruct --gpu h100-sxm-80gb --gpus 2 --license commercial --as-of {NOW}",
    f"claude-sonnet-4 --task agents --deployment api --as-of {LATER}",
    f"mistral-large-2 --task qa --without needs --without context-tokens --as-of {NOW}",
    f"qwen3-8b --hardware rtx-4090 --task extraction --top 12 --as-of {NOW}",
    f"deepseek-r1 --task math --open-weights --compute high --as-of {NOW}",
    f"gpt-3.5-turbo --task classification --requests-per-month 20M --as-of {EARLY}",
    f"gpt-5-mini --privacy zero-retention --region EU --as-of {NOW}",
)
COST = (
    f"gpt-5-mini qwen3-8b --requests-per-month 20M --as-of {NOW}",
    f"gpt-5-mini --cached-share 0.6 --batch-share 0.5 --as-of {NOW}",
    f"qwen3-8b --gpu rtx-4090 --purchase-usd 3000 --years 3 --kwh-usd 0.3 --as-of {NOW}",
    f"gpt-4o --requests-per-month 100k --as-of {NOW}",
    f"llama-3.3-70b-instruct gpt-4o-mini --requests-per-month 3M --task summarization --as-of {NOW}",
    f"deepseek-v3.1 --requests-per-month 1M --peak-share 0.4 --all-options --as-of {NOW}",
    "claude-sonnet-4.5 gpt-5 --task coding --requests-per-month 50k --prompt-tokens 250k --output-tokens 2k "
    f"--as-of {NOW}",
    f"gpt-oss-120b --compute high --requests-per-month 5M --hours-per-day 10 --spare-machines 1 --as-of {NOW}",
    f"gpt-oss-20b gpt-5-nano --requests-per-month 2M --api-share 0.3 --router-accuracy 0.6 --as-of {NOW}",
    f"gpt-4-turbo claude-3-opus --requests-per-month 10k --as-of {EARLY}",
    f"gemini-2.5-pro --task reasoning --verbosity equal --volumes 5k,70k,900k --as-of {NOW}",
    f"qwen3-32b --effort none --deployment managed --requests-per-month 400k --as-of {NOW}",
    f"gpt-4o-mini --usage {{here}}/usage.jsonl --as-of {NOW}",
    f"gpt-5-mini gemma-3-27b-it --usage {{here}}/usage.jsonl --requests-per-month 30k --gpu l40s --as-of {NOW}",
    "qwen3-30b-a3b --hardware {here}/machine.yaml --requests-per-day 4000 --peak-to-mean 4 --concurrency 8 "
    f"--as-of {NOW}",
)
COMPARE = (
    f"gpt-oss-120b llama-3.3-70b-instruct --as-of {NOW}",
    "gpt-oss-120b llama-3.3-70b-instruct qwen3-8b --columns license,context,coding,memory_q4,active_parameters "
    f"--as-of {NOW}",
    f"--task qa --budget 100 --requests-per-month 50k --as-of {NOW}",
    f"--document open --as-of {NOW}",
    f"--document proprietary --as-of {NOW}",
    f"gpt-4o gpt-4o-mini claude-3-opus --columns status,ends,hosts,price,cached_price,quality --as-of {THEN}",
    "--task coding --gpu rtx-4090 --top 12 --columns rank,where,score,cost,speed,quality,reasoning,mathematics "
    f"--as-of {NOW}",
    "gemini-2.5-pro claude-sonnet-4.5 gpt-5 --columns modalities_in,languages,capabilities,max_output,tests "
    f"--as-of {LATER}",
)
ESTIMATE = (
    "qwen3-30b-a3b --gpu h100-sxm-80gb --concurrency 16",
    "--params 8B --hardware rtx-4090 --quantization q4 --context-tokens 16k",
    "llama-3.3-70b-instruct --gpu h100-sxm-80gb --gpus 4",
    "llama-3.3-70b-instruct --gpu h100-sxm-80gb --gpus 8 --tensor-parallel 2 --concurrency 64",
    "llama-3.3-70b-instruct --gpu rtx-3090 --ram 64 --quantization q4",
    "gpt-oss-120b --hardware m4-max --vram 128",
    "gpt-oss-20b --hardware cpu --ram 64 --bandwidth 89.6",
    "deepseek-v3.1 --gpu h200 --gpus 8 --concurrency 32 --prompt-tokens 4k",
    "deepseek-v3.1 --gpu rtx-4090 --ram 768 --quantization q4",
    "qwen3-8b --hardware {here}/machine.yaml --concurrency 4",
    "mixtral-8x7b-instruct-v0.1 --vram 24 --bandwidth 1008 --ram 64 --quantization q5",
    "gemma-3-12b-it --compute low --quantization q4",
    "--params 235B --active-params 22B --compute high --quantization q4",
    "qwen3-32b --gpu l40s --runtime vllm --quantization q8 --context-tokens 100k",
    "phi-4 --gpu rtx-4090 --runtime transformers",
)
RECHECK = (
    f"{{here}}/decisions/qa-of-june.md --as-of {NOW}",
    f"{{here}}/decisions/coding-on-a-card.md --as-of {LATER}",
    f"{{here}}/decisions/cheap-labels.md --as-of {NOW}",
)
DECISIONS = {
    "qa-of-june": "--task qa --requests-per-month 50k --as-of 2026-06-01",
    "coding-on-a-card": f"--task coding --gpu rtx-4090 --license commercial --top 8 --as-of {NOW}",
    "cheap-labels": f"--task classification --requests-per-month 2M --optimize cost --deployment api --as-of {THEN}",
}


def _tree() -> Iterator[tuple[str, str]]:
    """The source document's 48 questions on the day of its time, and on one of today."""
    tasks = ("conversation", "content-generation", "qa", "reasoning")
    for day, task in product((NOW, EARLY), tasks):
        yield f"tree-{task}-{day}", f"tree --all --task {task} --as-of {day}"
    yield "tree-one", f"tree --task qa --compute low --response-time batch --domain specific --as-of {NOW}"


def _lines() -> Iterator[tuple[str, str]]:
    groups = {"replace": REPLACE, "cost": COST, "compare": COMPARE, "estimate": ESTIMATE, "recheck": RECHECK}
    for command, lines in groups.items():
        for number, line in enumerate(lines, 1):
            yield f"{command}-{number:02}", f"{command} {line}"
    yield from _tree()


LINES = {name: line.split() for name, line in _lines()}
