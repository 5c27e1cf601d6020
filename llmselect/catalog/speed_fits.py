"""Constants of the speed arithmetic, per runtime and kind of device, as speed.yaml holds them."""

from typing import Literal

from pydantic import Field

from llmselect.catalog.facts import Source, SourceKeys, Strict
from llmselect.catalog.words import RuntimeName

DeviceKind = Literal["gpu", "soc", "cpu"]


class SpeedFit(Strict):
    """A runtime's speed on a kind of device, as shares of the vendor's peak rates and as overheads.

    `mixture` tells whether the constants are for mixtures of experts; `levels` names their quantisations, all if
    empty. `estimate/rates.py` defines each constant; `sum_s` and `link_gb_s` are those of `estimate/speed.py`'s
    Parallel. The spreads are factors of a 90 % interval. `rows` and `left_out` (what was held out at a time, such as
    `model`) describe the fit; `median_error` is that of the held-out rows, in percent. All three are None for
    constants without measurements.
    """

    runtime: RuntimeName
    kind: DeviceKind
    mixture: bool
    levels: tuple[str, ...] = ()
    step_overhead_s: float = Field(ge=0)
    layer_overhead_s: float = Field(ge=0)
    sequence_s: float = Field(default=0, ge=0)
    read_share: float = Field(gt=0, le=1)
    expert_read_share: float = Field(gt=0, le=1)
    compute_share: float = Field(gt=0, le=1)
    expert_compute_share: float = Field(gt=0, le=1)
    sum_s: float = Field(default=0, ge=0)
    link_gb_s: float = Field(default=0, ge=0)
    stall_share: float = Field(default=1, ge=0, le=1)
    first_token_s: float = Field(default=0, ge=0)
    decode_spread: float = Field(gt=1)
    prefill_spread: float = Field(gt=1)
    queue_spread: float = Field(gt=1)
    rows: int | None = Field(default=None, gt=0)
    left_out: str | None = None
    median_error: float | None = Field(default=None, ge=0)
    source: SourceKeys
    note: str | None = None


class SpeedFile(Strict):
    """speed.yaml"""

    sources: dict[str, Source]
    fits: tuple[SpeedFit, ...]
