"""One model on one machine: its speed and memory, step by step."""
