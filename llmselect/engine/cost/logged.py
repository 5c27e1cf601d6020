"""A user's own traffic, as a usage log tells it."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from llmselect.estimate.cost import Traffic
from llmselect.results.cost import UsageReport


class Logged(NamedTuple):
    """A usage log: its traffic, what it held, and prompt and output of each request together, in rising order.

    `by_model` is the traffic of each model by its logged name, which is empty where a request names none.
    """

    traffic: Traffic
    report: UsageReport
    lengths: Sequence[int]
    by_model: Mapping[str, Traffic]
