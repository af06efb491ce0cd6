"""The `let`s of a detector: names for the rest of the block."""

from __future__ import annotations

from collections.abc import Sequence

from ptt_rules.language.check.block import Let, is_value
from ptt_rules.language.check.expressions import ExpressionChecker
from ptt_rules.language.check.scope import Reports
from ptt_rules.language.diagnostics import Label
from ptt_rules.language.ir import PlacedClause
from ptt_rules.language.syntax import tree


def check_lets(
    checker: ExpressionChecker, reports: Reports, clauses: Sequence[PlacedClause]
) -> None:
    """Names of the block, in order; each may use those above it."""
    lets = [(p.source, p.clause) for p in clauses if isinstance(p.clause, tree.LetClause)]
    first: dict[str, tree.LetClause] = {}
    below = {clause.name.word for _, clause in lets}
    for source, clause in lets:
        word = clause.name.word
        checker.report = reports.of(source)
        if word in first:
            labels = (Label(first[word].name.span, "first here"),)
            message, hint = f"`{word}` is given twice", "keep one of the two"
            checker.report.add("PTT102", clause.name.span, message, hint=hint, labels=labels)
            continue
        first[word] = clause
        if not _names_itself(checker, clause, below):
            let = Let(clause.value, checker.report, is_value(clause.value, checker.lets))
            let.value = checker.value(clause.value)
            checker.lets[word] = let
        below.discard(word)


def _names_itself(checker: ExpressionChecker, clause: tree.LetClause, below: set[str]) -> bool:
    """Whether a `let` uses itself or one that comes later, which may use it in turn."""
    for name in names_in(clause.value):
        if name.word in below and name.word not in checker.lets:
            message = f"`{name.word}` is named further down"
            if name.word == clause.name.word:
                message = f"`{name.word}` is defined by itself"
            hint = "a `let` uses metrics, parameters and the `let`s above it"
            checker.report.add("PTT105", name.span, message, hint=hint)
            checker.lets[clause.name.word] = Let(clause.value, checker.report, is_value=False)
            return True
    return False


def names_in(expression: tree.Expr) -> list[tree.Name]:
    """The names that an expression reads, functions left out."""
    match expression:
        case tree.Name():
            return [expression]
        case tree.Call(arguments=arguments):
            return [name for argument in arguments for name in names_in(argument)]
        case tree.Windowed(series=part) | tree.Instance(family=part):
            return names_in(part)
        case tree.Negative(operand=part) | tree.Not(operand=part):
            return names_in(part)
        case tree.Within(parts=parts):
            return [name for part in parts for name in names_in(part)]
        case (
            tree.Arithmetic(left=left, right=right)
            | tree.Compare(left=left, right=right)
            | tree.Logic(left=left, right=right)
        ):
            return [*names_in(left), *names_in(right)]
    return []
