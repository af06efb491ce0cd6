"""What of a pack could not judge a run, or only in part, and why.

A detector of which every level needs something that was never known could not judge; one with a
level that needs nothing of the kind could judge in part, and so did one that broke after it had
judged. Instances of a family count as the one detector that they are of.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ptt_rules.evaluation.compiled import CompiledDetector, CompiledPack
from ptt_rules.evaluation.lacks import Evidence, Lack, Outlook, Outlooks, Reason, worst_reason
from ptt_rules.language import Measure
from ptt_rules.language.ir import Length, Metric, filled


@dataclass(frozen=True, slots=True)
class Unjudged:
    """A detector that could not judge, or `in_part` only some of its levels.

    `metrics` are those that what it lacks is of, with their `keys`. A warming one `needs` so many
    judgements, steps or seconds (`measure`) and `had` fewer. `text` says what is unknown, and of a
    broken one what failed.
    """

    detector: str
    reason: Reason
    in_part: bool
    metrics: tuple[str, ...] = ()
    keys: tuple[tuple[str, ...], ...] = ()
    needs: int | None = None
    had: int | None = None
    text: str = ""
    measure: Measure = Measure.JUDGEMENTS

    def to_json(self) -> dict[str, Any]:
        return {
            "detector": self.detector,
            "reason": self.reason.value,
            "in_part": self.in_part,
            "metrics": [*self.metrics],
            "keys": [[*alternatives] for alternatives in self.keys],
            "needs": self.needs,
            "had": self.had,
            "text": self.text,
            "measure": self.measure.value,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Unjudged:
        return cls(
            detector=data["detector"],
            reason=Reason(data["reason"]),
            in_part=bool(data["in_part"]),
            metrics=tuple(data.get("metrics", ())),
            keys=tuple(tuple(keys) for keys in data.get("keys", ())),
            needs=data.get("needs"),
            had=data.get("had"),
            text=data.get("text", ""),
            measure=Measure(data.get("measure", Measure.JUDGEMENTS.value)),
        )


@dataclass(frozen=True, slots=True)
class Reach:
    """How much of a pack judged a run: its detectors, and those that lacked something."""

    detectors: int
    rows: int
    unjudged: tuple[Unjudged, ...]

    @property
    def idle(self) -> tuple[Unjudged, ...]:
        """Those that could not judge at all."""
        return tuple(one for one in self.unjudged if not one.in_part)

    @property
    def judged(self) -> int:
        """How many detectors could judge, in part or whole."""
        return self.detectors - len(self.idle)

    @property
    def in_part(self) -> int:
        return len(self.unjudged) - len(self.idle)

    @property
    def idle_share(self) -> float:
        """The share of detectors that could not judge."""
        return len(self.idle) / self.detectors if self.detectors else 0.0

    def to_json(self) -> dict[str, Any]:
        return {
            "rows": self.rows,
            "detectors": self.detectors,
            "judged": self.judged,
            "unjudged": [one.to_json() for one in self.unjudged],
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Reach:
        unjudged = tuple(Unjudged.from_json(one) for one in data["unjudged"])
        return cls(int(data["detectors"]), int(data["rows"]), unjudged)


@dataclass(frozen=True, slots=True)
class Broken:
    """What failed of a detector that is off, and whether it had judged by then."""

    fault: str
    had_judged: bool


Present = tuple[CompiledDetector, Broken | None]
"""A detector, or an instance that appeared, and why it is off if it is."""


Judgements = Callable[[CompiledDetector], float]
"""How often a detector was judged."""


def reach_of(
    compiled: CompiledPack,
    present: Iterable[Present],
    evidence: Evidence,
    judgements: Judgements,
    rows: int,
) -> Reach:
    """How much of a pack could judge; `present` are its detectors and the instances that appeared.

    Cost: a walk over the conditions; nothing is kept for it from row to row
    """
    outlooks = Outlooks(evidence)
    by_name: dict[str, list[Present]] = {}
    for one, broken in present:
        by_name.setdefault(one.detector.qualified, []).append((one, broken))
    found = []
    for template in compiled.detectors:
        name = template.detector.qualified
        there = by_name.get(name, [])
        each = [
            _off(one, broken) if broken else _lacking(one, outlooks, judgements)
            for one, broken in there
        ]
        if not there:
            each = [_without_instance(template)]
        together = _together(each)
        if together is not None:
            found.append(together)
    return Reach(len(compiled.detectors), rows, tuple(found))


def reason_of(one: CompiledDetector, evidence: Evidence, judgements: float) -> Reason:
    """Why no condition of a detector is known: what each of its levels waits for."""
    outlooks = Outlooks(evidence)
    uncalled = () if judgements else outlooks.of_calls(one.calls)
    lacks = [(*uncalled, *outlooks.of(truth, wanted=True).lacks) for _, truth in one.levels]
    for reason in (Reason.BLIND, Reason.UNKNOWN):
        if all(any(lack.reason is reason for lack in each) for each in lacks):
            return reason
    return Reason.WARMING


def lacking(one: CompiledDetector, evidence: Evidence, judgements: Judgements) -> Unjudged | None:
    """What one detector lacks, one of a family as if its instance were there."""
    return _lacking(one, Outlooks(evidence), judgements)


def _together(instances: Sequence[Unjudged | None]) -> Unjudged | None:
    """Of a family the instance that lacks most; where others judge, it judges in part."""
    lacks = [one for one in instances if one is not None]
    if not lacks:
        return None
    idle = [one for one in lacks if not one.in_part]
    broken = [one for one in lacks if one.reason is Reason.BROKEN]
    return replace((broken or idle or lacks)[0], in_part=len(idle) < len(instances))


def _off(one: CompiledDetector, broken: Broken) -> Unjudged:
    name = one.detector.qualified
    return Unjudged(name, Reason.BROKEN, broken.had_judged, text=broken.fault)


def _lacking(one: CompiledDetector, outlooks: Outlooks, judgements: Judgements) -> Unjudged | None:
    late = _late(one, outlooks, judgements)
    levels = [outlooks.of(truth, wanted=True) for _, truth in one.levels]
    waits = [
        _waiting(one, level.hold, outlook, late, judgements)
        for level, outlook in zip(one.detector.levels, levels, strict=True)
    ]
    idle = [wait for wait in waits if wait]
    if len(idle) == len(levels):
        nearest = min(idle, key=lambda lacks: Outlook(tuple(lacks)).distance)
        return _unjudged(one, nearest, in_part=False)
    read = [lack for _, truth in one.levels for lack in outlooks.read(truth)]
    partly = dict.fromkeys([*(lack for wait in idle for lack in wait), *read])
    return _unjudged(one, tuple(partly), in_part=True) if partly else None


def _without_instance(one: CompiledDetector) -> Unjudged:
    """A family of which no key has appeared."""
    family = one.detector.family
    assert family is not None
    own = [one for one in one.detector.metrics if one.label is not None] or [*family.metrics]
    names, keys = tuple(each.name for each in own), tuple(each.keys for each in own)
    return Unjudged(one.detector.qualified, Reason.BLIND, False, names, keys)


def _waiting(
    one: CompiledDetector,
    hold: Length,
    outlook: Outlook,
    late: tuple[Lack, ...],
    judgements: Judgements,
) -> tuple[Lack, ...]:
    """What keeps a level from firing: what is unknown, else `after`, else `for`."""
    if not outlook.is_open:
        return tuple(_in_all(one, hold, lack) for lack in outlook.lacks)
    if late:
        return late
    had, needs = judgements(one), with_waits(one, hold, outlook.rows)
    if had >= needs:
        return ()
    return (Lack(Reason.WARMING, one.reads, needs, int(had)),)


def _in_all(one: CompiledDetector, hold: Length, lack: Lack) -> Lack:
    """How many rows a level needs, with the waits that follow a full window."""
    return lack if lack.needs is None else replace(lack, needs=with_waits(one, hold, lack.needs))


def with_waits(one: CompiledDetector, hold: Length, rows: int) -> int:
    """From how many rows on a level can fire whose condition can hold from so many on."""
    after = one.detector.after
    if after is not None and after.measure is Measure.JUDGEMENTS:
        rows = max(rows, int(after.amount))
    if hold.measure is Measure.JUDGEMENTS:
        rows += int(hold.amount) - 1
    return rows


def _late(one: CompiledDetector, outlooks: Outlooks, judgements: Judgements) -> tuple[Lack, ...]:
    """What it is not judged before: a row that calls for it, and the end of `after`."""
    after, had = one.detector.after, judgements(one)
    if not had and (lacks := outlooks.of_calls(one.calls)):
        return lacks
    if after is None:
        return ()
    if not after.is_counted:
        return _short_of(one, after, outlooks.evidence.stands(after.measure) or 0.0)
    if had >= after.amount:
        return ()
    soonest = min((level.hold for level in one.detector.levels), key=_judgements_of)
    needs = with_waits(one, soonest, int(after.amount))
    return (Lack(Reason.WARMING, one.reads, needs, int(had)),)


def _judgements_of(hold: Length) -> float:
    return hold.amount if hold.is_counted else 1


def _short_of(one: CompiledDetector, after: Length, had: float) -> tuple[Lack, ...]:
    if had >= after.amount:
        return ()
    return (Lack(Reason.WARMING, one.reads, int(after.amount), int(had), measure=after.measure),)


# ---- in words of the pack ------------------------------------------------------------------


def _unjudged(one: CompiledDetector, lacks: Sequence[Lack], *, in_part: bool) -> Unjudged:
    reason = worst_reason(lacks)
    own = [lack for lack in lacks if lack.reason is reason]
    counted = [lack for lack in own if lack.needs is not None]
    most = max(counted, key=lambda lack: (lack.needs or 0) - (lack.had or 0), default=None)
    read = {column for lack in own for column in lack.columns}
    pairs = zip(one.detector.metrics, one.reads, strict=True)
    metrics = [metric for metric, column in pairs if column in read]
    return Unjudged(
        detector=one.detector.qualified,
        reason=reason,
        in_part=in_part,
        metrics=tuple(metric.name for metric in metrics),
        keys=tuple(_keys(metric, one.instance) for metric in metrics),
        needs=most.needs if most else None,
        had=most.had if most else None,
        text="; ".join(dict.fromkeys(lack.text for lack in own if lack.text)),
        measure=most.measure if most else Measure.JUDGEMENTS,
    )


def _keys(metric: Metric, instance: Mapping[str, str]) -> tuple[str, ...]:
    """The logged keys of a metric; of a family those of the instance, if there is one."""
    word = instance.get(metric.label) if metric.label is not None else None
    if metric.label is None or word is None:
        return metric.keys
    return filled(metric.keys, metric.label, word)
