"""The torch probe from beginning to end."""

import time
from collections.abc import Callable
from datetime import date
from typing import Literal, NamedTuple

from llmselect.estimate.rates import ProbedRates
from llmselect.probe.load import Load, combined
from llmselect.probe.timing import watched
from llmselect.probe.torch_probe.devices import Device, choose
from llmselect.probe.torch_probe.fit import RUNTIME, Check, fitted
from llmselect.probe.torch_probe.runs import timed
from llmselect.probe.torch_probe.usage import cpu_seconds, peak_rss_bytes
from llmselect.probe.torch_probe.work import ELEMENT_BYTES, PACES, Depth, Timed, subjects

MOST_WAIT_S: dict[Depth, float] = {"quick": 3.0, "default": 10.0, "thorough": 60.0}
