"""How well the torch probe foretells real models of `transformers` on this machine.

    python benchmarks/torch_probe.py --model 1B --precision bf16

First the probe runs, as `llmselect probe` runs it, then a random-weight model of the shape of Llama 3.2 1B or 3B is
built (nothing is downloaded; a 3B in fp32 needs 13 GB of RAM), and `generate` is timed: the time to the first
token of prompts of several lengths, and the time between further tokens. Beside each stands what the probe's rates
predict. What another process
disturbed is timed again, and said if it stays so. `--json FILE` adds the rows to a file, and
`--summary FILE...` prints the table of such files with the median error.
"""

import argparse
import json
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

import torch
import transformers

from llmselect.estimate.rates import Rates
from llmselect.probe.decoder.shape import DecoderShape
from llmselect.probe.torch_probe.fit import predicted_s
from llmselect.probe.torch_probe.probe import TorchProbe, probe_torch, undisturbed
from llmselect.probe.torch_probe.runs import DTYPES, filled
from llmselect.probe.torch_probe.work import Run

SHAPES = {  # the shapes of meta-llama/Llama-3.2-1B and -3B, config.json
    "0.1B": DecoderShape(12, 768, 12, 4, 64, 2048, 32000, rope_theta=500_000.0, tied_embeddings=True),
    "1B": DecoderShape(16, 2048, 32, 8, 64, 8192, 128256, rope_theta=500_000.0, tied_embeddings=True),
    "3B": DecoderShape(28, 3072, 24, 8, 128, 8192, 128256, rope_theta=500_000.0, tied_embeddings=True),
}


class Row(NamedTuple):
    """One measurement beside its prediction, in seconds; `what` says of what."""

    model: str
    precision: str
    what: str
    predicted_s: float
    measured_s: float
    interval: tuple[float, float]
    disturbed: bool

    @property
    def error(self) -> float:
        """Predicted over measured, minus one."""
        return self.predicted_s / self.measured_s - 1


def built(shape: DecoderShape, dtype: torch.dtype) -> Any:
    """A Llama of `transformers` with random weights."""
    config = transformers.LlamaConfig(
        vocab_size=shape.vocabulary_size,
        hidden_size=shape.hidden_size,
        intermediate_size=shape.ffn_size,
        num_hidden_layers=shape.layers,
        num_attention_heads=shape.attention_heads,
        num_key_value_heads=shape.kv_heads,
        head_dim=shape.head_size,
        tie_word_embeddings=shape.tied_embeddings,
        rope_parameters={"rope_type": "default", "rope_theta": shape.rope_theta},
        max_position_embeddings=4096,
    )
    with torch.device("meta"):
        model = transformers.LlamaForCausalLM(config).to(dtype)
    model = model.to_empty(device="cpu")
    model.model.rotary_emb = type(model.model.rotary_emb)(config)
    model.tie_weights()
    model.generation_config.eos_token_id = None
    return filled(model)


class Clock(transformers.generation.streamers.BaseStreamer):
    """Notes when each token comes; the prompt comes first."""

    def __init__(self) -> None:
        self.times: list[float] = []

    def put(self, value: Any) -> None:
        """Called by `generate` with the prompt and with each token."""
        self.times.append(time.perf_counter())

    def end(self) -> None:
        """Called when all is written."""


def token_times(model: Any, prompt: int, new: int) -> list[float]:
    """Seconds to the first token and between further ones."""
    ids = torch.randint(0, model.config.vocab_size, (1, prompt))
    clock = Clock()
    mask = torch.ones_like(ids)
    model.generate(ids, attention_mask=mask, max_new_tokens=new, do_sample=False, streamer=clock, pad_token_id=0)
    return [after - before for before, after in zip(clock.times, clock.times[1:], strict=False)]


class Measured(NamedTuple):
    """Seconds to the first token and between further ones, of several answers; whether others disturbed all."""

    first_s: list[float]
    further_s: list[float]
    disturbed: bool

    def typical(self, seconds: Sequence[float]) -> float:
        """The median, or the fastest of disturbed ones, as in the probe."""
        return min(seconds) if self.disturbed else median(seconds)


def answers(model: Any, prompt: int, new: int, repeats: int, patience_s: float = 8.0) -> Measured:
    """Several answers, each repeated for a while if other processes disturbed it."""
    found = [
        undisturbed(lambda: token_times(model, prompt, new), time.monotonic() + patience_s) for _ in range(repeats)
    ]
    disturbed = [load.words() for _, load in found if load.contended]
    if disturbed:
        print(f"{len(disturbed)} of {repeats} disturbed: {disturbed[0]}", file=sys.stderr)
    calm = [times for times, load in found if not load.contended] or [times for times, _ in found]
    return Measured(
        [times[0] for times in calm], [step for times in calm for step in times[1:]], len(disturbed) == repeats
    )


def measured(model: Any, options: argparse.Namespace) -> Iterator[tuple[Run, float, bool]]:
    """Typical seconds of each prompt and of a step after the shortest prompt, and whether they were disturbed."""
    token_times(model, 4, 2)
    shortest = min(options.prompt)
    for prompt in options.prompt:
        found = answers(model, prompt, options.tokens if prompt == shortest else 1, options.repeats)
        yield Run(1, prompt), found.typical(found.first_s), found.disturbed
        if prompt == shortest:
            yield Run(1, 1, prompt + options.tokens // 2), found.typical(found.further_s), found.disturbed


def rows(name: str, precision: str, rates: Rates, options: argparse.Namespace) -> Iterator[Row]:
    """Measurements of one model at one precision beside the predictions."""
    model, shape = built(SHAPES[name], DTYPES[precision]), SHAPES[name]
    for run, seconds, disturbed in measured(model, options):
        predicted = predicted_s(shape, run, rates, precision)
        spread = rates.decode_spread if run.decodes else rates.prefill_spread
        what = f"step after {run.depth_tokens}" if run.decodes else f"prompt of {run.tokens}"
        row = Row(name, precision, what, predicted, seconds, (predicted / spread, predicted * spread), disturbed)
        if options.json:
            with options.json.open("a") as file:
                file.write(json.dumps(row) + "\n")
        yield row


def summary(found: Sequence[Row]) -> str:
    """The rows as a table in Markdown, and the median error."""
    lines = [
        "| model | precision | | predicted | 90 % interval | measured | error |",
        "|---|---|---|---:|---:|---:|---:|",
    ]
    for row in found:
        low, high = row.interval
        lines.append(
            f"| {row.model} | {row.precision} | {row.what} | {row.predicted_s:.3g} s | {low:.3g}–{high:.3g} "
            f"| {row.measured_s:.3g} s | {row.error:+.0%}{' *' if row.disturbed else ''} |"
        )
    if any(row.disturbed for row in found):
        lines.append("*: disturbed by other processes, the fastest of several")
    for kind in ("step", "prompt", ""):
        errors = [abs(row.error) for row in found if row.what.startswith(kind)]
        inside = sum(row.interval[0] <= row.measured_s <= row.interval[1] for row in found if row.what.startswith(kind))
        lines.append(f"{kind or 'all'}: median error {median(errors):.1%}, {inside} of {len(errors)} in the interval")
    return "\n".join(lines)


def _probed(options: argparse.Namespace) -> TorchProbe:
    probe = probe_torch("cpu", options.depth, lambda _: None)
    outcome = probe.outcome
    memory = (outcome.peak_rss_bytes or 0) / 2**30
    disturbed = outcome.load.words() if outcome.load else ""
    print(f"{outcome.build}: {outcome.seconds:.1f} s, {outcome.cpu_seconds:.1f} CPU seconds, {memory:.2f} GiB")
    print(disturbed or "undisturbed")
    for one in outcome.rates:
        print(one.precision, json.dumps(one.rates._asdict()))
    return probe


def main(arguments: Sequence[str]) -> None:
    """Runs the benchmark or prints the summary of earlier ones."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", choices=SHAPES, default=["1B"], nargs="+")
    parser.add_argument("--precision", choices=("fp32", "bf16"), default=["fp32", "bf16"], nargs="+")
    parser.add_argument("--depth", choices=("quick", "default", "thorough"), default="default")
    parser.add_argument("--prompt", type=int, nargs="+", default=[32, 128], help="lengths in tokens")
    parser.add_argument("--tokens", type=int, default=9)
    parser.add_argument("--repeats", type=int, default=2)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--summary", type=Path, nargs="+")
    options = parser.parse_args(arguments)
    if options.summary:
        print(summary([Row(*json.loads(line)) for file in options.summary for line in file.read_text().splitlines()]))
        return
    probed = {one.precision: one.rates for one in _probed(options).outcome.rates}
    found = [
        row for name in options.model for one in options.precision for row in rows(name, one, probed[one], options)
    ]
    print(summary(found))


if __name__ == "__main__":
    main(sys.argv[1:])
