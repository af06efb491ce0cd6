"""One look at a live run after the other."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import Any

from ptt_rules.engine import Event, EventKind
from ptt_rules.logs.run_directory import JOURNAL
from ptt_rules.numbers import number
from ptt_rules.runs import Run, RunState, State, read_run, state_of
from ptt_rules.runs.files import strict
from ptt_rules.runs.state import duration
from ptt_rules.watching.pace import Pace, Tail, position

_SHOWN = ("loss", "grad_norm", "reward", "eval_loss", "learning_rate")
"""Metrics of the live status, where the run logs them."""


class Condition(Enum):
    """What a run is doing; the first ones need nobody."""

    RUNNING = "running"
    PAUSED = "paused"
    FINISHED = "finished"
    STOPPED = "stopped"
    SLOW = "slow"
    HUNG = "hung"
    INVALIDATED = "invalidated"
    FAILED = "failed"
    DEAD = "dead"

    @property
    def is_over(self) -> bool:
        return self not in (Condition.RUNNING, Condition.PAUSED, Condition.SLOW, Condition.HUNG)

    @property
    def is_bad(self) -> bool:
        return self in (
            Condition.HUNG,
            Condition.INVALIDATED,
            Condition.FAILED,
            Condition.DEAD,
        )


@dataclass(frozen=True, slots=True)
class Look:
    """A run at one moment.

    Unit: `silence_s`, `step_s`, `usual_s`, `left_s` in seconds
    Null: what the run has not shown yet
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
        }


class Watch:
    """Looks at one run again and again, and remembers what it has seen."""

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
        self._told: int | None = None

    def look(self) -> Look:
        """The run as it is now. Errors: PTT401, PTT402, PTT408"""
        for row in self._tail.lines():
            where = position(row)
            if where is not None:
                self._pace.add(*where)
                self._newest |= _numbers(row)
        run = read_run(self._path)
        now = self._clock()
        state = state_of(run, now)
        silence = self._silence(run, now) if state.is_alive else None
        condition, reason = self._condition(state, silence)
        return Look(
            run=str(self._path),
            condition=condition,
            reason=reason,
            step=run.last_step,
            max_steps=run.max_steps,
            silence_s=silence,
            step_s=self._pace.recent_s,
            usual_s=self._pace.usual_s,
            metrics=dict(self._newest),
            firing=_firing(run.records.events),
            new=self._new(run.records.events),
        )

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

    def _condition(self, state: RunState, silence: float | None) -> tuple[Condition, str]:
        if state.state is not State.RUNNING or silence is None:
            return Condition(state.state.value), state.reason
        limit = self._hang_after_s or self._pace.silence_s
        if silence > limit:
            why = f"nothing for {duration(silence)}, where {duration(limit)} are long for it"
            return Condition.HUNG, f"{why}; {state.reason}"
        if self._pace.is_slow:
            recent, usual = self._pace.recent_s or 0.0, self._pace.usual_s or 0.0
            return Condition.SLOW, f"a step takes {duration(recent)}, {duration(usual)} usually"
        return Condition.RUNNING, state.reason

    def _new(self, events: Sequence[Event]) -> tuple[Event, ...]:
        """What was told since the last look; at the first one nothing is new."""
        before, self._told = self._told, len(events)
        if before is None:
            return ()
        return tuple(event for event in events[before:] if event.is_told)


def _numbers(row: Mapping[str, object]) -> dict[str, float]:
    """What is shown of a row; a null is a number that is none."""
    found = {key: number(row[key]) for key in _SHOWN if key in row}
    return {key: value for key, value in found.items() if value is not None}


def _written(path: Path) -> float:
    files = [one for one in path.iterdir() if one.is_file()]
    return max((one.stat().st_mtime for one in files), default=0.0)


def _firing(events: Sequence[Event]) -> tuple[str, ...]:
    """Detectors that fire now, with their levels, the worst first."""
    levels = {event.who: event for event in events if event.is_told}
    there = [event for event in levels.values() if event.event is not EventKind.RESOLVED]
    there.sort(key=lambda event: (-event.level, event.who))
    return tuple(f"{event.level.word} {event.who}" for event in there)


def _rounded(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds, 3)
