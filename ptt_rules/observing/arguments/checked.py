"""Arguments that people give: checked when they are given, all of them, with what to write.

A class names its arguments in a table, each with a *kind*: a function that takes the argument's
name and its value, and gives back what the value means, or raises `Unfit`. `checked` puts such a
table before an `__init__`; what the value means is asked for again where it is used.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from difflib import get_close_matches
from functools import wraps
from inspect import Parameter, signature
from typing import Any, ParamSpec, TypeVar

from ptt_rules.border import agreeing, described
from ptt_rules.language import Diagnostic, PttError

CODE = "PTT530"

P = ParamSpec("P")
Kind = Callable[[str, Any], object]
Translate = Callable[[Mapping[str, Any]], tuple[dict[str, Any], list[Diagnostic]]]
"""Puts arguments by names of another tool into own ones, and says what is wrong with them."""


class Unfit(Exception):
    """A value that an argument does not take: its place, what is taken there, what to write."""

    def __init__(self, name: str, value: object, takes: str, hint: str) -> None:
        super().__init__(f"`{name}` takes {takes}, not {shown(value)}")
        self.hint = hint


def checked(
    kinds: Mapping[str, Kind], *, code: str = CODE, translate: Translate | None = None
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
            own, found = (kwargs, []) if translate is None else translate(kwargs)
            given = call.named(args[1:], own)
            found += [*call.diagnostics, *_unfit(given, kinds, code)]
            if found:
                raise PttError(found)
            init(*args, **own)

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
