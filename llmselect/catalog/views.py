"""What records say beyond their fields, for checked records and for those read at run time alike."""

from typing import TYPE_CHECKING, Any


class ModelView:
    """Properties of a model."""

    if TYPE_CHECKING:  # at run time a model's own fields, in their own order
        access: Any
        limits: Any

    @property
    def open_weights(self) -> bool:
        """Whether anybody may download the weights, after a form or without one."""
        return self.access.value in ("open-weights", "gated-weights")

    @property
    def max_context_tokens(self) -> int | None:
        """The context window in tokens, or None where nobody has said."""
        fact = self.limits.context_tokens
        return fact.value if fact else None


VIEWS: dict[str, type] = {"Model": ModelView}
