"""Random small catalogues and requests for the laws that an answer obeys."""

import math
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from hypothesis import strategies as st

from llmselect.catalog.schema import Catalog
from llmselect.engine.excluded import STEPS_PER_DOUBLING
from llmselect.engine.facts import Facts
from llmselect.requirements import parse
from llmselect.results.recommendation import Exclusion, Recommendation
from tests.factories import (
    TODAY,
    Record,
    catalog,
    fact,
    facts_of,
    host,
    model,
    offering,
    price,
    recommend,
    rental,
    weights,
)

SHAPES = ("llama-2-7b", "llama-2-13b", "llama-2-70b", "mistral-7b", "mixtral-8x7b", "falcon-7b")
METHODS = ("none", "sft", "dpo", "rlhf")
USD = (0.05, 0.25, 1.0, 3.0, 10.0, 60.0)


@dataclass(frozen=True)
class World:
    """Models and the offerings of each host, as records."""

    models: tuple[Record, ...]
    hosts: dict[str, tuple[Record, ...]] = field(default_factory=dict)

    def build(self) -> Catalog:
        """The catalogue of these records, made anew."""
        rows = [host(name, *offerings) for name, offerings in self.hosts.items()]
        return catalog(self.models, rows, rentals=[rental("dc-48gb", 1.0), rental("dc-80gb", 2.5)])

    def ask(self, fields: Record) -> Recommendation:
        """The answer of this world to a request."""
        return recommend(parse({"as_of": TODAY, **fields}), self._built)

    @property
    def facts(self) -> Facts:
        """What the engine reads of this world."""
        return facts_of(self._built)

    @cached_property
    def _built(self) -> Catalog:
        """One catalogue for all that is asked: an answer changes nothing in it."""
        return self.build()


def _common(draw: st.DrawFn, known: bool) -> Record:
    window = draw(st.sampled_from((2048, 4096, 8192, 32_768, 128_000, *(() if known else (None,)))))
    methods = draw(st.sampled_from(METHODS if known else (*METHODS, None)))
    languages = draw(st.sampled_from((None, ["en"], ["en", "de"])))
    return {
        "limits": {} if window is None else {"context_tokens": fact(window)},
        "alignment": None if methods is None else fact({"methods": [methods], "summary": "tuned"}),
        "languages": None if languages is None else fact(languages),
        "tuning": fact(draw(st.sampled_from(("instruct", "instruct", "instruct", "base")))),
    }


def _offering(draw: st.DrawFn, name: str) -> Record:
    rates = draw(st.sampled_from(USD)), draw(st.sampled_from(USD))
    prices = [price(*rates, checked=draw(st.sampled_from((TODAY, "2024-01-01"))))]
    if draw(st.booleans()):
        prices.append(price(rates[0] * 2, rates[1] * 2, above_input_tokens=4000))
    if draw(st.booleans()):
        prices.append(price(rates[0] / 2, rates[1] / 2, batch=True))
    end = draw(st.sampled_from((None, None, "2024-06-01", "2024-07-15")))
    life = {"last_seen": fact(TODAY), **({"shutdown": fact(end)} if end else {})}
    capabilities = {"capabilities": fact(["tools"])} if draw(st.booleans()) else {}
    return offering(name, *(prices if draw(st.integers(0, 5)) else ()), lifecycle=life, **capabilities)


@st.composite
def worlds(draw: st.DrawFn, most: int = 6, known: bool = False) -> World:
    """One to six models, closed or open, at none, one or two hosts; `known` ones leave out no fact that is scored."""
    models, hosts = [], {"alpha": [], "beta": []}  # type: tuple[list[Record], dict[str, list[Record]]]
    for i in range(draw(st.integers(1, most))):
        name, common = f"m{i}", _common(draw, known)
        score = draw(st.sampled_from((None, 15.0, 35.0, 48.0, 50.0, 61.5, 75.0, 90.0)))
        if is_open := draw(st.booleans()):
            terms = draw(st.sampled_from(("permissive", "research", *(() if known else ("community", "unclear")))))
            models.append(weights(name, score, draw(st.sampled_from(SHAPES)), **common, license=fact(terms)))
        else:
            models.append(model(name, score, **common))
        chosen = st.sampled_from((("alpha",), ("beta",), ("alpha", "beta"), *(((),) if is_open else ())))
        for at in draw(chosen):
            hosts[at].append(_offering(draw, name))
    return World(tuple(models), {name: tuple(rows) for name, rows in hosts.items()})


MACHINES: tuple[Record, ...] = (
    {}, {"compute": "high"}, {"compute": "low"}, {"gpu": "home-24gb"}, {"gpu": "home-24gb", "ram": "64GiB"},
    {"gpu": "dc-80gb"}, {"hardware": "soc"}, {"hardware": "cpu", "ram": "32GiB", "bandwidth": 60},
    {"vram": "12GiB", "bandwidth": 400}, {"vram": "2GiB", "bandwidth": 400, "ram": "8GiB"},
)  # fmt: skip
CHOICES: dict[str, tuple[Any, ...]] = {
    "context_tokens": (1000, 4096, 6000, 30_000, 100_000),
    "prompt_tokens": (100, 5000),
    "output_tokens": (10, 2000),
    "requests_per_month": (100, 100_000, 5_000_000),
    "budget": (0, 1, 50, 2000),
    "max_ttft_ms": (5, 300, 5000),
    "min_tok_s": (2, 30, 300),
    "max_latency_s": (1, 20),
    "concurrency": (4, 64),
    "license": ("commercial", "osi"),
    "monthly_active_users": (1000, 900_000_000),
    "deployment": (["api"], ["self-host"], ["managed"]),
    "host": (["alpha"], ["beta"], ["self"]),
    "offline": (True,),
    "open_weights": (True,),
    "needs": (["tools"], ["fine-tuning"], ["tools", "reasoning"]),
    "language": (["de"], ["en"], ["fr", "de"]),
    "modality_in": (["image"],),
    "min_score": ({"exam": 55}, {"exam": 99}),
    "quantization": ("none", "q8", "q2"),
    "response_time": ("real-time", "batch"),
    "domain": ("specific",),
    "gpu_only": (True,),
    "strict": (True,),
    "allow_unknown": (True,),
    "optimize": ("cost", "quality", "latency"),
}


@st.composite
def requests(draw: st.DrawFn, most: int = 4, without: tuple[str, ...] = ()) -> Record:
    """A machine and up to `most` requirements."""
    names = draw(st.lists(st.sampled_from(sorted(set(CHOICES) - set(without))), max_size=most, unique=True))
    machine = draw(st.sampled_from(MACHINES))
    return {**machine, **{name: draw(st.sampled_from(CHOICES[name])) for name in names}}


def steps_of(row: Exclusion) -> int:
    """A miss as it is ordered by: the best comes first of those that miss by as many steps."""
    return math.ceil((row.miss or 0.0) * STEPS_PER_DOUBLING)
