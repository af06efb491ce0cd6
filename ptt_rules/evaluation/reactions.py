"""Policies at work: from detectors that fire to the actions decided at a row."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ptt_rules.evaluation.compiled import CompiledDetector
from ptt_rules.evaluation.events import Action, Event, EventKind, Formed
from ptt_rules.evaluation.faults import Faults, fault_of
from ptt_rules.evaluation.hyperparameters import CompiledPolicy, CompiledSet, Hyperparameters
from ptt_rules.evaluation.lifecycle import Moment
from ptt_rules.language import ActionKind, Level, Who
from ptt_rules.language.ir import ActionSpec, Reaction, Trigger
from ptt_rules.logs import Row

ENDS = (EventKind.RESOLVED, EventKind.BROKEN)
"""Events behind which a detector no longer fires."""

ValueAt = Callable[[int], Any]


@dataclass(frozen=True, slots=True)
class Firing:
    """A detector that fires after its judgement at a row."""

    compiled: CompiledDetector
    level: Level
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
    """Of one reaction to one firing: since when its trigger holds, and when it last ran."""

    since: Moment | None = None
    ran: Moment | None = None


class PolicyRun:
    """What a policy has done so far: each reaction once for each firing, within its limits."""

    def __init__(self, policy: CompiledPolicy | None) -> None:
        self._policy = policy
        self._progress: dict[tuple[int, Who], _Progress] = {}
        self.times: dict[int, int] = {}
        """How often each reaction has run, by its place in the policy."""
        self._hyperparameters = Hyperparameters()
        self._faults: dict[int, str] = {}
        """What failed of each `set` that is off, by its number."""

    def react(
        self, firings: Iterable[Firing], ended: Iterable[Who], place: Place, failures: Faults
    ) -> list[Action]:
        """The actions decided at one row, in the order of carrying out.

        `firings` are the detectors that were judged at the row and fire, `ended` those that
        no longer do. What failed of the program is told before them where a `set` needs it.
        """
        if self._policy is None:
            return []
        lost = self._lost(failures) if failures else []
        for who in ended:
            self._progress = {key: one for key, one in self._progress.items() if key[1] != who}
        ordered = sorted(
            (firing for firing in firings if not firing.compiled.detector.shadow),
            key=lambda firing: firing.sort_key,
        )
        decided = _Decided(self._policy, self._hyperparameters, self._faults, place)
        for number, reaction in enumerate(self._policy.reactions):
            causes = [firing for firing in ordered if self._runs(number, reaction, firing)]
            decided.add(reaction, causes)
        return decided.actions(lost)

    def _lost(self, failures: Faults) -> list[CompiledSet]:
        """Each `set` that is off from this row on, as something failed that it reads."""
        sets = () if self._policy is None else self._policy.sets.values()
        lost = []
        for one in sets:
            failed = sorted(one.operations & failures.keys())
            if failed and one.number not in self._faults:
                self._faults[one.number] = failures[failed[0]]
                lost.append(one)
        return lost

    def _runs(self, number: int, reaction: Reaction, firing: Firing) -> bool:
        """Whether a reaction is due for a firing; notes that it ran."""
        progress = self._progress.setdefault((number, firing.who), _Progress())
        progress.since = progress.since and progress.since.anchored(firing.moment)
        progress.ran = progress.ran and progress.ran.anchored(firing.moment)
        if not _fits(reaction.trigger, firing):
            progress.since = None
            return False
        if progress.since is None:
            progress.since = firing.moment
        if not _is_due(reaction, progress, firing.moment):
            return False
        if reaction.at_most is not None and self.times.get(number, 0) >= reaction.at_most:
            return False
        self.times[number] = self.times.get(number, 0) + 1
        progress.ran = firing.moment
        return True

    @property
    def off(self) -> dict[str, str]:
        """What failed of each `set` that is off, by its hyper-parameter."""
        sets = () if self._policy is None else self._policy.sets.values()
        return {
            one.hyperparameter: self._faults[one.number]
            for one in sets
            if one.number in self._faults
        }

    @property
    def hyperparameters(self) -> dict[str, float]:
        """What hyper-parameters were set to last."""
        return {
            hyperparameter: value
            for hyperparameter, (value, _) in self._hyperparameters.chosen.items()
        }

    # ---- state -----------------------------------------------------------------------------

    def state(self) -> dict[str, Any]:
        return {
            "progress": [
                [number, *who.to_json(), *(at and at.to_json() for at in (one.since, one.ran))]
                for (number, who), one in self._progress.items()
            ],
            "times": [[number, times] for number, times in self.times.items()],
            "hyperparameters": {
                hyperparameter: list(chosen)
                for hyperparameter, chosen in self._hyperparameters.chosen.items()
            },
            "faults": [[number, fault] for number, fault in self._faults.items()],
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        self._progress = {
            (number, Who.of(detector, [instance])): _Progress(
                Moment(*since) if since else None, Moment(*ran) if ran else None
            )
            for number, detector, instance, since, ran in state["progress"]
        }
        self.times = dict(state["times"])
        self._hyperparameters.chosen = {
            hyperparameter: (value, times)
            for hyperparameter, (value, times) in state["hyperparameters"].items()
        }
        self._faults.update(dict(state["faults"]))


def _is_due(reaction: Reaction, progress: _Progress, now: Moment) -> bool:
    assert progress.since is not None
    if reaction.hold is not None and not now.has_held(reaction.hold, progress.since):
        return False
    if progress.ran is None:
        return True
    return reaction.every is not None and now.has_passed(reaction.every, progress.ran)


def _fits(trigger: Trigger, firing: Firing) -> bool:
    if trigger.detector is None:
        return trigger.level is not None and firing.level >= trigger.level
    named = trigger.detector == firing.compiled.detector.qualified
    return named and trigger.level in (None, firing.level)


@dataclass
class _Decided:
    """What is decided at one row: the same action of several reactions is one."""

    policy: CompiledPolicy
    hyperparameters: Hyperparameters
    faults: dict[int, str]
    place: Place
    _causes: dict[tuple[int, tuple[Any, ...]], list[Firing]] = field(default_factory=dict)
    _formed: dict[int | None, Formed] = field(default_factory=dict)
    """How the values of those that set something were formed."""

    def add(self, reaction: Reaction, causes: Sequence[Firing]) -> None:
        for action in reaction.actions if causes else ():
            own = len(self._causes) if action.kind is ActionKind.SET else None
            arguments = self._arguments(action, own)
            order = list(ActionKind).index(action.kind)
            key = (order, (own, *arguments.items()))
            self._causes.setdefault(key, []).extend(causes)

    def _arguments(self, action: ActionSpec, own: int | None) -> dict[str, float | str | None]:
        match action.kind:
            case ActionKind.NOTIFY:
                return {"channel": action.channel}
            case ActionKind.PAUSE:
                return {"seconds": action.length.amount if action.length else None}
            case ActionKind.SET:
                return self._set(self.policy.set_of(action), own)
        return {}

    def _set(self, one: CompiledSet, own: int | None) -> dict[str, float | str | None]:
        """A formula that fails is off: nothing is set by it any more."""
        if one.number not in self.faults:
            try:
                decided = self.hyperparameters.decide(one, self.place.value_at)
            except Exception as error:  # told with the action, the others are carried out
                self.faults[one.number] = fault_of(error)
            else:
                if decided is None:
                    return _nothing_set(one)
                value, self._formed[own] = decided
                return {"hyperparameter": one.hyperparameter, "value": value}
        return _nothing_set(one, self.faults[one.number])

    def actions(self, lost: Iterable[CompiledSet]) -> list[Action]:
        """All that was decided; before it, that those are `lost` of which nothing was."""
        decided = self._decided()
        told = {one.arguments["hyperparameter"] for one in decided if one.fault}
        silent = [one for one in lost if one.hyperparameter not in told]
        return [*(self._lost(one) for one in silent), *decided]

    def _lost(self, one: CompiledSet) -> Action:
        """That a `set` is off, told where it happens and not only once it is due."""
        said = _nothing_set(one, self.faults[one.number])
        return self._action(ActionKind.SET, said, None, ())

    def _decided(self) -> list[Action]:
        ordered = sorted(self._causes.items(), key=lambda cause: cause[0][0])
        kinds = list(ActionKind)
        return [
            self._action(kinds[order], dict(arguments), self._formed.get(own), causes)
            for (order, (own, *arguments)), causes in ordered
        ]

    def _action(
        self,
        kind: ActionKind,
        arguments: dict[str, float | str | None],
        formed: Formed | None,
        causes: Sequence[Firing],
    ) -> Action:
        by_name = {firing.compiled.name: firing for firing in causes}
        values = {
            f"{name}.{quantity}": value
            for name, firing in by_name.items()
            for quantity, value in firing.compiled.values_at(self.place.value_at).items()
        }
        row = self.place.row
        return Action(
            policy=self.policy.name,
            action=kind,
            step=row.step,
            row=self.place.number,
            time=row.time,
            because=tuple(by_name),
            values=values,
            arguments=arguments,
            formed=formed,
        )


def _nothing_set(one: CompiledSet, fault: str | None = None) -> dict[str, float | str | None]:
    said: dict[str, float | str | None] = {"hyperparameter": one.hyperparameter, "value": None}
    return said if fault is None else {**said, "fault": fault}


def ended(events: Iterable[Event]) -> list[Who]:
    """The detectors that no longer fire after some events."""
    return [who_of(event) for event in events if event.event in ENDS]


def who_of(event: Event) -> Who:
    return Who.of(event.detector, event.instance.values())
