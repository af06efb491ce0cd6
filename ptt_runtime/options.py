"""What a run is asked for beside its rules, and what of it takes part in the run.

A concern with an option of its own is a field here, a keyword of `DiagnosticsCallback`, and a
part in `parts`; one that a policy can ask for has its handler in `actuator`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ptt_rules import ActionKind
from ptt_runtime.actions import (
    Actuator,
    Checkpoint,
    Evaluate,
    Invalidate,
    Notify,
    Pause,
    Set,
    Snapshot,
    Stop,
)
from ptt_runtime.channels import Channel
from ptt_runtime.finite_steps import FiniteSteps
from ptt_runtime.part import Part


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """The same for all trainings of a callback."""

    channels: Mapping[str, Channel] = field(default_factory=dict)
    skip_nonfinite_steps: bool = False

    def parts(self) -> list[Part]:
        """The parts of one run, in the order in which they are called."""
        parts: list[Part] = []
        if self.skip_nonfinite_steps:
            parts.append(FiniteSteps())
        return parts

    def actuator(self) -> Actuator:
        """What carries out the actions of a policy."""
        return Actuator(
            {
                ActionKind.SET: Set(),
                ActionKind.NOTIFY: Notify(self.channels),
                ActionKind.SNAPSHOT: Snapshot(is_on=False),
                ActionKind.EVALUATE: Evaluate(),
                ActionKind.CHECKPOINT: Checkpoint(),
                ActionKind.INVALIDATE: Invalidate(),
                ActionKind.PAUSE: Pause(),
                ActionKind.STOP: Stop(),
            }
        )
