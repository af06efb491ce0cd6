"""Kinds of arguments: what each takes, and what its value means."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from difflib import get_close_matches
from enum import Enum
from math import isfinite
from pathlib import Path
from typing import Any, TypeVar

from ptt_rules.border import plain_number
from ptt_rules.observing.arguments.checked import Unfit

MOST = 2**31 - 1
"""The largest number that an argument takes."""
NUMPY_BOOL = ("bool", "bool_")
"""What NumPy calls its truths, in the second and in the first edition."""

T = TypeVar("T")
E = TypeVar("E", bound=Enum)


def flag(name: str, value: Any) -> bool:
    """True or False, of Python or NumPy; a text is neither, since "False" would be true."""
    if isinstance(value, bool) or type(value).__name__ in NUMPY_BOOL:
        return bool(value)
    hint = f"write `{name}=True` or `{name}=False`"
    raise Unfit(name, value, "True or False", hint)


def maybe(kind: Callable[[str, Any], T]) -> Callable[[str, Any], T | None]:
    """What a kind takes, or None."""

    def take(name: str, value: Any) -> T | None:
        return None if value is None else kind(name, value)

    return take


def whole(least: int, example: int) -> Callable[[str, Any], int]:
    """A whole number, of any library."""

    def take(name: str, value: Any) -> int:
        number = _finite(value)
        if number is None or number != int(number) or not least <= number <= MOST:
            hint = f"write one such as `{name}={example}`"
            raise Unfit(name, value, f"a whole number from {least} on", hint)
        return int(number)

    return take


def number_from(least: float, example: float) -> Callable[[str, Any], float]:
    """A number, of any library."""

    def take(name: str, value: Any) -> float:
        number = _finite(value)
        if number is None or not least <= number <= MOST:
            hint = f"write one such as `{name}={example:g}`"
            raise Unfit(name, value, f"a number from {least:g} on", hint)
        return number

    return take


def _finite(value: Any) -> float | None:
    number = plain_number(value)
    return number if number is not None and isfinite(number) else None


def text(example: str) -> Callable[[str, Any], str]:
    """A text that is not empty."""

    def take(name: str, value: Any) -> str:
        if isinstance(value, str) and value.strip():
            return value
        raise Unfit(name, value, "a text", f'write one such as `{name}="{example}"`')

    return take


def one_of(known: Sequence[str]) -> Callable[[str, Any], str]:
    """One of some words."""

    def take(name: str, value: Any) -> str:
        if isinstance(value, str) and value in known:
            return value
        close = get_close_matches(value, known, n=1) if isinstance(value, str) else []
        hint = f'did you mean `{name}="{close[0]}"`?' if close else f'write `{name}="{known[0]}"`'
        raise Unfit(name, value, f"one of {', '.join(known)}", hint)

    return take


def word_of(words: type[E]) -> Callable[[str, Any], E]:
    """A member of an enumeration, or its word."""
    known = [str(one.value) for one in words]
    takes = " or ".join(f'"{word}"' for word in known)

    def take(name: str, value: Any) -> E:
        if isinstance(value, words):
            return value
        if isinstance(value, str) and value in known:
            return words(value)
        close = get_close_matches(value, known, n=1) if isinstance(value, str) else []
        hint = f'did you mean `{name}="{close[0]}"`?' if close else f'write `{name}="{known[0]}"`'
        raise Unfit(name, value, takes, hint)

    return take


def path(example: str) -> Callable[[str, Any], Path]:
    """A path; `~` is the home folder, as in the arguments of a trainer."""

    def take(name: str, value: Any) -> Path:
        if isinstance(value, (str, os.PathLike)):
            given = os.fspath(value)
            if isinstance(given, str) and given.strip() and "\0" not in given:
                return Path(given).expanduser()
        raise Unfit(name, value, "a path", f'write one such as `{name}="{example}"`')

    return take


def new_folder(example: str) -> Callable[[str, Any], Path]:
    """The path of a folder, which need not be there."""

    def take(name: str, value: Any) -> Path:
        found = path(example)(name, value)
        if found.exists() and not found.is_dir():
            hint = "name another one: there is a file of that name"
            raise Unfit(name, value, "the path of a folder", hint)
        return found

    return take


def folder(example: str) -> Callable[[str, Any], Path]:
    """The path of a folder that is there."""

    def take(name: str, value: Any) -> Path:
        found = path(example)(name, value)
        if not found.is_dir():
            hint = f"a relative path begins here: {Path.cwd()}"
            raise Unfit(name, value, "the path of a folder that is there", hint)
        return found

    return take


def file(example: str) -> Callable[[str, Any], Path]:
    """The path of a file, which need not be there."""

    def take(name: str, value: Any) -> Path:
        found = path(example)(name, value)
        if found.is_dir():
            raise Unfit(name, value, "the path of a file", "name a file in that folder")
        return found

    return take


def several(kind: Callable[[str, Any], T]) -> Callable[[str, Any], tuple[T, ...]]:
    """A list of what a kind takes; a bare one is a list of one, and None an empty one."""

    def take(name: str, value: Any) -> tuple[T, ...]:
        if value is None:
            return ()
        is_list = isinstance(value, Sequence) and not isinstance(value, (str, bytes))
        return tuple(kind(name, one) for one in (value if is_list else [value]))

    return take


def by_name(
    kind: Callable[[str, Any], T], takes: str, example: str
) -> Callable[[str, Any], dict[str, T]]:
    """What a kind takes, by names; None is nothing."""

    def take(name: str, value: Any) -> dict[str, T]:
        if value is None:
            return {}
        if isinstance(value, Mapping) and all(isinstance(word, str) for word in value):
            return {word: kind(f'{name}["{word}"]', one) for word, one in value.items()}
        raise Unfit(name, value, f"{takes} by name", f"write such as `{name}={example}`")

    return take


def anything(name: str, value: Any) -> Any:
    """For what is checked where more is known of it."""
    return value
