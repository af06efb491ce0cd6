"""Actions of a policy carried out through the trainer's control flags."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ptt_rules import Action, ActionKind, PttError
from ptt_runtime.algorithms import IGNORES_EVALUATE

CARRIED_OUT = (
    ActionKind.CHECKPOINT,
    ActionKind.EVALUATE,
    ActionKind.INVALIDATE,
    ActionKind.STOP,
)
"""What this version can do to a trainer; everything else is refused before a run starts."""


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
        elif action.action is ActionKind.EVALUATE:
            control.should_evaluate = True
        elif action.action is ActionKind.STOP:
            control.should_training_stop = True


def check_actions(policy: str, actions: Iterable[ActionKind]) -> None:
    """Refuses a policy whose actions nobody would carry out.

    Errors: PTT506
    """
    unknown = sorted({action.value for action in actions if action not in CARRIED_OUT})
    if unknown:
        words = ", ".join(f"`{word}`" for word in unknown)
        message = f"the policy `{policy}` decides on {words}, which training cannot carry out yet"
        can = ", ".join(f"`{action.value}`" for action in CARRIED_OUT)
        raise PttError.of("PTT506", message, hint=f"use {can}; `ptt replay` knows all actions")


def check_evaluation(policy: str, actions: Iterable[ActionKind], algorithm: str, args: Any) -> None:
    """Refuses `evaluate` where the trainer has nothing to evaluate on, or never does.

    A callback never sees the evaluation data before the first evaluation; a trainer that is
    told to evaluate at all has made sure of them.

    Errors: PTT506
    """
    if ActionKind.EVALUATE not in actions:
        return
    if algorithm in IGNORES_EVALUATE:
        message = f"the policy `{policy}` decides on `evaluate`, which this trainer never does"
        raise PttError.of("PTT506", message, hint="take `evaluate` out of the policy")
    if str(getattr(args.eval_strategy, "value", args.eval_strategy)) == "no":
        message = f"the policy `{policy}` decides on `evaluate`, and this run has no evaluation"
        hint = "give the trainer an `eval_dataset` and set `eval_strategy` in its arguments"
        raise PttError.of("PTT506", message, hint=hint)
