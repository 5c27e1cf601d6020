"""What the tests of the torch probe share."""

from tests.probe.decoder.conftest import one_thread

__all__ = ["one_thread"]
