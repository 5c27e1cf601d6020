"""The catalogue as one SQLite file: what its tables hold, how it is written, how it is read."""
