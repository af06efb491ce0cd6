"""What is found out of the IR before it runs: one pass, one file."""
