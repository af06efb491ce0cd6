"""The story of a run: what went wrong, since when, how sure that is, what was lost, what to do."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import Enum
from typing import Any

from ptt_rules.border import agreeing, first_few, plural
from ptt_rules.evaluation import Event, EventKind, Finding, Incident, Reach, shown, with_values
from ptt_rules.language import ActionKind, Level
from ptt_rules.runs.dead import record_of
from ptt_rules.runs.faults import WayBack, leading
from ptt_rules.runs.json_text import strict
from ptt_rules.runs.postmortem import Verdict, next_steps, resume_step, resume_steps
from ptt_rules.runs.reach import reach_of_run
from ptt_rules.runs.reach_text import lacks_text, reach_text
from ptt_rules.runs.records import CROWDED, faults, retries, skipped_steps
from ptt_rules.runs.related import are_related
from ptt_rules.runs.resumption import Mismatch
from ptt_rules.runs.run import Run
from ptt_rules.runs.state import RunState, State, duration, state_of

NAMED = 3
"""Detectors that are named where several agree."""


class Surety(Enum):
    """How sure it is that what was found is what went wrong."""

    CERTAIN = "certain"
    VERY_LIKELY = "very likely"
    LIKELY = "likely"
    HINT = "a hint"


@dataclass(frozen=True, slots=True)
class Story:
    """Answers in sentences, the most important one of each first."""

    wrong: tuple[str, ...]
    began: tuple[str, ...]
    sure: tuple[str, ...]
    lost: tuple[str, ...]
    todo: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        return {key: list(value) for key, value in asdict(self).items()}


def story_of(run: Run, state: RunState | None = None) -> Story:
    """The answers for a person who comes back to a run."""
    became = state or state_of(run)
    incident = run.first_cause
    reach = reach_of_run(run, ask_rules=True)
    nothing = _nothing(became, reach) if incident is None else ()
    return Story(
        wrong=(
            *_resumed(run),
            *_wrong(run, became, incident),
            *nothing,
            *retries(run.records.notes),
            *_skipped(run),
            *_off(run),
            *_crowded(run),
        ),
        began=tuple(_began(run, became, incident)),
        sure=(*_sure(run, incident), *_watched(run, reach, incident)),
        lost=tuple(_lost(run, became)),
        todo=tuple(_todo(run, became, incident)),
    )


# ---- what went wrong, and when it began ----------------------------------------------------


def _wrong(run: Run, became: RunState, incident: Incident | None) -> Iterator[str]:
    if became.state is State.DEAD:
        yield "It was killed, or its host was lost."
    if became.state is State.PREEMPTED:
        yield f"It was preempted: {became.reason}."
    if became.state is State.HUNG:
        yield "It hangs: it has said nothing for longer than it ever took for a log."
    if became.state is State.FAILED:
        yield str((run.postmortem or {}).get("summary", "Its script ended before the trainer did."))
    if incident is None:
        return
    if run.mismatch is not None and run.mismatch.explains(incident):
        for one in leading(incident):
            yield f"Then {one.who} ({one.level.word}): {one.message}"
        return
    note = "Only a note: " if incident.level is Level.LOW else ""
    for place, one in enumerate(leading(incident)):
        then = "Then " if place else note
        yield f"{then}{one.who} ({one.level.word}): {one.message}"
        event, why = event_of(run, one), run.rules.rule(one.detector).why_of(one.level)
        if why:
            yield with_values(why, event) if event else why
    others = [one for one in run.incidents if one is not incident]
    if others:
        named = [
            f"{one.cause.who} since step {one.cause.since_step} ({one.level.word})"
            for one in sorted(others, key=lambda one: -one.level)
        ]
        yield f"Besides it: {first_few(named, NAMED)}."


def _nothing(became: RunState, reach: Reach | None) -> Iterator[str]:
    """That nothing was found, and by how much of what could have found something."""
    if reach is None and became.state in (State.DEAD, State.FAILED, State.HUNG):
        return
    so_far = " so far" if became.is_alive else ""
    judged = "" if reach is None else f"; {reach_text(reach)}"
    yield f"Nothing was found{so_far}{judged}."


def _resumed(run: Run) -> Iterator[str]:
    """The differences that made it another run, which come before all later findings."""
    if run.mismatch is not None:
        yield run.mismatch.text


def _skipped(run: Run) -> Iterator[str]:
    """The steps that the guard of gradients dropped."""
    steps = skipped_steps(run.records.notes)
    if steps:
        newest = "the newest " if len(steps) > 1 else ""
        were = agreeing(len(steps), "was", "were")
        yield (
            f"{plural(len(steps), 'step')} {were} dropped, {newest}at step "
            f"{steps[-1]}, since gradients were not finite."
        )


def _crowded(run: Run) -> Iterator[str]:
    """Families of which not all instances were judged."""
    found = (note for note in run.records.notes if note.get("event") == CROWDED)
    return (f"{text}." for text in dict.fromkeys(str(note.get("message")) for note in found))


def _off(run: Run) -> Iterator[str]:
    """The detectors that found nothing more since their rule failed, and what is not set."""
    broken = [one for one in run.records.events if one.event is EventKind.BROKEN]
    for one in broken[:NAMED]:
        yield f"{one.who}, at step {one.step}: {one.message}."
    if len(broken) > NAMED:
        more = len(broken) - NAMED
        yield f"{plural(more, 'more detector')} {agreeing(more, 'is', 'are')} off."
    failed = [one for one in reversed(run.records.actions) if one.fault]
    sets = {str(a.arguments["hyperparameter"]): a for a in failed if a.action is ActionKind.SET}
    for hyperparameter, first in sets.items():
        since = f"At step {first.step} its formula failed: {first.fault}."
        yield f"Policy {first.policy} sets {hyperparameter} no more. {since}"
    for each in (each for each in reversed(failed) if each.action is not ActionKind.SET):
        since = f"At step {each.step} its condition failed: {each.fault}."
        yield f"A reaction of policy {each.policy}, to {each.action.value}, is off. {since}"


def _began(run: Run, became: RunState, incident: Incident | None) -> Iterator[str]:
    if incident is None:
        if became.state not in (State.RUNNING, State.PAUSED, State.FINISHED):
            yield f"Its last row is of step {run.places.last_step}."
        return
    cause, mismatch = incident.cause, run.mismatch
    if mismatch is not None and mismatch.explains(incident):
        first = f"what was found began at step {cause.since_step}, reported at step {cause.step}"
        yield f"At step {mismatch.step}, where it was resumed; {first}."
        return
    reported = (
        f", reported at step {cause.step}"
        if cause.step != cause.since_step
        else " and reported there"
    )
    yield f"At step {cause.since_step}{reported}{_time_of(run, cause)}."
    back = run.way_back
    if back.cause is not None and back.first_bad_step != back.cause.since_step:
        yield f"What it reads was wrong before that, from step {back.first_bad_step} on."
    if back.cause is not None and back.good_step is not None:
        yield f"The last good step is {back.good_step}."


def _time_of(run: Run, cause: Finding) -> str:
    before = (
        t for s, t in zip(run.places.steps, run.places.times, strict=True) if s >= cause.since_step
    )
    time = next((t for t in before if t is not None), None)
    return "" if time is None else f", {duration(time)} into the run"


# ---- how sure ------------------------------------------------------------------------------


def _sure(run: Run, incident: Incident | None) -> Iterator[str]:
    if incident is None:
        return
    surety, reasons = surety_of(run, incident)
    if run.mismatch is not None and run.mismatch.explains(incident):
        logs = plural(incident.cause.row - run.mismatch.row + 1, "log")
        found = f"{incident.cause.who} was reported {logs} after"
        reasons = [f"run and checkpoint were compared at the resume, and {found} it", *reasons]
        surety = max(surety, Surety.VERY_LIKELY, key=lambda one: -list(Surety).index(one))
    first, *rest = reasons
    yield f"{surety.value.capitalize()}: {first}."
    yield from (f"{reason[0].upper()}{reason[1:]}." for reason in rest)


def surety_of(run: Run, incident: Incident) -> tuple[Surety, list[str]]:
    """How sure an incident is, and what speaks for it."""
    cause, event = incident.cause, event_of(run, incident.cause)
    values = event.values if event else {}
    reported = [one for one in incident.evidence if one.is_visible and one.level > Level.LOW]
    agree = [one for one in reported if are_related(one, cause, run.rules)]
    broken = [name for name, value in values.items() if _is_broken(value)]
    reasons = [
        f"`{name}` is not a number, which does not depend on a threshold" for name in broken[:1]
    ]
    reasons += [_lasted(run, cause), _agreement(run, incident, agree)]
    reasons += _apart([one for one in reported if one not in agree])
    if values:
        shown_names = run.rules.rule(cause.detector).told
        named = ", ".join(f"{n} = {shown(v, '')}" for n, v in values.items() if n in shown_names)
        reasons += [f"The values were {named}"] if named else []
    if broken:
        return Surety.CERTAIN, reasons
    if incident.level >= Level.HIGH:
        return (Surety.VERY_LIKELY if agree else Surety.LIKELY), reasons
    return Surety.HINT, reasons


def _agreement(run: Run, incident: Incident, agree: Sequence[Finding]) -> str:
    """How many detectors say the same, those among them that others suppressed."""
    muted = sum(
        not one.is_visible and are_related(one, incident.cause, run.rules)
        for one in incident.evidence
    )
    also = f"; {muted} more saw it and {agreeing(muted, 'was', 'were')} suppressed" if muted else ""
    if not agree:
        return f"No other detector fired with it{also}"
    named = first_few([f"{one.who} ({one.level.word} at {one.step})" for one in agree], NAMED)
    return f"{plural(len(agree), 'other detector')} fired with it: {named}{also}"


def _apart(others: Sequence[Finding]) -> list[str]:
    """Detectors that fired at the same time and are not evidence, since they read something
    else."""
    named = ", ".join(f"{one.who} ({one.level.word} at {one.step})" for one in others[:NAMED])
    return [f"At the same time, of another matter: {named}"] if named else []


def _is_broken(value: float | bool | None) -> bool:
    return isinstance(value, float) and not math.isfinite(value)


def _lasted(run: Run, cause: Finding) -> str:
    times = f", {cause.times} times" if cause.times > 1 else ""
    if cause.ended is not None:
        return f"it was {cause.level.word} from step {cause.step} to {cause.ended}{times}"
    return f"it was {cause.level.word} from step {cause.step} on, up to the newest row{times}"


def _watched(run: Run, reach: Reach | None, incident: Incident | None) -> Iterator[str]:
    """How many detectors could have found something, and why not more."""
    armed = run.provenance.get("detectors", {})
    if armed and incident is None:
        every = plural(armed["detectors"], "detector")
        were = agreeing(armed["detectors"], "was", "were")
        yield f"{len(armed['armed'])} of {every} {were} armed at its start."
    if reach is None:
        yield "How many could judge is not known: its packs are not here as they were."
    elif reach.unjudged:
        judged = f"{reach_text(reach)}: " if incident else ""
        why = lacks_text(reach) or "some of their levels could not"
        yield f"{judged}{why} (`ptt armed {run.path}` names them)."
    if incident is None:
        for message in faults(run.records.notes)[:NAMED]:
            yield f"ptt itself failed at {message}."


def event_of(run: Run, finding: Finding) -> Event | None:
    """The event that reported the worst level of a finding, with its values."""
    return next(
        (
            one
            for one in run.records.events
            if one.who == finding.who and one.step == finding.step and one.event.is_finding
        ),
        None,
    )


# ---- what was lost, and what to do now -----------------------------------------------------


def _lost(run: Run, became: RunState) -> Iterator[str]:
    back = run.way_back
    fault = run.fault
    if run.mismatch is not None and (fault is None or run.mismatch.explains(fault)):
        yield from _lost_by_resume(run, run.mismatch)
        return
    if became.state is State.HUNG and back.lost_steps:
        yield f"If it must be ended: {_going_on(back)}"
        return
    if fault is None and (became.is_alive or became.state in (State.FINISHED, State.STOPPED)):
        yield _nothing_lost(run)
        return
    if back.cause is not None:
        unsafe = run.last_step - (back.good_step or 0)
        time = _took(run.places.seconds_after(back.good_step or 0))
        yield f"{plural(unsafe, 'step')}{time} {agreeing(unsafe, 'was', 'were')} trained on it."
    if not back.lost_steps:
        yield "Nothing: all that was trained is in a checkpoint." if run.last_step else "Nothing."
        return
    if back.checkpoint is None and not run.knows_checkpoints:
        return
    going_on = _going_on(back)
    yield f"{going_on[0].upper()}{going_on[1:]}"
    saved = (run.max_steps or 0) - run.last_step
    if saved > 0 and became.state in (State.STOPPED, State.INVALIDATED):
        share = saved / (run.max_steps or 1)
        yield f"Ending it early saved {plural(saved, 'step')}, {share:.0%} of the run."


def _nothing_lost(run: Run) -> str:
    """A resolved incident makes nothing unsafe; the run trained through it all the same."""
    over = [one for each in run.incidents for one in each.findings if _is_over(one)]
    if not over:
        return "Nothing."
    first, last = min(one.since_step for one in over), max(one.ended or 0 for one in over)
    return (
        f"Nothing for certain: what was found is over. Steps {first} to {last} were trained "
        "while it lasted; look at what came of them."
    )


def _is_over(finding: Finding) -> bool:
    return finding.is_visible and finding.level >= Level.HIGH and finding.ended is not None


def _lost_by_resume(run: Run, mismatch: Mismatch) -> Iterator[str]:
    count = run.last_step - mismatch.step
    time = _took(run.places.seconds_after(mismatch.step))
    whose = "with other weights" if mismatch.has_other_weights else "as another run"
    since = f"since step {mismatch.step}"
    were = agreeing(count, "was", "were")
    yield f"{plural(count, 'step')}{time} {were} trained {whose}, {since}."


def _going_on(back: WayBack) -> str:
    start = f"step {back.checkpoint.step}" if back.checkpoint else "the start"
    lost = f"{plural(back.lost_steps, 'step')}{_took(back.lost_s)}"
    return f"going on from {start}, {lost} {agreeing(back.lost_steps, 'is', 'are')} lost."


def _took(seconds: float | None) -> str:
    return "" if seconds is None else f" ({duration(seconds)})"


_VERDICTS = {State.DEAD: Verdict.DEAD, State.FAILED: Verdict.EXCEPTION}


def _todo(run: Run, became: RunState, incident: Incident | None) -> Iterator[str]:
    if became.state is State.HUNG:
        yield from _todo_hung(run)
        return
    mismatch = run.mismatch
    if mismatch is not None and (run.fault is None or mismatch.explains(run.fault)):
        yield from resume_steps(mismatch, run.checkpoints, is_alive=became.is_alive)
        return
    if became.is_alive:
        yield from _todo_alive(run, incident)
        return
    if run.fault is None and became.state in (State.FINISHED, State.STOPPED):
        remedy = incident and run.rules.remedy(incident.cause.detector, run.records.events)
        yield f"Before the next run: {remedy}" if remedy else "Nothing."
        return
    if became.state is State.FINISHED and run.fault and run.fault.level < Level.CRITICAL:
        yield "See first whether the result is still usable: no policy called the run unusable."
    verdict = _verdict(run.postmortem) or _VERDICTS.get(became.state, Verdict.INVALIDATED)
    yield from next_steps(verdict, run.fault, run.way_back, record_of(run))


def _todo_alive(run: Run, incident: Incident | None) -> Iterator[str]:
    if incident is None:
        yield "Nothing: it goes on."
        return
    remedy = run.rules.remedy(incident.cause.detector, run.records.events)
    if run.fault is None:
        yield f"Watch it. {remedy}".strip()
        return
    yield "Stop it: what it trains now is unsafe."
    yield from next_steps(Verdict.INVALIDATED, run.fault, run.way_back, record_of(run))


def _todo_hung(run: Run) -> Iterator[str]:
    beat = run.heartbeat
    where = f" on {beat.host}" if beat else ""
    process = beat.process if beat else "PID"
    yield (
        f"See what it waits for: `py-spy dump --pid {process}`{where} shows where it stands. "
        f"`kill -CONT {process}` wakes a process that was stopped."
    )
    yield f"If it does not go on, end it: `kill {process}`."
    yield resume_step(run.way_back, run.checkpoints, is_known=run.knows_checkpoints)


def _verdict(document: Mapping[str, Any] | None) -> Verdict | None:
    return Verdict(document["verdict"]) if document else None


def run_json(run: Run, state: RunState, story: Story) -> dict[str, Any]:
    """A run as one object: the story, and the numbers that it is made from."""
    reach = reach_of_run(run, ask_rules=True)
    incident = run.first_cause
    data = {
        "run": str(run.path),
        "state": state.state.value,
        "reason": state.reason,
        "algorithm": run.algorithm,
        "started": run.started,
        "step": run.last_step,
        "max_steps": run.max_steps,
        "policy": run.policy,
        "packs": run.provenance.get("packs", []),
        "fault": run.fault is not None,
        "reach": reach and reach.to_json(),
        "surety": surety_of(run, incident)[0].value if incident else None,
        "mismatch": run.mismatch and run.mismatch.to_json(),
        "incidents": [one.to_json() for one in run.incidents],
        **run.way_back.to_json(),
        "checkpoints": [one.to_json() for one in run.checkpoints],
        "story": story.to_json(),
    }
    plain: dict[str, Any] = strict(data)
    return plain
