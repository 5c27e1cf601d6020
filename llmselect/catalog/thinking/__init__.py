"""Thinking: tokens that a model writes before its answer, paid for and waited for, but not shown."""
