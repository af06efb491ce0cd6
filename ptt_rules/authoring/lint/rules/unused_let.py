"""PTT662: a `let` that neither a condition nor a text uses."""

from __future__ import annotations

from collections.abc import Iterator

from ptt_rules.authoring.lint.rule import Finding, Rule
from ptt_rules.authoring.lint.subject import Subject, clauses_of
from ptt_rules.language.check import names_in
from ptt_rules.language.codes import Code, Rules
from ptt_rules.language.ir import Detector, Placeholder
from ptt_rules.language.syntax import tree


def check(subject: Subject) -> Iterator[Finding]:
    for detector in subject.detectors:
        used = set(_used(detector))
        for source, clause in clauses_of(detector, tree.LetClause):
            if clause.name.word not in used:
                message = f"nothing uses `{clause.name.word}`"
                hint = "use it in a condition, show it in the message, or leave it out"
                yield Finding(source, clause.name.span, message, hint)


def _used(detector: Detector) -> Iterator[str]:
    """Names in conditions, in other `let`s, and in texts."""
    expressions = [
        *(clause.condition for _, clause in clauses_of(detector, tree.LevelClause)),
        *(clause.condition for _, clause in clauses_of(detector, tree.UntilClause)),
        *(clause.value for _, clause in clauses_of(detector, tree.LetClause)),
    ]
    for expression in expressions:
        yield from (name.word for name in names_in(expression))
    for template in detector.templates:
        yield from (part.name for part in template if isinstance(part, Placeholder))


RULE = Rule(
    Code(
        "PTT662",
        "`let` that nothing uses",
        what="A `let` is used neither in a condition, nor in another `let`, nor in a text.",
        why="Usually the condition has a copy of its expression, which somebody will change in "
        "one place only.",
        failing=Rules("""\
metric kl: nats in 0.. = "kl"

detector kl_runaway {
  let now = mean(kl[20])
  high when mean(kl[20]) > 0.3
}
"""),
        fixed=Rules("""\
metric kl: nats in 0.. = "kl"

detector kl_runaway {
  let now = mean(kl[20])
  high when now > 0.3
}
"""),
        doubt="Events carry the value of every `let`: one can be there for whoever reads them.",
    ),
    check,
)
