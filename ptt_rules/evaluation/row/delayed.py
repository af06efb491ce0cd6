"""Aggregates as they were a number of observations, or a span, ago.

What an aggregate was is kept, not the observations that it was of: one value for each that came
since then, whatever its window holds.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import deque
from collections.abc import Callable
from typing import Any

from ptt_rules.evaluation.row.streams import STAMPS, Now
from ptt_rules.language.ir import Length
from ptt_rules.logs import packed, unpacked

NEVER = float("-inf")
"""The stamp of observations before the first time, or epoch, that the log tells."""

_SMALLEST_BATCH = 16

Value = float | bool | None
Compute = Callable[[Now], Value]


class Stamps:
    """Where observations stand in the run: their times, or epochs, which never fall."""

    def __init__(self, read: Callable[[Now], float | None]) -> None:
        self.read = read
        self.kept: list[float] = []

    def take(self, now: Now) -> None:
        here = self.read(now)
        self.kept.append(NEVER if here is None else here)

    def before(self, amount: float, now: Now) -> int:
        """How many of them are at least `amount` before a row."""
        here = self.read(now)
        return 0 if here is None else bisect_right(self.kept, here - amount)

    def since(self, amount: float, now: Now) -> int:
        """How many of them are less than `amount` before a row; none where it has no stamp."""
        return 0 if self.read(now) is None else len(self.kept) - self.before(amount, now)


class Delayed:
    """What an aggregate was; `nothing` is its value before the first observation."""

    def __init__(self, compute: Compute, nothing: Value) -> None:
        self._compute = compute
        self._nothing = nothing

    def follow(self, now: Now) -> None:
        """Takes its value at a new observation."""
        raise NotImplementedError

    def at(self, now: Now) -> Value:
        """Its value that long before a row."""
        raise NotImplementedError

    def state(self) -> list[Any]:
        raise NotImplementedError

    def restore(self, state: list[Any]) -> None:
        raise NotImplementedError


class DelayedByCount(Delayed):
    """As it was `count` observations ago."""

    def __init__(self, compute: Compute, nothing: Value, count: int) -> None:
        super().__init__(compute, nothing)
        self._past: deque[Value] = deque(maxlen=count + 1)

    def follow(self, now: Now) -> None:
        self._past.append(self._compute(now))

    def at(self, now: Now) -> Value:
        past = self._past
        return past[0] if len(past) == past.maxlen else self._nothing

    def state(self) -> list[Any]:
        packed_past: list[Any] = packed(list(self._past))
        return packed_past

    def restore(self, state: list[Any]) -> None:
        self._past.clear()
        self._past.extend(unpacked(state))


class DelayedBySpan(Delayed):
    """As it was a span of steps, time or epochs ago."""

    def __init__(self, compute: Compute, nothing: Value, span: Length) -> None:
        super().__init__(compute, nothing)
        self._span = span.amount
        self._stamps = Stamps(STAMPS[span.measure])
        self._past: list[Value] = []
        self._most = _SMALLEST_BATCH

    def follow(self, now: Now) -> None:
        self._stamps.take(now)
        self._past.append(self._compute(now))
        if len(self._past) > self._most:
            self._trim(now)

    def at(self, now: Now) -> Value:
        seen = self._stamps.before(self._span, now)
        return self._past[seen - 1] if seen else self._nothing

    def _trim(self, now: Now) -> None:
        """Drops what is older than what is asked for, in batches so that it costs little."""
        older = self._stamps.before(self._span, now) - 1
        if older > 0:
            del self._stamps.kept[:older], self._past[:older]
        self._most = 2 * len(self._past) + _SMALLEST_BATCH

    def state(self) -> list[Any]:
        return [packed(self._stamps.kept), packed(self._past)]

    def restore(self, state: list[Any]) -> None:
        stamps, past = state
        self._stamps.kept, self._past = list(unpacked(stamps)), list(unpacked(past))


def delayed_by(span: Length, compute: Compute, nothing: Value) -> Delayed:
    """What an aggregate was that long ago."""
    if span.is_counted:
        return DelayedByCount(compute, nothing, int(span.amount))
    return DelayedBySpan(compute, nothing, span)
