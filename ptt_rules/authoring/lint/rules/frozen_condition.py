"""PTT617: a condition that reads frozen windows alone."""

from __future__ import annotations

from collections.abc import Iterator

from ptt_rules.authoring.lint.rule import Finding, Rule
from ptt_rules.authoring.lint.subject import Subject, clauses_of
from ptt_rules.language.codes import Code, Rules
from ptt_rules.language.ir import Aggregate, Config, Constant, FirstWindow, Node, Parameter
from ptt_rules.language.syntax import tree


def check(subject: Subject) -> Iterator[Finding]:
    for detector in subject.detectors:
        frozen = {level.level.word for level in detector.levels if _is_frozen(level.condition)}
        for source, clause in clauses_of(detector, tree.LevelClause):
            if clause.level in frozen:
                message = "this never changes once its first observations are there"
                hint = "compare now with the start: `mean(loss[20]) > 2 * mean(loss[first 20])`"
                yield Finding(source, clause.condition.span, message, hint)


def _is_frozen(node: Node) -> bool:
    """Whether it reads the start of the run and nothing that comes later."""
    leaves = list(_leaves(node))
    return any(isinstance(leaf, Aggregate) for leaf in leaves) and all(
        isinstance(leaf, (Constant, Parameter, Config))
        or (isinstance(leaf, Aggregate) and isinstance(leaf.window, FirstWindow))
        for leaf in leaves
    )


def _leaves(node: Node) -> Iterator[Node]:
    """Aggregates, and what has no parts."""
    if isinstance(node, Aggregate) or not node.children:
        yield node
        return
    for child in node.children:
        yield from _leaves(child)


RULE = Rule(
    Code(
        "PTT617",
        "condition on the start of the run alone",
        what="Every window of this condition is `[first n]`. Such a window is frozen once it is "
        "full, so the condition is then decided for the rest of the run.",
        why="If it is true, the detector fires and never resolves; if it is false, nothing that "
        "happens later can fire it.",
        failing=Rules("""\
metric loss: loss = "loss"

detector loss_rises {
  high when mean(loss[first 30]) > 4
}
"""),
        fixed=Rules("""\
metric loss: loss = "loss"

detector loss_rises {
  high when mean(loss[30]) > 1.5 * mean(loss[first 30])
}
"""),
        doubt="A rule that should judge only the start of a run is right.",
    ),
    check,
)
