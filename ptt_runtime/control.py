"""The end of trainings that no flag ends."""

from __future__ import annotations


class TrainingStopped(Exception):
    """Ends a training whose loop cannot be told to stop, once everything is saved.

    Raised only for trainers that ignore the control flag (PPOTrainer); all others stop at the
    end of the step.
    """
