"""Usage logs: which requests were made, and how many tokens each took."""
