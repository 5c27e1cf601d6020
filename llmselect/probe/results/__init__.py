"""Results of other programs that measure speed, read into rows."""
