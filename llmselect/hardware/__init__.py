"""What this machine has: memory, processor, GPUs."""
