"""What a policy decides at a row: section 5 of the language reference."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ptt_rules import Action
from ptt_rules.evaluation.events import EventKind
from ptt_rules.language.ir import ActionSpec, Length, Metric, Policy, Reaction, Target
from ptt_rules.language.types import ActionKind, Level
from tests.reference import Log, Reader, Value
from tests.reference.judgements import Judgement, Subject, has_passed
from tests.reference.lifecycle import Change, Life
from tests.reference.telling import values
from tests.reference.values import Others


@dataclass
class Watch:
    """A reaction on one detector: the judgements in a row at which it was on in one firing."""

    run: list[Judgement] = field(default_factory=list)
    firing: Judgement | None = None
    """Where that firing began."""
    has_acted: bool = False
    """Whether it acted in that firing."""

    def take(self, life: Life, is_on: bool) -> None:
        """Takes the newest judgement in."""
        if self.firing is not life.fired:
            self.firing, self.run, self.has_acted = life.fired, [], False
        self.run = [*self.run, life.judgements[-1]] if is_on else []


@dataclass
class Acting:
    """A reaction in all firings: the rows in which it acted, and whether `then` has come."""

    watches: dict[str, Watch] = field(default_factory=dict)
    rows: int = 0
    since: list[Judgement] = field(default_factory=list)
    """Where it acted last, and the judgements since at which it was on."""
    is_over: bool = False


def _fits(targets: Sequence[Target], subject: Subject, level: Level) -> bool:
    return any(
        target.detector in (None, subject.detector.qualified)
        and target.instance in (None, subject.reader.instance)
        and (target.level is None or level >= target.level)
        for target in targets
    )


def _is_on(reaction: Reaction, life: Life) -> bool:
    """It fires at a target's level or worse, which holds, and at no excepted one."""
    truth = life.judgements[-1].truth
    if life.level is None or truth is None or _fits(reaction.excepted, life.subject, life.level):
        return False
    levels = (life.level, truth)
    return any(
        all(_fits([target], life.subject, level) for level in levels) for target in reaction.targets
    )


@dataclass
class Deciding:
    """A policy on a log, with what it has done so far."""

    policy: Policy
    log: Log
    others: Others
    acting: dict[int, Acting] = field(default_factory=dict)
    hyperparameters: dict[str, tuple[int, float | None]] = field(default_factory=dict)
    """The row at which a hyper-parameter was set or reset last, and what to."""

    def decide(
        self, lives: Sequence[Life], changes: Sequence[tuple[Life, Change]], row: int
    ) -> list[Action]:
        """The actions of a row, each kind in its turn; the same one is done once."""
        judged = [life for life in lives if life.is_judged_at(row) and not _is_shadow(life)]
        judged.sort(key=_rank)
        ends = [
            (life, change.level)
            for life, change in changes
            if change.kind is EventKind.RESOLVED and not _is_shadow(life)
        ]
        ends.sort(key=lambda end: (-end[1], end[0].subject.who))
        asked = []
        for number, reaction in enumerate(self.policy.reactions):
            acting = self.acting.setdefault(number, Acting())
            reader = Reader(self.log, others=self.others)
            when = reaction.when is None or reader.truth(reaction.when, row) is True
            if reaction.on_end:
                subjects = [life.subject for life, level in ends if _ended(reaction, life, level)]
                subjects = subjects if when else []
            else:
                subjects = _due(acting, reaction, judged, when)
            asked += [(action, subjects) for action in _act(acting, reaction, subjects)]
        return [
            action
            for kind in ActionKind
            for action in self._of_kind([one for one in asked if one[0].kind is kind], row)
        ]

    def _of_kind(self, asked: Sequence[tuple[ActionSpec, list[Subject]]], row: int) -> list[Action]:
        together: dict[object, list[Subject]] = {}
        newest: dict[object, ActionSpec] = {}
        for action, subjects in asked:
            key = action.channel, action.length, action.hyperparameter, action.best, action.metric
            newest[key] = action
            together.setdefault(key, []).extend(subjects)
        return [
            self._action(action.kind, self._arguments(action, row), together[key], row)
            for key, action in newest.items()
        ]

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
            case ActionSpec(kind=ActionKind.RESET, hyperparameter=str(hyperparameter)):
                self.hyperparameters[hyperparameter] = row, None
                return {"hyperparameter": hyperparameter}
            case ActionSpec(kind=ActionKind.ROLLBACK, best=str(best), metric=Metric(name=name)):
                return {"to": best, "metric": name}
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
        """As logged or as set, whichever is newer; before both the training argument.

        One that was reset is what the argument says, unless it is logged: then the log says it.
        """
        logged = [r for r in range(row + 1) if hyperparameter in self.log.rows[r].values]
        changed_at, value = self.hyperparameters.get(hyperparameter, (-1, None))
        if logged and logged[-1] > changed_at:
            return self.log.rows[logged[-1]].values[hyperparameter]
        return value if value is not None or logged else self.log.argument(hyperparameter)


# ---- one reaction ------------------------------------------------------------------------


def _ended(reaction: Reaction, life: Life, level: Level) -> bool:
    subject = life.subject
    return _fits(reaction.targets, subject, level) and not _fits(reaction.excepted, subject, level)


def _due(acting: Acting, reaction: Reaction, judged: Sequence[Life], when: bool) -> list[Subject]:
    """Those that a reaction acts on in this row, if its limit lets it."""
    due: list[tuple[Life, Watch]] = []
    for life in judged:
        watch = acting.watches.setdefault(life.subject.who, Watch())
        watch.take(life, when and _is_on(reaction, life))
        if not watch.run:
            continue
        now = life.judgements[-1]
        if acting.since:
            acting.since = [*acting.since, now]
        has_waited = not acting.since or (
            reaction.every is not None and has_passed(reaction.every, acting.since)
        )
        is_new = not watch.has_acted if reaction.every is None else has_waited
        if is_new and (reaction.hold is None or has_passed(reaction.hold, watch.run)):
            due.append((life, watch))
    for life, watch in due:
        watch.has_acted = True
        acting.since = [life.judgements[-1]]
    return [life.subject for life, _ in due]


def _act(acting: Acting, reaction: Reaction, subjects: Sequence[Subject]) -> Sequence[ActionSpec]:
    """The actions of a reaction that acts, or would have acted once too often."""
    if not subjects or acting.is_over:
        return ()
    if reaction.at_most is not None and acting.rows >= reaction.at_most:
        acting.is_over = True
        return reaction.then
    acting.rows += 1
    return reaction.actions


def _is_shadow(life: Life) -> bool:
    return life.subject.detector.shadow


def _rank(life: Life) -> tuple[int, str]:
    """Worst level first, then by name."""
    return -(life.level or min(Level)), life.subject.who
