"""Shapes of published models, and small catalogues made of plain records, for tests."""

import json
import math
import sqlite3
from collections import OrderedDict
from collections.abc import Sequence
from typing import Any

from llmselect.catalog.schema import Architecture, Catalog
from llmselect.catalog.sql.write import write
from llmselect.engine.facts import Facts
from llmselect.engine.machine.machines import Detected
from llmselect.engine.recommend import recommend as of_table
from llmselect.estimate.parameters import parameter_parts
from llmselect.requirements import Requirements, parse
from llmselect.results.base import plain
from llmselect.results.recommendation import Recommendation

Record = dict[str, Any]
MAX_KEPT = 16
_FACTS: OrderedDict[int, tuple[Catalog, Facts]] = OrderedDict()


def shape(**changes: Any) -> Architecture:
    """A tiny transformer: two layers of 64, four heads of 16 of which two hold keys and values."""
    sizes: Record = {
        "layers": 2,
        "hidden_size": 64,
        "attention_heads": 4,
        "kv_heads": 2,
        "head_size": 16,
        "ffn_size": 256,
        "vocabulary_size": 1000,
    }
    return Architecture.model_validate({**sizes, **changes})


def _published(layers: int, hidden: int, heads: int, kv_heads: int, ffn: int, vocabulary: int, **more: Any) -> Record:
    sizes = {"layers": layers, "hidden_size": hidden, "attention_heads": heads, "kv_heads": kv_heads}
    return {**sizes, "head_size": hidden // heads, "ffn_size": ffn, "vocabulary_size": vocabulary, **more}


_MLA = {"head_size": 128, "mla_kv_rank": 512, "mla_rope_head_size": 64, "mla_value_head_size": 128}
SHAPE_RECORDS: dict[str, Record] = {
    "llama-2-7b": _published(32, 4096, 32, 32, 11008, 32_000),
    "llama-2-13b": _published(40, 5120, 40, 40, 13824, 32_000),
    "llama-2-70b": _published(80, 8192, 64, 8, 28672, 32_000),
    "mistral-7b": _published(32, 4096, 32, 8, 14336, 32_000, sliding_window_tokens=4096),
    "mixtral-8x7b": _published(32, 4096, 32, 8, 14336, 32_000, experts=8, experts_per_token=2),
    "falcon-7b": _published(32, 4544, 71, 1, 18176, 65_024, ffn_matrices=2, tied_embeddings=True),
    "falcon-40b": _published(60, 8192, 128, 8, 32768, 65_024, ffn_matrices=2, tied_embeddings=True),
    "deepseek-v2-lite": {
        **_published(27, 2048, 16, 16, 10944, 102_400, experts=64, experts_per_token=6, shared_experts=2),
        **_MLA,
        "expert_ffn_size": 1408,
        "dense_layers": 1,
    },
    "deepseek-v3": {
        **_published(61, 7168, 128, 128, 18432, 129_280, experts=256, experts_per_token=8, shared_experts=1),
        **_MLA,
        "mla_query_rank": 1536,
        "expert_ffn_size": 2048,
        "dense_layers": 3,
    },
}
SHAPES = {name: Architecture.model_validate(record) for name, record in SHAPE_RECORDS.items()}


# Small catalogues. Everything is a plain record until `catalog` validates it.

SOURCE = {"url": "https://facts.test", "title": "Facts", "kind": "primary", "retrieved": "2024-06-01"}
SOURCES = {"s": SOURCE}
TODAY = "2024-06-01"
EXAM = "exam@board"  # the reference test: a level of log-odds x is expected to score x there


def fact(value: Any, **more: Any) -> Record:
    """A value with the one source that these catalogues have; None is what nobody disclosed."""
    return {"value": value, "source": "s", **({"disclosed": False} if value is None else {}), **more}


def model(name: str, score: float | None = 60.0, **changes: Any) -> Record:
    """An API model `acme/<name>` with a context of 8,192 tokens; `score` is its result in the exam."""
    record: Record = {
        "id": f"acme/{name}",
        "name": name.title(),
        "sources": SOURCES,
        "developer": fact("Acme"),
        "family": fact("acme"),
        "access": fact("api"),
        "tuning": fact("instruct"),
        "release_date": fact("2023-01-01"),
        "modalities_in": fact(["text"]),
        "modalities_out": fact(["text"]),
        "limits": {"context_tokens": fact(8192)},
        "alignment": fact({"methods": ["rlhf"], "summary": "tuned"}),
        "scores": [] if score is None else [exam(score)],
    }
    return {**record, **changes}


def exam(value: float, **changes: Any) -> Record:
    """A score in the exam."""
    record = {"benchmark": "exam", "harness": "board", "shots": "0", "value": value, "date": "2024-01-01"}
    return {**record, "source": "s", **changes}


def weights(name: str, score: float | None = 60.0, of: str = "llama-2-7b", **changes: Any) -> Record:
    """Open weights `acme/<name>` in the shape of a published model."""
    built = SHAPES[of]
    counts = parameter_parts(built)
    open_facts = {
        "access": fact("open-weights"),
        "license": fact("permissive"),
        "architecture": fact(SHAPE_RECORDS[of]),
        "parameters": fact({"total": counts.total, "active": counts.active}),
    }
    return model(name, score, **{**open_facts, **changes})


def price(usd_in: float | None = 1.0, usd_out: float | None = 2.0, **changes: Any) -> Record:
    """A price per million tokens since 2023, checked on the day that these catalogues were made."""
    record = {"from": "2023-01-01", "checked": TODAY, "source": "s"}
    return {**record, "input_usd_per_mtok": usd_in, "output_usd_per_mtok": usd_out, **changes}


def offering(name: str, *prices: Record, **changes: Any) -> Record:
    """An offering of `acme/<name>`, seen as served on the catalogue's day."""
    record: Record = {"model": f"acme/{name}", "prices": list(prices), "lifecycle": {"last_seen": fact(TODAY)}}
    return {**record, **changes}


def host(name: str, *offerings: Record, **changes: Any) -> Record:
    """A host with its offerings, under the terms `terms`."""
    record: Record = {"id": name, "name": name.title(), "terms": fact("terms"), "sources": SOURCES}
    return {**record, "offerings": list(offerings), **changes}


def _license(name: str, kind: str, osi: bool | None, commercial: bool | None, **more: Any) -> Record:
    facts = {"osi_approved": fact(osi), "commercial_use": fact(commercial)}
    return {"name": name, "kind": kind, "url": "https://facts.test", **facts, **more}


LICENSES = {
    "permissive": _license("Permissive", "weights", True, True, derivatives=fact(True)),
    "community": _license("Community", "weights", False, True, monthly_active_users_limit=fact(700_000_000)),
    "research": _license("Research", "weights", False, False, derivatives=fact(False)),
    "unclear": _license("Unclear", "weights", None, None),
    "terms": _license("Terms", "terms", False, True),
}


def _device(name: str, kind: str, bandwidth: float, **more: Any) -> Record:
    return {"name": name, "kind": kind, "vendor": "Chips", "bandwidth_gb_s": bandwidth, "source": "s", **more}


DEVICES = {
    "home-24gb": _device("Home 24GB", "gpu", 900, memory_gib=24, power_w=350, fp16_tflops=70, aliases=["Homer"]),
    "dull-24gb": _device("Dull 24GB", "gpu", 900, memory_gib=24),
    "dc-48gb": _device("DC 48GB", "gpu", 860, memory_gib=48, power_w=350, bf16_tflops=180, datacenter=True),
    "dc-80gb": _device("DC 80GB", "gpu", 2000, memory_gib=80, power_w=400, bf16_tflops=310, datacenter=True),
    "soc": _device("Soc", "soc", 400, memory_gib=64, power_w=60, fp16_tflops=28),
    "ddr4-3200-dual-channel": _device("DDR4", "cpu", 51.2),
}
PRESETS = {
    tier: {"device": device, "count": 1, "ram_gib": 64, "summary": tier, "source": "s"}
    for tier, device in (("high", "dc-80gb"), ("medium", "dc-48gb"), ("low", "home-24gb"))
}


def rental(device: str, usd: float, **changes: Any) -> Record:
    """A rental price since 2024."""
    record = {"device": device, "provider": "Rent", "gpus": 1, "usd_per_gpu_hour": usd, "from": "2024-01-01"}
    return {**record, "checked": TODAY, "source": "s", **changes}


def _level(order: int, bits: dict[str, float], low: float, value: float, high: float) -> Record:
    artifacts = {
        runtime: {"name": runtime, "bits_per_weight": b, "embedding_bits": b, "head_bits": b, "source": "s"}
        for runtime, b in bits.items()
    }
    loss = {"up_to_billion": None, "low": low, "value": value, "high": high, "source": "s"}
    return {"order": order, "name": str(order), "artifacts": artifacts, "losses": [loss]}


QUANTIZATIONS = {
    "none": _level(0, {"llama.cpp": 16, "vllm": 16}, 0, 0, 0),
    "q8": _level(1, {"llama.cpp": 8.5, "vllm": 8}, 0, 0.3, 1),
    "q6": _level(2, {"llama.cpp": 6.5625}, 0, 0.4, 1.3),
    "q5": _level(3, {"llama.cpp": 5.66}, 0.1, 0.7, 2),
    "q4": _level(4, {"llama.cpp": 4.81, "vllm": 4.15625}, 0.2, 1.4, 4),
    "q3": _level(5, {"llama.cpp": 3.86}, 1.5, 4, 9),
    "q2": _level(6, {"llama.cpp": 2.94}, 4.5, 12, 25),
}


def speed_fit(runtime: str, kind: str, mixture: bool = False, **changes: Any) -> Record:
    """A runtime that reads at 0.7 of the bandwidth (experts at 0.5) and computes at half the peak, half a ms a step."""
    shares = {"read_share": 0.7, "expert_read_share": 0.5, "compute_share": 0.5, "expert_compute_share": 0.5}
    times = {"step_overhead_s": 0.0005, "layer_overhead_s": 0.00001}
    spreads = {"decode_spread": 1.5, "prefill_spread": 2.0, "queue_spread": 3.0}
    case = {"runtime": runtime, "kind": kind, "mixture": mixture, "source": "s"}
    return {**case, **shares, **times, **spreads, **changes}


SPEED_FITS = [
    speed_fit(runtime, kind, mixture)
    for runtime in ("llama.cpp", "vllm", "transformers")
    for kind in ("gpu", "soc", "cpu")
    for mixture in (False, True)
]

_COST = {"worst": 100_000, "best": 1, "log": True, "unit": "USD/month", "source": "s"}
SCALES = {
    "cost_usd_per_month": _COST,
    "context_headroom": {"worst": 1, "best": 8, "log": True, "unit": "x needed", "source": "s"},
    "faithful_summaries_percent": {"worst": 75, "best": 98, "unit": "%", "source": "s"},
    "tuned_params": {"worst": 1e12, "best": 8e9, "log": True, "unit": "parameters", "source": "s"},
}
WEIGHTS = {
    "quality": 0.42, "latency": 0.18, "cost": 0.2, "context": 0.06, "safety": 0.1, "openness": 0.04,
    "adaptability": 0.0,
}  # fmt: skip
TASK = {
    "name": "Task",
    "summary": "a task",
    "workload": {
        "prompt_tokens": 900,
        "output_tokens": 250,
        "cached_share": 0,
        "reference_requests_per_month": 1_000,
        "source": "s",
    },
    "skills": {"knowledge": 1.0},
    "anchors": {"insufficient": 20, "ample": 80, "excellent": 95, "source": "s"},
    "latency": {"max_ttft_ms": 2000, "min_tok_s": 10, "patience_s": 600, "source": "s"},
    "weights": WEIGHTS,
    "source": "s",
}
EXPANSIONS = [
    {"question": "response_time", "value": "real-time", "sets": {"speed_gate": True}, "why": "somebody waits"},
    {"question": "response_time", "value": "batch", "sets": {"batch_prices": True}, "why": "nobody waits"},
    {
        "question": "domain",
        "value": "specific",
        "weights": {"adaptability": 0.2},
        "strategy": "prompt",
        "why": "special",
    },
]
DOCUMENT = {
    "sources": SOURCES,
    "title": "Document",
    "more_information": "more",
    "more_information_gloss": "more",
    "rules": [{"when": {"task": ["conversation"]}, "answer": "First", "model": "acme/first"}],
    "expansions": EXPANSIONS,
    "claims": [],
}


# Every host answers at 50 tokens a second after 1.5 s, give or take.
USUAL_SPEED: Record = {
    "active_power": 0, "developers": {}, "spread": 2, "later_spread": 1.5, "median_error": 1.3, "models": 9,
}  # fmt: skip
HOSTED: Record = {
    "sources": SOURCES,
    "usual": {
        "decode_tok_s": {"at_30b_active": 50, "at_unknown_size": 50, **USUAL_SPEED},
        "ttft_s": {"at_30b_active": 1.5, "at_unknown_size": 1.5, **USUAL_SPEED},
        "source": "s",
    },
}


def catalog(models: Sequence[Record], hosts: Sequence[Record] = (), **tables: Any) -> Catalog:
    """A catalogue of models and hosts; `rentals` and `task` replace the tables' own."""
    hardware = {"sources": SOURCES, "presets": PRESETS, "devices": DEVICES, "rentals": tables.get("rentals", [])}
    task = {**TASK, **tables.get("task", {})}
    return Catalog.model_validate(
        {
            "date": TODAY,
            "models": {record["id"]: record for record in models},
            "hosts": {record["id"]: record for record in hosts},
            "licenses": {"sources": SOURCES, "licenses": LICENSES},
            "benchmarks": {
                "sources": SOURCES,
                "harnesses": {
                    "board": {"name": "Board", "independent": True, "source": "s"},
                    "vendor": {"name": "Vendor", "independent": False, "source": "s"},
                },
                "benchmarks": {"exam": {"name": "Exam", "skill": "knowledge", "unit": "percent", "source": "s"}},
            },
            "hardware": hardware,
            "quantizations": {"sources": SOURCES, "quantizations": QUANTIZATIONS},
            "speed": {"sources": SOURCES, "fits": tables.get("speed_fits") or SPEED_FITS},
            "tasks": {
                "sources": SOURCES,
                "scales": SCALES,
                "tasks": {"conversation": task, "qa": task},
            },
            "document": DOCUMENT,
            "abilities": tables.get("abilities") or abilities(models),
            "hosted": tables.get("hosted", HOSTED),
        }
    )


def abilities(models: Sequence[Record]) -> Record:
    """A scale on which every model is expected to repeat its score in the exam, without an error."""
    placed: Record = {}
    for record in models:
        for row in record["scores"]:
            share = min(0.9999, max(0.0001, row["value"] / 100))
            level = math.log(share / (1 - share))
            effort = row.get("effort", "default")
            place = {"level": [level], "error": [row.get("error", 0.0)], "tests": 1, "independent": 1}
            placed.setdefault(record["id"], {})[effort] = place
    test = {"a": 1.0, "b": 0.0, "noise": 0.1, "subjects": 9}
    reference = {"skills": ["knowledge"], "reference": {"knowledge": EXAM}, "spread": [[1.0]], "tests": {EXAM: test}}
    return {**reference, "models": placed}


def facts_of(catalog: Catalog) -> Facts:
    """A catalogue of records as the engine reads it; the last few are kept, as many requests go to each."""
    kept = _FACTS.get(id(catalog))
    if kept is None or kept[0] is not catalog:
        connection = sqlite3.connect(":memory:")
        write(connection, catalog)
        kept = _FACTS[id(catalog)] = catalog, Facts(connection)
        if len(_FACTS) > MAX_KEPT:
            _FACTS.popitem(last=False)
    return kept[1]


def recommend(
    needs: Requirements, catalog: Catalog, detected: Detected | None = None, top: int | None = None
) -> Recommendation:
    """The answer of a catalogue of records."""
    return of_table(needs, facts_of(catalog), detected, top)


def ask(catalog: Catalog, **fields: Any) -> Recommendation:
    """The answer to a request as of the day that these catalogues were made."""
    return recommend(parse({"as_of": TODAY, **fields}), catalog)


def ranked(answer: Recommendation) -> list[str]:
    """The recommended models in order, without their maker's name."""
    return [row.model.partition("/")[2] for row in answer.recommendations]


def reasons(answer: Recommendation, name: str) -> dict[str, tuple[str, str]]:
    """Every reason against a model's options: needed and had, by rule."""
    rows = [row for row in answer.excluded if row.model.endswith(f"/{name}")]
    return {reason.rule: (reason.needed, reason.had) for row in rows for reason in row.reasons}


def as_bytes(answer: Recommendation) -> bytes:
    """The whole answer as JSON."""
    return json.dumps(plain(answer), default=str).encode()
