"""Memory, speed and cost as pure arithmetic: numbers in, numbers out, units in the names."""
