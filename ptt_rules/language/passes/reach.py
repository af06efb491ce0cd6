"""Whether a condition can become true at all where some metrics are never logged."""

from __future__ import annotations

from collections.abc import Callable

from ptt_rules.language.ir import nodes
from ptt_rules.language.types import Kind

IsLogged = Callable[[nodes.Column | nodes.FamilyColumn | nodes.AnyOf], bool]


def can_hold(condition: nodes.Node, is_logged: IsLogged, *, wanted: bool = True) -> bool:
    """Whether a truth can be true (or false, where that is `wanted`), by Kleene's rules.

    What is never logged is unknown, and so is what is computed of it; `observed`, `absent` and
    `coalesce` are known all the same.
    """
    match condition:
        case nodes.And(left=left, right=right) | nodes.Or(left=left, right=right):
            ends = [can_hold(one, is_logged, wanted=wanted) for one in (left, right)]
            return all(ends) if isinstance(condition, nodes.And) is wanted else any(ends)
        case nodes.AtLeast(count=count, operands=operands):
            ends = [can_hold(one, is_logged, wanted=wanted) for one in operands]
            least = count.value if isinstance(count, nodes.Constant) else 1
            return sum(ends) >= (least if wanted else len(ends) - least + 1)
        case nodes.Not(operand=operand):
            return can_hold(operand, is_logged, wanted=not wanted)
        case nodes.Known(operand=operand):
            return not wanted or can_be_known(operand, is_logged)
        case nodes.Aggregate(kind=Kind.BOOL, series=(series,)):
            return can_hold(series, is_logged, wanted=wanted)
        case nodes.Formula() | nodes.Current():
            has_rows = any(can_be_known(one, is_logged) for one in condition.series)
            return has_rows and can_hold(condition.formula, is_logged, wanted=wanted)
        case nodes.Compare(operator=">" | ">=", left=nodes.Aggregate() as left) if (
            wanted and left.statistic.is_always_known
        ):
            # a count is always known, and that of what is never logged stays at 0
            return all(can_be_known(one, is_logged) for one in (*left.series, condition.right))
        case _:
            return can_be_known(condition, is_logged)


def can_be_known(node: nodes.Node, is_logged: IsLogged) -> bool:
    """Whether a node has a value in some row."""
    match node:
        case nodes.Column() | nodes.FamilyColumn() | nodes.AnyOf():
            return is_logged(node)
        case nodes.Known() | nodes.OfSiblings():
            return True
        case nodes.Aggregate() if node.statistic.is_always_known:
            return True
        case nodes.Formula() | nodes.Current():
            has_rows = any(can_be_known(one, is_logged) for one in node.series)
            return has_rows and can_be_known(node.formula, is_logged)
        case nodes.Coalesce(first=first, second=second):
            return can_be_known(first, is_logged) or can_be_known(second, is_logged)
        case nodes.And() | nodes.Or() | nodes.Not() | nodes.AtLeast():
            return any(can_hold(node, is_logged, wanted=truth) for truth in (True, False))
        case _:
            return all(can_be_known(child, is_logged) for child in node.children)
