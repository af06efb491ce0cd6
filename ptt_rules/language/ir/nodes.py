"""Typed nodes of the intermediate representation.

A node is named after its operation and knows its kind, shape, unit and span, so that a wrong
tree cannot be built by accident: series are turned into values only by `Latest` and
`Aggregate`. Nodes compare by identity; `passes.share` finds those that mean the same.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass, fields, replace

from ptt_rules.language.functions import Computation, FloatClass, Function, Statistic
from ptt_rules.language.ir.windows import Window
from ptt_rules.language.source import Span
from ptt_rules.language.types import Kind, Level, Quantity, Shape, Unit


@dataclass(frozen=True, slots=True, eq=False)
class Node:
    span: Span

    @property
    def children(self) -> tuple[Node, ...]:
        """The nodes among its fields, in their order."""
        found: list[Node] = []
        for field in fields(self):
            value = getattr(self, field.name)
            parts = value if isinstance(value, tuple) else (value,)
            found += (part for part in parts if isinstance(part, Node))
        return tuple(found)

    @property
    def attributes(self) -> tuple[Hashable, ...]:
        """The attributes that distinguish the node from others of its class with the same
        children."""
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
        return (self.value, math.copysign(1.0, self.value))  # 0.0 == -0.0, and means another zero

    @property
    def unit(self) -> Unit | None:
        return self.constant_unit


@dataclass(frozen=True, slots=True, eq=False)
class Given(Node):
    """What is known of a run beside its log, by a name; the same at all its rows."""

    name: str

    @property
    def text(self) -> str:
        """What it reads, as it is written."""
        raise NotImplementedError

    @property
    def attributes(self) -> tuple[Hashable, ...]:
        return (self.name,)


@dataclass(frozen=True, slots=True, eq=False)
class Config(Given):
    """A training argument that is a number; unknown where it is not set, or not a number."""

    @property
    def text(self) -> str:
        return f"config.{self.name}"


@dataclass(frozen=True, slots=True, eq=False)
class ConfigTruth(Config):
    """A training argument that is a truth; unknown where it is not set, or not a truth."""

    @property
    def kind(self) -> Kind:
        return Kind.BOOL


@dataclass(frozen=True, slots=True, eq=False)
class ConfigText(Config):
    """Whether a training argument is one of some texts; unknown where it is not a text."""

    texts: frozenset[str] = frozenset()

    @property
    def attributes(self) -> tuple[Hashable, ...]:
        return (self.name, self.texts)

    @property
    def kind(self) -> Kind:
        return Kind.BOOL


@dataclass(frozen=True, slots=True, eq=False)
class RunFact(Given):
    """What is recorded of a run beside its arguments, such as `run.parameters`."""

    @property
    def text(self) -> str:
        return f"run.{self.name}"


@dataclass(frozen=True, slots=True, eq=False)
class Parameter(Node):
    """A parameter by its qualified name; a program has its value in its place."""

    name: str
    parameter_unit: Unit | None = None

    @property
    def attributes(self) -> tuple[Hashable, ...]:
        return (self.name,)

    @property
    def unit(self) -> Unit | None:
        return self.parameter_unit


@dataclass(frozen=True, slots=True, eq=False)
class Series(Node):
    """A node that yields something for each row."""

    @property
    def shape(self) -> Shape:
        return Shape.SERIES


@dataclass(frozen=True, slots=True, eq=False)
class Column(Series):
    """A metric as logged: in each row the first of its keys that the row has.

    `instance` distinguishes the columns of a family's instance from the same keys named directly.
    """

    keys: tuple[str, ...]
    column_unit: Unit | None = None
    instance: str | None = None

    @property
    def attributes(self) -> tuple[Hashable, ...]:
        return (self.keys, self.instance)

    @property
    def unit(self) -> Unit | None:
        return self.column_unit


@dataclass(frozen=True, slots=True, eq=False)
class FamilyColumn(Series):
    """The column of whichever instance a detector is for; never observed by itself.

    `patterns` are keys with `{label}` where an instance has its own word.
    """

    label: str
    patterns: tuple[str, ...]
    column_unit: Unit | None = None

    @property
    def attributes(self) -> tuple[Hashable, ...]:
        return (self.label, self.patterns)

    @property
    def unit(self) -> Unit | None:
        return self.column_unit

    def of(self, instance: str) -> Column:
        """The column of one instance."""
        keys = filled(self.patterns, self.label, instance)
        return Column(self.span, keys, self.column_unit, instance)


@dataclass(frozen=True, slots=True, eq=False)
class Position(Series):
    """Where a row stands in the run.

    Unit: steps, seconds since the run began, epochs, the share of `config.max_steps`, or steps
          since the newest resume
    Null: where the log does not have it
    """

    quantity: Quantity

    @property
    def attributes(self) -> tuple[Hashable, ...]:
        return (self.quantity,)

    @property
    def unit(self) -> Unit | None:
        return _POSITION_UNITS.get(self.quantity)


_POSITION_UNITS = {
    Quantity.STEP: Unit.COUNT,
    Quantity.TIME: Unit.SECONDS,
    Quantity.PROGRESS: Unit.RATIO,
    Quantity.SINCE_RESUME: Unit.COUNT,
}


@dataclass(frozen=True, slots=True, eq=False)
class Hyperparameter(Node):
    """A hyper-parameter as it is when a policy sets it; only in the formulas of `set`."""

    name: str

    @property
    def attributes(self) -> tuple[Hashable, ...]:
        return (self.name,)

    @property
    def shape(self) -> Shape:
        return Shape.VALUE


@dataclass(frozen=True, slots=True, eq=False)
class Latest(Node):
    """The newest observation of a series, NaN and infinities included."""

    series: Node

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
class Prev(Series):
    """The observation before, NaN and infinities included, in rows in which a series is observed.

    `latest` is its newest observation, of which the value at the row before is asked for.

    Null: where the series is not observed, and at its first observation
    """

    series: Node
    latest: Latest

    @property
    def kind(self) -> Kind:
        return self.series.kind

    @property
    def unit(self) -> Unit | None:
        return self.series.unit


@dataclass(frozen=True, slots=True, eq=False)
class Formula(Series):
    """A formula in the rows in which one of its series is observed; in others it is not.

    What looks back, such as an aggregate, is known in every row: which rows a formula has is said
    by the metrics that it names.
    """

    formula: Node
    series: tuple[Node, ...]
    declared_unit: Unit | None = None

    @property
    def kind(self) -> Kind:
        return self.formula.kind

    @property
    def unit(self) -> Unit | None:
        if self.declared_unit is Unit.NONE:
            return None
        return self.declared_unit or self.formula.unit


@dataclass(frozen=True, slots=True, eq=False)
class Current(Node):
    """What a formula is now: unknown where the newest row with one of its series leaves it so.

    `latest` is its newest known value, and may be of an earlier row.
    """

    latest: Latest
    formula: Node
    series: tuple[Node, ...]

    @property
    def kind(self) -> Kind:
        return self.latest.kind

    @property
    def unit(self) -> Unit | None:
        return self.latest.unit

    @property
    def shape(self) -> Shape:
        return Shape.VALUE


@dataclass(frozen=True, slots=True, eq=False)
class Aggregate(Node):
    """A statistic of the observations of a series, or of a pair of series, in a window.

    `argument` is what its statistic takes beside the series: a share, or an allowance.

    Null: unknown until the window is full (`LastWindow`, `FirstWindow`) or holds one
          observation (others), unless its statistic is known early
    """

    statistic: Statistic
    series: tuple[Node, ...]
    window: Window
    argument: Node | None = None

    @property
    def attributes(self) -> tuple[Hashable, ...]:
        return (self.statistic, self.window)

    @property
    def kind(self) -> Kind:
        return self.statistic.kind

    @property
    def unit(self) -> Unit | None:
        return self.statistic.unit_of(self.series[0].unit)

    @property
    def shape(self) -> Shape:
        return Shape.VALUE

    @property
    def takes(self) -> Kind:
        """Whether it is of numbers or of truths."""
        return self.series[0].kind

    @property
    def is_of_excess(self) -> bool:
        """Whether its argument is a value that varies: its series is what is above that."""
        return self.argument is not None and self.series[0].span == self.span

    @property
    def held(self) -> Window:
        """Its window over the observations of its stream, which may be pairs of neighbours."""
        return self.window.of_neighbours() if self.statistic.is_lagged else self.window

    @property
    def least(self) -> int:
        """Of how few observations of its stream it is known."""
        return self.statistic.least_count - self.statistic.is_lagged

    @property
    def of_nothing(self) -> float | None:
        """Its value before the first observation."""
        return 0.0 if self.statistic.is_always_known else None

    def computation(self, argument: float) -> Computation:
        """How it is computed over its window, with the value of its argument."""
        return self.statistic.computed(argument, self.window.fading)


@dataclass(frozen=True, slots=True, eq=False)
class AnyOf(Series):
    """True in rows that have a key of some instance of a family, and not observed in others."""

    label: str
    patterns: tuple[str, ...]

    @property
    def attributes(self) -> tuple[Hashable, ...]:
        return (self.label, self.patterns)

    @property
    def kind(self) -> Kind:
        return Kind.BOOL


@dataclass(frozen=True, slots=True)
class Template:
    """An expression that stands for itself in every instance of a family."""

    node: Node

    @property
    def meaning(self) -> Hashable:
        """What it has in common with all expressions that mean the same."""
        return _meaning(self.node)


def _meaning(node: Node) -> Hashable:
    return (type(node), node.attributes, tuple(map(_meaning, node.children)))


@dataclass(frozen=True, slots=True, eq=False)
class OverInstances(Node):
    """A statistic of what an expression is now for each instance of a family.

    Null: what is unknown, NaN or infinite is left out; unknown of none, as over a window
    """

    statistic: Statistic

    @property
    def kind(self) -> Kind:
        return self.statistic.kind

    @property
    def shape(self) -> Shape:
        return Shape.VALUE


@dataclass(frozen=True, slots=True, eq=False)
class Each(OverInstances):
    """Over the instances of families of logged keys, in the order of their labels."""

    of: Template
    presence: AnyOf
    argument: Node | None = None

    @property
    def attributes(self) -> tuple[Hashable, ...]:
        return (self.statistic, self.of.meaning)

    @property
    def takes(self) -> Kind:
        return self.of.node.kind

    @property
    def unit(self) -> Unit | None:
        return self.statistic.unit_of(self.of.node.unit)


@dataclass(frozen=True, slots=True, eq=False)
class Members(OverInstances):
    """Over the members of a family by list, in the order of their labels."""

    members: tuple[Node, ...]
    argument: Node | None = None

    @property
    def attributes(self) -> tuple[Hashable, ...]:
        return (self.statistic,)

    @property
    def takes(self) -> Kind:
        return self.members[0].kind

    @property
    def unit(self) -> Unit | None:
        return self.statistic.unit_of(self.members[0].unit)


@dataclass(frozen=True, slots=True, eq=False)
class OfSiblings(Node):
    """What the sibling runs have newest of a metric at the step of the row: median or quantile.

    `share` is that of the quantile; None is the median. The series says which metric it is; what
    the run itself has logged of it does not matter.

    Null: without siblings, and where none of them has a number there
    """

    series: Node
    share: Node | None = None

    @property
    def unit(self) -> Unit | None:
        return self.series.unit

    @property
    def shape(self) -> Shape:
        return Shape.VALUE


@dataclass(frozen=True, slots=True, eq=False)
class Streak(Node):
    """How many of the newest observations of a truth are true, without one that is not.

    Null: before the first observation
    """

    series: Node

    @property
    def unit(self) -> Unit | None:
        return Unit.COUNT

    @property
    def shape(self) -> Shape:
        return Shape.VALUE


@dataclass(frozen=True, slots=True, eq=False)
class StepOf(Node):
    """The step of each row in which a series is observed."""

    series: Node

    @property
    def unit(self) -> Unit | None:
        return Unit.COUNT


@dataclass(frozen=True, slots=True, eq=False)
class Apply(Node):
    """A function of numbers, row by row.

    Null: LOG of a number that is not positive and SQRT of a negative one are unknown
    """

    function: Function
    operands: tuple[Node, ...]
    result_unit: Unit | None = None

    @property
    def attributes(self) -> tuple[Hashable, ...]:
        return (self.function,)

    @property
    def unit(self) -> Unit | None:
        return self.result_unit


@dataclass(frozen=True, slots=True, eq=False)
class Coalesce(Node):
    """The first one where it is known, else the second; NaN is known."""

    first: Node
    second: Node

    @property
    def kind(self) -> Kind:
        return self.first.kind

    @property
    def unit(self) -> Unit | None:
        return self.first.unit if self.first.unit is not None else self.second.unit


@dataclass(frozen=True, slots=True, eq=False)
class Arithmetic(Node):
    """`+ - * /` of two numbers; division by zero is unknown."""

    operator: str
    left: Node
    right: Node
    result_unit: Unit | None

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
    def unit(self) -> Unit | None:
        return self.operand.unit


@dataclass(frozen=True, slots=True, eq=False)
class Bool(Node):
    """A node that yields true, false or unknown."""

    @property
    def kind(self) -> Kind:
        return Kind.BOOL


@dataclass(frozen=True, slots=True, eq=False)
class Literal(Bool):
    """A truth that is written: what something counts as where it is unknown."""

    value: bool

    @property
    def attributes(self) -> tuple[Hashable, ...]:
        return (self.value,)

    @property
    def text(self) -> str:
        """As it is written."""
        return "true" if self.value else "false"


@dataclass(frozen=True, slots=True, eq=False)
class Compare(Bool):
    """A comparison of two numbers; unknown if one of them is unknown or NaN."""

    operator: str
    left: Node
    right: Node

    @property
    def attributes(self) -> tuple[Hashable, ...]:
        return (self.operator,)


@dataclass(frozen=True, slots=True, eq=False)
class And(Bool):
    """Kleene's `and`."""

    left: Node
    right: Node


@dataclass(frozen=True, slots=True, eq=False)
class Or(Bool):
    """Kleene's `or`."""

    left: Node
    right: Node


@dataclass(frozen=True, slots=True, eq=False)
class Not(Bool):
    operand: Node


@dataclass(frozen=True, slots=True, eq=False)
class AtLeast(Bool):
    """Whether so many of some truths are true: Kleene's, so that unknown ones may decide it.

    True at `count` truths, false once so many are out of reach, else unknown.
    """

    count: Node
    operands: tuple[Node, ...]


@dataclass(frozen=True, slots=True, eq=False)
class FloatTest(Bool):
    """Whether a number is NaN, infinite or finite; unknown if the number is unknown."""

    float_class: FloatClass
    operand: Node

    @property
    def attributes(self) -> tuple[Hashable, ...]:
        return (self.float_class,)


@dataclass(frozen=True, slots=True, eq=False)
class Known(Bool):
    """Whether something is known, or a series is observed in the row; never unknown itself."""

    operand: Node


@dataclass(frozen=True, slots=True, eq=False)
class OfDetector(Bool):
    """What others ask of a detector, by its qualified name.

    Of one `for each` of a family it is asked of any instance, of the one of a word, or, where it
    `is_same`, of the instance that the asking detector is for.
    """

    detector: str
    instance: str | None = None
    is_same: bool = False

    @property
    def attributes(self) -> tuple[Hashable, ...]:
        return (self.detector, self.instance, self.is_same)

    def of(self, instance: str) -> OfDetector:
        """What one instance asks."""
        return replace(self, instance=instance, is_same=False)


@dataclass(frozen=True, slots=True, eq=False)
class Firing(OfDetector):
    """Whether a detector fires after this row, at a level or worse; unknown if it is broken."""

    level: Level | None = None

    @property
    def attributes(self) -> tuple[Hashable, ...]:
        return (self.detector, self.instance, self.is_same, self.level)

    @property
    def shape(self) -> Shape:
        return Shape.VALUE


@dataclass(frozen=True, slots=True, eq=False)
class Judged(OfDetector):
    """True in the rows at which a detector is judged; not observed in others."""

    @property
    def shape(self) -> Shape:
        return Shape.SERIES


def of_instance(node: Node, word: str) -> Node:
    """What a node of a detector `for each` of a family is in the instance of a word."""
    if isinstance(node, FamilyColumn):
        return node.of(word)
    return node.of(word) if isinstance(node, OfDetector) and node.is_same else node


def is_of_instance(node: Node) -> bool:
    """Whether each instance has its own of a node, whatever it reads."""
    return isinstance(node, FamilyColumn) or (isinstance(node, OfDetector) and node.is_same)


def follows_rows(node: Node) -> bool:
    """Whether a node is unknown in each row in which none of its series is observed."""
    match node:
        case Column() | FamilyColumn() | AnyOf() | Formula():
            return True
        case Prev(series=series):
            return follows_rows(series)
        case And() | Or() | Coalesce():
            return all(map(follows_rows, node.children))
        case Arithmetic() | Negate() | Apply() | Compare() | Not() | FloatTest():
            return any(map(follows_rows, node.children))
    return False


def follows_family(node: Node) -> bool:
    """Whether a node is unknown in each row in which no metric of its instance is observed."""
    match node:
        case FamilyColumn():
            return True
        case Formula(formula=formula, series=series):
            return follows_family(formula) or all(map(follows_family, series))
        case Prev(series=series):
            return follows_family(series)
        case And() | Or() | Coalesce():
            return all(map(follows_family, node.children))
        case Arithmetic() | Negate() | Apply() | Compare() | Not() | FloatTest():
            return any(map(follows_family, node.children))
    return False


def filled(patterns: tuple[str, ...], label: str, word: str) -> tuple[str, ...]:
    """The keys that a family's patterns stand for with an instance's word for its label."""
    return tuple(pattern.replace("{" + label + "}", word) for pattern in patterns)


def walk(roots: Iterable[Node]) -> Iterator[Node]:
    """Some nodes and all that they read, directly or not, each once."""
    seen: set[int] = set()
    waiting = list(roots)
    while waiting:
        node = waiting.pop()
        if id(node) not in seen:
            seen.add(id(node))
            waiting.extend(node.children)
            yield node


def outside_questions(roots: Iterable[Node]) -> Iterator[Node]:
    """Some nodes and what they read, less what stands only inside `age`, `absent`, `observed`."""
    seen: set[int] = set()
    waiting = list(roots)
    while waiting:
        node = waiting.pop()
        if id(node) not in seen and not isinstance(node, (Known, StepOf)):
            seen.add(id(node))
            waiting.extend(node.children)
            yield node


def columns_of(roots: Iterable[Node]) -> set[tuple[str, ...]]:
    """The keys, or patterns of keys, of all columns that some nodes read."""
    return columns_among(walk(roots))


def columns_among(read: Iterable[Node]) -> set[tuple[str, ...]]:
    """The keys, or patterns of keys, of those of some nodes that are columns."""
    found: set[tuple[str, ...]] = set()
    for node in read:
        if isinstance(node, Column):
            found.add(node.keys)
        elif isinstance(node, (FamilyColumn, AnyOf)):
            found.add(node.patterns)
        elif isinstance(node, Each):
            found |= columns_of([node.of.node])
    return found
