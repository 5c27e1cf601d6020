"""One table of everything that can be chosen: columns, functions on columns, and words for the rows that are shown."""
