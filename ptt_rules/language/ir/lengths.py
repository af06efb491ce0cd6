"""Spans, and numbers of windows and spans that a parameter sets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from ptt_rules.language.types import SPAN_SECONDS, Measure


@dataclass(frozen=True, slots=True)
class SetBy:
    """A parameter in the place of a number, by its qualified name, times the seconds of its unit.

    The number that it stands for in a checked pack is that of its value there.
    """

    parameter: str
    factor: float = 1.0

    def value(self, params: Mapping[str, float]) -> float:
        return params[self.parameter] * self.factor


@dataclass(frozen=True, slots=True)
class Length:
    """A span: a number of judgements, of steps, of epochs, or of seconds.

    Judgements are observations in `after` and in windows. `given` is the parameter that sets the
    amount; in a program it is resolved.
    """

    amount: float
    measure: Measure
    given: SetBy | None = None

    def resolved(self, params: Mapping[str, float]) -> Length:
        """The span with the value of its parameter."""
        if self.given is None:
            return self
        return replace(self, amount=self.given.value(params), given=None)

    @property
    def is_counted(self) -> bool:
        """Whether it is a number of judgements or observations."""
        return self.measure is Measure.JUDGEMENTS

    @property
    def written(self) -> str:
        """The span as an author writes it."""
        match self.measure:
            case Measure.JUDGEMENTS:
                return f"{self.amount:g}"
            case Measure.SECONDS:
                return _timed(self.amount)
        unit = self.measure.value
        return f"{self.amount:g} {unit.removesuffix('s') if self.amount == 1 else unit}"


def _timed(seconds: float) -> str:
    """A time in the largest unit of which it is a whole number, or in seconds."""
    whole = [word for word, size in SPAN_SECONDS.items() if seconds % size == 0 and seconds]
    word = max(whole, key=SPAN_SECONDS.__getitem__, default="s")
    return f"{seconds / SPAN_SECONDS[word]:g} {word}"
