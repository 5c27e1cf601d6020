"""Finds model ids in code and configuration, and when they end."""
