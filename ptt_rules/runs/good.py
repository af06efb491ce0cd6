"""Which checkpoints are good: the one place that says so, for all that names one.

A checkpoint is *good* if its weights are finite and its step is before the first cause of every
incident of level high or worse that has not resolved; the *last good* one is the newest of them.

The log dates the begin of a cause only to between two rows: after the newest row without it. So a
checkpoint that was saved after that row may be from after the begin, and is not good. A metric may
also run away, or stand still, before its rule can fire: then the cause began there.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence

from ptt_rules.evaluation import Finding, Incident
from ptt_rules.language import Level
from ptt_rules.logs import RunLog
from ptt_rules.runs.checkpoints import Checkpoint
from ptt_rules.runs.rules import Rules

Observations = Callable[[str], Sequence[tuple[int, float]]]
"""Steps and values of a key as it was logged; none of one that never was."""
Onset = Callable[[Finding], int]
"""The step at which a cause began."""

_FEWEST = 2
"""Values have a range from two on."""


# ---- incidents -------------------------------------------------------------------------------


def has_resolved(incident: Incident) -> bool:
    """Whether nothing of it that was reported fires any longer, notes (`low`) aside."""
    return all(
        one.ended is not None
        for one in incident.findings
        if one.is_visible and (one.level > Level.LOW or incident.level is Level.LOW)
    )


def is_unsafe(incident: Incident, acted_on: Collection[str] = ()) -> bool:
    """Whether what was saved since an incident began is not good.

    `acted_on` are detectors because of which a policy gave the run up, or asked for a checkpoint:
    their incidents count at any level, while they last.
    """
    if has_resolved(incident):
        return False
    named = any(one.who in acted_on for one in incident.findings)
    return named or incident.level >= Level.HIGH


def beginnings(
    incidents: Iterable[Incident], onset: Onset, acted_on: Collection[str] = ()
) -> Iterator[tuple[int, Finding]]:
    """Since when each of those that are unsafe was there, with its first cause.

    What a cause suppresses is a symptom of it: where that held before, so did the cause.
    """
    for incident in incidents:
        if is_unsafe(incident, acted_on):
            symptoms = (one.since_step for one in incident.findings if not one.is_visible)
            yield min(onset(incident.cause), *symptoms, incident.cause.since_step), incident.cause


def onset(cause: Finding, rules: Rules, observed: Observations) -> int:
    """Where a cause began: its condition held, or what it reads ran away or stood still before."""
    keys = {_of_instance(key, cause) for keys in rules.rule(cause.detector).keys for key in keys}
    read = [[(s, v) for s, v in observed(key) if s <= cause.since_step] for key in keys]
    before = ([(s, v) for s, v in values if s < cause.since_step] for values in read)
    found = [*map(run_away, before), stood_still([values for values in read if values])]
    return min((step for step in found if step is not None), default=cause.since_step)


def observations(log: RunLog, key: str) -> list[tuple[int, float]]:
    """Steps and values of a key in a log."""
    if key not in log.frame.columns:
        return []
    return log.frame.select("step", key).drop_nulls().rows()


def run_away(observed: Sequence[tuple[int, float]]) -> int | None:
    """The step since which each value, up to the newest, leaps beyond all that were before it.

    A leap is one by more than all of those span: 0.03, 0.005, then 8.5, 50,061 and 7.3 million are
    three leaps, whatever comes next. It has no scale, so that it needs no threshold.
    """
    finite = [(step, abs(value)) for step, value in observed if math.isfinite(value)]
    since = None
    while len(finite) > _FEWEST and _leaps([size for _, size in finite]):
        since, _ = finite.pop()
    return since


def stood_still(series: Sequence[Sequence[tuple[int, float]]]) -> int | None:
    """The step since which each of these has its newest value to the last digit; None if none has.

    A gradient of 0.0 in ten logs is reported at the tenth, and was there at the first. A rate that
    is constant says nothing by itself, so that all that a rule reads has to stand still.
    """
    still = [_still(values) for values in series]
    starts = [step for step in still if step is not None]
    return max(starts) if starts and len(starts) == len(still) else None


def _still(observed: Sequence[tuple[int, float]]) -> int | None:
    since = None
    *before, (_, newest) = observed
    for step, value in reversed(before):
        if value != newest:
            break
        since = step
    return since


def _leaps(sizes: Sequence[float]) -> bool:
    """Whether the last one is so far above the others."""
    *before, newest = sizes
    return newest - max(before) > max(before) - min(before)


def _of_instance(key: str, cause: Finding) -> str:
    """A key of a family, for the instance that was found."""
    for label, match in cause.instance.items():
        key = key.replace(f"{{{label}}}", match)
    return key


# ---- steps and checkpoints --------------------------------------------------------------------


def last_good_step(first_bad: int | None, steps: Iterable[int]) -> int | None:
    """The newest logged step before the one since which something is wrong."""
    if first_bad is None:
        return None
    return max((step for step in steps if step < first_bad), default=None)


def is_good(checkpoint: Checkpoint, good_step: int | None) -> bool:
    """Whether a checkpoint is good, where a step is the last good one."""
    return checkpoint.has_sound_weights and good_step is not None and checkpoint.step <= good_step


def newest_good(found: Sequence[Checkpoint], good_step: int | None) -> Checkpoint | None:
    """The last good checkpoint, where a step is the last good one."""
    good = [one for one in found if is_good(one, good_step)]
    return max(good, key=lambda one: one.step, default=None)
