"""Policies at work: from detectors that fire to the actions decided at a row."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ptt_rules.evaluation.compiled import CompiledDetector
from ptt_rules.evaluation.events import Action, Event, EventKind, Formed
from ptt_rules.evaluation.faults import Faults, fault_of
from ptt_rules.evaluation.hyperparameters import (
    Chosen,
    CompiledPolicy,
    CompiledReaction,
    CompiledSet,
    Hyperparameters,
)
from ptt_rules.evaluation.lifecycle import Moment
from ptt_rules.language import ActionKind, Level, Who
from ptt_rules.language.ir import ActionSpec, Reaction
from ptt_rules.logs import Row

ENDS = (EventKind.RESOLVED, EventKind.BROKEN)
"""Events behind which a detector no longer fires."""

ValueAt = Callable[[int], Any]
Arguments = dict[str, float | str | None]
Values = Mapping[str, float | bool | None]


@dataclass(frozen=True, slots=True)
class Firing:
    """A detector that fires after its judgement at a row."""

    compiled: CompiledDetector
    level: Level
    worst: Level | None
    """The worst level that holds at the judgement; none where `until` or `keep` holds it up."""
    moment: Moment
    since_step: int | None
    """Since when some level of it has held at every judgement."""

    @property
    def who(self) -> Who:
        return self.compiled.who

    @property
    def sort_key(self) -> tuple[int, Who]:
        return -self.level, self.who


@dataclass(frozen=True, slots=True)
class Place:
    """A row of the log that is being decided on."""

    number: int
    row: Row
    value_at: ValueAt


@dataclass(slots=True)
class _Progress:
    """Of one reaction to one firing: since when it is on, and whether it has run."""

    since: Moment | None = None
    has_run: bool = False


Cause = tuple[str, Values]
"""A detector that led to an action, and its values."""


class PolicyRun:
    """What a policy has done so far: each reaction once for each firing, within its limits."""

    def __init__(self, policy: CompiledPolicy | None) -> None:
        self._policy = policy
        self._progress: dict[tuple[int, Who], _Progress] = {}
        self._ran: dict[int, Moment] = {}
        """When each reaction ran last, by its place in the policy."""
        self.times: dict[int, int] = {}
        """In how many rows each reaction has run."""
        self._over: set[int] = set()
        """The reactions of which the `then` has come."""
        self._hyperparameters = Hyperparameters()
        self._faults: dict[int, str] = {}
        """What failed of each `set` that is off, by its number."""
        self._off: dict[int, str] = {}
        """What failed of the condition of each reaction that is off."""

    def react(
        self, firings: Iterable[Firing], events: Iterable[Event], place: Place, failures: Faults
    ) -> list[Action]:
        """The actions decided at one row, in the order of carrying out.

        `firings` are the detectors that were judged at the row and fire, `events` what changed.
        What failed of the program is told before them where the policy needs it.
        """
        if self._policy is None:
            return []
        decided = _Decided(self._policy, self._hyperparameters, self._faults, place)
        lost = self._lost(failures) if failures else []
        ends = self._ends(events)
        ordered = sorted(
            (firing for firing in firings if not firing.compiled.detector.shadow),
            key=lambda firing: firing.sort_key,
        )
        for one in self._policy.reactions:
            if not self._is_spent(one) and one.number not in self._off:
                if one.reaction.on_end:
                    self._end(one, ends, decided)
                else:
                    self._react(one, ordered, decided)
        return decided.actions(lost)

    def _lost(self, failures: Faults) -> list[tuple[ActionSpec, str]]:
        """What is off from this row on, as something failed that it reads."""
        assert self._policy is not None
        lost = []
        for one in self._policy.sets.values():
            failed = sorted(one.operations & failures.keys())
            if failed and one.number not in self._faults:
                fault = self._faults[one.number] = failures[failed[0]]
                lost.append((one.action, fault))
        for reaction in self._policy.reactions:
            failed = sorted(reaction.operations & failures.keys())
            if failed and reaction.number not in self._off:
                fault = self._off[reaction.number] = failures[failed[0]]
                lost.append((reaction.reaction.actions[0], fault))
        return lost

    def _ends(self, events: Iterable[Event]) -> list[Event]:
        """What resolved; the next firing of a detector that ended is another one."""
        ended = [event for event in events if event.event in ENDS]
        for who in map(who_of, ended):
            self._progress = {key: one for key, one in self._progress.items() if key[1] != who}
        return [one for one in ended if one.event is EventKind.RESOLVED and not one.shadow]

    # ---- one reaction ----------------------------------------------------------------------

    def _is_spent(self, one: CompiledReaction) -> bool:
        limit = one.reaction.at_most
        if limit is None or self.times.get(one.number, 0) < limit:
            return False
        return not one.reaction.then or one.number in self._over

    def _end(self, one: CompiledReaction, ends: Sequence[Event], decided: _Decided) -> None:
        asked = [end for end in ends if _covers(one.reaction, who_of(end), end.level)]
        if asked and one.is_asked(decided.place.value_at):
            self._run(one, [(end.who, end.values) for end in asked], decided)

    def _react(self, one: CompiledReaction, firings: Sequence[Firing], decided: _Decided) -> None:
        value_at = decided.place.value_at
        due = [firing for firing in firings if self._is_due(one, firing, value_at)]
        if not due:
            return
        for firing in due:
            self._progress[one.number, firing.who].has_run = True
        self._ran[one.number] = due[0].moment
        causes = [(one.compiled.name, one.compiled.values_at(value_at)) for one in due]
        self._run(one, causes, decided)

    def _is_due(self, one: CompiledReaction, firing: Firing, value_at: ValueAt) -> bool:
        """Whether it has been on for a firing for its `for`, and may run."""
        key, now, reaction = (one.number, firing.who), firing.moment, one.reaction
        if not (_is_on(reaction, firing) and one.is_asked(value_at)):
            if key in self._progress:
                self._progress[key].since = None
            return False
        progress = self._progress.setdefault(key, _Progress())
        progress.since = progress.since.anchored(now) if progress.since else now
        ran = self._ran.get(one.number)
        if ran is not None:
            ran = self._ran[one.number] = ran.anchored(now)
        if reaction.hold is not None and not now.has_passed(reaction.hold, progress.since):
            return False
        if reaction.every is None:
            return not progress.has_run
        return ran is None or now.has_passed(reaction.every, ran)

    def _run(self, one: CompiledReaction, causes: Sequence[Cause], decided: _Decided) -> None:
        """The actions of a row in which it runs, or would have run once too often."""
        limit, times = one.reaction.at_most, self.times.get(one.number, 0)
        if limit is not None and times >= limit:
            self._over.add(one.number)
            decided.add(one.reaction.then, causes)
        else:
            self.times[one.number] = times + 1
            decided.add(one.reaction.actions, causes)

    # ---- what it has done ------------------------------------------------------------------

    @property
    def off(self) -> dict[str, str]:
        """What failed of each `set`, and of each reaction, that is off."""
        if self._policy is None:
            return {}
        sets = {
            f"set {one.hyperparameter}": self._faults[one.number]
            for one in self._policy.sets.values()
            if one.number in self._faults
        }
        reactions = self._policy.reactions
        return sets | {
            f"on {one.reaction.name}": self._off[one.number]
            for one in reactions
            if one.number in self._off
        }

    @property
    def hyperparameters(self) -> dict[str, float]:
        """What hyper-parameters are set to; without those that were reset."""
        chosen = self._hyperparameters.chosen.items()
        return {name: one.value for name, one in chosen if one.value is not None}

    # ---- state -----------------------------------------------------------------------------

    def state(self) -> dict[str, Any]:
        return {
            "progress": [
                [number, *who.to_json(), one.since and one.since.to_json(), one.has_run]
                for (number, who), one in self._progress.items()
            ],
            "ran": [[number, moment.to_json()] for number, moment in self._ran.items()],
            "times": [[number, times] for number, times in self.times.items()],
            "over": sorted(self._over),
            "hyperparameters": {
                name: [one.value, one.times_logged]
                for name, one in self._hyperparameters.chosen.items()
            },
            "faults": [[number, fault] for number, fault in self._faults.items()],
            "off": [[number, fault] for number, fault in self._off.items()],
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        self._progress = {
            (number, Who.of(detector, [instance])): _Progress(
                Moment(*since) if since else None, has_run
            )
            for number, detector, instance, since, has_run in state["progress"]
        }
        self._ran = {number: Moment(*moment) for number, moment in state["ran"]}
        self.times = dict(state["times"])
        self._over = set(state["over"])
        self._hyperparameters.chosen = {
            name: Chosen(*chosen) for name, chosen in state["hyperparameters"].items()
        }
        self._faults.update(dict(state["faults"]))
        self._off.update(dict(state["off"]))


def _is_on(reaction: Reaction, firing: Firing) -> bool:
    """Whether it fires as one of the targets asks, and holds so, and is not excepted."""
    if firing.worst is None or not _covers(reaction, firing.who, firing.level):
        return False
    worst = min(firing.worst, firing.level)
    return any(one.covers(firing.who, worst) for one in reaction.targets)


def _covers(reaction: Reaction, who: Who, level: Level) -> bool:
    if not any(one.covers(who, level) for one in reaction.targets):
        return False
    return not any(one.covers(who, level) for one in reaction.excepted)


@dataclass(slots=True)
class _Asked:
    """An action that was asked for, and by what; of `set` the later one counts."""

    spec: ActionSpec
    causes: list[Cause] = field(default_factory=list)


@dataclass
class _Decided:
    """What is decided at one row: the same action of several reactions is one."""

    policy: CompiledPolicy
    hyperparameters: Hyperparameters
    faults: dict[int, str]
    place: Place
    _asked: dict[tuple[int, tuple[object, ...]], _Asked] = field(default_factory=dict)

    def add(self, actions: Iterable[ActionSpec], causes: Sequence[Cause]) -> None:
        for spec in actions:
            order = list(ActionKind).index(spec.kind)
            what = () if spec.kind is ActionKind.SET else tuple(_plain_arguments(spec).items())
            asked = self._asked.setdefault((order, (spec.hyperparameter, *what)), _Asked(spec))
            asked.spec = spec
            asked.causes += causes

    def actions(self, lost: Iterable[tuple[ActionSpec, str]]) -> list[Action]:
        """All that was decided; before it, what was `lost` of which nothing was."""
        decided = [self._action(one) for _, one in sorted(self._asked.items(), key=_order)]
        told = {one.arguments["hyperparameter"] for one in decided if one.fault}
        return [
            *(
                self._made(spec, {**_plain_arguments(spec), "fault": fault}, ())
                for spec, fault in lost
                if spec.hyperparameter not in told
            ),
            *decided,
        ]

    def _action(self, asked: _Asked) -> Action:
        spec, formed = asked.spec, None
        arguments = _plain_arguments(spec)
        if spec.kind is ActionKind.SET:
            value, formed, fault = self._set(self.policy.set_of(spec))
            arguments |= {"value": value} if fault is None else {"fault": fault}
        elif spec.kind is ActionKind.RESET:
            self.hyperparameters.reset(self.policy.reset_of(spec), self.place.value_at)
        return self._made(spec, arguments, asked.causes, formed)

    def _set(self, one: CompiledSet) -> tuple[float | None, Formed | None, str | None]:
        """A formula that fails is off: nothing is set by it any more."""
        if one.number not in self.faults:
            try:
                decided = self.hyperparameters.decide(one, self.place.value_at)
            except Exception as error:  # told with the action, the others are carried out
                self.faults[one.number] = fault_of(error)
            else:
                return (*(decided or (None, None)), None)
        return None, None, self.faults[one.number]

    def _made(
        self,
        spec: ActionSpec,
        arguments: Arguments,
        causes: Sequence[Cause],
        formed: Formed | None = None,
    ) -> Action:
        by_name = dict(causes)
        values = {
            f"{name}.{quantity}": value
            for name, found in by_name.items()
            for quantity, value in found.items()
        }
        row = self.place.row
        return Action(
            policy=self.policy.name,
            action=spec.kind,
            step=row.step,
            row=self.place.number,
            time=row.time,
            because=tuple(by_name),
            values=values,
            arguments=arguments,
            formed=formed,
        )


def _order(asked: tuple[tuple[int, tuple[object, ...]], _Asked]) -> int:
    return asked[0][0]


def _plain_arguments(spec: ActionSpec) -> Arguments:
    """The arguments of an action as far as they stand in the policy."""
    match spec.kind:
        case ActionKind.NOTIFY:
            return {"channel": spec.channel}
        case ActionKind.PAUSE:
            return {"seconds": spec.length.amount if spec.length else None}
        case ActionKind.SET:
            return {"hyperparameter": spec.hyperparameter, "value": None}
        case ActionKind.RESET:
            return {"hyperparameter": spec.hyperparameter}
        case ActionKind.ROLLBACK if spec.metric is not None:
            return {"to": spec.best, "metric": spec.metric.name}
    return {}


def who_of(event: Event) -> Who:
    return Who.of(event.detector, event.instance.values())
