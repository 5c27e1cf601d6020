"""What gets an option going: the API's model id, or the command that downloads the weights and serves them."""

from __future__ import annotations

from llmselect.engine.constraints.terms import model_fact, offering_fact
from llmselect.engine.options import Table
from llmselect.engine.sources import citations
from llmselect.results.figures import Start

_VLLM = {"none": "vllm serve {repo}", "q8": "vllm serve {repo} --quantization fp8"}  # 4 bits need other weights


def start_of(table: Table, row: int) -> Start | None:
    """How to begin with an option; None where no source names an id or a repository."""
    facts, at = table.facts, int(table.options.offering_no[row])
    if at < 0:
        return _weights_start(table, row) if table.options.own_no[row] >= 0 else None
    api_id = facts.offerings.api_id[at]
    if not api_id:
        return None
    host = facts.record("host", facts.offerings.host[at])["name"]
    found, region = citations(facts, offering_fact(table, row, "api_id")), facts.offerings.region[at]
    host = f"{host}, in its region {region}" if region else host
    return Start("api", api_id, host, None, None, found)


def _weights_start(table: Table, row: int) -> Start | None:
    """What to type to serve weights, and who names their repository."""
    model, own, at = int(table.options.model_no[row]), table.own, int(table.options.own_no[row])
    models, level, runtime = table.facts.models, own.level[at], own.runtime[at]
    gguf, repository, fact = models.gguf[model], models.weights[model], "weights"
    if runtime == "llama.cpp" and gguf:
        artifact = table.facts.on_machines.artifacts.artifact[own.artifact_no[at]]
        kind, text, fact = "command", f"llama-server -hf {gguf}:{artifact}", "gguf"
    elif not repository:
        return None
    elif runtime == "vllm" and level in _VLLM:
        kind, text = "command", _VLLM[level].format(repo=repository)
    else:
        kind, text = "weights", repository
    gated = models.access[model] == "gated-weights"
    found = citations(table.facts, model_fact(table, row, fact))
    return Start(kind, text, None, float(own.weights_gib[at]), gated, found)
