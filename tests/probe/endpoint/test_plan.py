"""A whole plan of requests against a server in a thread."""

import pytest

from llmselect.errors import LlmselectError
from llmselect.probe.endpoint.client import Endpoint
from llmselect.probe.endpoint.plan import EndpointTimings, Plan, prompt, run_plan
from tests.probe.endpoint.server import Server, fails, serving, streams

PLAN = Plan((64, 256), output_tokens=12, runs=3, concurrency=1, max_s=60.0)


def _carry_out(server: Server, plan: Plan = PLAN, said: list[str] | None = None) -> EndpointTimings:
    words = said if said is not None else []
    return run_plan(lambda: Endpoint(server.url, None, 5.0), "m", plan, lambda *_: None, words.append)


def test_each_length_is_timed_so_many_times() -> None:
    with serving(streams(first_s=0.02, gap_s=0.004, tokens=12)) as server:
        found = _carry_out(server)
    assert [(one.requests, one.output_tokens, one.counted_by) for one in found.timed] == [(3, 12, "server")] * 2
    assert (found.failed, found.stopped) == (0, "")
    assert len(server.asked) == PLAN.requests == 8
    for one in found.timed:
        assert one.ttft_ms[0] >= 20.0
        assert one.decode_tok_s is not None
        assert one.decode_tok_s[1] < 500.0
    assert found.timed[0].prompt_tokens < found.timed[1].prompt_tokens


def test_prompts_grow_to_the_asked_length_by_the_servers_own_count() -> None:
    with serving(streams()) as server:  # it counts one token a word
        found = _carry_out(server, PLAN._replace(prompt_tokens=(512, 2048)))
    assert [one.prompt_tokens for one in found.timed] == [pytest.approx(512, rel=0.1), pytest.approx(2048, rel=0.1)]


def test_no_two_prompts_are_alike() -> None:
    with serving(streams()) as server:
        _carry_out(server)
    starts = [body["messages"][0]["content"].split()[0] for _, _, body in server.asked]
    assert len(set(starts)) == len(starts)
    assert prompt(100, 1.0, 1) == prompt(100, 1.0, 1)


def test_requests_run_at_once() -> None:
    with serving(streams(first_s=0.05)) as server:
        found = _carry_out(server, PLAN._replace(concurrency=3, runs=2, prompt_tokens=(64,)))
    assert (found.timed[0].requests, found.timed[0].concurrency) == (6, 3)


def test_one_failure_is_survived_and_said() -> None:
    said: list[str] = []
    with serving(streams(), fails(500, "hiccup"), streams()) as server:
        found = _carry_out(server, said=said)
    assert found.failed == 1
    assert [one.requests for one in found.timed] == [2, 3]
    assert "hiccup" in said[0]


def test_what_was_timed_before_a_server_died_is_kept() -> None:
    with serving(*[streams()] * 5, fails(500, "dead")) as server:
        found = _carry_out(server)
    assert [one.requests for one in found.timed] == [3]
    assert found.stopped.endswith("failed (500): dead")


def test_nothing_timed_at_all_is_the_error() -> None:
    with serving(fails(500, "dead")) as server, pytest.raises(LlmselectError, match="dead"):
        _carry_out(server)


def test_a_refused_key_ends_it_at_once() -> None:
    with serving(fails(401)) as server, pytest.raises(LlmselectError, match="does not accept the key"):
        _carry_out(server)
    assert len(server.asked) == 1


def test_it_stops_when_its_time_is_over() -> None:
    with serving(streams(first_s=0.05)) as server:
        found = _carry_out(server, PLAN._replace(max_s=0.01))
    assert [one.requests for one in found.timed] == [1]
    assert found.stopped == "the time of 0 s was over"


def test_too_few_tokens_say_nothing_about_the_pace() -> None:
    with serving(streams(tokens=3, gap_s=0.001)) as server:
        found = _carry_out(server, PLAN._replace(prompt_tokens=(64,)))
    assert found.timed[0].tpot_ms is None
    assert found.timed[0].decode_tok_s is None


def test_the_announced_tokens_are_more_than_what_is_used() -> None:
    with serving(streams(tokens=12)) as server:
        _carry_out(server)
    used = sum(len(body["messages"][0]["content"].split()) + 10 for _, _, body in server.asked)
    assert used < PLAN.max_input_tokens < 3 * used
    assert PLAN.max_output_tokens == 96
