"""The cases are run by `test_second.py`, with the list of those that wait."""

collect_ignore = ["second.jsonl"]
