"""What devices reach with a runtime at a precision: the rates that speeds are computed from."""

from dataclasses import dataclass, fields, replace

import numpy as np

from llmselect.estimate.own_speeds import DeviceRates
from llmselect.estimate.rows import Bools, Floats

COUNT_SPREAD = 1.3  # widens intervals where a model's shape is only assumed from its number of weights


@dataclass(slots=True)
class Rates:
    """Absolute rates of one device for n artifacts; each (n,), NaN where nothing is known of them.

    The columns are the fields of `DeviceRates`, which says what each of them means.
    """

    step_overhead_s: Floats
    layer_overhead_s: Floats
    read_gb_s: Floats
    expert_read_gb_s: Floats
    attention_s: Floats
    prefill_tflops: Floats
    expert_prefill_tflops: Floats
    decode_spread: Floats
    prefill_spread: Floats
    sequence_s: Floats
    first_token_s: Floats
    stall_share: Floats
    queue_spread: Floats
    layout_s: Floats
    lookup_s: Floats


@dataclass(slots=True)
class Shares:
    """What a runtime reaches on a kind of device, as shares of the vendor's peaks and as times of its own; each (n,).

    The columns are those of the catalogue's speed constants; `Rates` says what they mean.
    """

    step_overhead_s: Floats
    layer_overhead_s: Floats
    read_share: Floats
    expert_read_share: Floats
    compute_share: Floats
    expert_compute_share: Floats
    decode_spread: Floats
    prefill_spread: Floats
    sequence_s: Floats
    first_token_s: Floats
    stall_share: Floats
    queue_spread: Floats


def rates_of(shares: Shares, bandwidth_gb_s: Floats | float, tflops: Floats | float) -> Rates:
    """Rates from shares of a device's peaks; an infinite `tflops` leaves arithmetic out."""
    nothing = np.zeros_like(shares.read_share)
    return Rates(
        step_overhead_s=shares.step_overhead_s,
        layer_overhead_s=shares.layer_overhead_s,
        read_gb_s=shares.read_share * bandwidth_gb_s,
        expert_read_gb_s=shares.expert_read_share * bandwidth_gb_s,
        attention_s=nothing,
        prefill_tflops=shares.compute_share * tflops,
        expert_prefill_tflops=shares.expert_compute_share * tflops,
        decode_spread=shares.decode_spread,
        prefill_spread=shares.prefill_spread,
        sequence_s=shares.sequence_s,
        first_token_s=shares.first_token_s,
        stall_share=shares.stall_share,
        queue_spread=shares.queue_spread,
        layout_s=nothing,
        lookup_s=nothing,
    )


def of_device(rates: DeviceRates) -> Rates:
    """The rates of one device, for any number of rows."""
    return Rates(*(np.array(getattr(rates, field.name)) for field in fields(Rates)))


def widened(rates: Rates, assumed: Bools) -> Rates:
    """The rates with wider intervals where a model's shape is assumed."""
    factor = np.where(assumed, COUNT_SPREAD, 1.0)
    return replace(
        rates,
        decode_spread=rates.decode_spread * factor,
        prefill_spread=rates.prefill_spread * factor,
        queue_spread=rates.queue_spread * factor,
    )


def at_peak(rates: Rates, bandwidth_gb_s: float) -> Rates:
    """The rates that no runtime exceeds: the full bandwidth, nothing else taking time."""
    nothing, peak = np.zeros_like(rates.read_gb_s), np.full_like(rates.read_gb_s, bandwidth_gb_s)
    free = np.full_like(peak, np.inf)
    return replace(
        rates,
        step_overhead_s=nothing,
        layer_overhead_s=nothing,
        sequence_s=nothing,
        attention_s=nothing,
        read_gb_s=peak,
        expert_read_gb_s=peak,
        prefill_tflops=free,
        expert_prefill_tflops=free,
    )
