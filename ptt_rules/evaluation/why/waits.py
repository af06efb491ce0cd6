"""What the clauses of a detector still wait for at a row."""

from __future__ import annotations

from collections.abc import Iterator

from ptt_rules.evaluation.compiled import CompiledDetector
from ptt_rules.evaluation.lifecycle import Moment
from ptt_rules.evaluation.replay import FrameReplay
from ptt_rules.evaluation.why.data import Wait
from ptt_rules.evaluation.why.lived import Lived, Past, called_count
from ptt_rules.language import Measure
from ptt_rules.language.ir import Length, LevelCondition
from ptt_rules.language.syntax import tree
from ptt_rules.language.syntax.format import Printer

_WORDS = {
    Measure.JUDGEMENTS: "judgements",
    Measure.STEPS: "steps",
    Measure.EPOCHS: "epochs",
    Measure.SECONDS: "s",
}
_TOLD = {Measure.SECONDS: "time", Measure.EPOCHS: "epoch"}
_Waiting = tree.AfterClause | tree.ForClause | tree.KeepClause | tree.AgainClause


class Waits:
    """The clauses of a detector that wait, at one row."""

    def __init__(
        self, whole: FrameReplay, compiled: CompiledDetector, past: Past, row: int
    ) -> None:
        self._whole = whole
        self._compiled = compiled
        self._past = past
        self._row = row

    def all(self, lived: Lived, reported: Moment | None) -> tuple[Wait, ...]:
        """`after`, then the others as far as they have begun to wait.

        `reported` is when the finding that goes on was reported last.
        """
        detector, life, now = self._compiled.detector, lived.life, lived.now
        found = []
        if detector.after is not None:
            found.append(self._after(detector.after))
        if now is not None:
            found += self._holds(lived, now)
        if now is not None and detector.keep is not None and life.worsened is not None:
            clause = self._written("keep", tree.KeepClause)
            what = "it fired" if life.worsened == life.fired else "it got worse"
            found.append(_since(clause, detector.keep, (life.worsened, now), what))
        if now is not None and detector.again is not None and reported is not None:
            clause = self._written("again every", tree.AgainClause)
            found.append(_since(clause, detector.again, (reported, now), "it was last reported"))
        return tuple(found)

    def _written(self, word: str, sort: type[_Waiting]) -> str:
        """A clause as it is written, such as `for 3`."""
        declaration = self._compiled.detector.declaration
        assert declaration is not None  # whatever a file declares has one
        for placed in declaration.clauses:
            if isinstance(placed.clause, sort):
                return f"{word} {Printer(placed.source).span(placed.clause.length)}"
        raise LookupError(f"{self._compiled.name} has no clause `{word}`")

    def _after(self, after: Length) -> Wait:
        clause, rows = self._written("after", tree.AfterClause), self._past.rows
        if rows and rows[0] <= self._row:
            return Wait(clause, f"over, first judged at step {self._whole.steps[rows[0]]}", True)
        match after.measure:
            case Measure.STEPS:
                step = self._whole.steps[self._row]
                return _reached(clause, f"step {step} of {after.amount:g}", step >= after.amount)
            case Measure.SECONDS | Measure.EPOCHS:
                now = self._whole.rows.stamps(after.measure)[self._row]
                if now is None:
                    return Wait(clause, f"the log has no {_TOLD[after.measure]} so far", False)
                text = f"{now:g} of {after.amount:g} {_WORDS[after.measure]}"
                return _reached(clause, text, now >= after.amount)
            case Measure.JUDGEMENTS:
                called = called_count(self._whole, self._compiled, self._row)
                text = f"{called} of {after.amount:g} rows at which it would be judged"
                return _reached(clause, text, called >= after.amount)

    def _holds(self, lived: Lived, now: Moment) -> Iterator[Wait]:
        """The levels that hold, each against its `for`, or that none does."""
        waiting = [
            one
            for one in self._compiled.detector.levels
            if one.hold != Length(1, Measure.JUDGEMENTS)
        ]
        held = lived.life.held_since
        if waiting and not held:
            clauses = dict.fromkeys(self._for_of(one) for one in waiting)
            yield from (Wait(clause, "no level holds", False) for clause in clauses)
        for one in waiting:
            since = held.get(one.level)
            if since is not None:
                done = _done_text(one.hold, done_of(one.hold, since, now, is_counted_in=True))
                text = f"{one.level.word} has held {done}, since step {since.step}"
                yield Wait(self._for_of(one), text, now.has_held(one.hold, since))

    def _for_of(self, level: LevelCondition) -> str:
        """The `for` of a level, as it is written in its braces or for all."""
        declaration = self._compiled.detector.declaration
        assert declaration is not None
        for placed in declaration.clauses:
            if (
                isinstance(placed.clause, tree.LevelClause)
                and placed.clause.level == level.level.word
            ):
                for part in placed.clause.parts:
                    if isinstance(part, tree.ForClause):
                        return f"for {Printer(placed.source).span(part.length)}"
        return self._written("for", tree.ForClause)


def _reached(clause: str, text: str, is_over: bool) -> Wait:
    return Wait(clause, "over" if is_over else text, is_over)


def _since(clause: str, length: Length, between: tuple[Moment, Moment], what: str) -> Wait:
    since, now = between
    done = _done_text(length, done_of(length, since, now, is_counted_in=False))
    return Wait(clause, f"{done} since {what} at step {since.step}", now.has_passed(length, since))


def done_of(length: Length, since: Moment, now: Moment, *, is_counted_in: bool) -> float | None:
    """How much of a length has passed; None where it is of time or epochs and none is known."""
    passed = now.passed(length.measure, since)
    if passed is not None and length.measure is Measure.JUDGEMENTS:
        return passed + is_counted_in
    return passed


def _done_text(length: Length, done: float | None) -> str:
    """How much of a length has passed, not more than all of it."""
    of = f"of {length.amount:g} {_WORDS[length.measure]}"
    if done is None:
        return f"an unknown part {of} (the log has no {_TOLD[length.measure]})"
    return f"{min(done, length.amount):g} {of}"
