"""Which requests are sent to a server, and what is made of its answers."""

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
TASK_TOKENS = 40  # what the task and a chat template add, roughly
MOST_TOKENS_PER_WORD = 1.6  # in the bill that is announced, whatever the tokenizer
FIRST_TOKENS = 128  # of the first prompt, which tells how many tokens a word has
LEAST_PER_WORD, MOST_PER_WORD = 0.3, 20.0
LEAST_TOKENS = 8  # fewer say nothing about the pace


class Plan(NamedTuple):
    """How a server is measured: prompts of these lengths, each `runs` times with `concurrency` at once."""

    prompt_tokens: tuple[int, ...]
    output_tokens: int
    runs: int
    concurrency: int
    most_s: float

    @property
    def requests(self) -> int:
        """All requests, with one at each length to warm up."""
        return len(self.prompt_tokens) * (self.runs * self.concurrency + 1)

    @property
    def most_input_tokens(self) -> int:
        """More input tokens than the whole plan will use."""
        one_round = sum(
            int(max(tokens, FIRST_TOKENS) * MOST_TOKENS_PER_WORD) + TASK_TOKENS for tokens in self.prompt_tokens
        )
        return one_round * (self.runs * self.concurrency + 1)

    @property
    def most_output_tokens(self) -> int:
        """The output tokens of the whole plan, if every answer is as long as it may be."""
        return self.requests * self.output_tokens


class Timed(NamedTuple):
    """What was timed at one prompt length; the interval is that of requests: 5th percentile, median, 95th.

    `prompt_tokens` is the server's count, or what was aimed at where it gives none. `server_tok_s` and
    `server_prompt_ms` are medians of the server's own timings where it reports them (llama.cpp does).
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


class Findings(NamedTuple):
    """All that was timed, requests that failed, and why the rest was not sent (empty where all were)."""

    timed: tuple[Timed, ...]
    failed: int
    stopped: str


Tick = Callable[[int, int, str], None]


def prompt(tokens: int, tokens_per_word: float, seed: int) -> str:
    """A prompt of about so many tokens that no server has seen before, so that no cache of prompts helps it."""
    draw = random.Random(seed)
    return " ".join([f"{draw.getrandbits(32):x}", *draw.choices(WORDS, k=_words(tokens, tokens_per_word)), TASK])


def _words(tokens: int, tokens_per_word: float) -> int:
    return max(1, round((tokens - TASK_TOKENS) / tokens_per_word))


def carry_out(
    endpoint: Callable[[], Endpoint], model: str, plan: Plan, tick: Tick, say: Callable[[str], None]
) -> Findings:
    """Send the plan's requests, the shortest prompts first; `tick` gets done, all and what is next.

    Stops when the plan's time is over, and gives up at the second failure in a row; what was timed until then is
    kept. Raises the error where nothing was timed at all.
    """

    async def run() -> Findings:
        server = endpoint()
        try:
            return await _Run(server, model, plan, tick, say).all()
        finally:
            await server.close()

    return asyncio.run(run())


class _Run:
    def __init__(self, server: Endpoint, model: str, plan: Plan, tick: Tick, say: Callable[[str], None]) -> None:
        self.server, self.model, self.plan, self.tick, self.say = server, model, plan, tick, say
        self.per_word = 1.0
        self.seeds = itertools.count(random.SystemRandom().getrandbits(48))
        self.done = self.failed = self.in_a_row = 0
        self.end = time.monotonic() + plan.most_s

    async def all(self) -> Findings:
        timed: list[Timed] = []
        error: RequestError | None = None
        for tokens in sorted(self.plan.prompt_tokens):
            answers: list[Answer] = []
            try:
                await self._length(tokens, answers)
            except RequestError as caught:
                error = caught
            if answers:
                timed.append(_timed(answers, tokens, self.plan.concurrency))
            if error is not None or self._late():
                break
        if error is not None and not timed:
            raise error
        return Findings(tuple(timed), self.failed, error.message if error else self._why_stopped())

    async def _length(self, tokens: int, answers: list[Answer]) -> None:
        """All requests of one prompt length; what comes is put into `answers` at once."""
        aimed = tokens if self.done else FIRST_TOKENS
        self._learn(aimed, await self._round(aimed, 1))  # which also warms the server up
        for _ in range(self.plan.runs):
            if self._late() and answers:
                return
            answers += await self._round(tokens, self.plan.concurrency)

    async def _round(self, tokens: int, count: int) -> list[Answer]:
        self.tick(self.done, self.plan.requests, f"prompts of {tokens:,} tokens")
        found = await asyncio.gather(*(self._one(tokens) for _ in range(count)))
        self.done += count
        return [one for one in found if one is not None]

    async def _one(self, tokens: int) -> Answer | None:
        text = prompt(tokens, self.per_word, next(self.seeds))
        try:
            found = await self.server.ask(self.model, text, self.plan.output_tokens, self.say)
        except RequestError as error:
            self.failed += 1
            self.in_a_row += 1
            if self.in_a_row > 1:
                raise
            self.say(f"a request failed: {error.message}")
            return None
        self.in_a_row = 0
        return found

    def _learn(self, asked: int, answers: Sequence[Answer]) -> None:
        """How many tokens a word has for this server, from a prompt whose words are known."""
        for one in answers:
            if one.prompt_tokens and one.prompt_tokens > 2 * TASK_TOKENS:
                per_word = (one.prompt_tokens - TASK_TOKENS) / _words(asked, self.per_word)
                self.per_word = min(MOST_PER_WORD, max(LEAST_PER_WORD, per_word))

    def _late(self) -> bool:
        return time.monotonic() > self.end

    def _why_stopped(self) -> str:
        return f"the time of {self.plan.most_s:.0f} s was over" if self.done < self.plan.requests else ""


def _timed(answers: Sequence[Answer], asked: int, concurrency: int) -> Timed:
    paces = [one.tpot_s * 1000.0 for one in answers if one.tpot_s is not None and one.tokens >= LEAST_TOKENS]
    first = interval(one.first_s * 1000.0 for one in answers)
    assert first is not None
    prompts = [one.prompt_tokens for one in answers if one.prompt_tokens]
    return Timed(
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
