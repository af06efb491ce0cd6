"""The border for numbers: from any library they come in, as plain floats they go on.

Two doors. A logged value is taken as it comes: a text may hold a number, a truth counts as 1 or
0, None is NaN. A value that a person sets must be a number; the error names any other.

Generated code, digests and states rely on plain floats: they cannot read the `repr` of a NumPy
number. No library is imported: scalars, and arrays and tensors of one element, hand out their
number themselves.
"""

from __future__ import annotations

import math
import reprlib
import sys
from collections.abc import Mapping
from typing import Any, SupportsFloat

_OF_JSON = (bool, int, float, str)
_OF_TIME = ("m", "M")
"""Kinds of NumPy's durations and moments, whose number depends on their unit."""


def number(value: Any) -> float | None:
    """The number that a logged value stands for; None if it stands for none.

    Strings that hold numbers, NumPy scalars and tensors of one element are numbers, a logged
    None is NaN. Lists, mappings and other strings are not.
    """
    if type(value) is float:  # nearly all are, and the tests below take longer than a rule
        return value
    plain = _plain(value)
    if plain is None:
        return math.nan
    return _float(plain) if isinstance(plain, (int, str, SupportsFloat)) else None


def plain_number(value: Any) -> float | None:
    """A setting or an argument as a plain number; None if it is not a number.

    Accepts numbers of Python, `decimal`, `fractions`, NumPy, torch and others. Truths, texts, None,
    NaN and numbers too large for a float are not accepted.
    """
    plain = _plain(value)
    if isinstance(plain, (bool, str)) or not isinstance(plain, (int, SupportsFloat)):
        return None
    found = _float(plain)
    return None if found is None or math.isnan(found) else found


def number_of(text: str) -> float | None:
    """The value of a number, a percentage such as `40%`, or a factor such as `2x`."""
    number, scale = text.strip(), 1
    if number.endswith("%"):
        number, scale = number[:-1], 100
    elif number.endswith("x"):
        number = number[:-1]
    found = _float(number)
    return None if found is None or math.isnan(found) else found / scale


def not_a_number(name: str, value: Any, example: str = "0.4") -> tuple[str, str]:
    """Message and hint for a value that `plain_number` refuses."""
    value = _plain(value)
    hint = f"write a number, such as `{example}`"
    if isinstance(value, str):
        meant = number_of(value)
        hint = hint if meant is None else f"write it without quotes: `{meant!r}`"
    elif isinstance(value, bool):
        hint = f"write `{value:d}` if that is what you mean"
    elif value is None:
        hint = f"leave it out, or {hint}"
    return f"`{name}` is {described(value)}, and not a number", hint


def described(value: Any) -> str:
    """A value that is not what was asked for, in a few words."""
    value = _plain(value)
    if isinstance(value, str):
        return f"the text {reprlib.repr(value)}"
    if isinstance(value, int) and abs(value) > sys.float_info.max:
        return "an integer that is too large"
    if value is None or isinstance(value, (bool, int, float)):
        return str(value)
    return f"a value of type `{type(value).__qualname__}`"


def plain_data(value: Any) -> Any:
    """Nested data as JSON has it: what numbers of other libraries are in it is plain.

    Errors: TypeError for what JSON has not
    """
    if value is None or type(value) in _OF_JSON:
        return value
    if isinstance(value, Mapping):
        return {str(key): plain_data(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain_data(each) for each in value]
    plain = _plain(value)
    for kind in _OF_JSON:
        if isinstance(plain, kind):
            return kind(plain)
    found = _float(plain) if isinstance(plain, SupportsFloat) else None
    if found is None:
        raise TypeError(f"{described(value)} is not of JSON")
    return found


def _plain(value: Any) -> Any:
    """The element of a scalar, or of an array or tensor of one element; any other value as it is.

    `float` of a tensor that requires gradients, and of an array of one element, warns.
    """
    item = getattr(value, "item", None)
    if not callable(item) or isinstance(value, type):
        return value
    if getattr(getattr(value, "dtype", None), "kind", "") in _OF_TIME:
        return str(value)
    try:
        return item()
    except (TypeError, ValueError, RuntimeError):  # of none or many elements, or without memory
        return value


def _float(value: Any) -> float | None:
    try:
        return float(value)
    except (TypeError, ValueError, ArithmeticError, RuntimeError):
        return None
