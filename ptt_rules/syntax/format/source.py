"""The layout of a whole file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from typing import Any

from ptt_rules.diagnostics import Diagnostic
from ptt_rules.source import Source
from ptt_rules.syntax import tree
from ptt_rules.syntax.format.comments import Comment, comments_of, opening_brace
from ptt_rules.syntax.format.entries import WIDTH, Entry, EntryMaker
from ptt_rules.syntax.parser import parse

INDENT = "  "


def format_source(source: Source) -> tuple[str | None, list[Diagnostic]]:
    """The file in its canonical layout; None, and why, for a file that does not parse.

    Errors: PTT001 to PTT005; raises RuntimeError rather than return a text that would mean
            something else or have lost a comment
    """
    module, diagnostics = parse(source)
    if diagnostics:
        return None, diagnostics
    comments = comments_of(source.text)
    formatted = _Layout(source, comments).module(module)
    _check(source, module, comments, formatted)
    return formatted, []


def _check(source: Source, module: tree.Module, comments: list[Comment], formatted: str) -> None:
    again, diagnostics = parse(Source(source.name, formatted))
    kept = [comment.text for comment in comments_of(formatted)]
    if diagnostics or bare(again) != bare(module):
        raise RuntimeError(f"{source.name}: the formatted text means something else")
    if kept != [comment.text for comment in comments]:
        raise RuntimeError(f"{source.name}: the formatted text has other comments")


def bare(node: Any) -> Any:
    """A tree without its places: what it means."""
    if isinstance(node, tuple):
        return tuple(map(bare, node))
    if isinstance(node, float):
        return repr(node)  # by which a NaN is itself
    if not isinstance(node, tree.Node) or not is_dataclass(node):
        return node
    if isinstance(node, tree.Text):
        return "Text", node.value
    meant = [field.name for field in fields(node) if not field.name.endswith("span")]
    return type(node).__name__, *(bare(getattr(node, name)) for name in meant)


@dataclass
class _Layout:
    """Writes entries and, between them, the comments that precede them."""

    source: Source
    comments: list[Comment]

    def __post_init__(self) -> None:
        self._lines: list[str] = []
        self._next = 0
        """The first comment that is not written yet."""
        self._end = 0
        """Where what was written last ends in the source."""
        self._opened = 0
        """How many lines there were when the block at hand was opened."""

    def module(self, module: tree.Module) -> str:
        entries = tuple(map(EntryMaker(self.source).item, module.items))
        before: Entry | None = None
        for entry in entries:
            is_apart = before is not None and (before.stands_alone or entry.stands_alone)
            self._entry(entry, "", _limit(entry, entries, len(self.source.text)), is_apart)
            before = entry
        self._own_lines(len(self.source.text), "")
        return "\n".join(self._lines) + "\n" if self._lines else ""

    # ---- lines -----------------------------------------------------------------------------

    def _own_lines(self, until: int, indent: str, *, is_apart: bool = False) -> bool:
        """The comments before an offset, a line for each; whether there were any."""
        first = self._next
        while self._next < len(self.comments) and self.comments[self._next].offset < until:
            comment = self.comments[self._next]
            self._blank(comment.offset, is_apart and self._next == first)
            self._lines.append(indent + comment.text)
            self._end = comment.offset + len(comment.text)
            self._next += 1
        return self._next > first

    def _blank(self, start: int, is_apart: bool) -> None:
        """A blank line before what begins at an offset, if the author put one or it needs one."""
        is_first = len(self._lines) == self._opened
        if not is_first and (is_apart or self.source.text[self._end : start].count("\n") > 1):
            self._lines.append("")

    def _trailing(self, end: int, limit: int) -> None:
        """Puts the comment that stands on the line of `end` behind the newest line."""
        self._end = end
        if self._next < len(self.comments):
            comment = self.comments[self._next]
            between = self.source.text[end : comment.offset]
            if end <= comment.offset < limit and "\n" not in between:
                self._lines[-1] += f"  {comment.text}"
                self._end = comment.offset + len(comment.text)
                self._next += 1

    # ---- entries ---------------------------------------------------------------------------

    def _entry(self, entry: Entry, indent: str, limit: int, is_apart: bool = False) -> None:
        head_end = entry.span.start
        if entry.body is not None:
            head_end = opening_brace(self.source.text, entry.span.start)
        follows = self._own_lines(head_end, indent, is_apart=is_apart)
        inside = self._inside(entry)
        if entry.body is None:
            behind = _behind(inside, entry)
            if behind is None:
                follows |= self._own_lines(entry.span.end, indent, is_apart=is_apart)
            self._blank(entry.span.start, is_apart and not follows)
            self._clause(entry, indent, behind or {})
        elif (line := self._joined(entry, indent)) and not inside:
            self._blank(entry.span.start, is_apart and not follows)
            self._lines.append(line)
        else:
            self._blank(entry.span.start, is_apart and not follows)
            self._block(entry, indent, head_end + 1)
        self._trailing(entry.span.end, limit)

    def _inside(self, entry: Entry) -> list[Comment]:
        start, end = entry.span.start, entry.span.end
        found = []
        for comment in self.comments[self._next :]:
            if comment.offset >= end:
                break
            found += [comment] if comment.offset >= start else []
        return found

    def _clause(self, entry: Entry, indent: str, behind: Mapping[int, Comment]) -> None:
        joined = " ".join([entry.lines[0], *(line.strip() for line in entry.lines[1:])])
        if entry.joins and not behind and len(indent + joined) <= WIDTH:
            self._lines.append(indent + joined)
            return
        for number, line in enumerate(entry.lines):
            comment = behind.get(number)
            self._lines.append(indent + line + (f"  {comment.text}" if comment else ""))
        self._next += len(behind)

    def _joined(self, entry: Entry, indent: str) -> str | None:
        """A short block on one line."""
        body = "  ".join(line for inner in entry.body or () for line in inner.lines)
        if not entry.body:
            return f"{indent}{entry.lines[0]}{entry.closing}"
        line = f"{indent}{entry.lines[0]} {body} {entry.closing}"
        return line if entry.joins and len(line) <= WIDTH else None

    def _block(self, entry: Entry, indent: str, opened: int) -> None:
        body = entry.body or ()
        self._lines.append(indent + entry.lines[0])
        self._trailing(opened, body[0].span.start if body else entry.span.end)
        outer, self._opened = self._opened, len(self._lines)
        for inner in body:
            self._entry(inner, indent + INDENT, _limit(inner, body, entry.span.end))
        self._own_lines(entry.span.end, indent + INDENT)
        self._opened = outer
        self._lines.append(indent + entry.closing)


def _limit(entry: Entry, among: Sequence[Entry], end: int) -> int:
    """Where the next entry begins: comments behind that are not this entry's."""
    later = (other.span.start for other in among if other.span.start >= entry.span.end)
    return min(later, default=end)


def _behind(comments: Sequence[Comment], entry: Entry) -> dict[int, Comment] | None:
    """Comments inside of an entry by the line that each stands behind; None if they do not fit."""
    behind: dict[int, Comment] = {}
    for comment in comments:
        before = [number for number, end in enumerate(entry.ends) if end <= comment.offset]
        if not before or before[-1] in behind:
            return None
        behind[before[-1]] = comment
    return behind
