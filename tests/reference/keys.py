"""The words that labels stand for in logged keys."""

from __future__ import annotations

import re


def word_in(pattern: str, label: str, key: str) -> str | None:
    """What the label stands for in a key; never empty, without a slash unless it is all of it."""
    before, _, after = pattern.partition("{" + label + "}")
    if not before and not after:
        return key
    found = re.fullmatch(f"{re.escape(before)}([^/]+){re.escape(after)}", key)
    return found[1] if found else None
