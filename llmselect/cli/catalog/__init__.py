"""The commands `llmselect catalog …`."""
