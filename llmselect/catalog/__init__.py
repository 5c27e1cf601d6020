"""The catalogue: its types (schema), its reading (load) and its checking (check)."""
