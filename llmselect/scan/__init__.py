"""Finding model ids in code and configuration, and telling which of them end."""
