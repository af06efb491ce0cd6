"""Which detectors a run can feed: armed, not armed and why not, or unknown until logged.

A detector is armed if the trainer, in this version and with these arguments, logs what one of its
levels needs to be true. A key that the vocabulary does not know, such as a lab's own, stays unknown
until it is logged. Armed detectors that need more logs than the run will write are `short`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any

from packaging.version import InvalidVersion, Version

from ptt_rules.evaluation import CompiledDetector, CompiledPack, Reason, Unjudged
from ptt_rules.language import PttError
from ptt_rules.language.ir import AnyOf, Column, Detector, FamilyColumn, Metric
from ptt_rules.language.metrics import (
    IS_EVALUATED,
    PLAIN,
    TAKES_SNAPSHOTS,
    TRAINERS,
    LoggedKey,
    find,
    is_met,
    is_of_one_set,
    is_of_the_loop,
    settings_of,
    trainer_name,
)
from ptt_rules.language.passes import can_hold
from ptt_rules.language.stacks import Stack
from ptt_rules.logs import NO_SIBLINGS, Siblings
from ptt_rules.packs.forecast import EVAL, Forecast
from ptt_rules.packs.schedule import UNTOLD, Schedule

_ROUND = (1, 2, 3, 4, 5, 10, 20, 25, 50, 100, 200, 250, 500)
"""Values of `logging_steps` that a person would write."""

_OF_OTHER_ROWS = frozenset({"several processes", TAKES_SNAPSHOTS})
"""Keys in rows that the trainer's own arguments do not schedule."""


class Arms(Enum):
    """Whether a run logs a metric; the first ones count where a metric has several keys."""

    YES = "armed"
    PERHAPS = "unknown until logged"
    NO = "not armed"


@dataclass(frozen=True, slots=True)
class Feed:
    """Whether a run logs a metric, and if it does not, or may not, why."""

    arms: Arms
    key: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Unfed:
    """Detectors that lack keys for the same reason."""

    detectors: tuple[str, ...]
    keys: tuple[str, ...]
    reason: str

    def to_json(self) -> dict[str, Any]:
        return {"detectors": [*self.detectors], "keys": [*self.keys], "reason": self.reason}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Unfed:
        return cls(tuple(data["detectors"]), tuple(data["keys"]), data["reason"])


@dataclass(frozen=True, slots=True)
class Arming:
    """The detectors of a pack for one trainer, version of TRL and set of training arguments.

    `short` are those of the armed ones that need more than the `logs` that the run is to write;
    `denser` is the `logging_steps` that would feed so many of them. `expected` has the keys of
    each armed detector's metrics that the run is to log; one that it never logs is a surprise.
    """

    algorithm: str
    trl_version: str | None
    armed: tuple[str, ...]
    not_armed: tuple[Unfed, ...]
    unknown: tuple[Unfed, ...]
    expected: Mapping[str, tuple[tuple[str, ...], ...]]
    short: tuple[Unjudged, ...] = ()
    logs: int | None = None
    denser: tuple[int, int] | None = None
    whose: str = ""
    """Who logs, where it is not the trainer of TRL, or not known to be."""

    @property
    def detectors(self) -> int:
        rest = (name for one in (*self.not_armed, *self.unknown) for name in one.detectors)
        return len({*self.armed, *rest})

    def surprises(self, unjudged: Iterable[Unjudged]) -> dict[tuple[str, ...], list[str]]:
        """Keys that a run should have logged and did not, with the armed detectors that lacked
        them."""
        found: dict[tuple[str, ...], list[str]] = {}
        for one in unjudged:
            if one.reason is not Reason.BLIND:
                continue
            expected = self.expected.get(one.detector, ())
            for keys in one.keys:
                if keys in expected:
                    found.setdefault(keys, []).append(one.detector)
        return found

    def to_json(self) -> dict[str, Any]:
        return {
            "algorithm": self.algorithm,
            "trl": self.trl_version,
            "whose": self.whose,
            "detectors": self.detectors,
            "armed": [*self.armed],
            "not_armed": [one.to_json() for one in self.not_armed],
            "unknown_until_logged": [one.to_json() for one in self.unknown],
            "logs": self.logs,
            "short": [one.to_json() for one in self.short],
            "denser": self.denser and {"logging_steps": self.denser[0], "feeds": self.denser[1]},
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Arming:
        """As `run.json` has it; what a surprise would be is not in it."""
        denser = data.get("denser")
        return cls(
            data["algorithm"],
            data.get("trl"),
            tuple(data["armed"]),
            tuple(map(Unfed.from_json, data["not_armed"])),
            tuple(map(Unfed.from_json, data["unknown_until_logged"])),
            {},
            tuple(map(Unjudged.from_json, data.get("short", ()))),
            data.get("logs"),
            denser and (denser["logging_steps"], denser["feeds"]),
            data.get("whose", ""),
        )


def arming(
    compiled: CompiledPack,
    algorithm: str,
    *,
    trl_version: str | None,
    arguments: Mapping[str, Any],
    siblings: Siblings = NO_SIBLINGS,
    stack: Stack | None = None,
    facts: Mapping[str, Any] | None = None,
) -> Arming:
    """The detectors that can judge in a run. Without a version, all known versions count; without
    a framework it is TRL's own trainer.

    `facts` are what rules read as `run.NAME`; without them none is held to be missing.

    Errors: PTT303 for an invalid version
    """
    schedule = Schedule.of(arguments)
    run = _Run(algorithm, _version(trl_version), arguments, schedule, stack)
    forecast = Forecast(compiled.program, schedule, run.is_scheduled, siblings, facts)
    armed: list[str] = []
    short: dict[str, Unjudged] = {}
    expected: dict[str, tuple[tuple[str, ...], ...]] = {}
    unfed: dict[Arms, dict[str, dict[str, Sequence[str]]]] = {Arms.NO: {}, Arms.PERHAPS: {}}
    for one in compiled.detectors:
        name = one.detector.qualified
        feeds = {metric.keys: run.feed(metric) for metric in one.detector.metrics}
        arms = _arms(one.detector, feeds)
        missing = [feed for feed in feeds.values() if feed.arms is arms]
        lack = forecast.lacking(one) if arms is Arms.YES else None
        if lack is not None and not lack.in_part and lack.reason is not Reason.WARMING:
            arms, missing = Arms.NO, [_never(lack)]
        elif arms is Arms.YES and schedule.why_no_row:
            arms, missing = Arms.NO, [Feed(Arms.NO, "rows", schedule.why_no_row)]
        if arms is not Arms.YES:
            alike = unfed[arms].setdefault(missing[0].reason, {})
            alike[name] = [f.key for f in missing if f.key and f.reason == missing[0].reason]
            continue
        armed.append(name)
        expected[name] = tuple(keys for keys, feed in feeds.items() if feed.arms is Arms.YES)
        if lack is not None and not lack.in_part:
            short[name] = lack
    logs = schedule.logs.times
    return Arming(
        algorithm,
        trl_version,
        tuple(armed),
        _unfed(unfed[Arms.NO]),
        _unfed(unfed[Arms.PERHAPS]),
        expected,
        tuple(short.values()),
        None if logs == UNTOLD else int(logs),
        _denser(forecast, [one for one in compiled.detectors if one.detector.qualified in short]),
        "" if stack is None or stack.on_trl else stack.title,
    )


def _never(lack: Unjudged) -> Feed:
    """The inputs that an armed detector will lack although its metrics are logged."""
    named = " and ".join(f"`{keys[0]}`" for keys in lack.keys if keys)
    return Feed(Arms.NO, "", f"{named}: {lack.text}" if named else lack.text)


def _denser(forecast: Forecast, short: Sequence[CompiledDetector]) -> tuple[int, int] | None:
    """The greatest `logging_steps` that feeds as many as 1 does, and how many these are."""
    now = forecast.schedule.logging_steps
    if now is None or now == 1 or not short:
        return None

    def fed(steps: int) -> int:
        other = replace(forecast, schedule=forecast.schedule.every(steps))
        return sum(other.lacking(one) is None for one in short)

    most = fed(1)
    if not most:
        return None
    return max(steps for steps in _ROUND if steps < now and fed(steps) == most), most


def _version(text: str | None) -> Version | None:
    try:
        return Version(text) if text else None
    except InvalidVersion:
        hint = "write one such as `1.16.0`"
        raise PttError.of("PTT303", f"`{text}` is not a version of TRL", hint=hint) from None


def _unfed(found: Mapping[str, Mapping[str, Sequence[str]]]) -> tuple[Unfed, ...]:
    """By reason the detectors, and the keys that they lack; those of most detectors first."""
    made = [
        Unfed(tuple(alike), tuple(sorted({key for keys in alike.values() for key in keys})), reason)
        for reason, alike in found.items()
    ]
    return tuple(sorted(made, key=lambda one: (-len(one.detectors), one.detectors)))


def _arms(detector: Detector, feeds: Mapping[tuple[str, ...], Feed]) -> Arms:
    """Armed if some level can be true by what is logged, not armed if none ever can."""

    def holds(least: Arms) -> bool:
        good = {Arms.YES} if least is Arms.YES else {Arms.YES, Arms.PERHAPS}

        def is_logged(column: Column | FamilyColumn | AnyOf) -> bool:
            keys = column.keys if isinstance(column, Column) else column.patterns
            return keys not in feeds or feeds[keys].arms in good

        return any(can_hold(level.condition, is_logged) for level in detector.levels)

    if holds(Arms.YES):
        return Arms.YES
    return Arms.PERHAPS if holds(Arms.PERHAPS) else Arms.NO


# ---- metrics -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Run:
    """The trainer, its version and its arguments."""

    algorithm: str
    version: Version | None
    arguments: Mapping[str, Any]
    schedule: Schedule
    stack: Stack | None = None

    def is_scheduled(self, keys: tuple[str, ...]) -> bool:
        """Whether the trainer's arguments schedule the rows of a metric."""
        rows = [row for key in keys for row in find(key) if self.algorithm in row.trainers]
        return not any(row.when in _OF_OTHER_ROWS for row in rows)

    def feed(self, metric: Metric) -> Feed:
        """The best of what its keys are."""
        if metric.label is not None and metric.keys == ("{" + metric.label + "}",):
            why_never = self.schedule.why_no_row
            return Feed(Arms.NO if why_never else Arms.YES, metric.keys[0], why_never)
        found = [self._of_key(key) for key in self._known(metric.keys)]
        order = list(Arms)
        return min(found, key=lambda one: (order.index(one.arms), not one.key, one.reason == ""))

    def _known(self, keys: tuple[str, ...]) -> tuple[str, ...]:
        """The keys on which the vocabulary of a framework has something to say, else all."""
        if self.stack is None:
            return keys
        named = {mean for alias in self.stack.aliases for mean in alias.means}
        named |= {own.key for own in self.stack.own}
        known = tuple(key for key in keys if key in named or key in self.stack.absent)
        return known or keys

    def _of_key(self, key: str) -> Feed:
        return self._of_stack(key, self.stack) if self.stack else self._of_trl(key)

    def _of_stack(self, key: str, stack: Stack) -> Feed:
        """By the vocabulary of another framework, and by TRL's where that trains with TRL."""
        rows = [
            alias
            for alias in stack.aliases
            if key in alias.means and (not alias.packs or self.algorithm in alias.packs)
        ]
        if any(not row.when for row in rows) or any(own.key == key for own in stack.own):
            return Feed(Arms.YES, key)
        if stack.on_trl and key not in stack.absent:
            return self._of_trl(key)
        if rows:
            reason = f"which {stack.title} logs only with {rows[0].when}"
            return Feed(Arms.PERHAPS, rows[0].key, reason)
        if not find(key) and key not in stack.absent:
            return Feed(Arms.PERHAPS, key, f"which {stack.title} itself does not log")
        why = f": {stack.absent[key]}" if key in stack.absent else ""
        return Feed(Arms.NO, key, f"which {stack.title} does not log{why}")

    def _of_trl(self, key: str) -> Feed:
        rows, trainer = find(key), trainer_name(self.algorithm)
        if not rows:
            library = trainer if self.algorithm in PLAIN else "TRL"
            return Feed(Arms.PERHAPS, key, f"which {library} itself does not log")
        own = [row for row in rows if self._logs(row)]
        if own:
            feeds = [self._of_row(key, row) for row in own]
            return min(feeds, key=lambda one: list(Arms).index(one.arms))
        if self.algorithm in TRAINERS:
            return Feed(Arms.NO, key, f"which {trainer} does not log")
        if self.algorithm in PLAIN:
            return Feed(Arms.PERHAPS, key, f"which {trainer} itself does not log")
        return Feed(Arms.PERHAPS, key, f"which {trainer} may log or not")

    def _logs(self, row: LoggedKey) -> bool:
        if self.algorithm in TRAINERS:
            return self.algorithm in row.trainers
        return is_of_the_loop(row)

    def _of_row(self, key: str, row: LoggedKey) -> Feed:
        version = self.version
        since = row.since.get(self.algorithm)
        if version is not None and since and version < Version(since):
            return Feed(Arms.NO, key, f"which is logged since TRL {since}")
        if version is not None and row.until and version >= Version(row.until):
            return Feed(Arms.NO, key, f"which is no longer logged since TRL {row.until}")
        if key.startswith(EVAL) and not self._evaluates():
            return Feed(Arms.NO, key, self._needs(IS_EVALUATED))
        rhythm = self.schedule.evaluations if key.startswith(EVAL) else self.schedule.logs
        if rhythm.why_never and row.when not in _OF_OTHER_ROWS:
            return Feed(Arms.NO, key, rhythm.why_never)
        if is_of_one_set(key):
            return Feed(Arms.PERHAPS, key, "which is logged only with several evaluation sets")
        return self._by_arguments(key, row.when or (IS_EVALUATED if key.startswith(EVAL) else ""))

    def _evaluates(self) -> bool:
        return is_met(IS_EVALUATED, self.arguments) is not False

    def _by_arguments(self, key: str, when: str) -> Feed:
        met = is_met(when, self.arguments)
        if met is True:
            return Feed(Arms.YES, key)
        return Feed(Arms.PERHAPS if met is None else Arms.NO, key, self._needs(when))

    def _needs(self, when: str) -> str:
        given = [name for name in settings_of(when) if name in self.arguments]
        shown = " and ".join(f"{name} is {_value(self.arguments[name])}" for name in given)
        return f"which is logged only with {when}" + (f" ({shown})" if shown else "")


def _value(value: object) -> str:
    return f'"{value}"' if isinstance(value, str) else str(value)
