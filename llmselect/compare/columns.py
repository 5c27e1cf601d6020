"""The columns of a comparison: names, labels and the functions that make their cells."""

from collections.abc import Iterable
from typing import NamedTuple

from llmselect.compare import facts, figures
from llmselect.compare.facts import fact
from llmselect.compare.figures import ranking_column
from llmselect.compare.view import SubjectColumn, per_model
from llmselect.errors import fold, unknown_name


class Column(NamedTuple):
    """One column: its label, a help text, and the function that makes a subject's cell."""

    label: str
    help: str
    of: SubjectColumn
    numeric: bool = False


COLUMNS: dict[str, Column] = {
    "developer": Column("developer", "Who made it.", fact("developer")),
    "family": Column("family", "The line of models that it belongs to.", fact("family")),
    "release": Column("first release", "The day of its release; of several models the first.", facts.release),
    "architecture": Column("architecture", "Its design, as far as it is published.", facts.architecture),
    "variants": Column("sizes and variants", "Sizes and tunings, or names and windows.", facts.variants),
    "tuning": Column("tuning", "base, instruct, or for one task.", fact("tuning")),
    "parameters": Column("parameters", "All weights.", facts.all_parameters, True),
    "active_parameters": Column("active", "Weights that one token reads.", facts.active_parameters, True),
    "alignment": Column("alignment", "How it was made to follow its users.", fact("alignment")),
    "training_tokens": Column("training tokens", "Tokens that it was trained on.", fact("training_tokens"), True),
    "knowledge_cutoff": Column("knowledge cutoff", "How far its training data reach.", fact("knowledge_cutoff")),
    "license": Column("licence", "Licence of the weights, or the terms of its hosts.", facts.license_draft),
    "osi_approved": Column("OSI-approved", "Whether the licence is.", facts.license_field("osi_approved")),
    "commercial_use": Column("commercial use", "Whether it is allowed.", facts.license_field("commercial_use")),
    "user_limit": Column(
        "user limit", "Monthly users above which the licence ends.",
        facts.license_field("user_limit", "monthly_active_users_limit"), True,
    ),
    "access": Column("access", "Weights, hosts that serve it, hosts that ended it.", facts.access),
    "weights": Column("weights", "The repository of its weights.", fact("weights")),
    "hosts": Column("hosts", "Hosts that serve it on the day.", per_model("hosts", facts.hosts)),
    "status": Column("status", "active, announced, legacy, retired, unknown.", per_model("status", facts.status)),
    "ends": Column("ends", "Known ends at its hosts, the first first.", per_model("ends", facts.ends)),
    "context": Column("context", "Tokens of prompt and answer.", fact("context", "limits.context_tokens"), True),
    "max_output": Column("longest answer", "Tokens.", fact("max_output", "limits.output_tokens"), True),
    "modalities_in": Column("takes", "What it takes in.", fact("modalities_in")),
    "modalities_out": Column("gives", "What it gives.", fact("modalities_out")),
    "languages": Column("languages", "Natural languages by its maker's word.", fact("languages")),
    "capabilities": Column("capabilities", "What a source confirms.", fact("capabilities")),
    "price": Column("price per 1M tokens", "At its cheapest host for the request.", per_model("price", figures.price)),
    "input_price": Column(
        "USD per 1M input", "The input rate of that price.", figures.rate("input_price", "input_usd_per_mtok"), True
    ),
    "output_price": Column(
        "USD per 1M output", "The output rate of that price.", figures.rate("output_price", "output_usd_per_mtok"), True
    ),
    "cached_price": Column(
        "USD per 1M cached", "Its rate for cached input.",
        figures.rate("cached_price", "cached_input_usd_per_mtok"), True,
    ),
    "quality": Column("quality", "Expected score at --task.", per_model("quality", figures.quality), True),
    **{
        name: Column(name, f"Expected score on the reference test of {name}.", figures.skill(name), True)
        for name in (
            "reasoning", "coding", "agentic-coding", "mathematics", "knowledge", "instruction-following",
            "wordplay", "data-analysis", "preference", "factuality", "multilingual",
            "vision", "long-context", "tool-use",
        )
    },
    "tests": Column("tests", "How many tests its abilities rest on.", per_model("tests", figures.tests)),
    **{
        f"memory_{level}": Column(f"GiB at {words}", f"Memory that it needs at {words}.", figures.memory(level), True)
        for level, words in {"none": "release", "q8": "q8", "q6": "q6", "q5": "q5", "q4": "q4"}.items()
    },
    "rank": Column("rank", "Its place in `recommend` with the same flags.", ranking_column("rank", figures.rank), True),
    "where": Column("where", "Its best option there.", ranking_column("where", figures.where)),
    "score": Column("score", "The score of that option.", ranking_column("score", figures.score), True),
    "wins": Column("wins", "Share of draws in which it comes first.", ranking_column("wins", figures.wins), True),
    "cost": Column("cost", "What that option costs.", ranking_column("cost", figures.cost), True),
    "speed": Column("tok/s", "How fast it is, where that is known.", ranking_column("speed", figures.speed), True),
}  # fmt: skip
DEFAULT_COLUMNS = ("developer", "release", "license", "parameters", "context", "price", "quality", "status")
RANKING_COLUMNS = ("rank", "where", "score", "quality", "cost", "speed", "context", "license", "status")


def columns_by_name(names: Iterable[str]) -> dict[str, Column]:
    """Columns by their names in any spelling; raises LlmselectError with close matches for an unknown name."""
    known = {fold(name): name for name in COLUMNS}
    found = {}
    for name in names:
        if fold(name) not in known:
            raise unknown_name("column", name, COLUMNS, "`--columns help` lists all.")
        found[known[fold(name)]] = COLUMNS[known[fold(name)]]
    return found
