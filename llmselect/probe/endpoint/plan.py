"""Plans the requests that measure a server, sends them, and summarises the answers."""

import asyncio
import itertools
import random
import time
from collections.abc import Callable, Sequence
from statistics import median
from typing import NamedTuple

from llmselect.probe.endpoint.client import Endpoint
from llmselect.probe.endpoint.faults import RequestError
from llmselect.probe.endpoint.stream import Answer
from llmselect.probe.spread import Interval, interval, inverse

WORDS = (
    "river", "stone", "light", "paper", "house", "green", "music", "table", "water", "cloud", "bread", "north",
    "glass", "field", "story", "garden", "winter", "morning", "letter", "silver", "window", "market", "forest",
)  # fmt: skip
TASK = "Above is a list of words. Now count upwards from one in English words, one number on each line, and never stop."
TASK_TOKENS = 40  # roughly what the task and a chat template add
MAX_TOKENS_PER_WORD = 1.6  # a safe bound for any tokenizer, used for the announced cost
FIRST_TOKENS = 128  # of the first prompt, from which the tokens per word are learned
MIN_PER_WORD, MAX_PER_WORD = 0.3, 20.0
MIN_TOKENS = 8  # with fewer, the time per token is unknown


class Plan(NamedTuple):
    """How a server is measured: prompts of these lengths, `runs` times each, with `concurrency` requests at once."""

    prompt_tokens: tuple[int, ...]
    output_tokens: int
    runs: int
    concurrency: int
    max_s: float

    @property
    def requests(self) -> int:
        """The number of requests, including one to warm up at each length."""
        return len(self.prompt_tokens) * (self.runs * self.concurrency + 1)

    @property
    def max_input_tokens(self) -> int:
        """An upper bound of the plan's input tokens."""
        one_round = sum(
            int(max(tokens, FIRST_TOKENS) * MAX_TOKENS_PER_WORD) + TASK_TOKENS for tokens in self.prompt_tokens
        )
        return one_round * (self.runs * self.concurrency + 1)

    @property
    def max_output_tokens(self) -> int:
        """The plan's output tokens if every answer has the maximum length."""
        return self.requests * self.output_tokens


class LengthTimings(NamedTuple):
    """Timings at one prompt length; intervals are the 5th percentile, median and 95th percentile of requests.

    `prompt_tokens` is the server's count, or the intended number if it gives none. `server_tok_s` and
    `server_prompt_ms` are medians of the server's own timings, if it reports them (llama.cpp does).
    """

    prompt_tokens: int
    concurrency: int
    requests: int
    output_tokens: int
    counted_by: str
    ttft_ms: Interval
    tpot_ms: Interval | None
    server_tok_s: float | None
    server_prompt_ms: float | None

    @property
    def decode_tok_s(self) -> Interval | None:
        """Tokens per second of one request after its first token."""
        return inverse(self.tpot_ms, 1000.0)


class EndpointTimings(NamedTuple):
    """All timings, the number of failed requests, and why the rest were not sent (empty if all were)."""

    timed: tuple[LengthTimings, ...]
    failed: int
    stopped: str


Tick = Callable[[int, int, str], None]


def prompt(tokens: int, tokens_per_word: float, seed: int) -> str:
    """A prompt of about `tokens` tokens that is new to every server, so that no prompt cache speeds it up."""
    draw = random.Random(seed)
    return " ".join([f"{draw.getrandbits(32):x}", *draw.choices(WORDS, k=_words(tokens, tokens_per_word)), TASK])


def _words(tokens: int, tokens_per_word: float) -> int:
    return max(1, round((tokens - TASK_TOKENS) / tokens_per_word))


def run_plan(
    endpoint: Callable[[], Endpoint], model: str, plan: Plan, tick: Tick, say: Callable[[str], None]
) -> EndpointTimings:
    """Sends the plan's requests, shortest prompts first; `tick` gets the requests done, their total and the next step.

    Stops when the plan's time is over, and at the second failure in a row; timings so far are returned. Raises the
    error if there are none.
    """

    async def run() -> EndpointTimings:
        server = endpoint()
        try:
            return await _PlanRunner(server, model, plan, tick, say).all()
        finally:
            await server.close()

    return asyncio.run(run())


class _PlanRunner:
    def __init__(self, server: Endpoint, model: str, plan: Plan, tick: Tick, say: Callable[[str], None]) -> None:
        self.server, self.model, self.plan, self.tick, self.say = server, model, plan, tick, say
        self.tokens_per_word = 1.0
        self.seeds = itertools.count(random.SystemRandom().getrandbits(48))
        self.done = self.failed = self.failures_in_a_row = 0
        self.end = time.monotonic() + plan.max_s

    async def all(self) -> EndpointTimings:
        timed: list[LengthTimings] = []
        error: RequestError | None = None
        for tokens in sorted(self.plan.prompt_tokens):
            answers: list[Answer] = []
            try:
                await self._measure_length(tokens, answers)
            except RequestError as caught:
                error = caught
            if answers:
                timed.append(_timed(answers, tokens, self.plan.concurrency))
            if error is not None or self._time_is_up():
                break
        if error is not None and not timed:
            raise error
        return EndpointTimings(tuple(timed), self.failed, error.message if error else self._stop_reason())

    async def _measure_length(self, tokens: int, answers: list[Answer]) -> None:
        """Sends all requests of one prompt length and appends each answer to `answers` as it arrives."""
        target = tokens if self.done else FIRST_TOKENS
        self._update_tokens_per_word(target, await self._round(target, 1))  # which also warms the server up
        for _ in range(self.plan.runs):
            if self._time_is_up() and answers:
                return
            answers += await self._round(tokens, self.plan.concurrency)

    async def _round(self, tokens: int, count: int) -> list[Answer]:
        self.tick(self.done, self.plan.requests, f"prompts of {tokens:,} tokens")
        found = await asyncio.gather(*(self._request(tokens) for _ in range(count)))
        self.done += count
        return [answer for answer in found if answer is not None]

    async def _request(self, tokens: int) -> Answer | None:
        text = prompt(tokens, self.tokens_per_word, next(self.seeds))
        try:
            found = await self.server.ask(self.model, text, self.plan.output_tokens, self.say)
        except RequestError as error:
            self.failed += 1
            self.failures_in_a_row += 1
            if self.failures_in_a_row > 1:
                raise
            self.say(f"a request failed: {error.message}")
            return None
        self.failures_in_a_row = 0
        return found

    def _update_tokens_per_word(self, asked: int, answers: Sequence[Answer]) -> None:
        """Learns how many tokens this server counts per word, from a prompt with a known number of words."""
        for answer in answers:
            if answer.prompt_tokens and answer.prompt_tokens > 2 * TASK_TOKENS:
                tokens_per_word = (answer.prompt_tokens - TASK_TOKENS) / _words(asked, self.tokens_per_word)
                self.tokens_per_word = min(MAX_PER_WORD, max(MIN_PER_WORD, tokens_per_word))

    def _time_is_up(self) -> bool:
        return time.monotonic() > self.end

    def _stop_reason(self) -> str:
        return f"the time of {self.plan.max_s:.0f} s was over" if self.done < self.plan.requests else ""


def _timed(answers: Sequence[Answer], asked: int, concurrency: int) -> LengthTimings:
    paces = [one.tpot_s * 1000.0 for one in answers if one.tpot_s is not None and one.tokens >= MIN_TOKENS]
    first = interval(one.first_s * 1000.0 for one in answers)
    assert first is not None
    prompts = [one.prompt_tokens for one in answers if one.prompt_tokens]
    return LengthTimings(
        prompt_tokens=round(median(prompts)) if prompts else asked,
        concurrency=concurrency,
        requests=len(answers),
        output_tokens=round(median([one.tokens for one in answers])),
        counted_by="server" if all(one.output_tokens for one in answers) else "pieces",
        ttft_ms=first,
        tpot_ms=interval(paces),
        server_tok_s=_server_median(answers, "predicted_per_second"),
        server_prompt_ms=_server_median(answers, "prompt_ms"),
    )


def _server_median(answers: Sequence[Answer], timing: str) -> float | None:
    found = [one.server[timing] for one in answers if timing in one.server]
    return median(found) if found else None
