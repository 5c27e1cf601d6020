"""A model's shape as columns: all that its memory and speed follow from, whatever the request."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from llmselect.catalog.sql.table import Row, value
from llmselect.estimate.shapes import assumed_shape, known_shape

if TYPE_CHECKING:
    from llmselect.catalog.schema import Model


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
    columns: dict[str, Any] = {}
    if shape is not None:
        columns = known_shape(shape)
    elif count is not None:
        columns = assumed_shape(count.total, count.active)
    if columns:
        yield ShapeRow(model=model.id, **columns)
