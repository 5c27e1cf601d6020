"""One streamed answer from a server in a thread, and all the ways in which it fails."""

import asyncio
import time

import pytest

from llmselect.errors import Exit, LlmselectError
from llmselect.probe.endpoint import client
from llmselect.probe.endpoint.client import Endpoint
from llmselect.probe.endpoint.faults import RequestError
from llmselect.probe.endpoint.stream import Answer
from tests.probe.endpoint.server import END, PIECE, Reply, drips, fails, hangs, says, serving, streams

KEY = "sk-secret-1234567890"


def _ask(url: str, key: str | None = KEY, silence_s: float = 5.0, slept: list[float] | None = None) -> Answer:
    return _asked(Endpoint(url, key, silence_s), 1, slept)[0]


def _asked(endpoint: Endpoint, times: int, slept: list[float] | None = None) -> list[Answer]:
    async def sleep(seconds: float) -> None:
        (slept if slept is not None else []).append(seconds)

    async def run() -> list[Answer]:
        try:
            return [await endpoint.ask("m", "hello", 16, lambda _: None, sleep) for _ in range(times)]
        finally:
            await endpoint.close()

    return asyncio.run(run())


def test_an_answer_is_timed_from_its_first_text() -> None:
    with serving(streams(first_s=0.05, gap_s=0.01, tokens=6)) as server:
        found = _ask(server.url)
    assert 0.05 <= found.first_s < 5.0
    assert (found.tokens, found.pieces) == (6, 6)
    assert found.tpot_s is not None
    assert 0.005 <= found.tpot_s < 1.0
    path, headers, body = server.asked[0]
    assert path == "/v1/chat/completions"
    assert headers["Authorization"] == f"Bearer {KEY}"
    assert (body["model"], body["stream"], body["max_tokens"]) == ("m", True, 16)


def test_without_a_key_none_is_sent() -> None:
    with serving(streams()) as server:
        _ask(server.url, key=None)
    assert "Authorization" not in server.asked[0][1]


def test_pieces_are_counted_where_the_server_does_not_count() -> None:
    with serving(streams(tokens=7, usage=False)) as server:
        found = _ask(server.url)
    assert (found.output_tokens, found.tokens, found.prompt_tokens) == (None, 7, None)


def test_reasoning_counts_as_text_and_hidden_reasoning_as_none() -> None:
    usage = {"choices": [], "usage": {"completion_tokens": 50, "completion_tokens_details": {"reasoning_tokens": 40}}}
    thought = {"choices": [{"delta": {"reasoning_content": "hm"}}]}
    with serving(says(PIECE, PIECE, END, usage, "[DONE]"), says(thought, PIECE, END, usage, "[DONE]")) as server:
        assert _ask(server.url).tokens == 10
        assert _ask(server.url).tokens == 50


def test_the_servers_own_timings_are_kept() -> None:
    with serving(streams(timings={"predicted_per_second": 42.0, "prompt_ms": 5.0})) as server:
        assert _ask(server.url).server == {"predicted_per_second": 42.0, "prompt_ms": 5.0}


def test_parameters_that_a_server_does_not_know_are_left_out() -> None:
    first = fails(400, "Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead.")
    second = fails(400, "unknown field stream_options")
    with serving(first, second, streams()) as server:
        assert _ask(server.url).tokens == 10
    bodies = [body for _, _, body in server.asked]
    assert bodies[1]["max_completion_tokens"] == 16
    assert "max_tokens" not in bodies[1]
    assert "stream_options" not in bodies[2]


def test_a_limited_rate_is_waited_for_as_long_as_the_server_says() -> None:
    slept: list[float] = []
    with serving(fails(429, "slow down", retry_after="7"), fails(429, ""), streams()) as server:
        assert _ask(server.url, slept=slept).tokens == 10
    assert slept == [7.0, 14.0]


def test_a_limited_rate_is_not_waited_for_without_end() -> None:
    slept: list[float] = []
    with serving(fails(429, "quota", retry_after="3600")) as server, pytest.raises(RequestError) as caught:
        _ask(server.url, slept=slept)
    assert (caught.value.code, slept) == ("rate-limited", [])


@pytest.mark.parametrize(
    ("reply", "code", "words"),
    [
        (fails(401, f"Incorrect API key provided: {KEY}"), "refused-key", "does not accept the key (401)"),
        (fails(403, "no"), "refused-key", "(403)"),
        (fails(404, "The model `m` does not exist"), "not-found", "The model `m` does not exist"),
        (fails(400, f"bad request of {KEY} or sk-other999999"), "refused", "bad request of [key] or [key]"),
        (fails(400, f"bad {KEY.upper()}, or {KEY[3:15]}"), "refused", "bad [key], or [key]"),
        (fails(500, "boom"), "server-error", "failed (500): boom"),
        (fails(302, "moved", location="http://elsewhere.test/"), "refused", "(302)"),
        (says('{"choices": []}', kind="application/json"), "no-stream", "did not stream"),
        (says(PIECE, PIECE, ended=False), "broken-stream", "broke off"),
        (says(PIECE, PIECE), "broken-stream", "broke off before its end"),
        (says(PIECE, "no json"), "broken-stream", "what is no chunk of an answer: no json"),
        (says({"error": {"message": f"out of memory {KEY}"}}), "server-error", "out of memory [key]"),
        (says(END, "[DONE]"), "no-text", "had no text"),
    ],
)  # fmt: skip
def test_what_goes_wrong_is_said_without_the_key(reply: Reply, code: str, words: str) -> None:
    with serving(reply) as server, pytest.raises(LlmselectError) as caught:
        _ask(server.url)
    assert caught.value.code == code
    assert words in caught.value.message
    assert caught.value.exit == Exit.MISSING
    assert KEY not in caught.value.message + caught.value.hint


def test_silence_ends_after_its_time() -> None:
    with serving(hangs(1.0)) as server, pytest.raises(RequestError, match="sent nothing for"):
        _ask(server.url, silence_s=0.1)


def test_a_server_that_is_not_there() -> None:
    with serving(streams()) as server:
        url = server.url
    with pytest.raises(LlmselectError, match="cannot be reached") as caught:
        _ask(url)
    assert caught.value.code == "unreachable"


@pytest.mark.parametrize(
    "url",
    ["", "localhost:8080", "ftp://x/v1", "http://", "http://x:port/", "http://user:pw@x/v1", "http://x/v1?key=abc"],
)
def test_addresses_that_are_none(url: str) -> None:
    with pytest.raises(LlmselectError) as caught:
        Endpoint(url, KEY)
    assert caught.value.code == "bad-value"
    assert "pw" not in caught.value.message + caught.value.hint


def test_the_key_is_in_no_words_about_an_endpoint() -> None:
    endpoint = Endpoint("https://api.test/v1/", KEY)
    assert KEY not in repr(endpoint) + endpoint.address
    assert (endpoint.address, endpoint.hostname, endpoint.local) == ("https://api.test/v1", "api.test", False)


def test_a_connection_is_used_again() -> None:
    with serving(streams()) as server:
        _asked(Endpoint(server.url), 3)
    assert len(server.ports) == 3
    assert len(set(server.ports)) == 1


def test_a_connection_that_the_server_has_closed_is_opened_again() -> None:
    with serving(streams(closes=True)) as server:
        answers = _asked(Endpoint(server.url), 3)
    assert [one.tokens for one in answers] == [10, 10, 10]
    assert len(server.asked) == 3


def test_a_server_that_asks_for_no_pause_is_not_asked_without_end() -> None:
    slept: list[float] = []
    with serving(fails(429, "again", retry_after="0")) as server, pytest.raises(RequestError, match="limits the rate"):
        _ask(server.url, slept=slept)
    assert sum(slept) <= 60
    assert len(server.asked) <= 121


def test_an_answer_without_end_stops_at_its_deadline() -> None:
    with serving(drips(0.02)) as server, pytest.raises(RequestError, match=r"longer than 0\.3 s"):
        _asked(Endpoint(server.url, KEY, deadline_s=0.3), 1)


def test_an_answer_without_end_stops_at_its_size(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "MAX_BYTES", 100_000)
    with serving(drips(0.0, size=10_000)) as server, pytest.raises(RequestError, match="more than 100,000 bytes"):
        _asked(Endpoint(server.url, KEY), 1)


def test_what_comes_after_the_end_is_not_waited_for() -> None:
    with serving(streams(after_end_s=3.0)) as server:
        start = time.monotonic()
        assert _ask(server.url).tokens == 10
    assert time.monotonic() - start < 2.5


def test_a_key_in_a_content_type_is_not_shown() -> None:
    with serving(says(PIECE, kind=f"text/plain; {KEY}")) as server, pytest.raises(LlmselectError) as caught:
        _ask(server.url)
    assert KEY not in caught.value.message
