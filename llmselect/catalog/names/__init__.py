"""What people call things, and what the catalogue calls them: the one place where names are understood."""
