"""Detection of this machine's memory, processor and GPUs."""
