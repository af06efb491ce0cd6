"""The fault of a run, its cost, and the checkpoint to go on from."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

from ptt_rules.evaluation import Finding, Incident
from ptt_rules.runs.checkpoints import Checkpoint
from ptt_rules.runs.good import Onset, beginnings, is_unsafe, last_good_step, newest_good


def fault_of(incidents: Sequence[Incident], because: Iterable[str] = ()) -> Incident | None:
    """The incident that made everything trained since it began unsafe; None if there is none.

    It is the newest with a finding that a policy acted on (`because`). Where no policy acted it is
    the first of level high or worse that has not resolved.
    """
    blamed = set(because)
    if blamed:
        names = ({one.who for one in incident.findings} for incident in incidents)
        hit = [one for one, who in zip(incidents, names, strict=True) if who & blamed]
        return hit[-1] if hit else None
    return next((one for one in incidents if is_unsafe(one)), None)


def first_cause(incidents: Sequence[Incident], because: Iterable[str] = ()) -> Incident | None:
    """The incident that is reported first: the fault, or else the first of the worst level."""
    return fault_of(incidents, because) or max(incidents, key=attrgetter("level"), default=None)


def leading(incident: Incident) -> list[Finding]:
    """The first cause, and after it the first of what was worse."""
    reported = [one for one in incident.evidence if one.is_visible and one.level is incident.level]
    worse = min(reported, key=lambda one: one.step, default=None)
    if worse is None or incident.cause.level is incident.level:
        return [incident.cause]
    return [incident.cause, worse]


@dataclass(frozen=True, slots=True)
class Places:
    """Steps and times of the rows of a run.

    Shape: (rows,), (rows,)
    Unit:  seconds since the run began
    Null: times that the log does not have
    """

    steps: Sequence[int] = ()
    times: Sequence[float | None] = ()

    @property
    def last_step(self) -> int:
        return self.steps[-1] if len(self.steps) else 0

    def seconds_after(self, step: int) -> float | None:
        """The time that passed from the last row at or before a step to the end."""
        reported = zip(self.steps, self.times, strict=False)
        known = [(s, t) for s, t in reported if t is not None and math.isfinite(t)]
        if not known:
            return None
        before = [t for s, t in known if s <= step]
        return max(0.0, known[-1][1] - (before[-1] if before else 0.0))


@dataclass(frozen=True, slots=True)
class WayBack:
    """From where a run can go on, and what is lost.

    `cause` is what is wrong, and `first_bad_step` since when; None if nothing is. A run that went
    on with other weights has a first bad step without a cause. `good_step` is the newest logged
    step before it. What is lost is all that was trained after the checkpoint.
    """

    cause: Finding | None
    first_bad_step: int | None
    good_step: int | None
    checkpoint: Checkpoint | None
    lost_steps: int
    lost_s: float | None

    @property
    def resume_step(self) -> int:
        return self.checkpoint.step if self.checkpoint else 0

    def to_json(self) -> dict[str, Any]:
        return {
            "last_good_step": self.good_step,
            "last_good_checkpoint": str(self.checkpoint.path) if self.checkpoint else None,
            "resume_with": self.checkpoint.command if self.checkpoint else None,
            "lost_steps": self.lost_steps,
            "lost_s": self.lost_s,
        }


def way_back(
    incidents: Sequence[Incident],
    places: Places,
    found: Sequence[Checkpoint],
    last_step: int,
    *,
    acted_on: Iterable[str] = (),
    onset: Onset = attrgetter("since_step"),
    other_since: int | None = None,
) -> WayBack:
    """The last good checkpoint, with what is lost by going on from it.

    `other_since` is the step after which the run went on with other weights than it had.
    """
    began = beginnings(incidents, onset, set(acted_on))
    first_bad, cause = min(began, key=lambda one: one[0], default=(None, None))
    if other_since is not None and (first_bad is None or other_since < first_bad):
        first_bad, cause = other_since + 1, None
    good = last_step if first_bad is None else last_good_step(first_bad, places.steps)
    checkpoint = newest_good(found, good)
    start = checkpoint.step if checkpoint else 0
    return WayBack(
        cause=cause,
        first_bad_step=first_bad,
        good_step=good,
        checkpoint=checkpoint,
        lost_steps=max(0, last_step - start),
        lost_s=places.seconds_after(start),
    )
