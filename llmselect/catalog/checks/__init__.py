"""The catalogue's checks: validation of single files, and rules across files."""
