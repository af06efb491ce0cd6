"""Actions of a policy carried out through the trainer's control flags."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ptt_rules import Action, ActionKind


class TrainingStopped(Exception):
    """Ends a training whose loop cannot be told to stop, once everything is saved.

    Raised only for trainers that ignore the control flag (PPOTrainer); all others stop at the
    end of the step.
    """


def carry_out(actions: Iterable[Action], control: Any) -> None:
    """Sets the flags of actions; set while a step is logged, they take effect at its end.

    `invalidate` has no flag: it is what the run directory says of the run.
    """
    for action in actions:
        if action.action is ActionKind.CHECKPOINT:
            control.should_save = True
        elif action.action is ActionKind.STOP:
            control.should_training_stop = True
