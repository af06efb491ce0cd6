"""Checked tests: the rows that they make, and what must happen on them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING

from ptt_rules.language.ir.declaration import Declaration, Target
from ptt_rules.language.ir.nodes import Node
from ptt_rules.language.source import Source, Span
from ptt_rules.language.types import ActionKind

if TYPE_CHECKING:
    from ptt_rules.language.syntax import tree


@dataclass(frozen=True, slots=True)
class Series:
    """The values of one key, piece by piece; `name` is its name in the test."""

    name: str
    key: str
    pieces: tuple[tree.Piece, ...]


@dataclass(frozen=True, slots=True)
class StepRange:
    """Steps from `first` to `last`, both included; without a last one to the end of the run."""

    first: float
    last: float | None

    def __contains__(self, step: float) -> bool:
        return step >= self.first and (self.last is None or step <= self.last)

    def __str__(self) -> str:
        if self.last is None:
            return f"{self.first:g}.."
        return f"{self.first:g}" + ("" if self.last == self.first else f"..{self.last:g}")


@dataclass(frozen=True, slots=True)
class Fires:
    """A detector fires or gets worse at one of the steps; not `wanted`: at none of them.

    A level is exact, here and in the other claims.
    """

    of: Target
    wanted: bool = True


class Change(Enum):
    """A change in the life of a detector, in the word of an expectation."""

    FIRES = "fires"
    ESCALATES = "escalates"
    EASES = "eases"
    RESOLVES = "resolves"


@dataclass(frozen=True, slots=True)
class Changes:
    """A detector changes so: at least once, or exactly so many `times`."""

    of: Target
    change: Change
    times: int | None = None


STATUS_WORDS = ("blind", "unknown", "warming", "ok", "pending", "firing", "broken")


@dataclass(frozen=True, slots=True)
class Is:
    """A detector has a status, in its word: at each of the steps, or at the end of the run.

    Of a family without `instance` it is that of one of its instances.
    """

    of: Target
    status: str


@dataclass(frozen=True, slots=True)
class Silence:
    """No event of any detector, be it reported or not."""


@dataclass(frozen=True, slots=True)
class Says:
    """The text of an event of a detector has this in it."""

    of: Target
    part: str


@dataclass(frozen=True, slots=True)
class Decides:
    """The policy decides on an action; not `wanted`: at none of the steps.

    `name` is the hyper-parameter of a `set`, whose value is from `low` to `high`; None is any.
    """

    action: ActionKind
    wanted: bool = True
    channel: str | None = None
    name: str | None = None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Holds:
    """A condition is true; `block` is the detector whose `let`s it reads, if it is one."""

    condition: Node
    expression: tree.Expr
    block: Declaration | None = None


Claim = Fires | Changes | Is | Silence | Says | Decides | Holds


@dataclass(frozen=True, slots=True)
class Expectation:
    """An expectation, and the steps that it covers (None: any)."""

    span: Span
    claim: Claim
    at: StepRange | None = None


@dataclass(frozen=True, slots=True)
class Test:
    """One test of a pack: series of samples or the log of a run, and what must happen on it.

    Rows stand `every` so many steps from the step `start` on. `params` are by qualified name;
    `policy` is the one that decides, `named_policy` where the test itself names it.
    """

    __test__ = False

    name: str
    source: Source
    span: Span
    expectations: tuple[Expectation, ...]
    series: tuple[Series, ...] = ()
    siblings: tuple[Series, ...] = ()
    """What the sibling run has logged; without any there is none."""
    replay: tree.Text | None = None
    params: Mapping[str, float] = field(default_factory=dict)
    config: Mapping[str, float | str | bool] = field(default_factory=dict)
    facts: Mapping[str, float | str | bool] = field(default_factory=dict)
    resumes: tuple[tree.Number, ...] = ()
    """The steps of which the first row past each is marked."""
    policy: str | None = None
    named_policy: tree.Reference | None = None
    every: int = 1
    start: int = 1
