"""Memory, speed and cost on arrays: bare functions without validation, one row a model, an artifact or an option."""
