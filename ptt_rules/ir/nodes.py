"""Typed nodes of the intermediate representation.

A node is named after its operation and knows its kind, shape, unit and span, so that a wrong
tree cannot be built by accident: series are turned into values only by `Latest` and
`Aggregate`. Nodes compare by identity; `passes.share` finds those that mean the same.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from enum import Enum

from ptt_rules.source import Span
from ptt_rules.types import Kind, Shape, Unit


class Statistic(Enum):
    """What an aggregate computes of the observations in its window."""

    COUNT = "count"
    SUM = "sum"
    MEAN = "mean"
    MEDIAN = "median"
    MIN = "min"
    MAX = "max"
    STD = "std"
    VAR = "var"
    LAST = "last"
    ANY = "any"
    ALL = "all"
    SHARE = "share"


class FloatClass(Enum):
    NAN = "isnan"
    INF = "isinf"
    FINITE = "isfinite"


# ---- windows: which observations of the series --------------------------------------------


@dataclass(frozen=True, slots=True)
class LastWindow:
    """The newest `count` observations; full when there are that many."""

    count: int


@dataclass(frozen=True, slots=True)
class FirstWindow:
    """The first `count` observations; frozen once full."""

    count: int


@dataclass(frozen=True, slots=True)
class AllWindow:
    """All observations so far."""


@dataclass(frozen=True, slots=True)
class StepsWindow:
    """Observations whose step is greater than the newest row's step minus `steps`."""

    steps: int


Window = LastWindow | FirstWindow | AllWindow | StepsWindow


# ---- nodes ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, eq=False)
class Node:
    span: Span

    @property
    def children(self) -> tuple[Node, ...]:
        return ()

    @property
    def attributes(self) -> tuple[Hashable, ...]:
        """What tells the node from others of its class with the same children."""
        return ()

    @property
    def kind(self) -> Kind:
        return Kind.NUMBER

    @property
    def unit(self) -> Unit | None:
        """None for numbers that fit any unit, and for truths."""
        return None

    @property
    def shape(self) -> Shape:
        """The widest shape among the children: a constant fits both others."""
        shapes = {child.shape for child in self.children}
        if Shape.SERIES in shapes:
            return Shape.SERIES
        return Shape.VALUE if Shape.VALUE in shapes else Shape.CONSTANT


@dataclass(frozen=True, slots=True, eq=False)
class Constant(Node):
    value: float
    constant_unit: Unit | None = None

    @property
    def attributes(self) -> tuple[Hashable, ...]:
        return (self.value,)

    @property
    def unit(self) -> Unit | None:
        return self.constant_unit


@dataclass(frozen=True, slots=True, eq=False)
class Config(Node):
    """A training argument; unknown where the run has none of that name, or no number."""

    name: str

    @property
    def attributes(self) -> tuple[Hashable, ...]:
        return (self.name,)


@dataclass(frozen=True, slots=True, eq=False)
class Column(Node):
    """A metric as logged: in each row the first of its keys that the row has."""

    keys: tuple[str, ...]
    column_unit: Unit | None = None

    @property
    def attributes(self) -> tuple[Hashable, ...]:
        return (self.keys,)

    @property
    def unit(self) -> Unit | None:
        return self.column_unit

    @property
    def shape(self) -> Shape:
        return Shape.SERIES


@dataclass(frozen=True, slots=True, eq=False)
class Latest(Node):
    """The newest observation of a series, NaN and infinities included."""

    series: Node

    @property
    def children(self) -> tuple[Node, ...]:
        return (self.series,)

    @property
    def kind(self) -> Kind:
        return self.series.kind

    @property
    def unit(self) -> Unit | None:
        return self.series.unit

    @property
    def shape(self) -> Shape:
        return Shape.VALUE


@dataclass(frozen=True, slots=True, eq=False)
class Aggregate(Node):
    """A statistic of the observations of a series that are in a window.

    Null: unknown until the window is full (`LastWindow`, `FirstWindow`) or holds one
          observation (others); COUNT is always known, ANY as soon as one observation is
          true, ALL as soon as one is false
    """

    statistic: Statistic
    series: Node
    window: Window

    @property
    def children(self) -> tuple[Node, ...]:
        return (self.series,)

    @property
    def attributes(self) -> tuple[Hashable, ...]:
        return (self.statistic, self.window)

    @property
    def kind(self) -> Kind:
        return Kind.TRUTH if self.statistic in (Statistic.ANY, Statistic.ALL) else Kind.NUMBER

    @property
    def unit(self) -> Unit | None:
        if self.kind is Kind.TRUTH or self.statistic is Statistic.VAR:
            return None
        fixed = {Statistic.COUNT: Unit.COUNT, Statistic.SHARE: Unit.RATIO}
        return fixed.get(self.statistic, self.series.unit)

    @property
    def shape(self) -> Shape:
        return Shape.VALUE


@dataclass(frozen=True, slots=True, eq=False)
class Arithmetic(Node):
    """`+ - * /` of two numbers; division by zero is unknown."""

    operator: str
    left: Node
    right: Node
    result_unit: Unit | None

    @property
    def children(self) -> tuple[Node, ...]:
        return (self.left, self.right)

    @property
    def attributes(self) -> tuple[Hashable, ...]:
        return (self.operator,)

    @property
    def unit(self) -> Unit | None:
        return self.result_unit


@dataclass(frozen=True, slots=True, eq=False)
class Negate(Node):
    operand: Node

    @property
    def children(self) -> tuple[Node, ...]:
        return (self.operand,)

    @property
    def unit(self) -> Unit | None:
        return self.operand.unit


@dataclass(frozen=True, slots=True, eq=False)
class Truth(Node):
    """A node that yields true, false or unknown."""

    @property
    def kind(self) -> Kind:
        return Kind.TRUTH


@dataclass(frozen=True, slots=True, eq=False)
class Compare(Truth):
    """A comparison of two numbers; unknown if one of them is unknown or NaN."""

    operator: str
    left: Node
    right: Node

    @property
    def children(self) -> tuple[Node, ...]:
        return (self.left, self.right)

    @property
    def attributes(self) -> tuple[Hashable, ...]:
        return (self.operator,)


@dataclass(frozen=True, slots=True, eq=False)
class Both(Truth):
    """Kleene's `and`."""

    left: Node
    right: Node

    @property
    def children(self) -> tuple[Node, ...]:
        return (self.left, self.right)


@dataclass(frozen=True, slots=True, eq=False)
class Either(Truth):
    """Kleene's `or`."""

    left: Node
    right: Node

    @property
    def children(self) -> tuple[Node, ...]:
        return (self.left, self.right)


@dataclass(frozen=True, slots=True, eq=False)
class Inverse(Truth):
    operand: Node

    @property
    def children(self) -> tuple[Node, ...]:
        return (self.operand,)


@dataclass(frozen=True, slots=True, eq=False)
class FloatTest(Truth):
    """Whether a number is NaN, infinite or finite; unknown if the number is unknown."""

    float_class: FloatClass
    operand: Node

    @property
    def children(self) -> tuple[Node, ...]:
        return (self.operand,)

    @property
    def attributes(self) -> tuple[Hashable, ...]:
        return (self.float_class,)


def columns_of(roots: Iterable[Node]) -> set[tuple[str, ...]]:
    """The keys of all columns that some nodes read, directly or not."""
    found: set[tuple[str, ...]] = set()
    seen: set[int] = set()
    waiting = list(roots)
    while waiting:
        node = waiting.pop()
        if id(node) not in seen:
            seen.add(id(node))
            waiting.extend(node.children)
            if isinstance(node, Column):
                found.add(node.keys)
    return found
