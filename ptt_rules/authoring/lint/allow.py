"""Comments that silence a rule on a line: `# allow PTT612: the loss is exactly 0 by construction`.

They stand at the end of the line that they are about, or alone on the lines above it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ptt_rules.language import Source, Span
from ptt_rules.language.syntax.format import Comment, comments_of

_ALLOW = re.compile(r"#+\s*allow\s+(?P<codes>PTT\d+(?:\s*,\s*PTT\d+)*)\s*(?::\s*(?P<reason>.*))?$")
_LIKE_ALLOW = re.compile(r"#+\s*(allow|noqa|disable|ignore)\b[\s:=(\[-]*PTT\d", re.IGNORECASE)
_CODE = re.compile(r"PTT\d+")


@dataclass(frozen=True, slots=True)
class Allow:
    """One code that a comment allows, where the code stands, and the line that it is allowed on."""

    source: Source
    span: Span
    code: str
    reason: str
    line: int
    comment: Span


def allows_in(source: Source) -> Iterator[Allow]:
    """The allowances in the comments of a file, with or without a reason."""
    comments = comments_of(source.text)
    alone = {source.position(c.offset)[0] for c in comments if c.is_alone}
    for comment in comments:
        found = _ALLOW.match(comment.text)
        for code in _CODE.finditer(comment.text) if found else ():
            if found is None or code.start() >= found.end("codes"):
                continue
            yield Allow(
                source,
                Span(comment.offset + code.start(), comment.offset + code.end()),
                code.group(),
                (found["reason"] or "").strip(),
                _line_below(source, comment, alone),
                Span(comment.offset, comment.end),
            )


def misread_in(source: Source) -> Iterator[Span]:
    """Comments that look as if they should allow something, and do not."""
    for comment in comments_of(source.text):
        if _LIKE_ALLOW.match(comment.text) and not _ALLOW.match(comment.text):
            yield Span(comment.offset, comment.end)


def _line_below(source: Source, comment: Comment, alone: set[int]) -> int:
    """The line of the comment, or the first one below that is not a comment."""
    line = source.position(comment.offset)[0]
    if not comment.is_alone:
        return line
    while line in alone:
        line += 1
    return line
