"""The postmortem of a run: what is known of its end, for those who come back to it.

One document for all bad ends. The callback makes it while it can (a policy invalidated the run, an
exception, a signal, no memory); `ptt postmortem` makes it of a run that was found dead, from what
its directory holds.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timezone
from enum import Enum
from operator import attrgetter
from typing import Any

from ptt_rules.evaluation import Event, EventKind, Incident
from ptt_rules.runs.checkpoints import Checkpoint
from ptt_rules.runs.faults import Places, WayBack, fault_of, leading, way_back
from ptt_rules.runs.good import Onset
from ptt_rules.runs.json_text import strict
from ptt_rules.runs.resumption import Mismatch, other_weights_since
from ptt_rules.runs.rules import Rules

LAST_ROWS = 20
LAST_EVENTS = 50


class Verdict(Enum):
    """How a run ended badly."""

    INVALIDATED = "invalidated"
    EXCEPTION = "exception"
    OUT_OF_MEMORY = "out of memory"
    INTERRUPTED = "interrupted"
    TERMINATED = "terminated"
    PREEMPTED = "preempted"
    RANK_DIED = "a rank died"
    DEAD = "dead"


SENTENCES = {
    Verdict.INVALIDATED: "A policy marked the run as not to be used.",
    Verdict.EXCEPTION: "The training ended by an exception.",
    Verdict.OUT_OF_MEMORY: "The training ran out of memory.",
    Verdict.INTERRUPTED: "Somebody interrupted the training (Ctrl-C, SIGINT).",
    Verdict.TERMINATED: "The training was asked to end from outside (SIGTERM).",
    Verdict.PREEMPTED: "The training was asked to end from outside, and ended in order.",
    Verdict.RANK_DIED: "A process of the training died, and all others ended with it.",
    Verdict.DEAD: "The training was found dead: killed, or its host was lost.",
}

_FIRST_STEPS = {
    Verdict.EXCEPTION: "Fix what the stack shows.",
    Verdict.OUT_OF_MEMORY: "Make a step smaller: halve per_device_train_batch_size and double "
    "gradient_accumulation_steps, turn on gradient_checkpointing, or shorten the longest examples.",
    Verdict.RANK_DIED: "See why that rank died: what it printed last, and on its host the system's "
    "log, which shows the out-of-memory killer (`dmesg -T | grep -i kill`).",
    Verdict.DEAD: "See who killed it: the system's log shows the out-of-memory killer "
    "(`dmesg -T | grep -i kill`), the scheduler a time or memory limit, or a lost host.",
}


@dataclass(frozen=True, slots=True)
class Ending:
    """How and where a run ended.

    `reason` is the message of an exception, the name of a signal, or what shows that it is dead.
    `because` are the detectors on which a policy acted, with their instances. `stack` has the
    lines of a traceback.
    """

    verdict: Verdict
    step: int
    reason: str = ""
    policy: str | None = None
    because: tuple[str, ...] = ()
    stack: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Record:
    """The record of a run: live from memory, later from its files.

    `places` are those of all rows of the surviving branch, `rows` the newest of them as logged,
    `events` all events of it in order. `why` are explanations as JSON, of whichever detectors
    matter. `resumes` counts how often it went on from a checkpoint, `mismatch` has the serious
    differences then; `after_stop` counts the newest rows that come after a `stop`, which are not
    judged; `environment` is the result of the function of that name; `onset` says where a
    cause began.
    """

    places: Places
    rows: Sequence[Mapping[str, Any]]
    events: Sequence[Event]
    rules: Rules
    checkpoints: Sequence[Checkpoint] = ()
    max_steps: int | None = None
    why: Sequence[Mapping[str, Any]] = ()
    resumes: int = 0
    after_stop: int = 0
    mismatch: Mismatch | None = None
    environment: Mapping[str, Any] = field(default_factory=dict)
    onset: Onset = attrgetter("since_step")
    knows_checkpoints: bool = True
    """Whether it is recorded where checkpoints are saved; a loop of one's own may not say it."""

    def way_back(
        self, step: int, incidents: Sequence[Incident], acted_on: Iterable[str] = ()
    ) -> WayBack:
        """From where the run can go on that came as far as a step."""
        return way_back(
            incidents,
            self.places,
            self.checkpoints,
            step,
            acted_on=acted_on,
            onset=self.onset,
            other_since=other_weights_since(self.mismatch),
        )


def postmortem(ending: Ending, record: Record) -> dict[str, Any]:
    """The contents of `postmortem.json`, as strict JSON has them. It reads and writes no file."""
    incidents = record.rules.incidents(record.events)
    fault = fault_of(incidents, ending.because)
    back = record.way_back(ending.step, incidents, ending.because)
    newest = {event.who: event for event in record.events if event.event is not EventKind.RESOLVED}
    document = {
        "verdict": ending.verdict.value,
        "summary": SENTENCES[ending.verdict],
        "reason": ending.reason,
        "policy": ending.policy,
        "step": ending.step,
        "rows": len(record.places.steps),
        "after_stop": record.after_stop,
        "resumes": record.resumes,
        "mismatch": record.mismatch and record.mismatch.to_json(),
        "max_steps": record.max_steps,
        "written": datetime.now(timezone.utc).isoformat(timespec="seconds"),
        **back.to_json(),
        "next": list(next_steps(ending.verdict, fault, back, record)),
        "because": [newest[who].to_json() for who in ending.because if who in newest],
        "incidents": [incident.to_json() for incident in incidents],
        "why": list(record.why),
        "stack": list(ending.stack),
        "last_rows": list(record.rows[-LAST_ROWS:]),
        "events": [event.to_json() for event in record.events[-LAST_EVENTS:]],
        "checkpoints": [one.to_json() for one in record.checkpoints],
        "environment": record.environment,
    }
    plain: dict[str, Any] = strict(document)
    return plain


def next_steps(
    verdict: Verdict, fault: Incident | None, back: WayBack, record: Record
) -> Iterator[str]:
    """What to do now, one sentence each, the first thing first."""
    if verdict in _FIRST_STEPS:
        yield _FIRST_STEPS[verdict]
    mismatch = record.mismatch
    if mismatch is not None and (fault is None or mismatch.explains(fault)):
        yield mismatch.text
        yield from resume_steps(mismatch, record.checkpoints)
        return
    for one in leading(fault) if fault else ():
        remedy = record.rules.remedy(one.detector, record.events)
        if remedy:
            yield f"Against {one.who}: {remedy}"
    yield resume_step(back, record.checkpoints, is_known=record.knows_checkpoints)


def resume_steps(
    mismatch: Mismatch, found: Sequence[Checkpoint], *, is_alive: bool = False
) -> Iterator[str]:
    """The remedy for a run that became another one when it was resumed."""
    if is_alive:
        yield "Unless the change was meant, stop it: what it trains now is another run."
    if mismatch.has_other_weights:
        yield (
            "See what puts other weights in the place of the checkpoint's: the path of the model, "
            "an adapter that is made anew, weights that are loaded after the checkpoint's."
        )
    else:
        yield f"Make it as it was: {mismatch.what}."
    at = [one for one in found if one.is_whole and one.step <= mismatch.step]
    newest = max(at, key=lambda one: one.step, default=None)
    fail = '`on_resume_mismatch="fail"` refuses what differs.'
    if newest is None:
        before = f"of step {mismatch.step} or before it"
        yield f"Start anew: no whole checkpoint {before} is left. {fail}"
    else:
        yield f"Then go on from step {newest.step}: `{newest.command}`. {fail}"


def resume_step(back: WayBack, found: Sequence[Checkpoint], *, is_known: bool = True) -> str:
    """From where to go on, or why from nowhere; `is_known`: where checkpoints are saved."""
    if back.checkpoint is not None:
        return f"{_on_from(back.checkpoint)}: `{back.checkpoint.command}`"
    if not is_known and back.good_step is not None:
        last = f"a checkpoint of step {back.good_step} or before it"
        return f"Go on from {last}: where this loop saves is not recorded."
    if not found:
        return "Start anew: there is no checkpoint. Lower save_steps, so that there is one."
    if back.good_step is None:
        return f"Start anew: no logged step was good{_since(back)}."
    if any(one.has_sound_weights for one in found):
        return (
            f"Start anew: no good checkpoint is of step {back.good_step} or before it. "
            "Lower save_steps."
        )
    return "Start anew: no checkpoint is good. `ptt checkpoints` says what is wrong with each."


def _on_from(one: Checkpoint) -> str:
    if one.is_whole:
        return f"Go on from step {one.step}"
    return f"Start a new run from the weights of step {one.step}, saved without an optimizer"


def _since(back: WayBack) -> str:
    return f": {back.cause.who} began at step {back.first_bad_step}" if back.cause else ""


def good_text(back: WayBack) -> str:
    """How far a run was good, and the checkpoint that is left of that, in words."""
    if back.good_step is None:
        return "no logged step was good"
    step = f"the last good step is {back.good_step}"
    if back.checkpoint is None:
        return f"{step}, and no good checkpoint is there"
    return f"{step}, the last good checkpoint {back.checkpoint.path}"


_LEFT_OUT = frozenset({"training_arguments", "detectors", "rules", "rules_digest"})


def environment(provenance: Mapping[str, Any]) -> dict[str, Any]:
    """The parts of a run's provenance that may explain its end: packs, libraries, machine, code."""
    return {key: value for key, value in provenance.items() if key not in _LEFT_OUT}
