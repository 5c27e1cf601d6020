"""The scale of abilities: its schema, its fit to all scores, and expected scores of models."""
