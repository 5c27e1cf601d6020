"""A model's shape as columns: all that its memory and speed follow from, whatever the request."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from llmselect.catalog.sql.table import Row, value
from llmselect.estimate.memory import TYPICAL_CACHED_LAYERS, TYPICAL_HIDDEN_SIZE, TYPICAL_VOCABULARY, WeightBytes
from llmselect.estimate.parameters import ParameterParts, parameter_parts
from llmselect.estimate.work import Work, work_by_count, work_of

if TYPE_CHECKING:
    from llmselect.catalog.schema import Architecture, Model

NO_BYTES = WeightBytes(0.0, 0.0, 0.0)  # the work's bytes depend on the precision; here only its counts are used


@dataclass(frozen=True, slots=True, kw_only=True)
class ShapeRow(Row):
    """The shape of a model of which an architecture or at least a count of weights is published.

    `*_params` are numbers of weights: of the token embedding, the output head (0 where it is tied), the layers, the
    routed experts within them, and what one token reads of both. `last_*_params` belong to the feed-forward part of
    the last layer, which llama.cpp computes for the last token of a prompt alone. Of the layers `windowed_layers`
    look back `window_tokens`, `linear_layers` keep a state (`state_bytes` together) and no cache, the others look
    back to the beginning. `kv_splits` is among how many devices at most the cache of a sequence is shared,
    `pair_flops` what one layer's attention takes for one query and one position. `cached_layers` and
    `activation_elements` (numbers that one token of a prompt's batch takes) are what memory is reckoned with; with
    an assumed shape (`assumed` is 1: only counts are published) the first differs from `layers`.
    """

    table: ClassVar[str] = "shapes"
    indexed: ClassVar[tuple[str, ...]] = ("model",)

    model: str
    embedding_params: int
    head_params: int
    layer_params: int
    expert_params: int
    active_layer_params: int
    active_expert_params: float
    last_dense_params: float
    last_expert_params: float
    layers: int
    hidden_size: int
    attention_heads: int
    kv_splits: int
    experts: int
    experts_per_token: int
    kv_bytes_per_token_layer: float
    windowed_layers: int
    window_tokens: int
    linear_layers: int
    state_bytes: float
    pair_flops: float
    cached_layers: int
    activation_elements: int
    assumed: bool


def shape_rows(model: Model) -> Iterator[Row]:
    """A model's shape: exact from its architecture, else that of a usual model of as many weights."""
    shape, count = value(model.architecture), value(model.parameters)
    if shape is not None:
        yield ShapeRow(model=model.id, **_published(shape, parameter_parts(shape)))
    elif count is not None:
        yield ShapeRow(model=model.id, **_assumed(count.total, count.active))


def _published(shape: Architecture, parts: ParameterParts) -> dict[str, Any]:
    whole, without_last = (work_of(shape, parts, NO_BYTES, runtime) for runtime in ("vllm", "llama.cpp"))
    return {
        **_columns(parts, whole, without_last),
        "cached_layers": shape.layers,
        "activation_elements": shape.vocabulary_size + 8 * shape.hidden_size,
        "assumed": False,
    }


def _assumed(total: int, active: int) -> dict[str, Any]:
    work = work_by_count(total, active, NO_BYTES, "vllm")
    return {
        **_columns(ParameterParts(0, 0, total, max(0, total - active), active), work, work),
        "cached_layers": TYPICAL_CACHED_LAYERS,
        "activation_elements": TYPICAL_VOCABULARY + 8 * TYPICAL_HIDDEN_SIZE,
        "assumed": True,
    }


def _columns(parts: ParameterParts, whole: Work, without_last: Work) -> dict[str, Any]:
    """What both kinds of shape have; two FLOPs are one weight (a multiplication and an addition)."""
    return {
        "embedding_params": parts.embedding,
        "head_params": parts.head,
        "layer_params": parts.layers,
        "expert_params": parts.expert_layers,
        "active_layer_params": parts.active_layers,
        "active_expert_params": whole.expert_flops / 2,
        "last_dense_params": (whole.dense_flops - without_last.dense_flops) / 2,
        "last_expert_params": (whole.expert_flops - without_last.expert_flops) / 2,
        "layers": whole.layers,
        "hidden_size": whole.hidden_size,
        "attention_heads": whole.attention_heads,
        "kv_splits": whole.kv_splits,
        "experts": whole.experts,
        "experts_per_token": whole.experts_per_token,
        "kv_bytes_per_token_layer": whole.kv_bytes_per_token_layer,
        "windowed_layers": whole.windowed_layers,
        "window_tokens": whole.window_tokens,
        "linear_layers": whole.linear_layers,
        "state_bytes": whole.state_bytes,
        "pair_flops": whole.pair_flops,
    }
