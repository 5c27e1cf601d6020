"""A small decoder-only transformer and mixture of experts in torch, with counts of what they read and compute."""
