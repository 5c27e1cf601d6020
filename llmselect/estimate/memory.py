"""What models need in memory, in bytes: weights, KV cache and the runtime's own share; and where it finds room."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from llmselect.estimate.rows import Bools, Floats
from llmselect.estimate.shapes import Shapes

GIB = 2**30
KV_BITS = 16
ACTIVATION_BYTES = 4  # of logits and activations, in 32 bits
GPU, EXPERTS_IN_RAM, SPLIT, RAM = range(4)
PLACEMENTS = ("gpu", "experts-in-ram", "split", "ram")


@dataclass(slots=True)
class Precision:
    """Bits per weight of n artifacts' parts, block overhead included; each (n,)."""

    layers: Floats
    embedding: Floats
    head: Floats


@dataclass(slots=True)
class WeightBytes:
    """Bytes of n artifacts: all, the routed experts', and those that one token reads; each (n,)."""

    total: Floats
    experts: Floats
    active: Floats


@dataclass(slots=True)
class Placement:
    """Where n artifacts' bytes lie; each (n,).

    `placement` is an index into `PLACEMENTS`; `device_share` the part of the active weights in the devices' memory.
    Where nothing fits, the shortfall is that of the roomiest placement allowed.
    """

    placement: NDArray[np.int8]
    device_share: Floats
    needed_gib: Floats
    available_gib: Floats
    fits: Bools


def weight_bytes(shapes: Shapes, bits: Precision) -> WeightBytes:
    """Size of the weights at a precision; NaN where a model's size is unknown.

    Decoding reads the active layers and the output head (a tied embedding serves as the head and is stored at the
    head's precision); of the embedding table it reads one row, which is left out.
    """
    tied = shapes.head_params == 0
    embedding = shapes.embedding_params * np.where(tied, bits.head, bits.embedding) / 8
    head = shapes.head_params * bits.head / 8
    per_weight = bits.layers / 8
    total = embedding + head + shapes.layer_params * per_weight
    active = np.where(tied, embedding, head) + shapes.active_layer_params * per_weight
    return WeightBytes(total, shapes.expert_params * per_weight, active)


def kv_bytes(shapes: Shapes, tokens: float, kv_bits: float = KV_BITS) -> Floats:
    """(n,): KV cache of one sequence of `tokens` tokens, in bytes.

    2 (keys, values) x KV heads x head size per layer and token (arXiv 1911.02150, 2305.13245); layers with a sliding
    window hold at most the window (arXiv 2310.06825); with MLA one latent vector and one rotary key per layer and
    token (arXiv 2405.04434). Layers with linear attention keep one matrix per value head at 32 bits, however long the
    sequence (arXiv 2412.06464).
    """
    full = shapes.cached_layers - shapes.windowed_layers - shapes.linear_layers
    token_layers = full * tokens + shapes.windowed_layers * np.minimum(tokens, shapes.window_tokens)
    return shapes.kv_bytes_per_token_layer * (kv_bits / KV_BITS) * token_layers + shapes.state_bytes


def overhead_bytes(shapes: Shapes, base_bytes: Floats | float, batch_tokens: Floats | float) -> Floats:
    """(n,): the runtime's own memory: its context, and activations and logits of one prompt batch in FP32."""
    return base_bytes + batch_tokens * float(ACTIVATION_BYTES) * shapes.activation_elements


def place(
    weights: WeightBytes,
    kv: Floats,
    overhead: Floats,
    device_gib: float,
    system_gib: float,
    may_split: Bools | bool,
) -> Placement:
    """The first placement that fits: all on the devices, routed experts in RAM, layers split with RAM.

    `device_gib` and `system_gib` are the usable memory of all devices together and of the system. KV cache and
    overhead stay on the devices; a split moves as few layer bytes as it must, and where these two alone exceed the
    devices there is none. Without a device (0) everything lies in RAM. Unknown sizes fit nowhere.
    """
    total = weights.total + kv + overhead
    n, device, system = len(total), device_gib * GIB, system_gib * GIB
    if device_gib == 0:
        in_ram = np.full(n, RAM, np.int8)
        return Placement(in_ram, np.zeros(n), total / GIB, np.full(n, float(system_gib)), total <= system)
    whole = total <= device
    roomier = ~whole & may_split & (system > 0) & (kv + overhead <= device)
    experts_apart = roomier & (weights.experts > 0) & (total - weights.experts <= device) & (weights.experts <= system)
    split = roomier & ~experts_apart
    on_device = device - kv - overhead
    chosen_experts = np.maximum(0.0, weights.active - (weights.total - weights.experts))
    return Placement(
        placement=np.select((experts_apart, split), (EXPERTS_IN_RAM, SPLIT), GPU).astype(np.int8),
        device_share=np.select(
            (experts_apart, split), (1 - chosen_experts / weights.active, on_device / weights.total), 1.0
        ),
        needed_gib=total / GIB,
        available_gib=np.where(roomier, device_gib + system_gib, float(device_gib)),
        fits=whole | experts_apart | (split & (weights.total - on_device <= system)),
    )
