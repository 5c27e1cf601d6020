"""Decisions that were recorded, and what has changed since."""
