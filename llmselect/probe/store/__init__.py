"""The user's own speeds in one SQLite file: its tables, its transactions, and what is read from it and put into it."""
