"""The end of trainings that no flag ends."""

from __future__ import annotations

from ptt_rules.observing import Run


class TrainingStopped(Exception):
    """Ends a training whose loop cannot be told to stop, once everything is saved.

    Raised only for trainers that ignore the control flag (PPOTrainer); all others stop at the
    end of the step.
    """


def stopped(run: Run) -> TrainingStopped:
    """What ends a run that its policy has stopped."""
    return TrainingStopped(f"policy {run.pack.policy} stopped the run at step {run.stopped_at}")
