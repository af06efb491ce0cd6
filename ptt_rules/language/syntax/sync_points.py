"""Sync points of a text, found without parsing: where declarations begin, and what is skipped.

Sync points are brackets and words outside of strings, keys and comments. They are found in one
pass even where strings are not closed, so that hostile input costs no more than its length.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ptt_rules.language.source import Span
from ptt_rules.language.syntax.tree import Name

BLANKS = r"[ \t\r\n\f]*(?:\#[^\n]*(?:\n|\Z)[ \t\r\n\f]*)*"
_ITEM_WORDS = "pack|metric|derive|param|detector|policy|test|override|disable"
_CLOSING = r"(?<!\\)(?:\\\\)*"  # an even number of backslashes
_LONG = rf'"""[\s\S]*?(?:{_CLOSING}"""|(?P<unclosed>\Z))'
_SHORT = rf'"[^\n]*?(?:{_CLOSING}"|$)'  # ends at the end of its line at the latest
_SYNC_POINT = (
    rf"{_SHORT}|'[^'\n]*'|“[^”\n]*”|`[^`\n]*`|\#[^\n]*"
    r"|^[ \t]*(?P<first>[A-Za-z_]\w*)|(?P<word>\w+)|(?P<bracket>[][(){}])"
)
_WITH_LONG = re.compile(f"{_LONG}|{_SYNC_POINT}", re.MULTILINE)
_WITHOUT_LONG = re.compile(_SYNC_POINT, re.MULTILINE)

_SOLID = re.compile(rf'(?P<solid>{_LONG}|{_SHORT}|[^\s\#"]+)|\#[^\n]*', re.MULTILINE)
_ITEM = re.compile(rf"(?:{_ITEM_WORDS})\b")
_NO_NAME = rf"(?:{_ITEM_WORDS}|and|or|in|not|when|x|over)\b"
_DECLARES = re.compile(rf'(?:{_ITEM_WORDS})[ \t]+(?:"|(?!{_NO_NAME})[A-Za-z_])|override[ \t]+\w')
_DASHED = "[A-Za-z_][A-Za-z0-9_-]*"  # a name as a newcomer may write it
_HEAD = re.compile(
    r"(?P<override>override[ \t]+)?(?P<sort>metric|derive|param|detector|policy)[ \t]+"
    rf"(?P<name>{_DASHED})"
    r'|test[ \t]+"(?P<title>[^"\n]*)"'
)
_HEADER = re.compile(
    r"(?P<word>(?P<override>override[ \t]+)?(?:detector|policy)|pack|test)\b[ \t]*"
    rf'(?P<name>"(?:[^"\\\n]|\\[^\n])*"|{_DASHED}(?P<dotted>(?:\.{_DASHED})*))?'
    r"(?:[ \t]+for[ \t]+each[ \t]+(?P<family>[A-Za-z_][A-Za-z0-9_]*))?[^\n{}]*(?:\s*\{)?"
)
_LET = re.compile(rf"let[ \t]+(?P<name>{_DASHED})")


@dataclass(frozen=True, slots=True)
class SyncPoint:
    """A word or bracket; `is_first` if only blanks stand before it on its line."""

    span: Span
    text: str
    is_first: bool
    is_bracket: bool


def sync_points(text: str, within: Span) -> Iterator[SyncPoint]:
    """Words and brackets in order; a long string that never ends is one of one line."""
    pattern, position = _WITH_LONG, within.start
    while True:
        for match in pattern.finditer(text, position, within.end):
            group = match.lastgroup
            if group == "unclosed":
                line_end = text.find("\n", match.start(), within.end)
                pattern, position = _WITHOUT_LONG, within.end if line_end < 0 else line_end
                break
            if group is not None:
                span = Span(*match.span(group))
                yield SyncPoint(span, match[group], group == "first", group == "bracket")
        else:
            return


def declaration_starts(text: str, within: Span) -> list[int]:
    """Where declarations begin: outside of braces, or first on a line that reads like one."""
    starts = []
    depth = 0
    previous = ""
    for mark in sync_points(text, within):
        at = mark.span.start
        if mark.text in ("{", "}"):
            depth = max(0, depth + (1 if mark.text == "{" else -1))
        elif previous != "override" and _ITEM.fullmatch(mark.text):
            in_first_column = mark.is_first and (at == 0 or text[at - 1] == "\n")
            reads_like_one = _DECLARES.match(text, at) is not None
            if in_first_column or (reads_like_one and (depth == 0 or mark.is_first)):
                starts.append(at)
                depth = 0
        previous = mark.text
    return starts


@dataclass(frozen=True, slots=True)
class Head:
    """The word and the name of a declaration; a test is named by its text."""

    start: int
    sort: str
    name: Name


def declared_at(text: str, within: Span) -> Head | None:
    """The names declared at the start of a part of a text."""
    match = _HEAD.match(text, within.start, within.end)
    if match is None:
        return None
    if match["title"] is not None:
        return Head(match.start(), "test", Name(Span(*match.span("title")), match["title"]))
    sort = "override" if match["override"] else match["sort"]
    name = Name(Span(*match.span("name")), match["name"].replace("-", "_"))
    return Head(match.start(), sort, name)


def declared_names(text: str, within: Span) -> Iterator[Head]:
    """All that a part of a text seems to declare."""
    for mark in sync_points(text, within):
        head = declared_at(text, Span(mark.span.start, within.end))
        if head is not None:
            yield head


def let_names(text: str, within: Span) -> Iterator[str]:
    """Names that `let` seems to give in a part of a text."""
    for mark in sync_points(text, within):
        match = _LET.match(text, mark.span.start, within.end)
        if match is not None:
            yield match["name"].replace("-", "_")


@dataclass(frozen=True, slots=True)
class Header:
    """The head of a block as it was probably meant: words to read, and where each stands."""

    span: Span
    words: tuple[tuple[str, Span], ...]
    has_name: bool


def header_at(text: str, within: Span) -> Header | None:
    """The head of the block that is declared at the start of a part of a text, if it is one.

    It ends after its `{`, or at the end of its line. Where the name is lost, there is something
    else to read for it.
    """
    match = _HEADER.match(text, within.start, within.end)
    if match is None:
        return None
    word = match["word"].split()[-1]
    name = match["name"] or ""
    if match["dotted"] and not match["override"]:
        name = name.removesuffix(match["dotted"])
    has_name = name.startswith('"') if word == "test" else name[:1].isidentifier()
    stand_in = '""' if word == "test" else "_"
    behind = Span(match.end("word"), match.end())
    words = [
        (match["word"], Span(*match.span("word"))),
        (name.replace("-", "_") if has_name else stand_in, _place(match, "name") or behind),
    ]
    family = _place(match, "family")
    if word == "pack":
        words.append(("0", behind))
    elif word == "detector" and family is not None:
        words += [("for each", family), (match["family"], family)]
    return Header(Span(*match.span()), (*words, ("{", behind)), has_name)


def _place(match: re.Match[str], group: str) -> Span | None:
    return Span(*match.span(group)) if match[group] else None


def block_end(text: str, within: Span) -> int | None:
    """Offset of the `}` that closes a block whose `{` is just before, if there is one."""
    depth = 1
    for mark in sync_points(text, within):
        depth += {"{": 1, "}": -1}.get(mark.text, 0)
        if depth == 0:
            return mark.span.start
    return None


def last_solid(text: str, within: Span) -> int:
    """Offset after the last part of a text that is neither blank nor comment."""
    end = within.start
    for match in _SOLID.finditer(text, within.start, within.end):
        if match["solid"]:
            end = match.end()
    return end
