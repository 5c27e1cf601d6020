"""Timing a server that speaks OpenAI's chat completions with streaming."""
