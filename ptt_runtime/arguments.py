"""Arguments that people give: checked when they are given, all of them, with what to write.

A class names its arguments in a table, each with a *kind*: a function that takes the argument's
name and its value, and gives back what the value means, or raises `Unfit`. `checked` puts such a
table before an `__init__`; what the value means is asked for again where it is used.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from difflib import get_close_matches
from enum import Enum
from functools import wraps
from inspect import Parameter, signature
from math import isfinite
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

from ptt_rules import Diagnostic, PttError
from ptt_rules.border import agreeing, described, plain_number

CODE = "PTT530"
MOST = 2**31 - 1
"""The largest number that an argument takes."""
NUMPY_BOOL = ("bool", "bool_")
"""What NumPy calls its truths, in the second and in the first edition."""

P = ParamSpec("P")
T = TypeVar("T")
E = TypeVar("E", bound=Enum)
Kind = Callable[[str, Any], object]


class Unfit(Exception):
    """A value that an argument does not take: its place, what is taken there, what to write."""

    def __init__(self, name: str, value: object, takes: str, hint: str) -> None:
        super().__init__(f"`{name}` takes {takes}, not {shown(value)}")
        self.hint = hint


def checked(
    kinds: Mapping[str, Kind], *, code: str = CODE
) -> Callable[[Callable[P, None]], Callable[P, None]]:
    """Puts a check of its arguments before an `__init__`.

    Errors of what it makes: one PttError with all that is wrong: names, number and kinds
    """

    def put_before(init: Callable[P, None]) -> Callable[P, None]:
        parameters = dict(list(signature(init).parameters.items())[1:])

        @wraps(init)
        def take(*args: P.args, **kwargs: P.kwargs) -> None:
            owner = type(args[0]).__name__
            call = _Call(owner, parameters, code)
            given = call.named(args[1:], kwargs)
            found = [*call.diagnostics, *_unfit(given, kinds, code)]
            if found:
                raise PttError(found)
            init(*args, **kwargs)

        return take

    return put_before


C = TypeVar("C", bound=type)


def with_check(kinds: Mapping[str, Kind], *, code: str = CODE) -> Callable[[C], C]:
    """`checked` for a class whose `__init__` is made for it, such as a dataclass."""

    def put_before(made: C) -> C:
        type.__setattr__(made, "__init__", checked(kinds, code=code)(vars(made)["__init__"]))
        return made

    return put_before


class _Call:
    """The arguments of one call by their names, and what is wrong with the names."""

    def __init__(self, owner: str, parameters: Mapping[str, Parameter], code: str) -> None:
        self._owner, self._parameters, self._code = owner, parameters, code
        self.diagnostics: list[Diagnostic] = []

    def named(self, args: Sequence[Any], kwargs: Mapping[str, Any]) -> dict[str, Any]:
        places = [
            n for n, one in self._parameters.items() if one.kind is not Parameter.KEYWORD_ONLY
        ]
        if len(args) > len(places):
            first = next(iter(self._parameters))
            hint = f"give each by its name, such as `{self._owner}({first}=...)`"
            self._tell(f"`{self._owner}` does not take {_number(len(args))} without a name", hint)
        given = {**dict(zip(places, args, strict=False)), **kwargs}
        for name in [name for name in kwargs if name not in self._parameters]:
            given.pop(name)
            hint = _nearest(name, self._parameters)
            self._tell(f"`{self._owner}` has no argument `{name}`", hint)
        for name, one in self._parameters.items():
            if one.default is Parameter.empty and name not in given:
                self._tell(f"`{self._owner}` needs `{name}`", f"write `{self._owner}({name}=...)`")
        return given

    def _tell(self, message: str, hint: str) -> None:
        self.diagnostics.append(Diagnostic(self._code, message, hint=hint))


def _number(count: int) -> str:
    return agreeing(count, "an argument", f"{count} arguments")


def _nearest(word: str, words: Iterable[str]) -> str:
    known = sorted(words)
    close = get_close_matches(word, known, n=1)
    if close:
        return f"did you mean `{close[0]}`?"
    return f"there are {', '.join(f'`{one}`' for one in known)}"


def _unfit(given: Mapping[str, Any], kinds: Mapping[str, Kind], code: str) -> list[Diagnostic]:
    found = []
    for name, value in given.items():
        try:
            kinds[name](name, value)
        except Unfit as unfit:
            found.append(Diagnostic(code, str(unfit), hint=unfit.hint))
        except PttError as error:
            found += error.diagnostics
    return found


def shown(value: object) -> str:
    """A value as a message names it; an address, which may be a secret, is not repeated."""
    if isinstance(value, type):
        return f"the class `{value.__name__}` itself"
    if isinstance(value, str) and "://" in value:
        return "an address"
    return described(value)


# ---- kinds ---------------------------------------------------------------------------------


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
