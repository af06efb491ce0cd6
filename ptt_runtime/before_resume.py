"""Whether a training would go on as it was, asked before it does: nothing is trained."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ptt_rules import PttError
from ptt_rules.border import agreeing, plural
from ptt_rules.observing import (
    CHECKPOINT_RUN,
    Console,
    Difference,
    SavedRun,
    Weight,
    differences,
    read_saved,
    travelling,
)
from ptt_runtime.callback import DiagnosticsCallback
from ptt_runtime.provenance import provenance
from ptt_runtime.resuming import of_an_optimizer

_OPTIMIZER = "optimizer.pt"
"""In the folder of a checkpoint that is more than a model."""


def check_resume(trainer: Any, checkpoint: str | os.PathLike[str]) -> list[Difference]:
    """What differs between the run that saved a checkpoint and the trainer of now, heaviest first.

    Compared are arguments, model, data, packs, policy, code and libraries, as a resume compares
    them; the weights are not, which a resume loads. What matters is printed, too. Of several
    processes each one may ask.

    Errors: PTT402 if there is no such checkpoint, PTT408 if it does not say of which run it is,
            PTT530 if the trainer has no DiagnosticsCallback; those of packs and policies
    Cost:   the trainer's data loader is made once
    """
    folder = Path(checkpoint).expanduser()
    saved = _saved(folder)
    callback = _callback_of(trainer)
    training, pack = callback.foreseen(trainer)
    now = travelling(provenance(training, pack))
    if training.state.max_steps <= 0:
        now.pop("max_steps")  # the trainer counts them when it begins
    idle = of_an_optimizer() if (folder / _OPTIMIZER).is_file() else ()
    found = differences(saved.provenance, now, idle)
    console = Console()
    for line in _lines(folder, found):
        console.warn(line)
    return found


def _lines(folder: Path, found: Sequence[Difference]) -> list[str]:
    weighty = [one for one in found if one.weight is not Weight.MINOR]
    if not weighty:
        return [f"{folder}: nothing that matters has changed since its run began"]
    count = len(weighty)
    things = f"{plural(count, 'thing')} {agreeing(count, 'has', 'have')}"
    head = f"{folder}: since its run began, {things} changed:"
    return [head, *(f"  {one.weight.value}: {one.text}" for one in weighty)]


def _saved(folder: Path) -> SavedRun:
    """Errors: PTT402, PTT408"""
    if not folder.is_dir():
        hint = "give the folder of a checkpoint; `ptt checkpoints RUN` lists those of a run"
        raise PttError.of("PTT402", "there is no such checkpoint", file=str(folder), hint=hint)
    saved, damage = read_saved(folder)
    if damage:
        message = f"{CHECKPOINT_RUN} cannot be read ({damage})"
        hint = "compare another checkpoint of the run"
        raise PttError.of("PTT408", message, file=str(folder), hint=hint)
    if saved is None:
        message = "this checkpoint was saved without ptt, and does not say of which run it is"
        hint = "a resume from it begins a new run at its step"
        raise PttError.of("PTT408", message, file=str(folder), hint=hint)
    return saved


def _callback_of(trainer: Any) -> DiagnosticsCallback:
    """Errors: PTT530"""
    for one in trainer.callback_handler.callbacks:
        if isinstance(one, DiagnosticsCallback):
            return one
    hint = "make it with `callbacks=[DiagnosticsCallback(...)]`: its rules are compared, too"
    raise PttError.of("PTT530", "the trainer has no DiagnosticsCallback", hint=hint)
