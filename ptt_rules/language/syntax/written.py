"""Words of people and of other tools as `.ptt` writes them."""

from __future__ import annotations

import re

RESERVED = frozenset({"and", "or", "not", "in"})
"""The words of operators, which nothing can be called."""

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}


def is_name(text: str) -> bool:
    """Whether something can be called so."""
    return _NAME.fullmatch(text) is not None and text not in RESERVED


def as_name(text: str, kind: str) -> str:
    """A text as a name: letters, digits and `_`; `kind` helps out where that is not enough."""
    word = re.sub(r"[^A-Za-z0-9_]+", "_", text).strip("_")
    if is_name(word):
        return word
    return f"{kind}_{word}" if word else kind


def quoted(text: str) -> str:
    """A text as a string."""
    written = (_ESCAPES.get(c, c if c.isprintable() else f"\\U{ord(c):08x}") for c in text)
    return '"' + "".join(written) + '"'
