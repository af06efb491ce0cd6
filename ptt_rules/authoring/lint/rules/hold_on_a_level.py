"""PTT626: `for` on the line of a level, which holds for all levels."""

from __future__ import annotations

from collections.abc import Iterator

from ptt_rules.authoring.lint.rule import Finding, Rule
from ptt_rules.authoring.lint.subject import Subject
from ptt_rules.language.codes import Code, Rules
from ptt_rules.language.ir import Detector, PlacedClause
from ptt_rules.language.syntax import tree


def check(subject: Subject) -> Iterator[Finding]:
    for detector in subject.detectors:
        if len(detector.levels) > 1 and detector.declaration is not None:
            yield from _beside(detector)


def _beside(detector: Detector) -> Iterator[Finding]:
    """The `for` of a detector, if it stands on the line on which one of its levels ends."""
    assert detector.declaration is not None
    placed = detector.declaration.clauses
    levels = [one for one in placed if isinstance(one.clause, tree.LevelClause)]
    for one in placed:
        if isinstance(one.clause, tree.ForClause):
            for level in levels:
                if _line(level, level.clause.span.end) == _line(one, one.clause.span.start):
                    assert isinstance(level.clause, tree.LevelClause)
                    hold = one.source.slice(one.clause.span)
                    word = level.clause.level
                    message = f"`{hold}` here is the detector's: it holds for all levels"
                    hint = f"for one level write `{word} when ... {{ {hold} }}`, for all a new line"
                    yield Finding(one.source, one.clause.span, message, hint)


def _line(placed: PlacedClause, offset: int) -> tuple[str, int]:
    return placed.source.name, placed.source.position(offset)[0]


RULE = Rule(
    Code(
        "PTT626",
        "`for` of all levels on the line of one",
        what="A detector has several levels, and its `for` stands on the line of one of them. It "
        "holds for all levels without their own.",
        why="Whoever reads the line takes it for that level's: the others fire later.",
        failing=Rules("""\
metric kl: nats in 0.. = "kl"

detector kl_runaway {
  high   when mean(kl[20]) > 0.3
  low    when mean(kl[20]) > 0.1 for 30
}
"""),
        fixed=Rules("""\
metric kl: nats in 0.. = "kl"

detector kl_runaway {
  high      when mean(kl[20]) > 0.3
  low       when mean(kl[20]) > 0.1 {
    for     30
  }
}
"""),
    ),
    check,
)
