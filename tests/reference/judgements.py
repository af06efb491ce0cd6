"""One detector at the rows at which it is judged: which levels hold, and for how long."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from ptt_rules.language.ir.lengths import Length
from ptt_rules.language.ir.pack import Detector, Family
from ptt_rules.language.types import Level, Measure
from tests.reference import Log, Reader
from tests.reference.keys import word_in


@dataclass(frozen=True, slots=True)
class Subject:
    """A detector, or one instance of a detector `for each` family, on a log."""

    detector: Detector
    reader: Reader

    @property
    def instance(self) -> dict[str, str]:
        family, word = self.detector.family, self.reader.instance
        return {family.label: word} if family and word is not None else {}

    @property
    def who(self) -> str:
        word = self.reader.instance
        return self.detector.qualified if word is None else f"{self.detector.qualified}[{word}]"


@dataclass(frozen=True, slots=True)
class Judgement:
    """What one judgement found; `number` counts the judgements of the detector.

    `truth` is the worst level whose condition is true: it holds, and so do all milder ones.
    """

    number: int
    row: int
    step: int
    clock: float | None
    epoch: float | None
    truth: Level | None
    until: bool

    def holds(self, level: Level) -> bool:
        return self.truth is not None and self.truth >= level


def judge_row(subject: Subject, row: int, number: int) -> Judgement | None:
    """The judgement at a row; None where the detector is not judged."""
    detector, reader = subject.detector, subject.reader
    if not _is_due(subject, row) or not _is_after(subject, row):
        return None
    true = [one.level for one in detector.levels if reader.truth(one.condition, row) is True]
    return Judgement(
        number=number,
        row=row,
        step=reader.log.rows[row].step,
        clock=reader.log.clocks[row],
        epoch=reader.log.epochs[row],
        truth=max(true, default=None),
        until=detector.until is None or reader.truth(detector.until, row) is True,
    )


def has_passed(length: Length, judgements: Sequence[Judgement]) -> bool:
    """Whether a span lies between the first and the last of some judgements in a row.

    Where the log told no time yet at the first of them, the first that has a clock counts; of
    epochs as well.
    """
    first, last = judgements[0], judgements[-1]
    match length.measure:
        case Measure.JUDGEMENTS:
            return last.number - first.number >= length.amount
        case Measure.STEPS:
            return last.step - first.step >= length.amount
        case Measure.SECONDS:
            clocks = [one.clock for one in judgements if one.clock is not None]
            return bool(clocks) and clocks[-1] - clocks[0] >= length.amount
        case Measure.EPOCHS:
            epochs = [one.epoch for one in judgements if one.epoch is not None]
            return bool(epochs) and epochs[-1] - epochs[0] >= length.amount


def has_held(length: Length, run: Sequence[Judgement]) -> bool:
    """Whether something has held long enough, at the judgements in a row at which it did."""
    if length.measure is Measure.JUDGEMENTS:
        return len(run) >= length.amount
    return bool(run) and has_passed(length, run)


# ---- when it is judged ---------------------------------------------------------------------


def _is_due(subject: Subject, row: int) -> bool:
    """Whether something calls for a judgement; if nothing can it is always due."""
    calls, reader = subject.detector.calls, subject.reader
    return not calls or any(reader.value(call, row) is not None for call in calls)


def _begins(subject: Subject) -> int:
    """The first row that a detector can be judged at: that in which its instance appears."""
    family, word = subject.detector.family, subject.reader.instance
    if family is None or family.words or word is None:
        return 0
    log = subject.reader.log
    return next(row for row in range(len(log.rows)) if word in instances(family, log, row))


def _is_after(subject: Subject, row: int) -> bool:
    after, log = subject.detector.after, subject.reader.log
    if after is None:
        return True
    match after.measure:
        case Measure.STEPS:
            return log.rows[row].step >= after.amount
        case Measure.SECONDS:
            clock = log.clocks[row]
            return clock is not None and clock >= after.amount
        case Measure.EPOCHS:
            epoch = log.epochs[row]
            return epoch is not None and epoch >= after.amount
        case Measure.JUDGEMENTS:
            due = [r for r in range(_begins(subject), row + 1) if _is_due(subject, r)]
            return len(due) >= after.amount


# ---- instances -----------------------------------------------------------------------------


def instances(family: Family, log: Log, row: int) -> list[str]:
    """The words that the family's label stood for in the rows so far."""
    keys = {key for earlier in log.rows[: row + 1] for key in earlier.values}
    patterns = [pattern for metric in family.metrics for pattern in metric.keys]
    words = {word_in(pattern, family.label, key) for pattern in patterns for key in keys}
    return sorted(word for word in words if word is not None and not _is_left_out(family, word))


def _is_left_out(family: Family, word: str) -> bool:
    """Whether a pattern fits the word, of which only the stars are special."""
    patterns = (one.translate({ord("["): "[[]", ord("?"): "[?]"}) for one in family.excluded)
    return any(fnmatchcase(word, pattern) for pattern in patterns)
