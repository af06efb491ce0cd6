"""The postmortem of a run that nobody could write while it ended."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ptt_rules.language import ActionKind, PttError
from ptt_rules.runs.explanation import explained
from ptt_rules.runs.files import POSTMORTEM, write_whole
from ptt_rules.runs.json_text import document_text
from ptt_rules.runs.postmortem import (
    LAST_ROWS,
    Ending,
    Record,
    Verdict,
    environment,
    postmortem,
)
from ptt_rules.runs.run import Run
from ptt_rules.runs.state import RunState, State, state_of

_VERDICTS = {
    State.DEAD: Verdict.DEAD,
    State.FAILED: Verdict.EXCEPTION,
    State.INVALIDATED: Verdict.INVALIDATED,
}


def postmortem_of(run: Run, *, dead: bool = False) -> Mapping[str, Any]:
    """The postmortem that a run left, or one made of what its directory holds.

    With `dead` a run is taken for dead that looks as if it went on.

    Errors: PTT409 if it goes on or ended well
    """
    if run.postmortem is not None:
        return run.postmortem
    state = state_of(run)
    if dead and state.is_alive:
        state = RunState(State.DEAD, f"it was said to be dead, though {state.reason}")
    if state.state not in _VERDICTS:
        raise _nothing_to_report(run, state)
    incident = run.first_cause
    found = explained(run, [incident] if incident else [])
    why = [one.to_json() for each in found for one in each.explanations]
    document = postmortem(_ending(run, state), record_of(run, why))
    missing = next((each.missing for each in found if each.missing), None)
    return {**document, "why_missing": missing} if missing else document


def write_postmortem(run: Run, document: Mapping[str, Any]) -> None:
    """Errors: PTT308"""
    path = run.path / POSTMORTEM
    try:
        write_whole(path, document_text(document))
    except OSError as error:
        message = f"this file cannot be written: {error.strerror}"
        hint = "the postmortem was printed all the same; see who may write to the folder"
        raise PttError.of("PTT308", message, file=str(path), hint=hint) from error


def record_of(run: Run, why: Sequence[Mapping[str, Any]] = ()) -> Record:
    """The record of a run, from its files."""
    return Record(
        places=run.places,
        rows=run.newest_rows(LAST_ROWS),
        events=run.records.events,
        rules=run.rules,
        checkpoints=run.checkpoints,
        max_steps=run.max_steps,
        why=why,
        resumes=run.records.resumes,
        after_stop=run.after_stop,
        mismatch=run.mismatch,
        environment=environment(run.provenance),
        onset=run.onset,
        knows_checkpoints=run.knows_checkpoints,
    )


def _ending(run: Run, state: RunState) -> Ending:
    decided = (a for a in run.records.actions if a.action is ActionKind.INVALIDATE)
    invalid = next(decided, None)
    return Ending(
        verdict=_VERDICTS[state.state],
        step=run.last_step,
        reason=state.reason,
        policy=invalid.policy if invalid else None,
        because=invalid.because if invalid else (),
    )


def _nothing_to_report(run: Run, state: RunState) -> PttError:
    message = f"this run is {state.state.value}, and a postmortem is of one that ended badly"
    if state.is_alive:
        hint = f"{state.reason}; if you know better, add `--dead`"
    else:
        hint = f"{state.reason}; `ptt show {run.path}` says what was found in it"
    return PttError.of("PTT409", message, file=str(run.path), hint=hint)
