"""What a model needs in memory: weights, KV cache and the runtime's own share, in bytes."""

from typing import NamedTuple

from llmselect.estimate.parameters import (
    KV_BITS,
    ParameterParts,
    kv_bytes_per_token_layer,
    linear_state_bytes,
)
from llmselect.estimate.shape import Shape, linear_of

GIB = 2**30
RUNTIME_BASE_BYTES = {"llama.cpp": 0.4 * GIB, "vllm": 1.5 * GIB, "transformers": 1.0 * GIB}
BATCH_TOKENS = {"llama.cpp": 512, "vllm": 2048, "transformers": 512}


class Precision(NamedTuple):
    """Bits per weight of an artifact's parts, block overhead included."""

    layers: float
    embedding: float
    head: float


class WeightBytes(NamedTuple):
    """Bytes of an artifact's parts: all of them, the routed experts', and those one token reads."""

    total: float
    experts: float
    active: float


def weight_bytes(parts: ParameterParts, precision: Precision) -> WeightBytes:
    """Size of the weights at an artifact's precision.

    Decoding reads the active layers and the output head (a tied embedding serves as the head and is
    stored at the head's precision); of the embedding table it reads one row, which is left out.
    """
    embedding, head, layers, expert_layers, active_layers = parts
    layer_bits, embedding_bits, head_bits = precision
    embedding_bytes = embedding * (embedding_bits if head else head_bits) / 8
    head_bytes = head * head_bits / 8
    per_weight = layer_bits / 8
    total = embedding_bytes + head_bytes + layers * per_weight
    active = (head_bytes or embedding_bytes) + active_layers * per_weight
    return WeightBytes(total, expert_layers * per_weight, active)


def weight_bytes_by_count(total: int, active: int, bits_per_weight: float) -> WeightBytes:
    """The same from parameter counts alone, where no architecture is published (an estimate)."""
    routed = max(0, total - active)
    return WeightBytes(total * bits_per_weight / 8, routed * bits_per_weight / 8, active * bits_per_weight / 8)


def kv_bytes(shape: Shape, tokens: int, kv_bits: int = KV_BITS) -> float:
    """KV cache of one sequence of `tokens` tokens, in bytes.

    2 (keys, values) x KV heads x head size per layer and token (arXiv 1911.02150, 2305.13245);
    layers with a sliding window hold at most the window (arXiv 2310.06825); with MLA one latent
    vector and one rotary key per layer and token (arXiv 2405.04434). Layers with linear attention keep
    one matrix per value head at 32 bits, however long the sequence (arXiv 2412.06464).
    """
    sliding = 0
    if shape.sliding_window_tokens:
        sliding = shape.layers if shape.sliding_layers is None else shape.sliding_layers
    windowed = min(tokens, shape.sliding_window_tokens or tokens)
    linear = linear_of(shape)
    states = linear_state_bytes(linear) if linear else 0.0
    full = shape.layers - sliding - (linear.layers if linear else 0)
    return kv_bytes_per_token_layer(shape, kv_bits) * (full * tokens + sliding * windowed) + states


def overhead_bytes(runtime: str, vocabulary_size: int, hidden_size: int) -> float:
    """The runtime's own memory: its context, and activations and logits of one prompt batch in FP32."""
    return RUNTIME_BASE_BYTES[runtime] + BATCH_TOKENS[runtime] * 4.0 * (vocabulary_size + 8 * hidden_size)


class MemoryPlan(NamedTuple):
    """Where a model's bytes lie: device and system memory, needed against available, in GiB.

    `device_weight_share` is the share of the active weights that the device's memory holds.
    `fits` tells whether the placement holds; `estimated` that no architecture was published.
    """

    placement: str
    needed_gib: float
    available_gib: float
    weights_gib: float
    kv_gib: float
    overhead_gib: float
    device_weight_share: float
    fits: bool
    estimated: bool


class Room(NamedTuple):
    """Usable memory in GiB: all devices together, and system RAM."""

    device_gib: float
    system_gib: float


def place(weights: WeightBytes, kv: float, overhead: float, room: Room, *, split: bool, estimated: bool) -> MemoryPlan:
    """The first placement that fits: all on the device, routed experts in RAM, layers split with RAM.

    KV cache and overhead stay on the device; a split moves as few layer bytes as it must, and where these
    two alone exceed the device there is none. Without a device (CPU only) everything lies in RAM. When
    nothing fits, the plan tells the shortfall of the roomiest placement allowed.
    """
    total = weights.total + kv + overhead
    placement, available_gib, share, fits = _placed(weights, kv, overhead, total, room, split)
    parts = (weights.total / GIB, kv / GIB, overhead / GIB)
    return MemoryPlan(placement, total / GIB, available_gib, *parts, share, fits, estimated)


def _placed(
    weights: WeightBytes, kv: float, overhead: float, total: float, room: Room, split: bool
) -> tuple[str, float, float, bool]:
    """Placement, available memory in GiB, the device's share of the active weights, and whether it holds."""
    device_gib, system_gib = room
    if device_gib == 0:
        return "ram", system_gib, 0.0, total <= system_gib * GIB
    device, system = device_gib * GIB, system_gib * GIB
    if total <= device:
        return "gpu", device_gib, 1.0, True
    if not split or system == 0 or kv + overhead > device:
        return "gpu", device_gib, 1.0, False
    both, experts = device_gib + system_gib, weights.experts
    if experts and total - experts <= device and experts <= system:
        return "experts-in-ram", both, 1 - _active_experts(weights) / weights.active, True
    on_device = device - kv - overhead
    return "split", both, on_device / weights.total, weights.total - on_device <= system


def _active_experts(weights: WeightBytes) -> float:
    """Bytes of routed experts among those that one token reads."""
    return max(0.0, weights.active - (weights.total - weights.experts))
