"""Measuring speeds on the user's own machine."""
