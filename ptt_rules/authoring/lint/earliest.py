"""How many observations of a metric a condition needs before it can be true."""

from __future__ import annotations

from ptt_rules.language.ir import (
    Aggregate,
    And,
    Coalesce,
    Column,
    FamilyColumn,
    FloatTest,
    Known,
    Node,
    Not,
    Or,
    walk,
)

Keys = tuple[str, ...]


def earliest(condition: Node, keys: Keys, *, outcome: bool = True) -> int:
    """The fewest observations of the metric with these keys at which it can be true (or false).

    What can be true without them needs 0.
    """
    match condition:
        case And(left=left, right=right):
            pick = max if outcome else min
            return pick(earliest(side, keys, outcome=outcome) for side in (left, right))
        case Or(left=left, right=right):
            pick = min if outcome else max
            return pick(earliest(side, keys, outcome=outcome) for side in (left, right))
        case Not(operand=operand):
            return earliest(operand, keys, outcome=not outcome)
    return known_from(condition, keys)


def known_from(node: Node, keys: Keys) -> int:
    """The fewest observations at which a number, or a comparison of numbers, can be known."""
    match node:
        case Known():
            return 0
        case Coalesce(first=first, second=second):
            return min(known_from(first, keys), known_from(second, keys))
        case Column(keys=own) | FamilyColumn(patterns=own):
            return int(own == keys)
        case Aggregate(statistic=statistic, series=series, window=window):
            if statistic.is_known_early:
                return 0
            read = any(_reads(one, keys) for one in series)
            return window.full_from + window.left_out if read else 0
        case FloatTest(operand=operand):
            return known_from(operand, keys)
    return max((known_from(child, keys) for child in node.children), default=0)


def _reads(node: Node, keys: Keys) -> bool:
    return any(
        (isinstance(part, Column) and part.keys == keys)
        or (isinstance(part, FamilyColumn) and part.patterns == keys)
        for part in walk([node])
    )
