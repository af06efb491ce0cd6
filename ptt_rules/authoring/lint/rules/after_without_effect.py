"""PTT621: an `after` that is over before the windows are full."""

from __future__ import annotations

from collections.abc import Iterator

from ptt_rules.authoring.lint.earliest import earliest
from ptt_rules.authoring.lint.edits import without
from ptt_rules.authoring.lint.rule import Finding, Rule
from ptt_rules.authoring.lint.subject import Subject, clauses_of
from ptt_rules.border import plural
from ptt_rules.language import Measure
from ptt_rules.language.codes import Code, Rules
from ptt_rules.language.ir import Detector, columns_of
from ptt_rules.language.syntax import tree


def check(subject: Subject) -> Iterator[Finding]:
    for detector in subject.detectors:
        after = detector.after
        if after is None or after.measure in (Measure.SECONDS, Measure.EPOCHS):
            continue
        needed = _needed(detector)
        for source, clause in clauses_of(detector, tree.AfterClause):
            if after.amount <= needed:
                before = plural(needed, "judgement")
                message = f"no level can be true before {before}, when this has passed"
                hint = "leave it out, or wait for longer than the windows do"
                # a metric may be observed twice in a step, so that only counts are mended unasked
                is_count = after.measure is Measure.JUDGEMENTS
                edit = without(source, clause.span) if is_count else None
                yield Finding(source, clause.span, message, hint, edit=edit)


def _needed(detector: Detector) -> int:
    """How often it has been judged, at least, when a level can first be true."""
    calling = columns_of(detector.calls)
    return min(
        max((earliest(level.condition, keys) for keys in calling), default=0)
        for level in detector.levels
    )


RULE = Rule(
    Code(
        "PTT621",
        "`after` that has no effect",
        what="No level can be true before its windows are full, and that is later than the end of "
        "`after`. This holds for each metric that the detector reads.",
        why="It looks as if the start of the run were left out, but it is not: a window was made "
        "longer, or the number was meant for something else.",
        failing=Rules("""\
metric accuracies: ratio in 0..1 = "rewards/accuracies"

detector accuracy_at_chance {
  after  50
  medium when mean(accuracies[100]) in 45%..55%
}
"""),
        fixed=Rules("""\
metric accuracies: ratio in 0..1 = "rewards/accuracies"

detector accuracy_at_chance {
  after  150
  medium when mean(accuracies[100]) in 45%..55%
}
"""),
    ),
    check,
    is_fixable=True,
)
