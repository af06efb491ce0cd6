"""PTT620: a baseline compared with a recent window that overlaps it early on."""

from __future__ import annotations

from collections.abc import Iterator

from ptt_rules.authoring.lint.earliest import earliest
from ptt_rules.authoring.lint.rule import Finding, Rule
from ptt_rules.authoring.lint.subject import Placed, Subject
from ptt_rules.language import Measure
from ptt_rules.language.codes import Code, Rules
from ptt_rules.language.ir import (
    Aggregate,
    Column,
    Compare,
    Detector,
    FirstWindow,
    LastWindow,
    walk,
)


def check(subject: Subject) -> Iterator[Finding]:
    reported: set[tuple[str, int, int]] = set()
    for placed, compare in subject.written(Compare):
        detector = placed.around
        if detector is None:
            continue
        for first, last in _overlapping(subject, compare):
            key = (detector.qualified, subject.number(first), subject.number(last))
            if key in reported or _judged_from(detector, first) >= _apart_from(first, last):
                continue
            reported.add(key)
            yield _finding(subject, placed, first, last)


def _overlapping(subject: Subject, compare: Compare) -> Iterator[tuple[Aggregate, Aggregate]]:
    """Pairs on the two sides: the start of a series, and the newest of it, which it meets."""
    left, right = (
        [part for part in walk([side]) if isinstance(part, Aggregate)]
        for side in (compare.left, compare.right)
    )
    for one, other in ((left, right), (right, left)):
        for first in one:
            for last in other:
                is_pair = isinstance(first.window, FirstWindow)
                is_pair = is_pair and isinstance(last.window, LastWindow)
                is_pair = is_pair and last.window.delay is None
                if is_pair and _series(subject, first) == _series(subject, last):
                    yield first, last


def _series(subject: Subject, aggregate: Aggregate) -> tuple[int, ...]:
    return tuple(subject.number(series) for series in aggregate.series)


def _apart_from(first: Aggregate, last: Aggregate) -> int:
    """How many observations there must be for the windows to have none in common."""
    assert isinstance(first.window, FirstWindow)
    assert isinstance(last.window, LastWindow)
    start = first.window.skip + first.window.count
    return start + last.window.count + last.window.left_out


def _judged_from(detector: Detector, aggregate: Aggregate) -> float:
    """How many observations of a series there are when a level can first be true.

    A metric is observed once a step or less; what comes before a time or an epoch is not known.
    """
    columns = [part for part in walk(aggregate.series) if isinstance(part, Column)]
    needed = [
        earliest(level.condition, column.keys) for level in detector.levels for column in columns
    ]
    after = detector.after
    if after is None:
        return min(needed, default=0)
    if after.measure in (Measure.SECONDS, Measure.EPOCHS):
        return float("inf")
    return max(after.amount, min(needed, default=0))


def _finding(subject: Subject, placed: Placed, first: Aggregate, last: Aggregate) -> Finding:
    text = placed.source.slice
    needed = _apart_from(first, last)
    message = (
        f"until {needed} observations, `{text(last.span)}` looks at some of those of "
        f"`{text(first.span)}`"
    )
    hint = f"judge once they are apart: `after {needed}`"
    return Finding(placed.source, last.span, message, hint)


RULE = Rule(
    Code(
        "PTT620",
        "baseline that includes the recent window",
        what="A window at the start of a series, such as `[first 30]`, is compared with the "
        "newest observations of the same series, and the detector is judged while both hold the "
        "same ones: `after` is missing, or too short.",
        why="At first the metric is compared with itself. A fault that begins early is part of "
        "its own baseline, and noise over half a window can look like a change.",
        failing=Rules("""\
metric entropy: nats in 0.. = "entropy"

detector entropy_collapse {
  let base = mean(entropy[first 30])
  let now  = mean(entropy[30])
  high when now < 0.5 * base
}
"""),
        fixed=Rules("""\
metric entropy: nats in 0.. = "entropy"

detector entropy_collapse {
  let base = mean(entropy[first 30])
  let now  = mean(entropy[30])
  after 60
  high when now < 0.5 * base
}
"""),
    ),
    check,
)
