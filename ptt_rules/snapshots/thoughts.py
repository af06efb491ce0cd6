"""Reasoning models think between marks before they answer."""

from __future__ import annotations

import re

_MARKS = ("think", "thinking", "thought", "reasoning")
_THOUGHT = re.compile(rf"<({'|'.join(_MARKS)})>.*?</\1>", re.DOTALL | re.IGNORECASE)
_OPEN = re.compile(rf"<(?:{'|'.join(_MARKS)})>", re.IGNORECASE)
_CLOSE = re.compile(rf"^.*?</(?:{'|'.join(_MARKS)})>", re.DOTALL | re.IGNORECASE)


def answer_of(text: str) -> str | None:
    """A completion without what is thought between marks.

    A mark that only closes ends a thought that the prompt began, as some chat templates do.

    Null:  where a thought begins and has no end, so that there is no answer yet
    """
    rest = _THOUGHT.sub("", text)
    if _OPEN.search(rest):
        return None
    return _CLOSE.sub("", rest).strip() if rest != text or "</" in text else text
