"""Each kind of action and what carries it out in a trainer: the one place where they meet."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from ptt_rules import ActionKind
from ptt_rules.observing.actions import Handler, Invalidate, Notify, Pause, Rollback, Stop
from ptt_rules.observing.channels import Channel
from ptt_runtime.actions.flags import Checkpoint, Evaluate
from ptt_runtime.actions.setting import Changes, Reset, Set
from ptt_runtime.actions.snapshot import Snapshot


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """What a callback was given to carry actions out with."""

    channels: Mapping[str, Channel] = field(default_factory=dict)
    takes_snapshots: bool = False
    changes: Changes = field(default_factory=Changes)
    """Of hyper-parameters."""


HANDLERS: Mapping[ActionKind, Callable[[Means], Handler]] = {
    ActionKind.SNAPSHOT: lambda means: Snapshot(is_on=means.takes_snapshots),
    ActionKind.EVALUATE: lambda means: Evaluate(),
    ActionKind.CHECKPOINT: lambda means: Checkpoint(),
    ActionKind.ROLLBACK: lambda means: Rollback(),
    ActionKind.SET: lambda means: Set(means.changes),
    ActionKind.RESET: lambda means: Reset(means.changes),
    ActionKind.INVALIDATE: lambda means: Invalidate(),
    ActionKind.NOTIFY: lambda means: Notify(means.channels),
    ActionKind.PAUSE: lambda means: Pause(),
    ActionKind.STOP: lambda means: Stop(),
}


def handlers_of(means: Means) -> dict[ActionKind, Handler]:
    """A handler for every kind of action. No callback can be made while a kind has none."""
    return {kind: HANDLERS[kind](means) for kind in ActionKind}
