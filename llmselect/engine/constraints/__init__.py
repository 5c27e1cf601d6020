"""All constraints, in the order in which their reasons are read."""

from __future__ import annotations

from llmselect.engine.constraints import data, fit, misses, terms
from llmselect.engine.constraints.kinds import NEVER, Constraint

_SIZE = ("context_tokens", "prompt_tokens", "output_tokens")
_LICENSE = ("license", "monthly_active_users", "domicile")
_FLOOR = ("min_score", "at_least")
_EFFORT = ("effort",)
_PACE = ("response_time", "min_tok_s")
_WAIT = ("response_time", "max_ttft_ms", "max_latency_s")
_VOLUME = ("requests_per_month", "requests_per_day")
_MONEY = ("budget", "response_time", *_VOLUME)
_MACHINE = ("vram", "gpus", "ram", "quantization", "concurrency")
_SIZES = (*_SIZE, *_MACHINE)
_ACCESS = (*_LICENSE, "deployment", "host")
_HOSTING = ("deployment", "host", "offline", "open_weights")
_MODALITY = ("modality_in", "modality_out")

CONSTRAINTS: tuple[Constraint, ...] = (
    Constraint("exists", "option", terms.exists, terms.exists_words, "excludes", (), miss=NEVER),
    Constraint(
        "lifecycle", "offered", terms.lifecycle, terms.lifecycle_words, "excludes", ("horizon_months",),
        miss=misses.lifecycle,
    ),
    Constraint("hosting", "option", terms.hosting, terms.hosting_words, "excludes", _HOSTING, miss=misses.hosting),
    Constraint("license", "option", terms.license_fits, terms.license_words, "excludes", _ACCESS, asked=_LICENSE),
    Constraint("privacy", "option", data.privacy, data.privacy_words, "excludes", ("privacy",), asked=("privacy",)),
    Constraint("region", "option", data.region, data.region_words, "excludes", ("region",), asked=("region",)),
    Constraint("instruct", "model", terms.instruct, terms.instruct_words, "excludes", ("needs",), miss=NEVER),
    Constraint("modality", "option", data.modality, data.modality_words, "excludes", _MODALITY, miss=NEVER),
    Constraint("capability", "option", data.capability, data.capability_words, "keeps", ("needs",), asked=("needs",)),
    Constraint("language", "model", data.language, data.language_words, "keeps", ("language",), asked=("language",)),
    Constraint(
        "quality", "option", data.quality_floor, data.quality_words, "excludes", _FLOOR, _FLOOR,
        by_effort=True, miss=misses.quality,
    ),
    Constraint("effort", "option", data.effort, data.effort_words, "excludes", _EFFORT, _EFFORT, by_effort=True),
    Constraint("context", "option", fit.context, fit.context_words, "keeps", _SIZE, miss=misses.context),
    Constraint(
        "memory", "option", fit.memory, fit.memory_words, "excludes", _SIZES, measures=True, miss=misses.memory
    ),
    Constraint("price", "option", fit.price, fit.price_words, "excludes", (), measures=True),
    Constraint(
        "speed", "option", fit.speed, fit.speed_words, "keeps", (*_PACE, *_SIZES), _PACE,
        measures=True, waits=True, miss=misses.speed,
    ),
    Constraint(
        "latency", "option", fit.latency, fit.latency_words, "keeps", (*_WAIT, *_SIZES),
        measures=True, waits=True, miss=misses.latency,
    ),
    Constraint(
        "throughput", "option", fit.throughput, fit.throughput_words, "keeps", (*_VOLUME, *_SIZES), _VOLUME,
        measures=True, miss=misses.throughput,
    ),
    Constraint(
        "budget", "option", fit.budget, fit.budget_words, "keeps", (*_MONEY, *_SIZES), ("budget",),
        measures=True, miss=misses.budget,
    ),
)  # fmt: skip
