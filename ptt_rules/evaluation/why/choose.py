"""Which row, and which instance of a family, an explanation is of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ptt_rules.evaluation.compiled import CompiledDetector, CompiledPack
from ptt_rules.evaluation.events import Event, EventKind
from ptt_rules.evaluation.lifecycle import Moment
from ptt_rules.evaluation.replay import FrameReplay
from ptt_rules.evaluation.suppression import Suppression
from ptt_rules.evaluation.why.lived import Past
from ptt_rules.evaluation.why.nearest import Closeness, Miss, nearest_miss


@dataclass(frozen=True, slots=True)
class Candidate:
    """A detector, or an instance of one, with its judgements and what it told."""

    compiled: CompiledDetector
    past: Past
    events: tuple[Event, ...]

    def reported_before(self, row: int) -> Moment | None:
        """When the finding that goes on after a row was reported last."""
        until = [event for event in self.events if event.row <= row]
        for event in reversed(until):
            if event.event is EventKind.RESOLVED:
                return None
            if event.suppressed_by is None:
                return self.past.moment(event.row)
        return None

    @property
    def first_fired(self) -> Event | None:
        return next((event for event in self.events if event.event is EventKind.FIRED), None)


@dataclass(frozen=True, slots=True)
class Choice:
    """What is explained, and why this."""

    candidate: Candidate
    row: int | None
    why: str


def candidates(
    pack: CompiledPack, whole: FrameReplay, detectors: Sequence[CompiledDetector]
) -> list[Candidate]:
    """Detectors with their events, marked where another one that fires suppresses them."""
    names = {one.detector.qualified for one in detectors}
    suppressors = [
        one
        for one in whole.detectors
        if one.detector.qualified not in names and names & set(one.detector.suppresses)
    ]
    suppression = Suppression(pack)
    events: list[Event] = []
    for row, of_row in whole.by_row([*detectors, *suppressors]):
        changes = [one.event for one in of_row if one.event]
        firings = [one.firing for one in of_row if one.firing]
        events += suppression.settle(changes, firings, whole.place(row))
    return [
        Candidate(one, Past(whole, one), tuple(event for event in events if event.who == one.name))
        for one in detectors
    ]


def choose(whole: FrameReplay, found: Sequence[Candidate], step: int | None) -> Choice:
    """The first event, else the nearest miss, else the last row; or what a step asks for."""
    if not whole.frame.height:
        return Choice(found[0], None, "the log has no rows")
    by_itself = _by_itself(whole, found)
    if step is None:
        return by_itself
    row, why = _at_step(whole, by_itself.candidate, step)
    return Choice(by_itself.candidate, row, why)


def _by_itself(whole: FrameReplay, found: Sequence[Candidate]) -> Choice:
    fired = [(one.first_fired.row, one) for one in found if one.first_fired]
    if fired:
        row, first = min(fired, key=lambda each: each[0])
        among = f", the first of {len(found)} instances to do so" if len(found) > 1 else ""
        return Choice(first, row, f"here it fired first{among}")
    misses = [(miss, one) for one in found if (miss := nearest_miss(whole, one.compiled, one.past))]
    if misses:
        miss, nearest = max(misses, key=lambda each: _rank(each[0]))
        among = f", nearest of {len(found)} instances" if len(found) > 1 else ""
        return Choice(nearest, miss.row, f"it never fired; here {miss.text}{among}")
    judged = [one for one in found if one.past.rows]
    if judged:
        last = max(judged, key=lambda one: one.past.rows[-1])
        why = "it never fired, its condition was never known; this is its last judgement"
        return Choice(last, last.past.rows[-1], why)
    return Choice(found[0], whole.frame.height - 1, "it was never judged; this is the last row")


def _rank(miss: Miss) -> tuple[float, Closeness, int]:
    return miss.held, miss.closeness, -miss.row


def _at_step(whole: FrameReplay, one: Candidate, step: int) -> tuple[int, str]:
    """The last row of a step at which it was judged, or else its last row, or one before it."""
    rows = (whole.steps == step).arg_true().to_list()
    if rows:
        judged = set(one.past.rows).intersection(rows)
        return max(judged or rows), f"the row of step {step}" if len(rows) == 1 else (
            f"the last row of step {step}{' at which it was judged' if judged else ''}"
        )
    before = (whole.steps < step).arg_true().to_list()
    stop = whole.stopped_before(step)
    if stop is not None:
        last = (whole.steps <= stop).arg_true()[-1]
        return last, f"the policy stopped here, and step {step} comes after it: nothing is judged"
    if before:
        return before[-1], f"no row has step {step}; this is the last one before it"
    return 0, f"no row has step {step}; this is the first one of the log"
