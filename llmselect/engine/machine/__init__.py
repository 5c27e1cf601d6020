"""The machine that weights run on: its devices, what fits there, how fast it is, what it costs."""
