"""PTT638: a multiple of a base that can be 0, which everything is above."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ptt_rules.authoring.lint.rule import Finding, Rule
from ptt_rules.authoring.lint.subject import Subject
from ptt_rules.language import Source, Span
from ptt_rules.language.codes import Code, Rules
from ptt_rules.language.functions import Function
from ptt_rules.language.ir import (
    Aggregate,
    Apply,
    Arithmetic,
    Compare,
    Constant,
    LevelCondition,
    Node,
    Parameter,
    Series,
    walk,
)


def check(subject: Subject) -> Iterator[Finding]:
    unguarded = {
        id(one): base
        for detector in subject.detectors
        for level in detector.levels
        for one, base in _unguarded(subject, level)
    }
    reported: set[tuple[Source, Span]] = set()
    for placed, compare in subject.written(Compare):
        base = unguarded.get(id(compare))
        if base is None or (placed.source, base.span) in reported:
            continue
        reported.add((placed.source, base.span))
        text = placed.source.slice(base.span)
        message = f"`{text}` can be 0, and then everything above 0 makes `{placed.text}` true"
        hint = "ask for a base, `and ... > 0`, or give it a floor, `greatest(..., 1e-6)`"
        yield Finding(placed.source, base.span, message, hint, note="can be 0")


def _unguarded(subject: Subject, level: LevelCondition) -> Iterator[tuple[Compare, Node]]:
    """The comparisons with a multiple of a base that can be 0, where nothing else is asked.

    What is asked of the base, or of what must be above it, is a guard; so is the comparison of the
    latter with a base that has a guard.
    """
    asked = [part for part in walk([level.condition]) if isinstance(part, Compare)]
    pairs = {id(one): pair for one in asked if (pair := _above_base(subject, one)) is not None}
    while True:
        safe = _numbers(subject, [one for one in asked if id(one) not in pairs])
        guarded = [key for key, pair in pairs.items() if safe & _numbers(subject, pair)]
        if not guarded:
            break
        for key in guarded:
            del pairs[key]
    yield from ((one, pairs[id(one)][1]) for one in asked if id(one) in pairs)


def _numbers(subject: Subject, nodes: Iterable[Node]) -> set[int]:
    """What is measured in expressions, by the numbers of operations."""
    return {
        subject.number(part)
        for part in walk(nodes)
        if not isinstance(part, (Constant, Parameter, Series, Compare))
    }


def _above_base(subject: Subject, compare: Compare) -> tuple[Node, Node] | None:
    """What must be above a multiple of a base that can be 0, and the base."""
    if compare.operator in (">", ">="):
        above, bound = compare.left, compare.right
    elif compare.operator in ("<", "<="):
        above, bound = compare.right, compare.left
    else:
        return None
    base = _base(bound)
    if base is None or subject.wide_bounds.number(base).low != 0.0 or _is_power(base):
        return None
    return above, base


def _base(bound: Node) -> Node | None:
    """The one factor of a product that is measured, if the others are set by the author."""
    factors = [*_factors(bound)]
    measured = [one for one in factors if not isinstance(one, (Constant, Parameter))]
    if len(factors) < 2 or len(measured) != 1:
        return None
    is_statistic = any(isinstance(part, Aggregate) for part in walk(measured))
    return measured[0] if is_statistic else None


def _is_power(base: Node) -> bool:
    """Whether it is a statistic of powers of e: a perplexity, say, which is 0 at no loss."""
    return any(isinstance(part, Apply) and part.function is Function.EXP for part in walk([base]))


def _factors(node: Node) -> Iterator[Node]:
    if isinstance(node, Arithmetic) and node.operator == "*":
        yield from _factors(node.left)
        yield from _factors(node.right)
    else:
        yield node


RULE = Rule(
    Code(
        "PTT638",
        "base that can be 0",
        what="Something must be above a multiple of a statistic, such as a median, that can be 0 "
        "by the declared ranges, and nothing else is asked of either of them. A base with a floor "
        "and one that is compared with something are left alone.",
        why="Where the base is 0, any number above 0 is above any multiple of it: a metric that "
        "starts with zeros, or is 0 where there is no signal, fires the rule with its first "
        "small number.",
        failing=Rules("""\
metric grad_norm: norm in 0.. = "grad_norm"

detector gradient_explosion {
  high when median(grad_norm[5]) > 10 * median(grad_norm[50 before 5])
}
"""),
        fixed=Rules("""\
metric grad_norm: norm in 0.. = "grad_norm"

detector gradient_explosion {
  let base = median(grad_norm[50 before 5])
  high when median(grad_norm[5]) > 10 * base and base > 0
}
"""),
        doubt="The range may include a 0 that never occurs in a run.",
    ),
    check,
)
