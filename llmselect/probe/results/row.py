"""What every reader of results makes of a file."""

from typing import NamedTuple

from llmselect.probe.spread import Interval


class ResultRow(NamedTuple):
    """One measured speed as a file tells it.

    `name` is the model as the file calls it, `artifact` its kind of weights such as Q4_K_M, `cpu` the processor
    that it ran on, `on_gpu` whether a GPU had layers; each None or empty where the file does not say.
    The other fields are those of a `Measurement`.
    """

    name: str
    runtime: str | None
    artifact: str | None
    prompt_tokens: int | None
    depth_tokens: int
    concurrency: int
    decode_tok_s: Interval | None
    prefill_tok_s: Interval | None
    ttft_ms: Interval | None
    measured_on: str
    cpu: str = ""
    on_gpu: bool | None = None
