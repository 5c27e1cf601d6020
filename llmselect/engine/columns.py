"""The columns that the engine works on, a dataclass of numpy arrays for each grain.

Field names are the names of columns in the catalogue's SQLite file, units included. In a column of numbers NaN means
unknown, and nothing else; in a column of texts the empty one does. Days are proleptic (`date.toordinal`). Bits stand
for the words of a vocabulary: its first word is bit 1, the next 2, then 4 …
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from llmselect.catalog.sql.read import Flags, Integers, Numbers, Texts

Verdicts = NDArray[np.int8]

# Where an option runs, as codes.
DEPLOYMENTS = ("api", "managed", "self-host", "app", "device", "none")
API, MANAGED, SELF_HOST, APP, DEVICE, NOWHERE = range(6)

# What a figure rests on, as codes.
EVIDENCE = ("unknown", "measured", "estimated", "derived", "published", "prior", "claimed")
UNKNOWN, MEASURED, ESTIMATED, DERIVED, PUBLISHED, PRIOR, CLAIMED = range(7)


@dataclass(slots=True)
class Models:
    """Every model, by id: what does not depend on where it runs."""

    model: Texts
    """The id."""
    name: Texts
    """What people call it."""
    developer: Texts
    """Who made it."""
    family: Texts
    """The family that its developer counts it to."""
    release_day: Numbers
    """Day of the release."""
    tuning: Texts
    """`base`, `instruct` or `task`; empty where unknown."""
    license: Texts
    """Id of the licence of the weights; empty where unknown."""
    access: Texts
    """How it can be had: `open-weights`, `gated-weights`, `api`, `app`, `device`."""
    open_weights: Flags
    """Whether weights can be downloaded."""
    weights: Texts
    """Repository of the weights; empty where unknown."""
    gguf: Texts
    """Repository of GGUF files; empty where unknown."""
    modalities_in_bits: Numbers
    """What it takes."""
    modalities_out_bits: Numbers
    """What it gives."""
    capability_bits: Numbers
    """What a source confirms that it can."""
    lacks_bits: Numbers
    """What a source denies."""
    languages: Texts
    """Natural languages that it is made for, with commas; empty where unknown."""
    context_tokens: Numbers
    """The context window."""
    input_tokens: Numbers
    """The longest prompt, where that has a limit of its own."""
    output_tokens: Numbers
    """The longest answer, likewise."""
    alignment_methods: Texts
    """How it was aligned, with commas; empty where unknown."""
    total_params: Numbers
    """Number of its weights."""
    active_params: Numbers
    """Number of those that one token reads."""
    released_bits: Numbers
    """Bits per weight as released, where they are not 16."""


@dataclass(slots=True)
class AtTask:
    """What is expected of each model at each effort, for one task; by model.

    Rows with the evidence `measured` or `unknown` are the efforts at which a model was scored; where nobody has scored
    it, those with `expected` are estimates from its predecessor, at each effort of the predecessor, and where it has no
    scored one there is one row, `default`.
    """

    model: Texts
    effort: Texts
    evidence: Texts
    """`measured`; `unknown` where the scores say too little of the task; `expected` of a successor."""
    ablest: Flags
    """Whether the model, or that predecessor, is ablest at this effort over all skills."""
    quality_low_percent: Numbers
    """The expected score on the task's reference tests: low end of the 90 % interval."""
    quality_percent: Numbers
    """Its middle."""
    quality_high_percent: Numbers
    """Its high end."""
    predecessor: Texts
    """The model whose scores stand for its own."""
    successions: Numbers
    """On how many past successions the expectation rests."""
    thinking_low_tokens: Numbers
    """Tokens that an answer thinks and does not show: low end."""
    thinking_tokens: Numbers
    """Its middle."""
    thinking_high_tokens: Numbers
    """Its high end."""
    thinking_measured: Flags
    """Whether that was measured of the model at the effort, or there is nothing to measure."""


@dataclass(slots=True)
class AtSkill:
    """What is expected of each model at each effort in one skill, or in one natural language."""

    model: Texts
    effort: Texts
    quality_low_percent: Numbers
    """The expected score on the skill's reference test: low end of the 90 % interval."""
    quality_percent: Numbers
    """Its middle."""
    quality_high_percent: Numbers
    """Its high end."""
    tested: Flags
    """Whether the model has a score of the skill itself."""


@dataclass(slots=True)
class Licenses:
    """Licences of weights and terms of hosts; what they allow is 1 or 0, NaN where unknown."""

    license: Texts
    name: Texts
    osi_approved: Numbers
    commercial_use: Numbers
    derivatives: Numbers
    monthly_active_users_limit: Numbers
    """NaN where there is no limit."""
    excluded_domiciles: Texts
    """`EU` or country codes whose residents it grants nothing."""


@dataclass(slots=True)
class Offerings:
    """Every model at a host, by model, host and API id."""

    offering: Texts
    """Its key: the host and a number, `openai#12`."""
    model: Texts
    host: Texts
    api_id: Texts
    """What a request must name; empty where unknown."""
    deployment: Texts
    """One of `DEPLOYMENTS`."""
    terms: Texts
    """Id of the terms: the offering's own or its host's; empty where unknown."""
    released_day: Numbers
    """Day from which the host has it."""
    last_seen_day: Numbers
    """Newest day on which a source listed it as served."""
    announced_day: Numbers
    """Day on which the host made its end known."""
    deprecated_day: Numbers
    """Day from which the host advises against it."""
    shutdown_day: Numbers
    """Day on which it ends."""
    not_before_day: Numbers
    """Day before which the host promises not to end it."""
    replacement: Texts
    """What the host names in its place; empty where nothing."""
    modalities_in_bits: Numbers
    """What it takes at the host; NaN where the host says nothing and the model's own word counts."""
    capability_bits: Numbers
    """What the host confirms."""
    lacks_bits: Numbers
    """What the host denies; NaN where the host says nothing and the model's own word counts."""
    context_tokens: Numbers
    """The host's own limit of prompt and answer."""
    input_tokens: Numbers
    """The host's own limit of prompts."""
    output_tokens: Numbers
    """The host's own limit of answers."""
    trains_on_requests: Numbers
    """1 or 0, the offering's own word or its host's."""
    zero_retention: Numbers
    """1 or 0, likewise."""
    private_network: Numbers
    """1 or 0, likewise."""
    regions: Texts
    """Places from which it is served, with commas, the offering's own word or its host's; empty where unknown."""
    region: Texts
    """Where an offering that differs by it keeps its requests; empty for others."""
    regions_said_by: Texts
    """`offering`, `host`, or `host, of some` where its host grants that for some of what it serves; empty: nobody."""
    trains_on_requests_said_by: Texts
    """Likewise."""
    zero_retention_said_by: Texts
    """Likewise."""
    private_network_said_by: Texts
    """Likewise."""


@dataclass(slots=True)
class Prices:
    """Rows of price lists in USD per million tokens, by offering, tier and first day."""

    price_no: Integers
    """Number of the row in the file."""
    offering: Texts
    """Key of the offering."""
    kind: Texts
    """`standard`, `batch`, `peak`, or `batch-peak` for what is both."""
    above_input_tokens: Numbers
    """Prompts longer than this pay it."""
    from_day: Numbers
    """First day."""
    to_day: Numbers
    """Last day; NaN where no end is known."""
    checked_day: Numbers
    """Newest day on which the source showed it."""
    input_usd_per_mtok: Numbers
    output_usd_per_mtok: Numbers
    cached_input_usd_per_mtok: Numbers
    """NaN where cached tokens cost what others do."""
    cache_write_usd_per_mtok: Numbers
    """NaN where written tokens cost what others do."""
    free: Flags
    """Whether it costs nothing within the host's limits."""


@dataclass(slots=True)
class ApiSpeeds:
    """How fast models answered at hosts, as somebody saw it."""

    speed_no: Integers
    model: Texts
    host: Texts
    evidence: Texts
    """`published` by others, or `claimed` by the host."""
    decode_tok_s: Numbers
    ttft_s: Numbers
    """To the first token, nothing thought before it; NaN where unknown."""
    seen_day: Numbers
