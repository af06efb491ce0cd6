"""What the live engine remembers of a series: the state behind windows.

See `ptt_rules.evaluation` for why aggregates are folded from dyadic blocks.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from typing import Any

from ptt_rules.evaluation.blocks import BlockRings, PrefixStack
from ptt_rules.evaluation.row.delayed import Delayed, Stamps
from ptt_rules.evaluation.row.running import Running, RunningPairs, follow
from ptt_rules.evaluation.row.streams import STAMPS, Now, Stream
from ptt_rules.language import Kind, Measure
from ptt_rules.language.functions import Fold
from ptt_rules.logs import packed, unpacked

_SMALLEST_BATCH = 8


@dataclass(slots=True)
class Needs:
    """How far back the windows of a series reach: observations, and spans (0: none)."""

    reach: int = 1
    spans: dict[Measure, float] = field(default_factory=dict)

    def need_span(self, measure: Measure, amount: float) -> None:
        self.spans[measure] = max(amount, self.spans.get(measure, 0.0))


class History:
    """Observations of one series, or pair of series, that its windows can still reach.

    Statistics use finite observations only; pairs are tuples.
    """

    def __init__(self, needs: Needs) -> None:
        self.count = 0
        self.needs = needs
        self.values: list[Any] = []
        self.steps: list[int] = []
        self._stamps: dict[Measure, Stamps] = {
            measure: Stamps(STAMPS[measure])
            for measure in needs.spans
            if measure is not Measure.STEPS
        }
        self._most = 2 * needs.reach + _SMALLEST_BATCH
        self._rings: dict[Fold, BlockRings] = {}
        self._running: dict[tuple[type[Running], int, int], Running] = {}
        self._sorted: list[Running] = []
        self._of_pairs: list[RunningPairs] = []
        self._prefixes: dict[tuple[Fold, int, int | None], PrefixStack] = {}
        self._firsts: dict[tuple[int, int], list[tuple[Any, int]]] = {}
        self._open: list[_Open] = []
        self._delayed: list[Delayed] = []

    @property
    def single(self) -> int:
        """How many observations there were; of pairs of neighbours those they are made of."""
        return self.count

    # ---- set-up ----------------------------------------------------------------------------

    def need_ring(self, fold: Fold, reach: int) -> BlockRings:
        """Blocks of the newest observations, at least `reach` of them."""
        if fold not in self._rings:
            self._rings[fold] = BlockRings(fold, reach)
        ring = self._rings[fold]
        if reach > ring.reach:
            ring.refill(reach, self.values, self.steps)
        return ring

    def need_running(self, kind: type[Running], count: int, before: int) -> Running:
        """The `count` observations that end `before` ago, sorted."""
        if (kind, count, before) not in self._running:
            made = self._running[kind, count, before] = kind(count, before)
            if isinstance(made, RunningPairs):
                self._of_pairs.append(made)
            else:
                self._sorted.append(made)
        return self._running[kind, count, before]

    def need_prefix(self, fold: Fold, skip: int, limit: int | None) -> PrefixStack:
        """A fold of all observations behind the first `skip`, or of `limit` of them."""
        if (fold, skip, limit) not in self._prefixes:
            self._prefixes[fold, skip, limit] = PrefixStack(fold)
            self._find_open()
        return self._prefixes[fold, skip, limit]

    def need_firsts(self, skip: int, limit: int) -> list[tuple[Any, int]]:
        """The `limit` observations behind the first `skip`, themselves, with their steps."""
        if (skip, limit) not in self._firsts:
            self._firsts[skip, limit] = []
            self._find_open()
        return self._firsts[skip, limit]

    def need_delayed(self, delayed: Delayed) -> Delayed:
        """What follows an aggregate of it from one observation to the next."""
        self._delayed.append(delayed)
        return delayed

    def _find_open(self) -> None:
        """What still takes observations: windows of the first ones are frozen once full."""
        takers = [
            *(
                _Open(skip, None if limit is None else skip + limit, prefix)
                for (_, skip, limit), prefix in self._prefixes.items()
            ),
            *(_Open(skip, skip + limit, firsts) for (skip, limit), firsts in self._firsts.items()),
        ]
        self._open = [one for one in takers if one.end is None or one.end > self.count]

    # ---- observations ----------------------------------------------------------------------

    def append(self, value: Any, now: Now, at: Now | None = None) -> None:
        """Takes an observation that is complete with the newest row, and stands there or earlier.

        One function: a call for each observation is a good part of what a row costs.
        """
        at = at or now
        values, steps, step = self.values, self.steps, at.step
        values.append(value)
        steps.append(step)
        for stamps in self._stamps.values():
            stamps.take(at)
        if self._sorted:
            follow(self._sorted, values)
        for pairs in self._of_pairs:
            pairs.follow(values, steps)
        for ring in self._rings.values():
            ring.append(value, step)
        if self._open:
            self._take(value, step)
        if len(values) > self._most:
            self._trim(now)
        self.count += 1
        for delayed in self._delayed:
            delayed.follow(now)

    def _take(self, value: Any, step: int) -> None:
        count, some_are_full = self.count, False
        for one in self._open:
            if one.begin <= count:
                if isinstance(one.taker, PrefixStack):
                    one.taker.append(value, step)
                else:
                    one.taker.append((value, step))
                some_are_full |= count + 1 == one.end
        if some_are_full:
            self._open = [one for one in self._open if one.end is None or one.end > count + 1]

    def _trim(self, now: Now) -> None:
        """Drops what no window reaches, in batches so that it costs little."""
        excess = len(self.values) - self.needs.reach
        for measure, amount in self.needs.spans.items():
            excess = min(excess, len(self.values) - self.in_span(measure, amount, now))
        if excess > max(self.needs.reach, _SMALLEST_BATCH):
            self._drop(excess)

    def _drop(self, oldest: int) -> None:
        del self.values[:oldest], self.steps[:oldest]
        for stamps in self._stamps.values():
            del stamps.kept[:oldest]

    # ---- windows ---------------------------------------------------------------------------

    def in_span(self, measure: Measure, amount: float, now: Now) -> int:
        """Number of observations whose step or clock is greater than now's minus `amount`."""
        if measure is Measure.STEPS:
            return len(self.steps) - bisect_right(self.steps, now.step - amount)
        return self._stamps[measure].since(amount, now)

    def ended_in_span(self, measure: Measure, amount: float, now: Now) -> int:
        """As `in_span`, of the rows with which they are complete."""
        return self.in_span(measure, amount, now)

    def fold(self, ring: BlockRings, length: int, before: int = 0) -> Any:
        """The `length` observations that end `before` observations ago."""
        if length + before > ring.reach:
            ring.refill(2 * (length + before), self.values, self.steps)
        return ring.fold(length, before)

    def newest(self, length: int, before: int = 0) -> tuple[list[Any], list[int]]:
        """Values and steps of the `length` observations that end `before` observations ago."""
        end = len(self.values) - before
        return self.values[end - length : end], self.steps[end - length : end]

    def value(self, before: int = 0) -> Any:
        """The observation `before` the newest one."""
        return self.values[-1 - before]

    # ---- state -----------------------------------------------------------------------------

    def state(self) -> dict[str, Any]:
        """All that it remembers, as JSON has it; blocks and sorted windows are made again."""
        return {
            "count": self.count,
            "values": packed(self.values),
            "steps": list(self.steps),
            "stamps": [packed(stamps.kept) for stamps in self._stamps.values()],
            "prefixes": [prefix.state() for prefix in self._prefixes.values()],
            "firsts": [packed(firsts) for firsts in self._firsts.values()],
            "delayed": [delayed.state() for delayed in self._delayed],
        }

    def take_over(self, other: History) -> None:
        """Goes on from the past of another history with the same windows."""
        if not other.is_empty:
            self.restore(other.state())

    @property
    def is_empty(self) -> bool:
        """Whether it has taken no observation."""
        return not self.count

    def restore(self, state: dict[str, Any]) -> None:
        self.count = state["count"]
        self.values = list(unpacked(state["values"]))
        self.steps = list(state["steps"])
        for stamps, saved_stamps in zip(self._stamps.values(), state["stamps"], strict=True):
            stamps.kept[:] = unpacked(saved_stamps)
        for ring in self._rings.values():
            ring.refill(ring.reach, self.values, self.steps)
        for running in self._running.values():
            running.refill(self.values, self.steps)
        for firsts, saved_firsts in zip(self._firsts.values(), state["firsts"], strict=True):
            firsts[:] = [(unpacked(value), int(step)) for value, step in saved_firsts]
        for prefix, saved in zip(self._prefixes.values(), state["prefixes"], strict=True):
            prefix.restore(saved)
        for delayed, saved_past in zip(self._delayed, state["delayed"], strict=True):
            delayed.restore(saved_past)
        self._find_open()


@dataclass(frozen=True, slots=True)
class _Open:
    """What takes the observations from `begin` on, up to `end` without it."""

    begin: int
    end: int | None
    taker: PrefixStack | list[tuple[Any, int]]


class LaggedHistory(History):
    """Pairs of each observation with the one before it, where the one before it stands.

    A pair lies in a span if its older observation does.
    """

    def __init__(self, needs: Needs) -> None:
        super().__init__(needs)
        self._before: tuple[Any, Now] | None = None

    @property
    def single(self) -> int:
        return self.count + (self._before is not None)

    @property
    def is_empty(self) -> bool:
        return self._before is None

    def append(self, value: Any, now: Now, at: Now | None = None) -> None:
        before, self._before = self._before, (value, now)
        if before is not None:
            older, at = before
            super().append((older, value), now, at)

    def ended_in_span(self, measure: Measure, amount: float, now: Now) -> int:
        """Pairs whose newer observation lies in a span: it stands where the next pair does."""
        if self._before is None:
            return 0
        newest, here = STAMPS[measure](self._before[1]), STAMPS[measure](now)
        is_inside = newest is not None and here is not None and newest > here - amount
        return min(len(self.values), self.in_span(measure, amount, now) + is_inside)

    def state(self) -> dict[str, Any]:
        return {**super().state(), "before": packed(self._before)}

    def restore(self, state: dict[str, Any]) -> None:
        super().restore(state)
        before = unpacked(state["before"])
        self._before = None if before is None else (before[0], Now(*before[1]))


class BoolHistory(History):
    """Truths, as 0 and 1, with how many were true before each: whole numbers, so that no order of
    addition matters and a window is one subtraction.
    """

    def __init__(self, needs: Needs) -> None:
        super().__init__(needs)
        self.trues = 0
        """How many were true in the whole run."""
        self._trues_before: list[int] = []

    def append(self, value: Any, now: Now, at: Now | None = None) -> None:
        self._trues_before.append(self.trues)
        if value:
            self.trues += 1
        super().append(1.0 if value else 0.0, now)

    def true_ones(self, length: int, before: int = 0) -> int:
        """How many of the `length` observations that end `before` ago are true."""
        if not length:
            return 0
        counts = self._trues_before
        end = len(counts) - before
        until = counts[end] if before else self.trues
        return until - counts[end - length]

    def _drop(self, oldest: int) -> None:
        super()._drop(oldest)
        del self._trues_before[:oldest]

    def state(self) -> dict[str, Any]:
        return {**super().state(), "trues": self.trues}

    def restore(self, state: dict[str, Any]) -> None:
        super().restore(state)
        self.trues = state["trues"]
        left = self.trues
        self._trues_before = [left := left - (value == 1) for value in reversed(self.values)]
        self._trues_before.reverse()


def history_of(stream: Stream, needs: Needs) -> History:
    """What remembers the observations of a stream."""
    if stream.is_lagged:
        return LaggedHistory(needs)
    return BoolHistory(needs) if stream.kind is Kind.BOOL else History(needs)
