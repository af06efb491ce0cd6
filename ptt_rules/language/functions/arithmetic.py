"""The few operations that folds are written over; `+ - * /` are those of the numbers themselves.

Live they are those of floats, offline those of columns: a formula that is written over them is
the same sequence of IEEE operations in both.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Part = Any
"""A float row by row, a column offline."""


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """Operations on floats, or on columns of them.

    `greater` and `smaller` give the first of equal numbers, and of a number and NaN.
    """

    root: Callable[[Part], Part]
    quotient: Callable[[Part, Part], Part]
    """Unknown where the divisor is zero."""
    greater: Callable[[Part, Part], Part]
    smaller: Callable[[Part, Part], Part]
    within_one: Callable[[Part], Part]
    """A number, kept between -1 and 1; unknown and NaN stay what they are."""


def _quotient(above: float, below: float) -> float | None:
    return None if below == 0 else above / below


def _greater(one: float, other: float) -> float:
    return other if other > one else one


def _smaller(one: float, other: float) -> float:
    return other if other < one else one


def _within_one(number: float | None) -> float | None:
    if number is None:
        return None
    return 1.0 if number > 1 else -1.0 if number < -1 else number


FLOATS = Arithmetic(math.sqrt, _quotient, _greater, _smaller, _within_one)


def unsigned(number: Part) -> Part:
    """A finite number whose zero is 0.0, not -0.0: of equal ones the same is taken everywhere."""
    return number + (number - number)
