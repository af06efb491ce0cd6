"""Why a detector fired at a row, or why it did not: its conditions with the value of each part.

Without a step, the row is that of the first finding. If there was none, it is that of the
*nearest miss*: of the judged rows at which a level was known, the one at which the greatest
share of its comparisons held; among equal ones, the one at which those that failed were the
nearest to their thresholds, by |left - right| / (|left| + |right|).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from ptt_rules.engine.compiled import CompiledDetector, CompiledPack
from ptt_rules.engine.events import EventKind, json_number
from ptt_rules.engine.lifecycle import Life, Moment
from ptt_rules.engine.parts import Part, PartMaker
from ptt_rules.engine.replay import FrameReplay
from ptt_rules.ir.pack import Length
from ptt_rules.types import Level, Measure


@dataclass(frozen=True, slots=True)
class LevelPart:
    """A level with its condition; `is_true` is None where the condition is unknown."""

    level: Level
    condition: Part

    @property
    def is_true(self) -> bool | None:
        value = self.condition.value
        return None if value is None else bool(value)


@dataclass(frozen=True, slots=True)
class Explanation:
    """A detector at one row of a log.

    `chosen` says why it is this row, `verdict` what the detector did at it, `unjudged` why it
    was not judged at it (empty: it was), `waits` what its clauses still waited for.
    """

    detector: str
    instance: Mapping[str, str]
    step: int | None
    row: int | None
    chosen: str
    verdict: str
    unjudged: str = ""
    levels: tuple[LevelPart, ...] = ()
    until: Part | None = None
    waits: tuple[str, ...] = field(default_factory=tuple)

    @property
    def who(self) -> str:
        words = ", ".join(self.instance.values())
        return f"{self.detector}[{words}]" if words else self.detector

    def to_json(self) -> dict[str, Any]:
        return {
            "detector": self.detector,
            "instance": dict(self.instance),
            "step": self.step,
            "row": self.row,
            "chosen": self.chosen,
            "verdict": self.verdict,
            "unjudged": self.unjudged,
            "levels": [
                {
                    "level": one.level.word,
                    "value": json_number(one.is_true),
                    "condition": one.condition.to_json(),
                }
                for one in self.levels
            ],
            "until": self.until and self.until.to_json(),
            "waits": list(self.waits),
        }


def explain_frame(
    compiled: CompiledPack,
    frame: pl.DataFrame,
    config: Mapping[str, Any] | None,
    detector: tuple[str, str],
    step: int | None = None,
) -> Explanation:
    """Explains a detector, by qualified name and instance ("": none), over a metric frame."""
    name, word = detector
    replay = FrameReplay(compiled, frame, config)
    for one in replay.detectors:
        if one.detector.qualified == name and ", ".join(one.instance.values()) == word:
            return _Explainer(replay, one).explain(step)
    reason = "no key of its family was logged"
    if word:
        reason = f"no key of its family was logged with `{word}`"
    return Explanation(name, {}, None, None, "", "blind", unjudged=reason)


def instances(
    compiled: CompiledPack, frame: pl.DataFrame, config: Mapping[str, Any] | None, name: str
) -> list[str]:
    """The instances of a detector that a log has."""
    replay = FrameReplay(compiled, frame, config)
    return [
        ", ".join(one.instance.values())
        for one in replay.detectors
        if one.detector.qualified == name and one.instance
    ]


class _Explainer:
    """Explains one detector over one log."""

    def __init__(self, replay: FrameReplay, compiled: CompiledDetector) -> None:
        self._replay = replay
        self._compiled = compiled
        self._judged = replay.judged_rows(compiled).to_list()
        self._parts = PartMaker(replay, compiled)

    def explain(self, step: int | None) -> Explanation:
        if not self._replay.frame.height:
            return self._at(None, "the log has no rows")
        row, chosen = self._first_finding() if step is None else self._row_of(step)
        return self._at(row, chosen)

    # ---- which row -------------------------------------------------------------------------

    def _row_of(self, step: int) -> tuple[int, str]:
        steps = self._replay.steps
        at_or_before = int((steps <= step).sum())
        if not at_or_before:
            return 0, f"the first row, since the log begins at step {steps[0]}"
        row = at_or_before - 1
        if steps[row] != step:
            return row, f"the newest row up to step {step}"
        return row, f"the last row of step {step}"

    def _first_finding(self) -> tuple[int, str]:
        for row, change, _, _ in self._replay.lives(self._compiled):
            if change is not None and change.event is EventKind.FIRED:
                return row, "the first finding"
        missed = self._nearest_miss()
        if missed is not None:
            return missed, "it never fired; the nearest miss"
        last = self._replay.frame.height - 1
        if self._judged:
            return self._judged[-1], "its conditions were never known; the last judged row"
        return last, "it was never judged; the last row"

    def _nearest_miss(self) -> int | None:
        """The judged row that came nearest to a finding, the latest of equal ones."""
        best: tuple[float, float] | None = None
        found = None
        for row in self._judged:
            for _, truth in self._compiled.levels:
                if self._replay.columns[truth][row] is None:
                    continue
                nearness = self._parts.nearness(truth, row)
                if best is None or nearness >= best:
                    best, found = nearness, row
        return found

    # ---- what was at it --------------------------------------------------------------------

    def _at(self, row: int | None, chosen: str) -> Explanation:
        compiled = self._compiled
        detector = compiled.detector
        if row is None:
            return Explanation(
                detector.qualified, compiled.instance, None, None, chosen, "no rows", chosen
            )
        verdict, waits = self._life(row)
        return Explanation(
            detector=detector.qualified,
            instance=compiled.instance,
            step=self._replay.steps[row],
            row=row,
            chosen=chosen,
            verdict=self._status(verdict, row),
            unjudged="" if row in self._judged else self._unjudged(row),
            levels=tuple(
                LevelPart(level.level, self._parts.of_level(level, row))
                for level in detector.levels
            ),
            until=self._parts.of_until(row),
            waits=waits,
        )

    def _status(self, verdict: str, row: int) -> str:
        """`blind` and `warming` for a detector that is idle since it cannot know better."""
        if verdict != "idle":
            return verdict
        if any(_is_empty(column, row) for _, column in self._named()):
            return "blind"
        known = any(
            self._replay.columns[truth][row] is not None for _, truth in self._compiled.levels
        )
        return "idle" if known and row in self._judged else "warming"

    def _unjudged(self, row: int) -> str:
        """Why there is no judgement at a row."""
        named = self._named()
        never = [metric.name for metric, column in named if _is_empty(column, row)]
        if never and len(never) == len(named):
            return f"none of its metrics was logged so far: {_listed(never)}"
        if named and all(column[row] is None for _, column in named):
            return f"this row has none of its metrics: {_listed([m.name for m, _ in named])}"
        family = self._compiled.family
        if family is not None and _is_empty(self._replay.columns[family], row):
            return "its instance had not appeared yet"
        return self._after(row)

    def _after(self, row: int) -> str:
        after = self._compiled.detector.after
        if after is None:
            return ""
        match after.measure:
            case Measure.STEPS:
                return f"`after {_span(after)}` is not over: this is step {self._replay.steps[row]}"
            case Measure.SECONDS:
                clock = self._replay.clocks[row]
                told = "the log has told no time" if clock is None else f"this is second {clock:g}"
                return f"`after {_span(after)}` is not over: {told}"
            case Measure.JUDGEMENTS:
                counts = [
                    f"`{metric.name}` {row + 1 - column.slice(0, row + 1).null_count()}"
                    for metric, column in self._named()
                ]
                return (
                    f"`after {_span(after)}` observations is not over: {', '.join(counts)} so far"
                )

    def _named(self) -> list[tuple[Any, pl.Series]]:
        columns = [self._replay.columns[column] for column in self._compiled.columns]
        return list(zip(self._compiled.detector.metrics, columns, strict=True))

    # ---- its life --------------------------------------------------------------------------

    def _life(self, row: int) -> tuple[str, tuple[str, ...]]:
        """What the detector did up to a row, and what it waited for at it."""
        verdict = "idle"
        waits: tuple[str, ...] = ()
        for at, change, life, now in self._replay.lives(self._compiled):
            if at > row:
                break
            told = change.event.value if change is not None and at == row else ""
            verdict = _verdict(life, told, change.level if change else None)
            waits = tuple(_waits(life, now))
        return verdict, waits


def _is_empty(column: pl.Series, row: int) -> bool:
    """Whether nothing was observed up to a row."""
    return column.slice(0, row + 1).is_null().all()


def _verdict(life: Life, told: str, level: Level | None) -> str:
    if told and level is not None:
        return f"{told} {level.word}"
    if life.level is not None:
        began = life.fired.step if life.fired else "?"
        return f"firing {life.level.word}, since step {began}"
    return "pending" if life.is_pending else "idle"


def _waits(life: Life, now: Moment) -> Iterator[str]:
    """What `for` and `keep` have of what they wait for."""
    detector = life.detector
    for condition in detector.levels:
        since = life.since(condition.level)
        is_new = life.level is None or condition.level > life.level or life.fired == now
        if since is not None and is_new and detector.hold != Length(1, Measure.JUDGEMENTS):
            held = _passed(detector.hold, since, now, counts_first=True)
            yield (
                f"for {_span(detector.hold)}: {condition.level.word} has held {held}, "
                f"since step {since.step}"
            )
    if life.level is not None and detector.keep is not None and life.fired is not None:
        passed = _passed(detector.keep, life.fired, now, counts_first=False)
        yield f"keep {_span(detector.keep)}: {passed} since it fired at step {life.fired.step}"


def _passed(length: Length, since: Moment, now: Moment, *, counts_first: bool) -> str:
    match length.measure:
        case Measure.JUDGEMENTS:
            count = now.number - since.number + counts_first
            return f"{count} of {length.amount:g} judgements"
        case Measure.STEPS:
            return f"{now.step - since.step} of {length.amount:g} steps"
        case Measure.SECONDS:
            if now.clock is None or since.clock is None:
                return f"an unknown part of {length.amount:g} s: the log has told no time"
            return f"{now.clock - since.clock:g} of {length.amount:g} s"


def _span(length: Length) -> str:
    words = {Measure.STEPS: " steps", Measure.SECONDS: " s", Measure.JUDGEMENTS: ""}
    return f"{length.amount:g}{words[length.measure]}"


def _listed(words: Sequence[str]) -> str:
    return ", ".join(f"`{word}`" for word in words)
