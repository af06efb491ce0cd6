"""The life of a detector: the table of section 4 of the language reference."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from ptt_rules.evaluation.events import EventKind
from ptt_rules.language.types import Level
from tests.reference.judgements import Judgement, Subject, has_held, has_passed, judge_row


@dataclass(frozen=True, slots=True)
class Change:
    """What is to be told of a judgement."""

    kind: EventKind
    level: Level
    since_step: int | None


@dataclass
class Life:
    """All judgements of a detector so far, and whether it fires."""

    subject: Subject
    judgements: list[Judgement] = field(default_factory=list)
    level: Level | None = None
    """At which it fires."""
    fired: Judgement | None = None
    worsened: Judgement | None = None
    """Where it fired or last got worse."""
    reported: Judgement | None = None
    """At which the finding that goes on was reported last."""
    is_owed: bool = False
    """Whether a change of it was suppressed and it was not reported since."""
    suppressor: str | None = None
    """What suppressed it last."""

    def live(self, row: int) -> Change | None:
        """Goes on by a row."""
        now = judge_row(self.subject, row, len(self.judgements))
        if now is None:
            return None
        self.judgements.append(now)
        change = self._change(now)
        if change is not None:
            self._enter(change, now)
        return change

    def since(self, first: Judgement | None) -> Sequence[Judgement]:
        """The judgements from one on."""
        assert first is not None
        return self.judgements[first.number :]

    def is_judged_at(self, row: int) -> bool:
        return bool(self.judgements) and self.judgements[-1].row == row

    def _change(self, now: Judgement) -> Change | None:
        found = self._idle() if self.level is None else self._firing(now, self.level)
        if found is None:
            return None
        holding = self._run(min(Level))
        return Change(*found, since_step=holding[0].step if holding else None)

    def _idle(self) -> tuple[EventKind, Level] | None:
        ripe = self._ripe()
        return (EventKind.FIRED, ripe) if ripe else None

    def _firing(self, now: Judgement, level: Level) -> tuple[EventKind, Level] | None:
        detector, ripe = self.subject.detector, self._ripe()
        if ripe is not None and ripe > level:
            return EventKind.ESCALATED, ripe
        is_kept = detector.keep and not has_passed(detector.keep, self.since(self.worsened))
        if now.truth is not None and now.truth < level and not detector.until and not is_kept:
            return EventKind.EASED, now.truth
        if now.truth is None and now.until and not is_kept:
            return EventKind.RESOLVED, level
        return None

    def _enter(self, change: Change, now: Judgement) -> None:
        self.level = None if change.kind is EventKind.RESOLVED else change.level
        if change.kind in (EventKind.FIRED, EventKind.ESCALATED):
            self.worsened = now
        if change.kind is EventKind.FIRED:
            self.fired = now
            self.reported, self.is_owed, self.suppressor = None, False, None

    def repeats(self) -> Change | None:
        """What is reported anew where nothing suppresses it and nothing changed."""
        again = self.subject.detector.again
        if self.level is None:
            return None
        is_due = again and self.reported and has_passed(again, self.since(self.reported))
        if not (self.is_owed or is_due):
            return None
        holding = self._run(min(Level))
        return Change(EventKind.AGAIN, self.level, holding[0].step if holding else None)

    def _ripe(self) -> Level | None:
        """The worst level that has held long enough."""
        levels = self.subject.detector.levels
        ripe = [one.level for one in levels if has_held(one.hold, self._run(one.level))]
        return max(ripe, default=None)

    def _run(self, level: Level) -> Sequence[Judgement]:
        """The newest judgements in a row at which a level held."""
        start = len(self.judgements)
        while start > 0 and self.judgements[start - 1].holds(level):
            start -= 1
        return self.judgements[start:]
