"""How well the torch probe foretells real models of `transformers` on this machine.

    python benchmarks/torch_probe.py --model 1B --precision bf16

For each model and precision the probe runs first, as `llmselect probe` runs it; then a random-weight model of the shape
of Llama 3.2 1B or 3B is built (nothing is downloaded; a 3B in fp32 needs 13 GB of RAM), and `generate` is timed: the
time to the first token of prompts of several lengths, and the time between further tokens. Beside each stands what
the probe's rates predict. What another process disturbed is timed again, and said if it stays so. "Pace" is how long
a fixed computation took beside a row over what it usually took beside the probe, and the column after it the error if
the row had run at the probe's pace. `--rounds 2` does all of it again with other probes, since one probe and one row
meet one moment of the machine each. `--json FILE` adds the rows to a file, and `--summary FILE...` prints the table of
such files with the median errors, of all rows and of each round.
"""

import argparse
import json
import sys
import time
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

import torch
import transformers

from llmselect.probe.decoder.shape import DecoderShape
from llmselect.probe.drift import drift_of_paces
from llmselect.probe.jobs import Deadline, Job, JobRunner
from llmselect.probe.outcome import Progress
from llmselect.probe.pace import pace_s
from llmselect.probe.torch_probe.fit import predicted_s
from llmselect.probe.torch_probe.probe import TorchProbe, probe_torch
from llmselect.probe.torch_probe.runs import DTYPES, with_random_weights
from llmselect.probe.torch_probe.work import Run

PATIENCE_S = 60.0  # to wait for a quiet machine, and to repeat
SHAPES = {  # the shapes of meta-llama/Llama-3.2-1B and -3B, config.json
    "0.1B": DecoderShape(12, 768, 12, 4, 64, 2048, 32000, rope_theta=500_000.0, tied_embeddings=True),
    "1B": DecoderShape(16, 2048, 32, 8, 64, 8192, 128256, rope_theta=500_000.0, tied_embeddings=True),
    "3B": DecoderShape(28, 3072, 24, 8, 128, 8192, 128256, rope_theta=500_000.0, tied_embeddings=True),
}


class Row(NamedTuple):
    """One measurement beside its prediction, in seconds; `what` says of what, `round` counts from 1."""

    model: str
    precision: str
    what: str
    predicted_s: float
    measured_s: float
    interval: tuple[float, float]
    pace: float
    slower: float
    disturbed: bool
    round: int = 1

    @property
    def at_pace(self) -> float:
        """The error if the model had run at the probe's pace."""
        return self.predicted_s * self.slower / self.measured_s - 1

    @property
    def error(self) -> float:
        """Predicted over measured, minus one."""
        return self.predicted_s / self.measured_s - 1


def build_decoder(shape: DecoderShape, dtype: torch.dtype) -> Any:
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
    return with_random_weights(model)


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


class Answers(NamedTuple):
    """Seconds to the first token and between further ones, of several answers, and the pace beside them."""

    first_s: list[float]
    further_s: list[float]
    pace_s: float


def answers(model: Any, prompt: int, new: int, repeats: int) -> Answers:
    """Several answers."""
    paces, found = [pace_s()], []
    for _ in range(repeats):
        found.append(token_times(model, prompt, new))
        paces.append(pace_s())
    further = [step for times in found for step in times[1:]]
    return Answers([times[0] for times in found], further, median(paces))


def measured(model: Any, options: argparse.Namespace) -> Iterator[tuple[Run, float, float, bool]]:
    """Each prompt, and a step after the shortest: median seconds, the pace, and whether others disturbed it."""
    token_times(model, 4, 2)
    shortest = min(options.prompt)
    for prompt in options.prompt:
        new = options.tokens if prompt == shortest else 1
        run = partial(answers, model, prompt, new, options.repeats)
        job = Job(f"prompt of {prompt}", 1.0, True, lambda _, run=run: run())
        (done,) = JobRunner[Answers](Deadline(600.0), PATIENCE_S, say).run_all([job])
        found, disturbed = done.result, bool(done.load.contended)
        yield Run(1, prompt), median(found.first_s), found.pace_s, disturbed
        if prompt == shortest:
            yield Run(1, 1, prompt + options.tokens // 2), median(found.further_s), found.pace_s, disturbed


def say(progress: Progress) -> None:
    """What is timed now."""
    print(progress.doing, file=sys.stderr, flush=True)


def rows(name: str, precision: str, number: int, options: argparse.Namespace) -> Iterator[Row]:
    """Predictions of one model at one precision, and then its measurements beside them, in one round."""
    probe = probed(options)
    rates = next(one.rates for one in probe.outcome.rates if one.precision == precision)
    drift = drift_of_paces(one.pace_s for one in probe.timed if one.precision == precision)
    model, shape = build_decoder(SHAPES[name], DTYPES[precision]), SHAPES[name]
    for run, seconds, pace, disturbed in measured(model, options):
        predicted = predicted_s(shape, run, rates, precision)
        spread = rates.decode_spread if run.decodes else rates.prefill_spread
        what = f"step after {run.depth_tokens}" if run.decodes else f"prompt of {run.tokens}"
        interval = (predicted / spread, predicted * spread)
        slower = drift.slowdown(pace, prompt=not run.decodes)
        beside = pace / drift.typical_pace_s
        row = Row(name, precision, what, predicted, seconds, interval, beside, slower, disturbed, number)
        if options.json:
            with options.json.open("a") as file:
                file.write(json.dumps(row) + "\n")
        yield row


def summary(found: Sequence[Row]) -> str:
    """The rows as a table in Markdown, and the median errors."""
    lines = [
        "| model | precision | | round | predicted | 90 % interval | measured | error | pace | at the probe's pace |",
        "|---|---|---|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for row in sorted(found, key=lambda row: (row.model, row.precision, row.what, row.round)):
        low, high = row.interval
        lines.append(
            f"| {row.model} | {row.precision} | {row.what} | {row.round} | {row.predicted_s:.3g} s "
            f"| {low:.3g}–{high:.3g} | {row.measured_s:.3g} s | {row.error:+.0%}{' *' if row.disturbed else ''} "
            f"| {row.pace:.2f} | {row.at_pace:+.0%} |"
        )
    if any(row.disturbed for row in found):
        lines.append("*: disturbed by other processes")
    parts = {f"{kind}s": [row for row in found if row.what.startswith(kind)] for kind in ("step", "prompt")}
    parts |= {f"round {number}": [row for row in found if row.round == number] for number in rounds_of(found)}
    return "\n".join([*lines, *(errors(which, some) for which, some in parts.items() if some), errors("all", found)])


def rounds_of(found: Sequence[Row]) -> list[int]:
    """The numbers of the rounds."""
    return sorted({row.round for row in found})


def errors(which: str, found: Sequence[Row]) -> str:
    """The median and the worst error of some rows, and how many lie in their interval."""
    sizes, same = (
        [abs(size) for size in one] for one in zip(*((row.error, row.at_pace) for row in found), strict=True)
    )
    inside = sum(row.interval[0] <= row.measured_s <= row.interval[1] for row in found)
    return (
        f"{which}: median error {median(sizes):.1%}, worst {max(sizes):.1%}, at the probe's pace {median(same):.1%}, "
        f"{inside} of {len(found)} in the interval"
    )


def probed(options: argparse.Namespace) -> TorchProbe:
    """The probe of the processor, with what it took printed."""
    probe = probe_torch("cpu", options.depth, lambda _: None)
    outcome = probe.outcome
    memory = (outcome.peak_rss_bytes or 0) / 2**30
    disturbed = outcome.load.description() if outcome.load else ""
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
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--summary", type=Path, nargs="+")
    options = parser.parse_args(arguments)
    if options.summary:
        print(summary([Row(*json.loads(line)) for file in options.summary for line in file.read_text().splitlines()]))
        return
    wanted = [
        (number, name, one)
        for number in range(1, options.rounds + 1)
        for name in options.model
        for one in options.precision
    ]
    print(summary([row for number, name, one in wanted for row in rows(name, one, number, options)]))


if __name__ == "__main__":
    main(sys.argv[1:])
