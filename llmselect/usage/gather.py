"""All requests of a log together: sums by the tiers that their prompts reach, distributions, time."""

from array import array
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from llmselect.estimate.cost import NO_TOKENS, Band, Tokens, Traffic
from llmselect.results.cost import LeftOut, Spread
from llmselect.usage.fields import LeftOutError, Request, request_of

HOUR_S = 3600
Sums = dict[bool, list[list[int]]]  # live or deferred: of each tier the counts of `Tokens`


class Gathered:
    """Sums and distributions of the requests of a log; memory of some bytes a request.

    `thresholds` are the prompt lengths at which some host's price changes.
    """

    def __init__(self, thresholds: Iterable[int]) -> None:
        self.thresholds = [0, *sorted(set(thresholds) - {0})]
        self.counts = {name: array("I") for name in ("prompt", "cached", "output", "thinking")}
        self.models: Counter[str] = Counter()
        self.hours: Counter[int] = Counter()
        self.first_s: float | None = None
        self.last_s: float | None = None
        self.timed = 0
        self._left_out: dict[str, list[int]] = {}
        self._sums: dict[str, Sums] = {}  # by model

    def add_all(self, rows: Iterator[tuple[int, Any]]) -> None:
        """Counts every row, or remembers why it is left out."""
        for line, row in rows:
            if isinstance(row, str):
                self._leave(row, line)
                continue
            try:
                request = request_of(row)
            except LeftOutError as why:
                self._leave(str(why), line)
            else:
                self._add(request)

    def _leave(self, reason: str, line: int) -> None:
        self._left_out.setdefault(reason, [0, line])[0] += 1

    def _add(self, request: Request) -> None:
        prompt, cached, written, output, thinking, model, time_s, batch = request
        if model not in self._sums:
            self._sums[model] = self._no_sums()
        sums = self._sums[model][batch][max(0, bisect_left(self.thresholds, prompt) - 1)]
        sums[0] += 1
        sums[1] += prompt
        sums[2] += cached
        sums[3] += written
        sums[4] += output
        sums[5] += thinking
        counts = self.counts
        counts["prompt"].append(prompt)
        counts["cached"].append(cached)
        counts["output"].append(output)
        counts["thinking"].append(thinking)
        self.models[model] += 1
        if time_s is not None:
            self._at(time_s)

    def _at(self, time_s: float) -> None:
        self.timed += 1
        self.hours[int(time_s // HOUR_S)] += 1
        if self.first_s is None or time_s < self.first_s:
            self.first_s = time_s
        if self.last_s is None or time_s > self.last_s:
            self.last_s = time_s

    @property
    def used(self) -> int:
        """How many requests were counted."""
        return len(self.counts["prompt"])

    @property
    def batch_requests(self) -> int:
        """How many of them were deferred."""
        return sum(tier[0] for sums in self._sums.values() for tier in sums[True])

    @property
    def left_out(self) -> tuple[LeftOut, ...]:
        """Why rows were left out, the commonest reason first."""
        rows = sorted(self._left_out.items(), key=lambda item: (-item[1][0], item[0]))
        return tuple(LeftOut(reason, count, line) for reason, (count, line) in rows)

    @property
    def days(self) -> float | None:
        """Time from the first to the last request; None unless nearly all have a time."""
        if self.first_s is None or self.last_s is None or self.timed < 0.99 * self.used:
            return None
        return (self.last_s - self.first_s) / 86_400

    @property
    def peak_to_mean(self) -> float | None:
        """The busiest hour's requests over the mean hour's; None for less than a day."""
        if (self.days or 0) < 1 or not self.hours:
            return None
        span = max(self.hours) - min(self.hours) + 1
        return max(self.hours.values()) / (self.timed / span)

    def _no_sums(self) -> Sums:
        return {batch: [[0] * 6 for _ in self.thresholds] for batch in (False, True)}

    def traffic(self, model: str | None) -> Traffic:
        """The sums of all models as traffic, exact; `model` is the one that gave the answers, if it was one."""
        total = self._no_sums()
        for sums in self._sums.values():
            for batch, tiers in sums.items():
                for place, tier in enumerate(tiers):
                    total[batch][place] = [one + two for one, two in zip(total[batch][place], tier, strict=True)]
        return self._traffic(total, model)

    def by_model(self) -> dict[str, Traffic]:
        """The traffic of each model by its logged name, those with most requests first."""
        return {name: self._traffic(self._sums[name], None) for name, _ in self.models.most_common()}

    def _traffic(self, sums: Sums, model: str | None) -> Traffic:
        bands = [
            Band(above, Tokens(*sums[False][place]), Tokens(*sums[True][place]))
            for place, above in enumerate(self.thresholds)
        ]
        kept = tuple(band for band in bands if band.live.requests or band.batch.requests)
        return Traffic(kept or (Band(0, NO_TOKENS, NO_TOKENS),), model=model)

    def spread(self, name: str) -> Spread:
        """How one count is distributed over the requests."""
        return spread_of(sorted(self.counts[name]))

    def lengths(self) -> Sequence[int]:
        """Prompt and output of each request together, in rising order."""
        prompts, outputs = self.counts["prompt"], self.counts["output"]
        return array("Q", sorted(map(sum, zip(prompts, outputs, strict=True))))


def spread_of(ordered: Sequence[int]) -> Spread:
    """Mean, median, 95th percentile (nearest rank) and maximum of counts in rising order."""
    last = len(ordered) - 1
    return Spread(
        sum(ordered) / len(ordered), ordered[last // 2], ordered[-(-95 * len(ordered) // 100) - 1], ordered[last]
    )
