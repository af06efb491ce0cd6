"""Texts from outside, so that they can be shown: they move no cursor and turn no reading direction.

Keys of logs, texts of packs, completions and commands come from others. A terminal obeys what is
in them: it clears the screen, writes the clipboard, or shows another text than the one that is
there. What would do so is shown as a sign.
"""

from __future__ import annotations

import json
import re
import unicodedata

TAB = "    "
_CONTROL_PICTURES = 0x2400
_ODD = "\N{REPLACEMENT CHARACTER}"
_JOINERS = "\N{ZERO WIDTH NON-JOINER}\N{ZERO WIDTH JOINER}"
"""Joiners: between letters of some scripts, and between the parts of an emoji."""
_LINE_ENDS = str.maketrans(
    {end: chr(_CONTROL_PICTURES + ord(end)) for end in "\n\r\v\f\x1c\x1d\x1e"}
    | dict.fromkeys("\x85\u2028\u2029", "\N{SYMBOL FOR NEWLINE}")
)


def visible(text: str) -> str:
    """A text on one line, without what would move the cursor or turn the reading direction."""
    return "".join(map(visible_char, re.sub(r"\s*\n\s*", " ", text)))


def visible_lines(text: str) -> str:
    """The same for a text of several lines, which stay lines; tabs stay tabs."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() or c in "\n\t" else visible_char(c) for c in text)


def visible_char(char: str) -> str:
    """The visible form of a character: itself, unless it is invisible or controls the terminal."""
    if char == "\t":
        return TAB
    if char < " ":
        return chr(_CONTROL_PICTURES + ord(char))
    category = unicodedata.category(char)
    if category in ("Cc", "Cs", "Zl", "Zp") or (category == "Cf" and char not in _JOINERS):
        return _ODD
    return char


def one_line(name: str) -> str:
    """A name without line ends, each of which becomes a sign of its own, so that names differ."""
    return name.translate(_LINE_ENDS)


def visible_json(text: str) -> str:
    """JSON that says the same, with an escape for each character that a terminal would obey."""
    if text.isprintable():
        return text
    return "".join(
        char if char.isprintable() or visible_char(char) == char else json.dumps(char)[1:-1]
        for char in text
    )
