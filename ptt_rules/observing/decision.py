"""What a loop of one's own is asked for after a row, and what gathers it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ptt_rules.evaluation import Action, Event
from ptt_rules.language import ActionKind
from ptt_rules.observing.actions import (
    Handler,
    Invalidate,
    Notify,
    Pause,
    Rollback,
    Stop,
    refusal,
)
from ptt_rules.observing.channels import Channel
from ptt_rules.observing.part import Part
from ptt_rules.observing.view import RunView
from ptt_rules.packs import Pack


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What a row led to. The loop reads what its policy asks for, and does it.

    `stop` stays once a policy has stopped the run; all else is of this row. `hyperparameters` has
    what is to be set, by name; None is what it was planned to be. `pause`, `notify` and
    `invalidate` are carried out already. `events` are all changes of detectors, `findings` those of
    them that people hear of.
    """

    stop: bool = False
    checkpoint: bool = False
    evaluate: bool = False
    hyperparameters: Mapping[str, float | None] = field(default_factory=dict)
    findings: tuple[Event, ...] = ()
    events: tuple[Event, ...] = ()
    actions: tuple[Action, ...] = ()


@dataclass(slots=True)
class Flags:
    """What a run asks of its loop at one row; read as a trainer reads its control flags."""

    should_training_stop: bool = False
    should_save: bool = False
    should_evaluate: bool = False
    should_log: bool = False
    hyperparameters: dict[str, float | None] = field(default_factory=dict)


class Heard(Part):
    """The part of a run that keeps what the newest row led to."""

    def __init__(self) -> None:
        self.findings: list[Event] = []
        self.events: list[Event] = []
        self.actions: list[Action] = []

    def told(self, run: RunView, events: Sequence[Event], actions: Sequence[Action]) -> None:
        self.findings += run.findings
        self.events += events
        self.actions += actions

    def decision(self, flags: Flags, *, stops: bool) -> Decision:
        """What was gathered since it was last asked for."""
        made = Decision(
            stop=stops,
            checkpoint=flags.should_save,
            evaluate=flags.should_evaluate,
            hyperparameters=dict(flags.hyperparameters),
            findings=tuple(self.findings),
            events=tuple(self.events),
            actions=tuple(self.actions),
        )
        self.findings, self.events, self.actions = [], [], []
        return made


# ---- actions that the loop carries out -------------------------------------------------------


class _Checkpoint(Handler):
    def carry_out(self, run: RunView, action: Action) -> None:
        run.request_save(action)


class _Evaluate(Handler):
    def carry_out(self, run: RunView, action: Action) -> None:
        run.request_evaluate()


class _Change(Handler):
    """`set` and `reset`; a value whose formula was unknown is None, and on the record."""

    def carry_out(self, run: RunView, action: Action) -> None:
        name, value = str(action.arguments["hyperparameter"]), action.arguments.get("value")
        is_reset = action.action is ActionKind.RESET
        if is_reset or value is not None:
            run.request_change(name, None if is_reset else float(value or 0))


class _Snapshot(Handler):
    def check(self, pack: Pack) -> None:
        why = "`snapshot`, but a loop hands over no model to take one of"
        raise refusal(pack, why, "take `snapshot` out of the policy")


def handlers_of_a_loop(channels: Mapping[str, Channel]) -> dict[ActionKind, Handler]:
    """What carries out each kind of action where the loop itself reads what it is asked for."""
    change = _Change()
    return {
        ActionKind.SNAPSHOT: _Snapshot(),
        ActionKind.EVALUATE: _Evaluate(),
        ActionKind.CHECKPOINT: _Checkpoint(),
        ActionKind.ROLLBACK: Rollback(),
        ActionKind.SET: change,
        ActionKind.RESET: change,
        ActionKind.INVALIDATE: Invalidate(),
        ActionKind.NOTIFY: Notify(channels),
        ActionKind.PAUSE: Pause(),
        ActionKind.STOP: Stop(),
    }
