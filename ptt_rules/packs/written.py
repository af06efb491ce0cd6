"""Detectors as their authors wrote them, for people who want to read the rule itself."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable
from dataclasses import dataclass

from ptt_rules.language import Span
from ptt_rules.language.ir import PlacedClause
from ptt_rules.language.syntax import tree

_WORDS = re.compile(
    r"let\s+\w+\s*=|again\s+every\b|judged\s+on\b|(critical|high|medium|low)\s+when\b|\w+"
)


@dataclass(frozen=True, slots=True)
class WrittenClause:
    """A clause of a detector: its word (`high`, `for`, `let base`), and the text after it.

    `hold` is the `for` that a level has of its own, as written; empty if it has none.
    """

    word: str
    text: str
    file: str
    line: int
    hold: str = ""

    @property
    def whole(self) -> str:
        """The text with the `for` of a level in its braces."""
        return f"{self.text} {{ for {self.hold} }}" if self.hold else self.text


def written_clauses(
    clauses: Iterable[PlacedClause], *, texts: bool = False
) -> tuple[WrittenClause, ...]:
    """The clauses that decide when a detector fires and what it does then, in their order.

    With `texts` also those that only say something of it.
    """
    left_out = () if texts else (tree.TextClause,)
    return tuple(_written(placed) for placed in clauses if not isinstance(placed.clause, left_out))


def _written(placed: PlacedClause) -> WrittenClause:
    source, span = placed.source, placed.clause.span
    hold = ""
    if isinstance(placed.clause, tree.LevelClause):
        span = Span(span.start, placed.clause.condition.span.end)
        holds = [part for part in placed.clause.parts if isinstance(part, tree.ForClause)]
        hold = source.slice(holds[0].length.span) if holds else ""
    text = source.slice(span)
    head = _WORDS.match(text)
    assert head is not None  # each clause begins with its word
    word = head[1] or " ".join(head[0].rstrip("= \n\t").split())
    first, *rest = text[head.end() :].strip().split("\n")
    body = "\n".join([first, *textwrap.dedent("\n".join(rest)).split("\n")] if rest else [first])
    return WrittenClause(word, body, source.name, source.position(span.start)[0], hold)
