"""Totals of a log's requests: sums by price tier, distributions and times."""

from array import array
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from llmselect.estimate.cost import NO_TOKENS, Band, Tokens, Traffic
from llmselect.results.cost import LeftOut, Spread
from llmselect.usage.fields import Request, SkippedRowError, request_of

HOUR_S = 3600
Sums = dict[bool, list[list[int]]]  # live or deferred: of each tier the counts of `Tokens`


class UsageTotals:
    """Sums and distributions of a log's requests; needs a few bytes of memory per request.

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
        """Counts every row, or records why it is skipped."""
        for line, row in rows:
            if isinstance(row, str):
                self._skip(row, line)
                continue
            try:
                request = request_of(row)
            except SkippedRowError as why:
                self._skip(str(why), line)
            else:
                self._add(request)

    def _skip(self, reason: str, line: int) -> None:
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
        """The number of counted requests."""
        return len(self.counts["prompt"])

    @property
    def batch_requests(self) -> int:
        """The number of batch requests."""
        return sum(tier[0] for sums in self._sums.values() for tier in sums[True])

    @property
    def left_out(self) -> tuple[LeftOut, ...]:
        """The reasons for skipped rows, most frequent first."""
        rows = sorted(self._left_out.items(), key=lambda item: (-item[1][0], item[0]))
        return tuple(LeftOut(reason, count, line) for reason, (count, line) in rows)

    @property
    def days(self) -> float | None:
        """Days from the first to the last request; None unless 99 % of the requests have a time."""
        if self.first_s is None or self.last_s is None or self.timed < 0.99 * self.used:
            return None
        return (self.last_s - self.first_s) / 86_400

    @property
    def peak_to_mean(self) -> float | None:
        """The requests of the busiest hour divided by the mean per hour; None for less than a day."""
        if (self.days or 0) < 1 or not self.hours:
            return None
        span = max(self.hours) - min(self.hours) + 1
        return max(self.hours.values()) / (self.timed / span)

    def _no_sums(self) -> Sums:
        return {batch: [[0] * 6 for _ in self.thresholds] for batch in (False, True)}

    def traffic(self, model: str | None) -> Traffic:
        """The exact sums over all models as traffic; `model` is the one that answered, if there was only one."""
        total = self._no_sums()
        for sums in self._sums.values():
            for batch, tiers in sums.items():
                for index, tier in enumerate(tiers):
                    total[batch][index] = [one + two for one, two in zip(total[batch][index], tier, strict=True)]
        return self._traffic(total, model)

    def by_model(self) -> dict[str, Traffic]:
        """The traffic of each model by its logged name, most requests first."""
        return {name: self._traffic(self._sums[name], None) for name, _ in self.models.most_common()}

    def _traffic(self, sums: Sums, model: str | None) -> Traffic:
        bands = [
            Band(above, Tokens(*sums[False][index]), Tokens(*sums[True][index]))
            for index, above in enumerate(self.thresholds)
        ]
        used = tuple(band for band in bands if band.live.requests or band.batch.requests)
        return Traffic(used or (Band(0, NO_TOKENS, NO_TOKENS),), model=model)

    def spread(self, name: str) -> Spread:
        """The distribution of one count over the requests."""
        return distribution(sorted(self.counts[name]))

    def lengths(self) -> Sequence[int]:
        """Prompt plus output tokens of each request, sorted."""
        prompts, outputs = self.counts["prompt"], self.counts["output"]
        return array("Q", sorted(map(sum, zip(prompts, outputs, strict=True))))


def distribution(ordered: Sequence[int]) -> Spread:
    """Mean, median, 95th percentile (nearest rank) and maximum of sorted counts."""
    last = len(ordered) - 1
    return Spread(
        sum(ordered) / len(ordered), ordered[last // 2], ordered[-(-95 * len(ordered) // 100) - 1], ordered[last]
    )
