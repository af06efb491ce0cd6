"""A word or sign that the parser cannot use, and what was made of it."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cached_property

from ptt_rules.language.diagnostics import Diagnostic, Edit, Label
from ptt_rules.language.source import Source, Span

_FOUND = re.compile(
    r'"""|"(?:[^"\\\n]|\\[^\n])*"|`[^`\n]*`'
    r"|[0-9]+(?:\.[0-9]+)*(?:[eE][+-]?[0-9]+)?%?|[^\W\d]\w*"
    r"|==|<=|>=|!=|&&|\|\||\*\*|->|\.\.|."
)
_MOST_SHOWN = 30


@dataclass(frozen=True)
class Unexpected:
    """Where the parser stopped, and what it could have used there.

    `span` is empty where the text ended too early. `previous` is the last token that fitted, of
    type `previous_type`. `declaration` is the word of the declaration that is open, and `opened`
    the bracket of an expression that is.
    """

    source: Source
    piece: Span
    span: Span
    accepted: frozenset[str]
    previous: Span
    previous_type: str
    declaration: str = ""
    opened: Span | None = None
    begins_nothing: bool = False
    is_first: bool = False
    """Whether nothing stands before it on its line."""
    is_in_block: bool = False
    leaves_block: bool = False
    """Whether it begins a clause of the block around the one that is open."""

    @property
    def is_at_end(self) -> bool:
        return self.span.start >= self.piece.end

    @property
    def follows_something_whole(self) -> bool:
        """Whether what was read so far can stand as it is, so that only this is wrong."""
        is_whole = not self.accepted.isdisjoint({"RBRACE", "_METRIC"})
        return is_whole and (self.is_first or self.previous_type in ("RBRACE", "LBRACE"))

    @cached_property
    def found(self) -> str:
        return self.source.slice(self.span)

    @property
    def shown(self) -> str:
        """The unexpected text, cut if it is long."""
        cut = self.found[:_MOST_SHOWN]
        return cut if cut == self.found else f"{cut}..."

    @property
    def previous_text(self) -> str:
        return self.source.slice(self.previous)

    @property
    def after(self) -> Span:
        """The rest of the piece after the unexpected text."""
        return Span(self.span.end, self.piece.end)

    @property
    def rest_of_line(self) -> Span:
        """From what was found to the end of its line, without blanks and comment."""
        end = self.source.text.find("\n", self.span.start, self.piece.end)
        line = Span(self.span.start, self.piece.end if end < 0 else end)
        text = self.source.slice(line).partition(" #")[0].rstrip()
        return Span(line.start, line.start + len(text))

    def match(self, pattern: re.Pattern[str], at: int | None = None) -> re.Match[str] | None:
        """The match of a pattern from here, or from another offset of the piece."""
        start = self.span.start if at is None else at
        return pattern.match(self.source.text, start, self.piece.end)

    def report(
        self,
        message: str,
        hint: str | None,
        *,
        span: Span | None = None,
        edit: Edit | None = None,
        labels: tuple[Label, ...] = (),
        code: str = "",
    ) -> Mistake:
        """Reports a mistake, after which the rest of the clause is skipped."""
        code = code or ("PTT002" if self.begins_nothing else "PTT001")
        place = span or self.span
        return Mistake(
            Diagnostic(code, message, self.source, place, hint=hint, labels=labels, edit=edit)
        )

    def fix(
        self, message: str, hint: str, text: str, *, at: Span | None = None, marks_all: bool = True
    ) -> Mistake:
        """A mistake that the parser reads on from as if `text` stood there instead.

        What is replaced is marked if it begins with what was found.
        """
        place = at or self.span
        is_longer = place.start == self.span.start and place.end > self.span.end
        mark = place if is_longer and marks_all else self.span
        mistake = self.report(message, hint, span=mark, edit=Edit(place, text))
        return replace(mistake, goes_on=True)

    def insert(self, message: str, hint: str, text: str) -> Mistake:
        """As `fix`, with `text` between what was read and what was found."""
        return self.fix(message, hint, text, at=Span(self.span.start, self.span.start))

    def rewrite(self, message: str, hint: str, text: str, span: Span) -> Mistake:
        """A mistake that began before what was found, which the parser cannot take back."""
        return self.report(message, hint, span=span, edit=Edit(span, text))

    def apart(self, word: str) -> str:
        """A word with blanks where it would touch another one."""
        text = self.source.text
        before = text[self.span.start - 1 : self.span.start]
        behind = text[self.span.end : self.span.end + 1]
        return f"{' ' if before.strip() else ''}{word}{' ' if behind.strip() else ''}"

    def leave_out(self, message: str, hint: str) -> Mistake:
        return self.fix(message, hint, "")

    @property
    def does_not_fit(self) -> str:
        if self.begins_nothing:
            return f"`{self.shown}` has no meaning in a `.ptt` file"
        return f"`{self.shown}` does not fit here"


@dataclass(frozen=True, slots=True)
class Mistake:
    """The report, and how the parser goes on.

    If `goes_on`, it reads `reads`, or else the text of the edit, and then from `resume`, or else
    from after the edit's span. If `closes`, the edit closes the declaration's block too.
    """

    diagnostic: Diagnostic
    goes_on: bool = False
    reads: str | None = None
    resume: int | None = None
    closes: bool = False


def found_at(text: str, start: int, end: int) -> Span:
    """The word, number, string or sign that begins at an offset."""
    match = _FOUND.match(text, start, end)
    return Span(start, match.end() if match else min(start + 1, end))
