"""One look at a live run after the other."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum
from pathlib import Path
from typing import Any

from ptt_rules.border import number
from ptt_rules.evaluation import Event, EventKind
from ptt_rules.language import PttError
from ptt_rules.logs import JOURNAL
from ptt_rules.runs import Records, Run, RunState, State, read_run, state_of
from ptt_rules.runs.json_text import strict
from ptt_rules.runs.pace import Pace
from ptt_rules.runs.state import Silence, duration
from ptt_rules.runs.watching.tail import Tail, position

_SHOWN = ("loss", "grad_norm", "reward", "eval_loss", "learning_rate")
"""Metrics of the live status, where the run logs them."""


class Condition(Enum):
    """The condition of a run; the first ones need no attention."""

    WAITING = "waiting"
    RUNNING = "running"
    PAUSED = "paused"
    FINISHED = "finished"
    STOPPED = "stopped"
    PREEMPTED = "preempted"
    SLOW = "slow"
    HUNG = "hung"
    INVALIDATED = "invalidated"
    FAILED = "failed"
    DEAD = "dead"

    @property
    def is_over(self) -> bool:
        return self not in _GOES_ON

    @property
    def is_bad(self) -> bool:
        return self in (
            Condition.HUNG,
            Condition.PREEMPTED,
            Condition.INVALIDATED,
            Condition.FAILED,
            Condition.DEAD,
        )


_GOES_ON = (
    Condition.WAITING,
    Condition.RUNNING,
    Condition.PAUSED,
    Condition.SLOW,
    Condition.HUNG,
)


@dataclass(frozen=True, slots=True)
class Look:
    """A run at one moment.

    `new` are the events since the last look, and `troubles` the newly unreadable parts of the run.

    Unit: `silence_s`, `step_s`, `usual_s`, `left_s` in seconds
    Null: values that the run has not shown yet
    """

    run: str
    condition: Condition
    reason: str
    step: int
    max_steps: int | None = None
    silence_s: float | None = None
    step_s: float | None = None
    usual_s: float | None = None
    metrics: Mapping[str, float] = field(default_factory=dict)
    firing: tuple[str, ...] = ()
    new: tuple[Event, ...] = ()
    troubles: tuple[str, ...] = ()

    @property
    def left_s(self) -> float | None:
        """Until the last step, at the present pace."""
        if self.step_s is None or self.max_steps is None or self.condition.is_over:
            return None
        return max(0, self.max_steps - self.step) * self.step_s

    def to_json(self) -> dict[str, Any]:
        return {
            "event": "look",
            "run": self.run,
            "condition": self.condition.value,
            "reason": self.reason,
            "step": self.step,
            "max_steps": self.max_steps,
            "silence_s": _rounded(self.silence_s),
            "step_s": _rounded(self.step_s),
            "usual_step_s": _rounded(self.usual_s),
            "left_s": _rounded(self.left_s),
            "metrics": strict(self.metrics),
            "firing": [*self.firing],
            "new": [event.to_json() for event in self.new],
            "troubles": [*self.troubles],
        }


class Watch:
    """Looks at one run again and again, and remembers what it has seen.

    It may begin before the run does: it waits, and then has seen nothing of it. It outlives what
    it looks at: what cannot be read is said once, and looked at again.
    """

    def __init__(
        self,
        path: Path,
        *,
        hang_after_s: float | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._path = path
        self._hang_after_s = hang_after_s
        self._clock = clock
        self._tail = Tail(path / JOURNAL)
        self._pace = Pace()
        self._newest: dict[str, float] = {}
        self._sign: tuple[float, int] | None = None
        self._heard = clock()
        self._seen: Counter[Event] | None = None
        self._last: Look | None = None
        self._troubles: dict[str, bool] = {}
        """The parts that could not be read, and whether they were reported."""

    def look(self) -> Look:
        """The run as it is now, or as it was last where nothing of it can be read.

        Errors: PTT408 where it never was a run
        """
        now = self._clock()
        try:
            look = self._read(now)
        except PttError as error:
            look = self._unread(now, error.diagnostics[0].message, error)
        except Exception as error:
            # a folder that is moved, a file that is half copied: whatever it is, it may pass
            look = self._unread(now, f"{type(error).__name__}: {error}", error)
        self._last = replace(look, new=(), troubles=())
        return look

    def _read(self, now: float) -> Look:
        """Errors: PTT401, PTT402, PTT408, and whatever reading broken files raises"""
        run = read_run(self._path, skip=self._skip)
        for row in self._tail.lines():
            where = position(row)
            if where is not None:
                self._pace.add(*where)
                self._newest |= _numbers(row)
        silence = Silence(self._silence(run, now), self._limit)
        state = state_of(run, now, silence=silence)
        condition, reason = self._condition(state)
        return Look(
            run=str(self._path),
            condition=condition,
            reason=reason,
            step=run.last_step,
            max_steps=run.max_steps,
            silence_s=silence.seconds if state.is_alive else None,
            step_s=self._pace.recent_s,
            usual_s=self._pace.usual_s,
            metrics=dict(self._newest),
            firing=_firing(run.records.events),
            new=self._new(run.records),
            troubles=self._unsaid(),
        )

    def _unread(self, now: float, why: str, error: Exception) -> Look:
        """A run of which nothing can be read now. Errors: PTT408 where it never was a run"""
        last = self._last
        if last is None or last.condition is Condition.WAITING:
            is_there = self._path.exists() and last is None
            if isinstance(error, PttError) and is_there:
                raise error
            self._seen = Counter()  # all that it will tell is news
            self._heard = now
            reason = why if self._path.exists() else "there is no run here yet"
            return Look(str(self._path), Condition.WAITING, reason, step=0)
        self._troubles.setdefault(why, False)
        silence = max(0.0, now - self._heard)
        reason = f"nothing of it can be read: {why}"
        look = replace(last, reason=reason, silence_s=silence, troubles=self._unsaid())
        return replace(look, condition=Condition.HUNG) if silence > self._limit else look

    @property
    def _limit(self) -> float:
        """Seconds of silence that are a hang."""
        return self._hang_after_s or self._pace.silence_s

    def _skip(self, error: PttError) -> None:
        """Takes in a line that is left out."""
        one = error.diagnostics[0]
        self._troubles.setdefault(f"{one.file_name}: {one.message}; it is left out", False)

    def _unsaid(self) -> tuple[str, ...]:
        unsaid = tuple(text for text, is_said in self._troubles.items() if not is_said)
        self._troubles |= dict.fromkeys(unsaid, True)
        return unsaid

    def _silence(self, run: Run, now: float) -> float:
        """Since the run last said anything; by our own clock once we have heard it ourselves.

        The clock of its host may be another one.
        """
        beat = run.heartbeat
        sign = (beat.time if beat else 0.0, run.last_step)
        if self._sign is None:
            newest = beat.time if beat else _written(self._path)
            self._heard = min(now, newest)
        elif sign != self._sign:
            self._heard = now
        self._sign = sign
        return max(0.0, now - self._heard)

    def _condition(self, state: RunState) -> tuple[Condition, str]:
        if state.state is State.RUNNING and self._pace.is_slow:
            recent, usual = self._pace.recent_s or 0.0, self._pace.usual_s or 0.0
            return Condition.SLOW, f"a step takes {duration(recent)}, {duration(usual)} usually"
        return Condition(state.state.value), state.reason

    def _new(self, records: Records) -> tuple[Event, ...]:
        """The events since the last look; none at the first look at an existing run.

        Events are compared, not counted: a resume abandons some, and others replace them.
        """
        events = [*(one for one in records.abandoned if isinstance(one, Event)), *records.events]
        before, self._seen = self._seen, Counter(events) | (self._seen or Counter())
        if before is None:
            return ()
        before = before.copy()
        return tuple(event for event in events if _is_new(event, before) and event.is_visible)


def _is_new(event: Event, known: Counter[Event]) -> bool:
    """Whether an event is one more than those that are known, of which it takes one away."""
    known[event] -= 1
    return known[event] < 0


def _numbers(row: Mapping[str, object]) -> dict[str, float]:
    """The shown values of a row; a null is a NaN."""
    found = {key: number(row[key]) for key in _SHOWN if key in row}
    return {key: value for key, value in found.items() if value is not None}


def _written(path: Path) -> float:
    files = [one for one in path.iterdir() if one.is_file()]
    return max((one.stat().st_mtime for one in files), default=0.0)


def _firing(events: Sequence[Event]) -> tuple[str, ...]:
    """Detectors that fire now, with their levels, the worst first."""
    levels = {event.who: event for event in events if event.is_visible}
    there = [event for event in levels.values() if event.event is not EventKind.RESOLVED]
    there.sort(key=lambda event: (-event.level, event.who))
    return tuple(f"{event.level.word} {event.who}" for event in there)


def _rounded(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds, 3)
