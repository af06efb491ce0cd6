"""The part of a run that compares it, when it is resumed, with what it was."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from pathlib import Path
from typing import Any

from ptt_rules import PttError
from ptt_rules.border import agreeing, plural
from ptt_rules.observing import (
    CHECKPOINT_RUN,
    Difference,
    Part,
    RunMark,
    RunView,
    SavedRun,
    Weight,
    differences,
    travelling,
)
from ptt_runtime.fingerprints import weights_sample
from ptt_runtime.provenance import provenance
from ptt_runtime.resuming import in_their_place, without_effect
from ptt_runtime.training import training_of


class Mismatch(Enum):
    """What happens where something serious differs."""

    WARN = "warn"
    FAIL = "fail"


class ResumeCheck(Part):
    """Compares a run that is resumed with what its checkpoint says of it, and reports it."""

    def __init__(self, on_mismatch: Mismatch) -> None:
        self._on_mismatch = on_mismatch
        self._found: list[Difference] = []

    def check(self, run: RunView) -> None:
        """Errors: PTT507 on all ranks, with `fail`, where something serious differs"""
        if run.step == 0:
            return
        if run.ranks.is_first:
            with run.contain("PTT503", "the run could not be compared"):
                self._found = _found(run)
        serious = [one.text for one in self._found if one.weight is Weight.SERIOUS]
        # rank by rank the last answer may differ: what stops one stops all
        if run.ranks.are_together:
            serious = run.ranks.of_first(serious)
        if serious and self._on_mismatch is Mismatch.FAIL:
            message = f"this is not the run that was interrupted: {'; '.join(serious)}"
            hint = (
                'make it as it was, or go on all the same with `on_resume_mismatch="warn"`; '
                "a new run begins without `resume_from_checkpoint`"
            )
            raise PttError.of("PTT507", message, hint=hint)

    def start(self, run: RunView) -> None:
        if run.step == 0:
            return
        weighty = [one for one in self._found if one.weight is not Weight.MINOR]
        if weighty:
            things = f"{plural(len(weighty), 'thing')} {agreeing(len(weighty), 'has', 'have')}"
            run.warn(f"since the run began, {things} changed:")
        for one in weighty:
            run.warn(f"  {one.weight.value}: {one.text}")
        run.note(
            {
                "event": "compared",
                "step": run.step,
                "differences": [one.to_json() for one in self._found],
            }
        )

    def saved(self, run: RunView, checkpoint: Path) -> None:
        if run.ranks.is_first and checkpoint.is_dir():
            run_id, path, model = run.run_id, run.path, training_of(run).model
            if run_id is not None and path is not None:
                SavedRun(
                    provenance=_in_effect(run),
                    mark=RunMark.of(run_id, path, checkpoint.parent),
                    weights=None if model is None else weights_sample(model),
                ).write(checkpoint)


def _in_effect(run: RunView) -> Mapping[str, Any]:
    """What `run.json` says of the run, with the settings that its optimizer goes by.

    A run that went on with other arguments has those of its first start still: who gives these
    again changes nothing.
    """
    idle = in_their_place(training_of(run).args, training_of(run).optimizer)
    arguments = run.provenance.get("training_arguments")
    if not idle or not isinstance(arguments, Mapping):
        return run.provenance
    return {**run.provenance, "training_arguments": {**arguments, **idle}}


def _found(run: RunView) -> list[Difference]:
    past = run.training.past
    if past is None or past.saved is None:
        if past is not None and past.is_known:
            _say_why(run, past.damage)
        return []
    saved, now = past.saved, travelling(provenance(training_of(run), run.pack))
    idle = without_effect(training_of(run).args, training_of(run).optimizer)
    found = differences(saved.provenance, now, idle)
    model: Any = now["model"]
    weights = saved.weights_difference(model.get("weights_sample_sha256"), now)
    return [weights, *found] if weights else found


def _say_why(run: RunView, damage: str) -> None:
    """Says why there is nothing to compare; what is damaged is a fault."""
    if damage:
        what = f"{CHECKPOINT_RUN} cannot be read, so the run is not compared with what it was"
        run.report("PTT503", what, damage)
    else:
        run.warn("the checkpoint does not describe its run: nothing to compare")
