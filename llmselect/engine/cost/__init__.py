"""Monthly bills: the options of each model, break-even points, hybrids, the bill of a log."""
