"""Functions that are written as text and compiled."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache
from types import CodeType
from typing import Any


def function_of(head: str, lines: Iterable[str], names: dict[str, Any]) -> Callable[..., None]:
    """The function `head` with a body of some lines, which reads global names."""
    text = f"def {head}:\n    pass\n" + "".join(f"    {line}\n" for line in lines)
    defined: dict[str, Callable[..., None]] = {}
    exec(_compiled(text), names, defined)
    (made,) = defined.values()
    return made


@lru_cache(maxsize=128)
def _compiled(text: str) -> CodeType:
    return compile(text, "<rules>", "exec")
