"""Whether a text is in English, or at least in no other language, by its most common words."""

from __future__ import annotations

import re

_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")
_FEW = 4
"""Words from which on a text of a human language has one of its most common ones."""
_CODE = re.compile(r"[(){}\[\]=;<>]")
_COMMON = frozenset(
    "the of and to that it this you your i i'm i'd i'll with for not can can't cannot be have but"
    " they what from by an or if at their will would should has how my don't it's is are was which"
    " there here when who no a in on sorry please yes we our".split()
)
_SHARED = frozenset("a no in i on an me".split())
"""Words of English that are words of another language, too."""
_OTHERS = (
    "der die das und ist nicht ich kann ein eine zu mit für auf von einem einen sich wir",  # German
    "es le la les des est et je ne pas une que pour dans cette vous sur",  # French
    "el los las en un por lo con del puedo ese esta este eso porque hacer voy se",  # Spanish
    "os uma não com para é isso esse ao pela",  # Portuguese
    "il di che non sono gli per",  # Italian
    "het een niet van ik kan",  # Dutch
    "nie jest się na że w",  # Polish
    "bir ve bu bana değil",  # Turkish
    "yang dan tidak saya untuk",  # Indonesian
    "không tôi là và của",  # Vietnamese
)
_OTHER = frozenset(word for words in _OTHERS for word in words.split()) - _COMMON - {"die"}


def is_english(text: str) -> bool:
    """Whether the wording of a text can be judged: False for another language, or for none.

    Numbers, code, names and texts of less than 4 words pass.
    """
    words = [word.casefold() for word in _WORD.findall(text.replace("\u2019", "'"))]
    if sum(not word.isascii() for word in words) > len(words) / 2:
        return False
    english = [word for word in words if word in _COMMON]
    others = sum(word in _OTHER for word in words)
    if others > len(english) or (others and _SHARED.issuperset(english)):
        return False
    return bool(english) or len(words) < _FEW or len(_CODE.findall(text)) >= 3
