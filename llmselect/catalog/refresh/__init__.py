"""Bringing prices and lives up to date from public price files, without losing what stands."""
