"""Memory, speed and cost as pure arithmetic: bare functions on arrays, one row a model, an artifact or an option."""
