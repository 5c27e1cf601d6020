"""Which language model to use, where to run it, what it costs and how fast it is on a machine."""

__version__ = "0.1.0"
