"""Clauses of detectors as entries.

Clause words are padded to a column that is the same in every detector, so that a new clause
changes no other line. For the same reason `let` is not padded: names have no common width. The
order of clauses is the author's, as it says what belongs together.
"""

from __future__ import annotations

from ptt_rules.language.source import Span
from ptt_rules.language.syntax import tree
from ptt_rules.language.syntax.format.entries import Clause, ClauseBlock, clause
from ptt_rules.language.syntax.format.expressions import Around, Printer
from ptt_rules.language.syntax.format.pieces import hanging

COLUMN = len("reference ")
LEVEL_COLUMN = len("message ")


def detector_clause(printer: Printer, each: tree.DetectorClause) -> Clause | ClauseBlock:
    match each:
        case tree.LevelClause():
            return _level(printer, each)
        case tree.UntilClause(condition=condition):
            return _condition(printer, each.span, _word("until"), condition)
        case tree.LetClause(name=name, value=value):
            piece = printer.divided(value, Around(f"let {name.word} = "))
            return Clause(each.span, (piece,))
        case tree.SuppressesClause(detectors=detectors):
            words = [(detector.span, detector.dotted) for detector in detectors]
            return Clause(each.span, (hanging(_word("suppresses"), words),))
        case tree.JudgedClause(where=where):
            if isinstance(where, tree.EveryRow):
                return clause(each.span, _word("judged on") + "every row")
            names = [(name.span, printer.expression(name)) for name in where.items]
            return Clause(each.span, (hanging(_word("judged on"), names),))
        case tree.ShadowClause():
            return clause(each.span, "shadow")
        case tree.TextClause(word=word, text=text):
            return clause(each.span, _word(word) + printer.text(text))
        case tree.AfterClause(length=length):
            return clause(each.span, _word("after") + printer.span(length))
        case tree.ForClause(length=length):
            return clause(each.span, _word("for") + printer.span(length))
        case tree.KeepClause(length=length):
            return clause(each.span, _word("keep") + printer.span(length))
        case tree.AgainClause(length=length):
            return clause(each.span, _word("again every") + printer.span(length))


def _level(printer: Printer, level: tree.LevelClause) -> Clause | ClauseBlock:
    head, block = f"{_word(level.level)}when ", level.block
    if block is None:
        return _condition(printer, level.span, head, level.condition)
    pieces = (printer.divided(level.condition, Around(head, " {", hang=COLUMN)),)
    parts = tuple(_level_part(printer, part) for part in block.parts)
    return ClauseBlock(level.span, pieces, parts, block.span.start)


def _level_part(printer: Printer, part: tree.LevelPart) -> Clause:
    match part:
        case tree.ForClause(length=length):
            return clause(part.span, _word("for", LEVEL_COLUMN) + printer.span(length))
        case tree.TextClause(word=word, text=text):
            return clause(part.span, _word(word, LEVEL_COLUMN) + printer.text(text))


def _word(word: str, column: int = COLUMN) -> str:
    """A clause word to the column of texts, with one space at least."""
    return f"{word} ".ljust(column)


def _condition(printer: Printer, span: Span, head: str, condition: tree.Expr) -> Clause:
    return Clause(span, (printer.divided(condition, Around(head, hang=COLUMN)),))
