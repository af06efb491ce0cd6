"""Suggestions of an editor."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from ptt_rules.language import Span


class Sign(Enum):
    """The kind of a suggestion, for the icon that an editor shows."""

    KEYWORD = "keyword"
    QUANTITY = "quantity"
    LOCAL = "local"
    PARAM = "param"
    FUNCTION = "function"
    DETECTOR = "detector"
    LEVEL = "level"
    UNIT = "unit"
    PACK = "pack"
    ARGUMENT = "argument"
    KEY = "key"


_RANK = (
    Sign.LOCAL,
    Sign.QUANTITY,
    Sign.PARAM,
    Sign.DETECTOR,
    Sign.LEVEL,
    Sign.KEY,
    Sign.UNIT,
    Sign.PACK,
    Sign.ARGUMENT,
    Sign.KEYWORD,
    Sign.FUNCTION,
)


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A text for a span of the source; `about` is Markdown."""

    text: str
    sign: Sign
    span: Span
    about: str = ""

    @property
    def rank(self) -> int:
        return _RANK.index(self.sign)
