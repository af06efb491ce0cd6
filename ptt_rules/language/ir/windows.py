"""Windows: of which observations an aggregate is, and what follows from that, in one class each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from ptt_rules.language.intervals import Interval, inf
from ptt_rules.language.ir.lengths import Length, SetBy
from ptt_rules.language.types import Measure

Givens = tuple[tuple[str, SetBy], ...]
"""Parameters that set fields of a window, by the names of the fields."""

W = TypeVar("W", bound="_Window")
M = TypeVar("M", bound="_Moving")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Window:
    """What holds for all windows."""

    givens: Givens = ()

    @property
    def full_from(self) -> int:
        """How many observations are in it when it is known."""
        return 1

    @property
    def left_out(self) -> int:
        """How many observations it leaves out: the newest, or the first ones."""
        return 0

    @property
    def fading(self) -> int | None:
        """The half-life of its weights, in observations; None: all count alike."""
        return None

    @property
    def counts(self) -> Interval:
        """How many observations, or how much weight, it holds once it is known."""
        return Interval(float(self.full_from), inf)

    @property
    def follows_rows(self) -> bool:
        """Whether it changes with every row, and not only with its observations."""
        return False

    @property
    def delay(self) -> Length | None:
        """How long ago it is known as: a number of observations or a span; None: it is not moved,
        or finds its observations by itself."""
        return None

    @property
    def measures(self) -> tuple[Measure, ...]:
        """What spans it needs of the log: steps, seconds, epochs."""
        return ()

    @property
    def at_once(self: W) -> W:
        """The window without its delay."""
        return self

    def of_neighbours(self: W) -> W:
        """The window over the pairs of neighbours that lie in it."""
        return self


@dataclass(frozen=True, slots=True, kw_only=True)
class _Moving(_Window):
    """A window that goes along with the newest observation or row.

    It is known from `least` observations on (None: as usual), and taken `before` so many
    observations, or so long, ago.
    """

    least: int | None = None
    before: Length | None = None

    @property
    def full_from(self) -> int:
        return 1 if self.least is None else self.least

    @property
    def left_out(self) -> int:
        return int(self.before.amount) if self.before and self.before.is_counted else 0

    @property
    def follows_rows(self) -> bool:
        return self.before is not None and not self.before.is_counted

    @property
    def delay(self) -> Length | None:
        return self.before

    @property
    def measures(self) -> tuple[Measure, ...]:
        return (self.before.measure,) if self.before and not self.before.is_counted else ()

    @property
    def at_once(self: M) -> M:
        return replace(self, before=None)

    def of_neighbours(self: M) -> M:
        """There is one pair fewer."""
        return self if self.least is None else replace(self, least=self.least - 1)

    def _written(self, extent: str) -> str:
        least = "" if self.least is None else f"{self.least}.."
        return f"[{least}{extent}{f' before {self.before.written}' if self.before else ''}]"


@dataclass(frozen=True, slots=True)
class LastWindow(_Moving):
    """The newest `count` observations; full from `known_from` on."""

    count: int

    @property
    def known_from(self) -> int:
        return self.count if self.least is None else self.least

    @property
    def full_from(self) -> int:
        return self.known_from

    @property
    def delay(self) -> Length | None:
        # those before a number of observations are found at no cost in what is remembered anyway
        return self.before if self.follows_rows else None

    @property
    def counts(self) -> Interval:
        return Interval(float(self.known_from), float(self.count))

    @property
    def text(self) -> str:
        return self._written(f"{self.count}")

    def of_neighbours(self) -> LastWindow:
        """There is one pair fewer."""
        return replace(self, count=self.count - 1, least=self.known_from - 1)


@dataclass(frozen=True, slots=True)
class FirstWindow(_Window):
    """The first `count` observations after the first `skip`; frozen once full."""

    count: int
    skip: int = 0

    @property
    def before(self) -> None:
        """It is not moved: it stands at the beginning."""

    @property
    def full_from(self) -> int:
        return self.count

    @property
    def left_out(self) -> int:
        return self.skip

    @property
    def counts(self) -> Interval:
        return Interval(float(self.count), float(self.count))

    @property
    def text(self) -> str:
        return f"[first {self.count} after {self.skip}]" if self.skip else f"[first {self.count}]"

    def of_neighbours(self) -> FirstWindow:
        """There is one pair fewer."""
        return replace(self, count=self.count - 1)


@dataclass(frozen=True, slots=True)
class AllWindow(_Moving):
    """All observations so far."""

    @property
    def text(self) -> str:
        return self._written("all")


@dataclass(frozen=True, slots=True)
class SpanWindow(_Moving):
    """Observations whose step, epoch or clock is within `amount` of the newest row's.

    The clock of a row, in seconds, is the greatest time so far, so that a falling time is
    harmless; epochs are the same. `before` is a span of the same measure, by which both ends are
    moved.
    """

    amount: float
    measure: Measure

    @property
    def follows_rows(self) -> bool:
        return True

    @property
    def delay(self) -> Length | None:
        return None

    @property
    def measures(self) -> tuple[Measure, ...]:
        return (self.measure,)

    @property
    def near_end(self) -> float:
        """How far it ends before the newest row."""
        return self.before.amount if self.before else 0.0

    @property
    def far_end(self) -> float:
        """How far it begins before the newest row, the end excluded."""
        return self.near_end + self.amount

    @property
    def text(self) -> str:
        return self._written(Length(self.amount, self.measure).written)


@dataclass(frozen=True, slots=True)
class DecayWindow(_Moving):
    """All observations so far, with weights that halve every `half_life` observations."""

    half_life: int

    @property
    def fading(self) -> int:
        return self.half_life

    @property
    def counts(self) -> Interval:
        return Interval(0.0, 1.0 / (1.0 - 0.5 ** (1.0 / self.half_life)))

    @property
    def text(self) -> str:
        return self._written(f"decay {self.half_life}")


Window = LastWindow | FirstWindow | AllWindow | SpanWindow | DecayWindow


def parameters_of(window: Window) -> Iterator[str]:
    """The parameters that a window has numbers of, by qualified name."""
    yield from (given.parameter for _, given in window.givens)
    if window.before and window.before.given:
        yield window.before.given.parameter


def resolved(window: Window, params: Mapping[str, float]) -> Window:
    """A window with the values of its parameters."""
    numbers: dict[str, Any] = {}
    for name, given in window.givens:
        value = given.value(params)
        numbers[name] = value if name == "amount" else int(value)
    if window.before and window.before.given:
        numbers["before"] = window.before.resolved(params)
    return replace(window, **numbers, givens=()) if numbers else window
