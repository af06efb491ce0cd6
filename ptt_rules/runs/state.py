"""The state of a run, and the evidence for it."""

from __future__ import annotations

import time
from dataclasses import dataclass
from enum import Enum

from ptt_rules.logs import JOURNAL, METRICS, has_metrics, open_parquet
from ptt_rules.runs.files import newest_object
from ptt_rules.runs.heartbeat import Heartbeat, Pulse
from ptt_rules.runs.pace import LEAST_SILENCE_S, pace_of
from ptt_rules.runs.postmortem import Verdict
from ptt_rules.runs.run import Run

SILENT_S = 600.0
"""How long a run on another machine, or without heartbeat, may say nothing at all."""
_CLOSING_KEY = "train_runtime"
"""The keys that the trainer logs when its loop ends."""


class State(Enum):
    RUNNING = "running"
    PAUSED = "paused"
    HUNG = "hung"
    FINISHED = "finished"
    STOPPED = "stopped"
    PREEMPTED = "preempted"
    INVALIDATED = "invalidated"
    FAILED = "failed"
    DEAD = "dead"

    @property
    def is_alive(self) -> bool:
        return self in (State.RUNNING, State.PAUSED, State.HUNG)


@dataclass(frozen=True, slots=True)
class RunState:
    """A state, and in a few words what shows that it is so."""

    state: State
    reason: str

    @property
    def is_alive(self) -> bool:
        return self.state.is_alive


@dataclass(frozen=True, slots=True)
class Silence:
    """How long a live run has said nothing, and from when on that is a hang. Unit: seconds"""

    seconds: float
    limit: float


def state_of(run: Run, now: float | None = None, *, silence: Silence | None = None) -> RunState:
    """The state of a run; a watcher knows its silence better.

    Unit:   `now` in seconds since 1970
    Errors: those of reading its rows, if there is no heartbeat
    """
    moment = time.time() if now is None else now
    alive = _alive(run, moment, silence)
    if alive is not None and alive.is_alive:
        return alive
    if run.invalidated_by:
        return RunState(State.INVALIDATED, f"policy {_policy(run)} marked it as not to be used")
    verdict = run.postmortem.get("verdict") if run.postmortem else None
    if verdict == Verdict.DEAD.value:
        return alive or RunState(State.DEAD, str(run.postmortem and run.postmortem.get("reason")))
    if verdict == Verdict.PREEMPTED.value:
        return RunState(State.PREEMPTED, _preempted(run))
    if verdict is not None:
        return RunState(State.FAILED, _failure(run))
    return alive or _ended(run)


def _alive(run: Run, now: float, silence: Silence | None) -> RunState | None:
    """Whether it lives or was killed; None if its process ended it."""
    beat = run.heartbeat
    if beat is None:
        return None if _is_closed(run) else _by_silence(run, now, silence)
    if beat.pulse is Pulse.ENDED:
        return None
    gone = beat.process_is_gone
    if gone:
        reason = f"its process {beat.process} is gone, and it did not close the run"
        return RunState(State.DEAD, reason)
    silent = now - beat.time
    if silent > (SILENT_S if gone is None else 100 * SILENT_S):
        return RunState(State.DEAD, f"no heartbeat from {beat.host} for {duration(silent)}")
    heard = _heard(beat, now)
    if beat.pulse is Pulse.PAUSED:
        left = f" for {duration(max(0.0, beat.until - now))} more" if beat.until else ""
        return RunState(State.PAUSED, f"a policy holds it{left}; {heard}")
    return _going_on(heard, silence or _silence(run, silent))


def _silence(run: Run, silent: float) -> Silence:
    """A silence beside what the run's own rows allow, which are read only where that matters."""
    if silent <= LEAST_SILENCE_S:
        return Silence(silent, LEAST_SILENCE_S)
    return Silence(silent, pace_of(run.places.steps, run.places.times).silence_s)


def _going_on(heard: str, silence: Silence) -> RunState:
    if silence.seconds <= silence.limit:
        return RunState(State.RUNNING, heard)
    long = f"where {duration(silence.limit)} are long for it"
    return RunState(State.HUNG, f"nothing for {duration(silence.seconds)}, {long}; {heard}")


def _heard(beat: Heartbeat, now: float) -> str:
    silent = duration(max(0.0, now - beat.time))
    return f"heartbeat {silent} ago, process {beat.process} on {beat.host}"


def _is_closed(run: Run) -> bool:
    """Whether the table that is written at the end has all rows of the journal."""
    table = run.path / METRICS
    if not table.is_file():
        return False
    return not (run.path / JOURNAL).is_file() or open_parquet(table).rows == run.log.frame.height


def _by_silence(run: Run, now: float, silence: Silence | None) -> RunState:
    files = [one for one in run.path.iterdir() if one.is_file()]
    silent = now - max((one.stat().st_mtime for one in files), default=0.0)
    if silent > SILENT_S:
        return RunState(State.DEAD, f"it wrote nothing for {duration(silent)}, and did not close")
    wrote = f"it wrote something {duration(max(0.0, silent))} ago"
    return _going_on(wrote, silence or Silence(silent, SILENT_S))


def _ended(run: Run) -> RunState:
    """How a run ended that closed its directory and left no postmortem."""
    planned = f" of {run.max_steps}" if run.max_steps else ""
    place = f"at step {run.last_step}{planned}"
    if run.stopped:
        return RunState(State.STOPPED, f"policy {_policy(run)} ended it {place}")
    newest = newest_object(run.path / JOURNAL) or {}
    whole = run.max_steps is None or run.last_step >= run.max_steps
    if whole or _CLOSING_KEY in newest or _table_is_closing(run):
        return RunState(State.FINISHED, f"it ended {place}")
    return RunState(State.FAILED, f"its script ended {place}, before the trainer did")


def _table_is_closing(run: Run) -> bool:
    """Whether the closing row is in the table, of a run whose journal is gone."""
    if (run.path / JOURNAL).is_file() or not has_metrics(run.path):
        return False
    return _CLOSING_KEY in run.log.frame.columns


def _policy(run: Run) -> str:
    actions = run.records.actions
    return actions[-1].policy if actions else str(run.policy)


def _preempted(run: Run) -> str:
    """Where a training was asked to end, and from where it goes on."""
    planned = f" of {run.max_steps}" if run.max_steps else ""
    checkpoint = run.way_back.checkpoint
    on = (
        f"go on from {checkpoint.path.name}"
        if checkpoint
        else "no checkpoint is left to go on from"
    )
    signal = (run.postmortem or {}).get("reason")
    return f"asked to end ({signal}) at step {run.last_step}{planned}; {on}"


def _failure(run: Run) -> str:
    document = run.postmortem or {}
    reason = document.get("reason")
    return f"{document.get('verdict')}: {reason}" if reason else str(document.get("summary"))


def duration(seconds: float) -> str:
    """A time in the two greatest units that it has, such as `2 h 5 min`."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s" if seconds >= 10 else f"{seconds:.1f}".removesuffix(".0") + " s"
    if whole < 3600:
        return f"{whole // 60} min" + (f" {whole % 60} s" if whole % 60 and whole < 600 else "")
    if whole < 86400:
        minutes = whole % 3600 // 60
        return f"{whole // 3600} h" + (f" {minutes} min" if minutes else "")
    hours = whole % 86400 // 3600
    return f"{whole // 86400} d" + (f" {hours} h" if hours else "")
