"""Windows: of which observations an aggregate is, and what follows from that, in one class each."""

from __future__ import annotations

from dataclasses import dataclass, replace

from ptt_rules.language.intervals import Interval, inf
from ptt_rules.language.types import Measure


@dataclass(frozen=True, slots=True)
class _Window:
    """What holds for windows of all observations so far."""

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
        return Interval(1.0, inf)

    @property
    def text(self) -> str:
        """The window as it is written."""
        return "[all]"

    def of_neighbours(self) -> Window:
        """The window over the pairs of neighbours that lie in it."""
        assert isinstance(self, Window)
        return self


@dataclass(frozen=True, slots=True)
class LastWindow(_Window):
    """The newest `count` observations before the newest `before`; full from `known_from` on."""

    count: int
    before: int = 0
    least: int | None = None

    @property
    def known_from(self) -> int:
        return self.count if self.least is None else self.least

    @property
    def full_from(self) -> int:
        return self.known_from

    @property
    def left_out(self) -> int:
        return self.before

    @property
    def counts(self) -> Interval:
        return Interval(float(self.known_from), float(self.count))

    @property
    def text(self) -> str:
        begins = f"{self.least}..{self.count}" if self.least else f"{self.count}"
        return f"[{begins} before {self.before}]" if self.before else f"[{begins}]"

    def of_neighbours(self) -> LastWindow:
        """There is one pair fewer."""
        return LastWindow(self.count - 1, self.before, self.known_from - 1)


@dataclass(frozen=True, slots=True)
class FirstWindow(_Window):
    """The first `count` observations after the first `skip`; frozen once full."""

    count: int
    skip: int = 0

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
class AllWindow(_Window):
    """All observations so far."""


@dataclass(frozen=True, slots=True)
class SpanWindow(_Window):
    """Observations whose step (or clock, in seconds) is within `amount` of the newest row's.

    The clock of a row is the greatest time so far, so that a falling time is harmless.
    """

    amount: float
    measure: Measure

    @property
    def text(self) -> str:
        return f"[{self.amount:g} {'steps' if self.measure is Measure.STEPS else 's'}]"


@dataclass(frozen=True, slots=True)
class DecayWindow(_Window):
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
        return f"[decay {self.half_life}]"


Window = LastWindow | FirstWindow | AllWindow | SpanWindow | DecayWindow
