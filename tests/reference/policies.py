"""What a policy decides at a row: section 5 of the language reference."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ptt_rules import Action
from ptt_rules.language.ir import ActionSpec, Length, Policy, Reaction, Trigger
from ptt_rules.language.types import ActionKind, Level, Measure
from tests.reference import Log, Reader, Value
from tests.reference.judgements import Judgement, Subject, has_held, has_passed
from tests.reference.lifecycle import Life
from tests.reference.telling import values

AT_ONCE = Length(1, Measure.JUDGEMENTS)


@dataclass
class Watch:
    """A reaction on one detector: the judgements in a row at which its trigger held."""

    run: list[Judgement] = field(default_factory=list)
    acted: Judgement | None = None
    """Where it last acted in the firing that goes on."""
    firing: Judgement | None = None
    """Where that firing began."""

    def is_due(self, reaction: Reaction, life: Life) -> bool:
        """Takes the newest judgement in, and says whether the reaction acts on it."""
        self.run = [*self.run, life.judgements[-1]] if _holds(reaction.trigger, life) else []
        if self.firing is not life.fired:
            self.firing, self.acted = life.fired, None
        if not self.run or not has_held(reaction.hold or AT_ONCE, self.run):
            return False
        if self.acted is None:
            return True
        return reaction.every is not None and has_passed(reaction.every, life.since(self.acted))


def _holds(trigger: Trigger, life: Life) -> bool:
    if life.level is None:
        return False
    if trigger.detector is None:
        return trigger.level is not None and life.level >= trigger.level
    is_named = life.subject.detector.qualified == trigger.detector
    return is_named and trigger.level in (None, life.level)


@dataclass
class Deciding:
    """A policy on a log, with what it has done so far."""

    policy: Policy
    log: Log
    watches: dict[tuple[int, str], Watch] = field(default_factory=dict)
    acted: dict[int, int] = field(default_factory=dict)
    """How often each reaction has acted."""
    hyperparameters: dict[str, tuple[int, float]] = field(default_factory=dict)
    """The row at which a hyper-parameter was set last, and its value."""

    def decide(self, lives: Sequence[Life], row: int) -> list[Action]:
        """The actions of a row, each kind in its turn; the same one is done once."""
        judged = [life for life in lives if life.is_judged_at(row) and not _is_shadow(life)]
        judged.sort(key=_rank)
        asked = [
            (action, subjects)
            for number, reaction in enumerate(self.policy.reactions)
            if (subjects := self._act(number, reaction, judged))
            for action in reaction.actions
        ]
        return [
            action
            for kind in ActionKind
            for action in self._of_kind([one for one in asked if one[0].kind is kind], row)
        ]

    def _act(self, number: int, reaction: Reaction, judged: Sequence[Life]) -> list[Subject]:
        """Those that a reaction acts on in this row."""
        subjects = []
        for life in judged:
            watch = self.watches.setdefault((number, life.subject.who), Watch())
            count = self.acted.get(number, 0)
            if watch.is_due(reaction, life) and count < (reaction.at_most or math.inf):
                self.acted[number] = count + 1
                watch.acted = life.judgements[-1]
                subjects.append(life.subject)
        return subjects

    def _of_kind(self, asked: Sequence[tuple[ActionSpec, list[Subject]]], row: int) -> list[Action]:
        together: dict[object, list[Subject]] = {}
        arguments: dict[object, Mapping[str, float | str | None]] = {}
        for number, (action, subjects) in enumerate(asked):
            found = self._arguments(action, row)
            key = number if action.kind is ActionKind.SET else tuple(found.items())
            arguments[key] = found
            together.setdefault(key, []).extend(subjects)
        kind = asked[0][0].kind if asked else ActionKind.STOP
        return [self._action(kind, arguments[key], together[key], row) for key in together]

    def _action(
        self,
        kind: ActionKind,
        arguments: Mapping[str, float | str | None],
        subjects: Sequence[Subject],
        row: int,
    ) -> Action:
        here = self.log.rows[row]
        named: dict[str, Value] = {
            f"{one.who}.{name}": value
            for one in subjects
            for name, value in values(one, row).items()
        }
        because = tuple(dict.fromkeys(one.who for one in subjects))
        return Action(self.policy.name, kind, here.step, row, here.time, because, named, arguments)

    def _arguments(self, action: ActionSpec, row: int) -> dict[str, float | str | None]:
        match action:
            case ActionSpec(kind=ActionKind.NOTIFY, channel=channel):
                return {"channel": channel}
            case ActionSpec(kind=ActionKind.PAUSE, length=Length(amount=seconds)):
                return {"seconds": seconds}
            case ActionSpec(kind=ActionKind.SET, hyperparameter=str(hyperparameter)):
                return {
                    "hyperparameter": hyperparameter,
                    "value": self._set(hyperparameter, action, row),
                }
        return {}

    # ---- hyper-parameters ------------------------------------------------------------------

    def _set(self, hyperparameter: str, action: ActionSpec, row: int) -> float | None:
        """What a hyper-parameter is set to; unknown where its formula is not a finite number."""
        assert action.formula is not None
        value = Reader(self.log, hyperparameter=self._present(hyperparameter, row)).number(
            action.formula, row
        )
        if value is None or not math.isfinite(value):
            return None
        self.hyperparameters[hyperparameter] = row, value
        return value

    def _present(self, hyperparameter: str, row: int) -> float | None:
        """As logged or as set, whichever is newer; before both the training argument."""
        logged = [r for r in range(row + 1) if hyperparameter in self.log.rows[r].values]
        set_at, value = self.hyperparameters.get(hyperparameter, (-1, math.nan))
        if logged and logged[-1] > set_at:
            return self.log.rows[logged[-1]].values[hyperparameter]
        return (
            value if hyperparameter in self.hyperparameters else self.log.argument(hyperparameter)
        )


def _is_shadow(life: Life) -> bool:
    return life.subject.detector.shadow


def _rank(life: Life) -> tuple[int, str]:
    """Worst level first, then by name."""
    return -(life.level or min(Level)), life.subject.who
