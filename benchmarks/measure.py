"""`measure` against what a llama.cpp server says of itself: `python benchmarks/measure.py`.

A model of random weights is served by the server inside xllamacpp, in a process of its own. Speeds that the
client measures are set beside the timings in the server's own answers, in one table; status 1 where the median
pace differs by more than 5 %. Run it on a quiet machine.
"""

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from llmselect.probe.endpoint.client import Endpoint
from llmselect.probe.endpoint.plan import EndpointTimings, LengthTimings, Plan, run_plan
from llmselect.probe.llamacpp.gguf_files import write_gguf
from llmselect.probe.llamacpp.run import physical_cores
from llmselect.probe.llamacpp.shapes import Decoder
from llmselect.probe.timing import Watch, wait_for_quiet

MAX_DIFFERENCE = 0.05
SMALL = Decoder(
    layers=12, hidden_size=1024, ffn_size=2816, attention_heads=16, kv_heads=8, head_size=64, vocabulary_size=8192
)
SERVER = """
import sys
import xllamacpp
params = xllamacpp.CommonParams()
params.model.path, threads, params.n_ctx, params.n_parallel = sys.argv[1], int(sys.argv[2]), 8192, 1
params.cpuparams.n_threads = params.cpuparams_batch.n_threads = threads
params.port = 0
server = xllamacpp.Server(params)
print(server.listening_address, flush=True)
sys.stdin.read()
"""


@contextmanager
def served(model: Path, threads: int) -> Iterator[str]:
    """The base address of a server of a GGUF file, which ends with the block."""
    command = [sys.executable, "-c", SERVER, str(model), str(threads)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as server:
        assert server.stdout is not None
        try:
            lines = (line.strip() for line in server.stdout)
            yield f"{next(line for line in lines if line.startswith('http'))}/v1"
        finally:
            server.kill()


def measured(base_url: str, plan: Plan) -> EndpointTimings:
    """The plan carried out, with what else the machine did on stderr."""

    def say(text: str) -> None:
        print(text, file=sys.stderr, flush=True)

    wait_for_quiet(say, 20.0)
    with Watch() as watch:
        found = run_plan(lambda: Endpoint(base_url), "m", plan, lambda *_: None, say)
    say(f"stolen {watch.load.stolen_share or 0:.1%} of the processors' time meanwhile")
    return found


def row(one: LengthTimings) -> tuple[str, float | None]:
    """A line of the table, and by what share the paces differ."""
    ours, theirs, prompt = one.decode_tok_s, one.server_tok_s, one.server_prompt_ms
    if ours is None or theirs is None or prompt is None:
        return f"{one.prompt_tokens:>6}  the server says nothing of its own", None
    pace, first = ours[1] / theirs - 1, one.ttft_ms[1] / prompt - 1
    cells = f"{ours[1]:>9.2f} {theirs:>9.2f} {pace:>+7.1%}   {one.ttft_ms[1]:>9.1f} {prompt:>9.1f} {first:>+7.1%}"
    return f"{one.prompt_tokens:>6} {one.requests:>4} {cells}", pace


def main() -> int:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--artifact", default="Q8_0")
    parser.add_argument("--prompt-tokens", default="64,512,2048")
    parser.add_argument("--output-tokens", type=int, default=128)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--threads", type=int, default=physical_cores())
    given = parser.parse_args()
    lengths = tuple(map(int, given.prompt_tokens.split(",")))
    with tempfile.TemporaryDirectory() as folder:
        model = Path(folder) / "random.gguf"
        size = write_gguf(model, SMALL, given.artifact)
        print(f"{size / 1e6:.0f} MB of random {given.artifact} weights, {given.threads} threads", flush=True)
        with served(model, given.threads) as url:
            found = measured(url, Plan(lengths, given.output_tokens, given.runs, 1, 600.0))
    print("prompt runs     tok/s    server    diff     TTFT ms    server    diff")
    rows = [row(one) for one in found.timed]
    print("\n".join(line for line, _ in rows))
    paces = [pace for _, pace in rows if pace is not None]
    worst = max(map(abs, paces), default=1.0)
    print(f"worst difference of the pace {worst:.1%}, bar {MAX_DIFFERENCE:.0%}")
    return 0 if worst <= MAX_DIFFERENCE and not found.stopped else 1


if __name__ == "__main__":
    sys.exit(main())
