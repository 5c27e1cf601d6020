"""Reads results of other benchmark programs into rows."""
