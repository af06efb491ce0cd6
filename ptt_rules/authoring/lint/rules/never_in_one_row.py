"""PTT619: a series of a key of evaluations and one of training, which share no row."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from ptt_rules.authoring.lint.rows import is_of_evaluations
from ptt_rules.authoring.lint.rule import Finding, Rule
from ptt_rules.authoring.lint.subject import Subject
from ptt_rules.language import Source, Span
from ptt_rules.language.codes import Code, Rules
from ptt_rules.language.ir import (
    Aggregate,
    AnyOf,
    Column,
    Current,
    FamilyColumn,
    Formula,
    Latest,
    Node,
    OverInstances,
    Streak,
    walk,
)
from ptt_rules.language.metrics import EVAL, find
from ptt_rules.language.passes import can_be_known
from ptt_rules.language.syntax import tree

_Leaf = Column | FamilyColumn | AnyOf


def check(subject: Subject) -> Iterator[Finding]:
    reported: set[tuple[Source, Span]] = set()
    for source, item in subject.items(tree.DeriveDecl):
        formulas = [one.formula for one in subject.pack.formulas if one.span == item.name.span]
        reported.update((source, formula.span) for formula in formulas)
        if any(_shares_no_row([formula]) for formula in formulas):
            yield _finding(source, item.formula.span, f"`{item.name.word}` is never observed")
    for placed, node in subject.written(Node):
        series = node.series if isinstance(node, Aggregate) else ()
        series = (node.series,) if isinstance(node, Streak) else series
        if series and _shares_no_row(list(series)) and not _is_derived(subject, series):
            yield _finding(placed.source, node.span, f"`{placed.text}` is never known")


def _is_derived(subject: Subject, series: tuple[Node, ...]) -> bool:
    """Whether the expression is the formula of a `derive`, which has its own warning."""
    formulas = {id(one.formula) for pack in subject.everything for one in pack.formulas}
    return len(series) == 1 and id(series[0]) in formulas


def _shares_no_row(series: list[Node]) -> bool:
    columns = [one for one in walk(series) if isinstance(one, (Column, FamilyColumn))]
    if not any(map(_is_of_evaluation, columns)) or all(map(_is_of_evaluation, columns)):
        return False
    rows: tuple[Callable[[_Leaf], bool], ...] = (_is_in_training, _is_in_evaluation)
    return not any(all(_is_in_row(one, in_row) for one in series) for in_row in rows)


_FROM_EARLIER = (Aggregate, Streak, Latest, Current, OverInstances)
"""What a formula has in every row of its own, whatever the row has."""


def _is_in_row(node: Node, in_row: Callable[[_Leaf], bool]) -> bool:
    """Whether a node can be known in a row that has some of the keys."""
    if isinstance(node, _FROM_EARLIER):
        return True
    if isinstance(node, Formula):
        has_rows = any(_is_in_row(one, in_row) for one in node.series)
        return has_rows and _is_in_row(node.formula, in_row)
    if any(isinstance(part, (*_FROM_EARLIER, Formula)) for part in walk([node])):
        return all(_is_in_row(child, in_row) for child in node.children)
    return can_be_known(node, in_row)


def _is_of_evaluation(column: _Leaf) -> bool:
    return is_of_evaluations(_keys(column))


def _is_in_training(column: _Leaf) -> bool:
    return not _is_of_evaluation(column)


def _is_in_evaluation(column: _Leaf) -> bool:
    """Keys logged by the user's own code may share rows with the keys of an evaluation."""
    keys = _keys(column)
    return any(key.startswith(EVAL) or not any(row.is_noisy for row in find(key)) for key in keys)


def _keys(column: _Leaf) -> tuple[str, ...]:
    return column.keys if isinstance(column, Column) else column.patterns


def _finding(source: Source, span: Span, what: str) -> Finding:
    message = f"{what}: keys of evaluations and of training share no row"
    hint = "compare the newest values: `let gap = eval_loss - loss` without a window"
    return Finding(source, span, message, hint)


RULE = Rule(
    Code(
        "PTT619",
        "series over metrics that are never in one row",
        what="A `derive`, or a window on arithmetic, needs a key of evaluations and a key of "
        "training in the same row. Trainers log an evaluation in a row of its own.",
        why="The series has no observation, so everything that uses it is unknown for ever, and "
        "silent.",
        failing=Rules("""\
metric loss: loss = "loss"
metric eval_loss: loss = "eval_loss"

derive gap: loss = eval_loss - loss

detector overfitting {
  high when gap > 0.5
}
"""),
        fixed=Rules("""\
metric loss: loss = "loss"
metric eval_loss: loss = "eval_loss"

detector overfitting {
  let gap = eval_loss - loss
  high when gap > 0.5
}
"""),
        doubt="A trainer of your own may log both at once.",
    ),
    check,
)
