"""IR to IR: one pass, one file."""
