"""From which checkpoint a trainer goes on, and of which run that checkpoint is."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from types import FrameType
from typing import Any

from ptt_rules.observing import Origin, read_saved
from ptt_runtime.resuming.marks import marks_of

_ARGUMENT = "resume_from_checkpoint"


def origin_of(state: Any, output_dir: Path) -> Origin:
    """The checkpoint that the trainer was given, or the one of this step in its output folder.

    The latter may be a namesake of another run: it counts only if it is of the run that the
    trainer's state, which came from the right one, tells of.
    """
    marks = marks_of(state)
    given = given_checkpoint(state)
    folder = given or output_dir / f"checkpoint-{state.global_step}"
    saved, damage = read_saved(folder)
    known = {one.run_id for one in marks}
    if given is None and saved is not None and known and saved.mark.run_id not in known:
        return Origin(None, tuple(marks))
    if saved is not None and saved.mark.run_id not in known:
        marks = [*marks, saved.mark]
    return Origin(folder if folder.is_dir() else None, tuple(marks), saved, damage)


def given_checkpoint(state: Any) -> Path | None:
    """What `train(resume_from_checkpoint=...)` was given.

    No event tells it, and the trainer keeps it nowhere but in the variables of its loop, which is
    further up on the stack while it calls its callbacks.

    Source: transformers, `Trainer._inner_training_loop`
    """
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        if _ARGUMENT in frame.f_code.co_varnames:
            known: Mapping[str, Any] = frame.f_locals
            given = known.get(_ARGUMENT)
            is_loop = getattr(known.get("self"), "state", None) is state
            if is_loop and isinstance(given, (str, os.PathLike)):
                return Path(given)
        frame = frame.f_back
    return None
