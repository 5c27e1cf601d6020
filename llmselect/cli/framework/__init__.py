"""The command line's framework: definitions of commands and flags, input, output and help."""
