"""`llmselect measure`: times an endpoint, or reads a log of requests; the results count as measured from then on."""

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from llmselect.cli.framework.command import Command, Ending
from llmselect.cli.framework.flags import Flag
from llmselect.cli.framework.output import check_output, chosen_format, emit
from llmselect.cli.framework.streams import complain
from llmselect.cli.show import FORMAT, FORMATS, JSON, OUTPUT
from llmselect.errors import Exit, LlmselectError
from llmselect.redact import keep_secret

if TYPE_CHECKING:
    from llmselect.cli.speed.target import Target
    from llmselect.probe.endpoint.client import Endpoint
    from llmselect.probe.endpoint.plan import EndpointTimings, Plan
    from llmselect.probe.report import MeasureReport

WHAT, HOW, MEANS = "What to time", "How", "What it is in the catalogue"
DEFAULT_PROMPTS = "64,512,2048"
DEFAULT_OUTPUT, DEFAULT_RUNS, DEFAULT_MOST_S, DEFAULT_SILENCE_S = 64, 5, 180, 120
MAX_TOKENS, MAX_CONCURRENCY, MAX_RUNS = 1_000_000, 256, 100
FLAGS = (
    Flag("base_url", WHAT, "Address of a server that speaks OpenAI's API, such as http://localhost:8080/v1.", "URL"),
    Flag("model", WHAT, "The model's name there.", "NAME"),
    Flag("log", WHAT, "Reads a log of requests instead, one JSON object a line; sends nothing.", "FILE"),
    Flag("key_env", WHAT,
         "Environment variable that holds the key, such as OPENAI_API_KEY; without this flag no key is sent.", "NAME"),
    Flag("prompt_tokens", HOW, "Lengths of prompts.", "N,N,…", DEFAULT_PROMPTS),
    Flag("output_tokens", HOW, "Length of each answer, at most.", "N", str(DEFAULT_OUTPUT)),
    Flag("runs", HOW, "Requests at each length, after one to warm up.", "N", str(DEFAULT_RUNS)),
    Flag("concurrency", HOW, "Requests at once.", "N", "1"),
    Flag("max_seconds", HOW, "Sends no further requests after so long.", "N", str(DEFAULT_MOST_S)),
    Flag("timeout_s", HOW, "Longest silence of the server.", "N", str(DEFAULT_SILENCE_S)),
    Flag("yes", HOW, "Sends the requests without asking.", kind="switch"),
    Flag("as_", MEANS, "The model's id or name in the catalogue, where the server calls it something else.", "MODEL"),
    Flag("host", MEANS, "The host's id in the catalogue, or self.", "NAME", "by the address"),
    Flag("runtime", MEANS, "Of a server of your own.", "llama.cpp|vllm|transformers"),
    Flag("quantization", MEANS, "Of a server of your own: a level such as q4, or a file's kind such as Q4_K_M.", "Q"),
    Flag("no_store", MEANS, "Keeps nothing; the catalogue need not know the model.", kind="switch"),
    FORMAT,
    JSON,
    OUTPUT,
)  # fmt: skip
_ENDING = Ending(
    (
        "llmselect measure --base-url http://localhost:8080/v1 --model qwen3-8b --runtime llama.cpp --quantization q4",
        "llmselect measure --base-url https://api.openai.com/v1 --model gpt-4.1-mini --key-env OPENAI_API_KEY",
        "llmselect measure --log requests.jsonl --host openai",
    ),
    "Sends requests to --base-url, which may cost money: it says how much and asks first (--yes does not ask). Stores "
    "the results in your data folder, never the key.",
    (0, 2, 4, 5),
)


def measure(**given: Any) -> Exit:
    """Times any OpenAI-compatible endpoint: seconds to the first token and per token, with their spread.

    What is found counts as measured, for this model at this host, in later answers.
    """
    form = chosen_format(given["format"], given["json"], FORMATS)
    path = check_output(given["output"])
    report = _from_log(given) if given["log"] else _from_endpoint(given)
    emit(_text(report, form, to_file=path is not None), path)
    return Exit.DONE


def _from_log(given: dict[str, Any]) -> "MeasureReport":
    from llmselect.catalog.load import load
    from llmselect.cli.speed.measured import log_report

    if given["base_url"]:
        raise LlmselectError("bad-value", "--log reads a file and --base-url asks a server", "Give one of them.")
    return log_report(Path(given["log"]), given, load())


def _from_endpoint(given: dict[str, Any]) -> "MeasureReport":
    from llmselect.catalog.load import load
    from llmselect.cli.speed.own import note, store
    from llmselect.cli.speed.target import most_usd, target_of
    from llmselect.probe.endpoint.client import Endpoint
    from llmselect.probe.store.speeds import require_writable

    for name, example in (("base_url", "http://localhost:8080/v1"), ("model", "qwen3-8b")):
        if not given[name]:
            flag = f"--{name.replace('_', '-')}"
            raise LlmselectError(
                "missing-flag", f"{flag} is missing", f"Write it like {flag} {example}, or read a --log."
            )
    plan = _plan(given)
    key = _key(given["key_env"])
    silence_s = _number(given, "timeout_s", DEFAULT_SILENCE_S, 3600)
    endpoint = Endpoint(given["base_url"], key, silence_s)
    target = target_of(given, load(), endpoint.hostname, endpoint.local)
    usd = most_usd(target, plan.max_input_tokens, plan.max_output_tokens)
    if not given["no_store"]:
        require_writable(store(), note)
    _announce(plan, endpoint, target, usd, key)
    _confirm(given["yes"], target)
    findings, disturbances = _timed(given, plan, key, silence_s, endpoint.local)
    return _report(given["model"], endpoint, target, findings, usd, disturbances, keep=not given["no_store"])


def _plan(given: dict[str, Any]) -> "Plan":
    from llmselect.probe.endpoint.plan import Plan

    words = (given["prompt_tokens"] or DEFAULT_PROMPTS).split(",")
    lengths = {_whole("--prompt-tokens", word.strip(), MAX_TOKENS) for word in words}
    return Plan(
        tuple(sorted(lengths)),
        _number(given, "output_tokens", DEFAULT_OUTPUT, MAX_TOKENS),
        _number(given, "runs", DEFAULT_RUNS, MAX_RUNS),
        _number(given, "concurrency", 1, MAX_CONCURRENCY),
        _number(given, "max_seconds", DEFAULT_MOST_S, 10**6),
    )


def _number(given: dict[str, Any], name: str, default: int, most: int) -> int:
    return default if given[name] is None else _whole(f"--{name.replace('_', '-')}", given[name], most)


def _whole(flag: str, text: str, most: int) -> int:
    from llmselect.cli.framework.inputs import whole_number

    return whole_number(flag, text, 1, most)


def _key(variable: str | None) -> str | None:
    """The key from the environment; it is never read from anywhere else, stored or printed."""
    if variable is None:
        return None
    key = os.environ.get(variable, "").strip()
    if not key:
        said = variable if variable.isupper() and len(variable) < 40 else "that --key-env names"
        hint = "--key-env takes a variable's name, not a key. Set the variable first."
        raise LlmselectError("missing-key", f"the environment variable {said} is not set", hint, Exit.MISSING)
    keep_secret(key)
    if not key.isascii() or not key.isprintable() or " " in key:
        raise LlmselectError("bad-key", f"the key in {variable} has characters that no key has", "Set it again.")
    return key


def _announce(plan: "Plan", endpoint: "Endpoint", target: "Target", usd: float | None, key: str | None) -> None:
    from llmselect.cli.speed.own import note
    from llmselect.render.words import money

    size = f"at most {plan.max_input_tokens:,} input and {plan.max_output_tokens:,} output tokens"
    note(f"{plan.requests} requests to {endpoint.address}, {size}")
    if target.host == "self":
        note("cost: nothing but electricity, the server is your own")
    elif usd is None:
        note("cost: unknown, the catalogue has no price of this model there")
    else:
        note(f"cost: at most {money(usd)} by the catalogue's price of {target.host}")
    if key and not endpoint.local and endpoint.address.startswith("http://"):
        note("warning: the address is not https, so the key can be read on its way")


def _confirm(yes: bool, target: "Target") -> None:
    if yes or target.host == "self":
        return
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise LlmselectError(
            "not-confirmed", "this may cost money, and nobody can be asked here", "Add --yes to send it."
        )
    complain("Send them? [y/N] ", end="")
    if sys.stdin.readline().strip().lower() not in ("y", "yes"):
        raise LlmselectError("not-confirmed", "nothing was sent", "Answer y, or add --yes.")


def _timed(
    given: dict[str, Any], plan: "Plan", key: str | None, silence_s: float, local: bool
) -> "tuple[EndpointTimings, str]":
    """The timings, and what disturbed a server on this machine meanwhile."""
    from llmselect.cli.framework.progress import Progress
    from llmselect.probe.endpoint.client import Endpoint
    from llmselect.probe.endpoint.plan import run_plan
    from llmselect.probe.timing import Watch, wait_for_quiet

    with Progress() as progress:
        before = wait_for_quiet(progress.say, max_s=10.0) if local else None
        with Watch() as watch:
            findings = run_plan(
                lambda: Endpoint(given["base_url"], key, silence_s),
                given["model"],
                plan,
                lambda done, all_, doing: progress.at(done / all_, doing),
                progress.say,
            )
    if before is None:
        return findings, ""
    busy_before = before.description() if before.contended else ""
    during = watch.load._replace(others_cpus=0.0)  # the server itself is another process
    return findings, "; ".join(filter(None, (busy_before and f"before it began, {busy_before}", during.description())))


def _report(
    name: str,
    endpoint: "Endpoint",
    target: "Target",
    findings: "EndpointTimings",
    usd: float | None,
    disturbances: str,
    keep: bool,
) -> "MeasureReport":
    from llmselect.cli.speed.own import shown_measurement
    from llmselect.cli.speed.target import kept, measurements
    from llmselect.probe.report import MeasureReport, TimedRequests

    rows = measurements(target, findings.timed, f"measure {endpoint.address}")
    path = kept(target, rows, "measure") if keep and rows and not disturbances else None
    return MeasureReport(
        model=target.model,
        name=name,
        host=target.host,
        place=endpoint.address,
        runtime=target.runtime,
        quantization=target.quantization,
        timed=tuple(TimedRequests(**one._asdict(), decode_tok_s=one.decode_tok_s) for one in findings.timed),
        measurements=tuple(map(shown_measurement, rows)),
        failed=findings.failed,
        stopped=findings.stopped,
        left_out=(),
        most_usd=usd,
        disturbances=disturbances,
        stored_in=str(path) if path else None,
    )


def _text(report: "MeasureReport", form: str, to_file: bool) -> str:
    if form == "json":
        from llmselect.render.format.json import envelope

        return envelope("measure", "ok", report.to_dict())
    from llmselect.cli.recommend import surface
    from llmselect.cli.speed.measured import measure_blocks
    from llmselect.render.format.text import text

    return text(measure_blocks(report), form, *surface(to_file))


COMMAND = Command(measure, FLAGS, _ENDING)
