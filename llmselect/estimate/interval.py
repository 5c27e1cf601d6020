"""A 90 % interval around a positive estimate, and the probability that it lies below a limit."""

import math
from typing import NamedTuple

Z_90 = 1.6448536269514722  # 95th percentile of the standard normal distribution


class Interval(NamedTuple):
    """A value with the bounds between which it lies in 90 cases of 100."""

    low: float
    value: float
    high: float

    @classmethod
    def exact(cls, value: float) -> "Interval":
        """A number without uncertainty."""
        return cls(value, value, value)

    def scaled(self, factor: float) -> "Interval":
        """The interval of the quantity times a non-negative factor."""
        return Interval(self.low * factor, self.value * factor, self.high * factor)

    def plus(self, other: "Interval") -> "Interval":
        """The sum of two quantities that err together (the cautious assumption)."""
        return Interval(self.low + other.low, self.value + other.value, self.high + other.high)

    def inverse(self) -> "Interval":
        """The interval of 1 / quantity."""
        return Interval(1 / self.high, 1 / self.value, 1 / self.low)

    def probability_below(self, limit: float) -> float:
        """P(quantity <= limit) for a log-normal quantity with this median on each side's own spread."""
        if limit <= 0:
            return 0.0
        bound = self.high if limit > self.value else self.low
        if self.low == self.high or bound == self.value:
            return 1.0 if self.value <= limit else 0.0
        sigma = abs(math.log(bound / self.value)) / Z_90
        return normal_cdf((math.log(limit) - math.log(self.value)) / sigma)


def normal_cdf(z: float) -> float:
    """The standard normal distribution function."""
    return 0.5 * (1 + math.erf(z / math.sqrt(2)))
