"""What the commands on speed share: probes, measurements, imports and stored speeds."""
