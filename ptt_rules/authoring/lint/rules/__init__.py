"""The rules of the linter: one file each, named after the fault."""
