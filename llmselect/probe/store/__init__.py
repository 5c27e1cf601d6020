"""The user's own speeds in one SQLite file: its tables, transactions, reading and writing."""
