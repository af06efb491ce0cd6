"""Each kind of action and what carries it out: the one place where they meet."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from ptt_rules import ActionKind
from ptt_runtime.actions.flags import Checkpoint, Evaluate, Invalidate, Stop
from ptt_runtime.actions.handler import Handler
from ptt_runtime.actions.notify import Notify
from ptt_runtime.actions.pause import Pause
from ptt_runtime.actions.rollback import Rollback
from ptt_runtime.actions.setting import Changes, Reset, Set
from ptt_runtime.actions.snapshot import Snapshot
from ptt_runtime.channels import Channel


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
    """A handler for every kind of action, in the order in which those of one row are carried out.

    No callback can be made while a kind has none.
    """
    return {kind: HANDLERS[kind](means) for kind in ActionKind}
