"""Constants of the speed arithmetic, per runtime and kind of device, as speed.yaml holds them."""

from typing import Literal

from pydantic import Field

from llmselect.catalog.facts import Source, SourceKeys, Strict
from llmselect.catalog.words import RuntimeName

DeviceKind = Literal["gpu", "soc", "cpu"]


class SpeedFit(Strict):
    """What a runtime reaches on a kind of device, as shares of the vendor's peaks and as times of its own.

    `mixture` tells whether the constants are for mixtures of experts; `levels` the quantisations that they are for,
    all where it is empty. `estimate/rates.py` says what each constant means; `sum_s` and `link_gb_s` are those of
    `estimate/speed.py`'s Parallel. The spreads are factors of a 90 % interval. `rows` and `left_out` (what was
    left out at a time, such as `model`) tell how they were fitted; `median_error` is that of the rows left out, in
    percent. All three are None for constants that no measurement stands behind.
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
