"""`llmselect measure` against a server in a thread; the key must turn up nowhere."""

import json
import logging
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from llmselect.probe.endpoint.plan import Plan
from llmselect.probe.store.speeds import FILE, own_speeds
from tests.cli.conftest import Cli, Ran
from tests.probe.endpoint.server import Server, fails, says, serving, streams

KEY = "sk-very-secret-0123456789abcdef"
ROOT = Path(__file__).parents[2]
SCHEMA = json.loads((ROOT / "llmselect" / "schemas" / "measure.schema.json").read_text(encoding="utf-8"))
QUICK = ("--prompt-tokens", "64,128", "--output-tokens", "12", "--runs", "2")
OURS = ("--as", "acme/small-7b-chat", "--runtime", "llama.cpp", "--quantization", "Q4_K_M")


@pytest.fixture(autouse=True)
def quiet_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """No waiting for whatever else runs beside the tests."""
    from llmselect.probe import timing
    from llmselect.probe.load import Load

    quiet = Load(1.0, 2, 0.0, "", 0.0, 0.0, 0)
    monkeypatch.setattr(timing, "wait_for_quiet", lambda *_, **__: quiet)
    monkeypatch.setattr(timing, "load_between", lambda *_: quiet)


@pytest.fixture
def server() -> Iterator[Server]:
    with serving(streams(tokens=12, gap_s=0.002, timings={"predicted_per_second": 99.0})) as running:
        yield running


def _measured(cli: Cli, server: Server, *more: str) -> Ran:
    return cli("measure", "--base-url", server.url, "--model", "m", *QUICK, *more)


def test_a_server_on_this_machine_is_measured_and_kept(cli: Cli, server: Server, own_data: Path) -> None:
    ran = _measured(cli, server, *OURS, "--json")
    assert ran.status == 0, ran.err
    jsonschema.Draft202012Validator(SCHEMA).validate(ran.json)
    data = ran.json["data"]
    assert (data["model"], data["host"], data["runtime"], data["quantization"]) == (
        "acme/small-7b-chat", "self", "llama.cpp", "q4",
    )  # fmt: skip
    assert [one["requests"] for one in data["timed"]] == [2, 2]
    assert data["timed"][0]["server_tok_s"] == 99.0
    assert "cost: nothing" in ran.err
    kept = _kept(own_data)
    assert [(row.model, row.host, row.runtime, row.quantization) for row in kept] == [
        ("acme/small-7b-chat", "self", "llama.cpp", "q4")
    ] * 2
    assert kept[0].decode_tok_s == tuple(data["timed"][0]["decode_tok_s"])


def _kept(own_data: Path) -> Any:
    from llmselect.hardware.detect import detect

    return own_speeds(own_data.parent / FILE, detect(), print).measurements


def test_the_table_has_medians_and_spreads(cli: Cli, server: Server) -> None:
    ran = _measured(cli, server, *OURS)
    assert ran.out.startswith("m at http://127.0.0.1")
    assert "TTFT ms" in ran.out
    assert "server says tok/s" in ran.out
    assert "Kept: as measured speed of acme/small-7b-chat at self" in ran.out


def test_a_host_of_the_catalogue_costs_what_is_announced(cli: Cli, server: Server, own_data: Path) -> None:
    ran = _measured(cli, server, "--as", "giant-1", "--host", "globex", "--yes", "--json")
    assert ran.status == 0, ran.err
    data = ran.json["data"]
    plan = Plan((64, 128), 12, 2, 1, 1.0)
    assert data["most_usd"] is not None
    assert f"{plan.requests} requests to {server.url}, at most {plan.max_input_tokens:,} input" in ran.err
    assert "cost: at most $" in ran.err
    assert data["stored_in"].endswith(FILE)
    assert [row.host for row in _kept(own_data)] == ["globex"] * 2


def test_money_is_not_spent_unasked(cli: Cli, server: Server) -> None:
    ran = _measured(cli, server, "--as", "giant-1", "--host", "globex")
    assert ran.status == 2
    assert "--yes" in ran.err
    assert server.asked == []


@pytest.mark.parametrize("answer", ["n\n", "\n", ""])
def test_a_terminal_is_asked(cli: Cli, server: Server, answer: str, monkeypatch: pytest.MonkeyPatch) -> None:
    import io

    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setattr("sys.stdin", Terminal(answer))
    monkeypatch.setattr("sys.stderr", Terminal())
    ran = _measured(cli, server, "--as", "giant-1", "--host", "globex")
    assert ran.status == 2
    assert server.asked == []


def test_the_key_is_nowhere(
    cli: Cli, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, own_data: Path
) -> None:
    monkeypatch.setenv("MY_KEY", KEY)
    replies = [
        *(streams(tokens=12), fails(401, f"Incorrect API key: {KEY}"), fails(500, f"trace {KEY}")),
        *(fails(429, KEY, retry_after="999"), fails(400, f"Bearer {KEY}")),
        *(says({"error": {"message": KEY}}), says(f"garbage {KEY}")),
    ]
    seen = []
    with caplog.at_level(logging.DEBUG):
        for reply in replies:
            with serving(reply) as server:
                for form in ((), ("--json",), ("--debug",) if reply is replies[0] else ()):
                    ran = _measured(cli, server, *OURS, "--key-env", "MY_KEY", *form)
                    seen.append(ran.out + ran.err)
                assert server.asked[0][1]["Authorization"] == f"Bearer {KEY}"
    files = [path.read_bytes() for path in own_data.parent.rglob("*") if path.is_file()]
    assert any(b"acme/small-7b-chat" in content for content in files)
    for content in (*(text.encode() for text in (*seen, caplog.text)), *files):
        assert KEY.encode() not in content
        assert b"very-secret" not in content


def test_without_the_flag_no_key_is_sent(cli: Cli, server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    assert _measured(cli, server, *OURS).status == 0
    assert all("Authorization" not in headers for _, headers, _ in server.asked)


@pytest.mark.parametrize(
    ("more", "status", "words"),
    [
        (("--key-env", "NOT_SET"), 5, "NOT_SET is not set"),
        (("--key-env", "sk0123abcdef"), 5, "the environment variable that --key-env names is not set"),
        (("--key-env", KEY), 5, "takes a variable's name, not a key"),
        (("--as", "acme/smal-7b-chat"), 2, "Did you mean acme/small-7b-chat"),
        (("--host", "globx"), 2, "Did you mean globex"),
        (("--host", "globex", "--runtime", "vllm"), 2, "a server of your own"),
        (("--runtime", "sglang"), 2, "It may be llama.cpp (also Ollama and LM Studio), vllm or transformers."),
        (("--quantization", "Q9"), 2, "unknown quantization 'Q9'"),
        (("--runs", "0"), 2, "--runs"),
        (("--runs", "1000"), 2, "no whole number from 1 to 100"),
        (("--prompt-tokens", "64,x"), 2, "--prompt-tokens"),
        (("--log", "x.jsonl"), 2, "Give one of them"),
    ],
)
def test_bad_values_say_what_to_do(cli: Cli, server: Server, more: tuple[str, ...], status: int, words: str) -> None:
    ran = cli("measure", "--base-url", server.url, "--model", "m", "--no-store", *more)
    assert ran.status == status
    assert words in ran.err
    assert KEY not in ran.err
    assert server.asked == []


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "--base-url is missing"),
        (("--base-url", "http://localhost:1/v1"), "--model is missing"),
        (("--base-url", "localhost", "--model", "m"), "no http or https address"),
        (
            ("--base-url", "https://nowhere.test/v1", "--model", "giant-1"),
            "which host of the catalogue nowhere.test is",
        ),
        (("--base-url", "http://localhost:1/v1", "--model", "unheard-of", *OURS[2:]), "--as MODEL"),
        (("--base-url", "http://localhost:1/v1", "--model", "small-7b-chat"), "by its --runtime and --quantization"),
    ],
)
def test_what_is_missing_is_named(cli: Cli, arguments: tuple[str, ...], words: str) -> None:
    ran = cli("measure", *arguments)
    assert ran.status == 2
    assert words in ran.err


def test_an_unknown_model_can_be_timed_without_keeping(cli: Cli, server: Server, own_data: Path) -> None:
    ran = _measured(cli, server, "--no-store", "--json")
    assert ran.status == 0
    assert (ran.json["data"]["model"], ran.json["data"]["stored_in"]) == (None, None)
    assert not (own_data.parent / FILE).exists()


def test_a_server_that_dies_leaves_what_was_timed(cli: Cli) -> None:
    with serving(*[streams(tokens=12)] * 3, fails(500, "boom")) as server:
        ran = _measured(cli, server, *OURS)
    assert ran.status == 0
    assert "not all requests were sent" in ran.out
    assert "boom" in ran.err


def test_a_server_that_is_not_there_is_missing(cli: Cli) -> None:
    ran = cli("measure", "--base-url", "http://127.0.0.1:9/v1", "--model", "m", *OURS)
    assert ran.status == 5
    assert "cannot be reached" in ran.err


def test_a_disturbed_measurement_is_not_kept(
    cli: Cli, server: Server, own_data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from llmselect.probe import timing
    from llmselect.probe.load import Load

    busy = Load(1.0, 2, 1.4, "cc", 0.0, 0.0, 0)
    monkeypatch.setattr(timing, "wait_for_quiet", lambda *_, **__: busy)
    ran = _measured(cli, server, *OURS)
    assert "nothing, because before it began, other processes kept 1.4 of 2 processors busy (most: cc)" in ran.out
    assert not (own_data.parent / FILE).exists()


def _log(tmp_path: Path, *records: dict[str, Any]) -> str:
    path = tmp_path / "requests.jsonl"
    path.write_text("".join(json.dumps(one) + "\n" for one in records))
    return str(path)


REQUEST = {"model": "giant-1", "prompt_tokens": 500, "completion_tokens": 101, "ttft_ms": 200, "latency_ms": 2200}


def test_a_log_is_imported(cli: Cli, tmp_path: Path, own_data: Path) -> None:
    few = {**REQUEST, "prompt_tokens": 9000}
    log = _log(tmp_path, *[{**REQUEST, "ttft_ms": 200 + n} for n in range(6)], few, {"model": "giant-1"})
    ran = cli("measure", "--log", log, "--host", "globex", "--json")
    assert ran.status == 0, ran.err
    jsonschema.Draft202012Validator(SCHEMA).validate(ran.json)
    data = ran.json["data"]
    assert len(data["measurements"]) == 1
    assert data["left_out"] == [
        "no latency: 1 line, first line 8", "giant-1 near 8,192 tokens: fewer than 5 requests with a first token",
    ]  # fmt: skip
    (row,) = _kept(own_data)
    assert (row.host, row.prompt_tokens, row.origin) == ("globex", 500, "log requests.jsonl")
    assert row.decode_tok_s is not None
    assert row.decode_tok_s[1] == pytest.approx(50, rel=0.01)
    assert os.path.basename(data["stored_in"]) == FILE


@pytest.mark.parametrize(
    ("records", "more", "words"),
    [
        ((REQUEST,), (), "--log needs --host"),
        ((REQUEST,), ("--host", "globex"), "At least 5 requests"),
        (({"x": 1},), ("--host", "globex"), "holds no request with a latency"),
        (({**REQUEST, "model": "gaint-1"},), ("--host", "globex"), "Name it with --as MODEL"),
    ],
)
def test_logs_that_say_nothing(cli: Cli, tmp_path: Path, records: Any, more: tuple[str, ...], words: str) -> None:
    ran = cli("measure", "--log", _log(tmp_path, *records), *more)
    assert ran.status == 2
    assert words in ran.err


def test_a_bad_line_of_a_log_is_named_and_the_others_count(cli: Cli, tmp_path: Path) -> None:
    path = tmp_path / "bad.jsonl"
    path.write_text("".join(f"{line}\n" for line in ["not json", *[json.dumps(REQUEST)] * 6]))
    ran = cli("measure", "--log", str(path), "--host", "globex", "--json")
    assert ran.status == 0, ran.err
    assert ran.json["data"]["left_out"] == ["no valid JSON: 1 line, first line 1"]
    path.write_text("not json\n")
    ran = cli("measure", "--log", str(path), "--host", "globex")
    assert ran.status == 2
    assert "no valid JSON: 1 line, first line 1" in ran.err
