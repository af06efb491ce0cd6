"""What is known of a statistic, in one row: all that handles statistics asks it.

The rows are in `tallied`, `folded` and `ordered`, next to what they compute. To add one is to
add its row there: it is then read, checked, judged live and offline, and put into words.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Literal

from ptt_rules.language.functions.arithmetic import Arithmetic, Part
from ptt_rules.language.functions.folds import DECAY, Fold
from ptt_rules.language.functions.ranges import Range, among_them
from ptt_rules.language.types import Kind, Unit

# ---- how it is computed --------------------------------------------------------------------

Finish = Callable[[Arithmetic], Callable[..., Part]]
"""Made for an arithmetic: reads a statistic off a block and the number of its observations."""

OfOrdered = Callable[[Sequence[float], float], float]
"""Reads a statistic off sorted values, with the aggregate's argument."""

OfSample = Callable[[Sequence[float], Sequence[int], float], "float | None"]
"""Values and steps in their order, the oldest first, and the argument; None: unknown."""


@dataclass(frozen=True, slots=True)
class Tally:
    """Of how many observations are true, and how many there are; a number counts as true."""

    finish: Callable[[Part, Part], Part]


@dataclass(frozen=True, slots=True)
class Ends:
    """Of the newest and the oldest observation."""

    finish: Callable[[Part, Part], Part]


@dataclass(frozen=True, slots=True)
class Folded:
    """Of the block of all observations and their number.

    Of `is_of_others` it is the block of all but the newest, which `finish` takes as well.
    `ordered` reads the same off sorted values, for windows that are kept sorted.
    """

    fold: Fold
    finish: Finish
    is_of_others: bool = False
    ordered: OfOrdered | None = None


@dataclass(frozen=True, slots=True)
class Ordered:
    """Of the sorted values."""

    of: OfOrdered

    def sample(self, values: Sequence[float], steps: Sequence[int], argument: float) -> float:
        return self.of(sorted(values), argument)


@dataclass(frozen=True, slots=True)
class Sampled:
    """Of the observations themselves and their steps."""

    sample: OfSample


Computation = Tally | Ends | Folded | Ordered | Sampled

# ---- what it takes -------------------------------------------------------------------------

LONGEST = 100_000
"""Observations in a window that is folded, so that a row costs log2 of it."""

SORTED = 10_000
"""Observations in a window that is sorted."""

NUMBER = frozenset({Kind.NUMBER})
TRUTH = frozenset({Kind.BOOL})


SYMMETRIC = frozenset(
    "count sum mean median min max std var mad quantile distinct any all share".split()
)
"""The statistics for which the order of the observations means nothing."""


class Reach(Enum):
    """Which windows an aggregate has a meaning over, at a bounded cost."""

    ANY = "any window"
    NO_DECAY = "any window without weights"
    BOUNDED = "a number of observations, or a span"


@dataclass(frozen=True, slots=True)
class Argument:
    """A second argument: a share of the observations, or a number of the series' unit."""

    name: str
    example: str
    preposition: str
    is_share: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Statistic:
    """What an aggregate computes of the observations in its window."""

    word: str
    meaning: str
    phrase: str
    """For people: of the series `{x}` (`{bare}`: without brackets), `{y}`, in the window `{w}`."""
    computation: Computation = field(repr=False)
    takes: frozenset[Kind] = NUMBER
    least_count: int = 1
    longest: int = LONGEST
    reach: Reach = Reach.NO_DECAY
    argument: Argument | None = None
    is_of_pairs: bool = False
    is_lagged: bool = False
    """Whether it is of pairs of neighbours, each observation with the one before it."""
    unit: Unit | Literal["same"] | None = "same"
    """Of what it gives: that of the series, one of its own, or none."""
    range: Range = field(default=among_them, repr=False)
    why_unknown: str = "no number for these observations"
    """Why it is unknown though there are enough observations."""
    decayed: Finish | None = field(default=None, repr=False)
    """Reads it off a block with weights that fade; None: it is the same with and without them."""
    decided_by: bool | None = None
    """The truth of which one is enough, however few observations there are; it gives truths."""
    is_always_known: bool = False
    """Whether it is known before the first observation: 0 of none, and at most their number."""
    phrase_of_truths: str = ""
    """The phrase for a series of truths, where it is another one."""
    phrase_of_none: str = ""
    """The phrase for that it is false."""
    is_level: bool = False
    """Whether it follows the numbers themselves, not how fast they change or how they spread."""
    end: Literal[-1, 0, 1] = 0
    """-1 of the least in the window, 1 of the greatest."""
    needs_many: bool = False
    """Whether it is mostly chance where it is of a handful of observations."""
    of_one: int | None = None
    """What it is of any single observation."""

    @property
    def is_among_them(self) -> bool:
        """Whether it lies between the least and the greatest in its window."""
        return self.range is among_them

    @property
    def kind(self) -> Kind:
        """What it gives."""
        return Kind.NUMBER if self.decided_by is None else Kind.BOOL

    @property
    def is_known_early(self) -> bool:
        """Whether it can be known before its window is."""
        return self.is_always_known or self.decided_by is not None

    def said(self, kind: Kind) -> str:
        """Its phrase, of numbers or of truths."""
        return (self.phrase_of_truths if kind is Kind.BOOL else "") or self.phrase

    def unit_of(self, series: Unit | None) -> Unit | None:
        """The unit of what it gives, by that of its series."""
        if self.kind is Kind.BOOL:
            return None
        return series if self.unit == "same" else self.unit

    def computed(self, argument: float, half_life: int | None) -> Computation:
        """How it is computed with an argument, and over weights that fade where it has a form."""
        if half_life is not None and self.decayed is not None:
            return Folded(DECAY.of(float(half_life)), self.decayed)
        if isinstance(self.computation, Folded) and self.argument is not None:
            return replace(self.computation, fold=self.computation.fold.of(argument))
        return self.computation

    def written(self, series: str, window: str = "[20]") -> str:
        """A call as an author writes it."""
        inner = f"({series} > 0.3)" if self.takes == TRUTH else series
        if self.is_of_pairs:
            return f"{self.word}({inner}{window}, reward{window})"
        tail = "" if self.argument is None else f", {self.argument.example}"
        return f"{self.word}({inner}{window}{tail})"
