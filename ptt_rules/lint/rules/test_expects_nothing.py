"""PTT663: a test that cannot fail."""

from __future__ import annotations

from collections.abc import Iterator

from ptt_rules.codes import Code, Rules
from ptt_rules.lint.rule import Finding, Rule
from ptt_rules.lint.subject import Subject
from ptt_rules.syntax import tree


def check(subject: Subject) -> Iterator[Finding]:
    for source, item in subject.items(tree.TestDecl):
        if not any(isinstance(clause, tree.ExpectClause) for clause in item.clauses):
            message = "this test expects nothing, and cannot fail"
            hint = "say what must happen: `expect kl_runaway.high at 20..30` or `expect silence`"
            yield Finding(source, item.name.span, message, hint)


RULE = Rule(
    Code(
        "PTT663",
        "test that expects nothing",
        what="A test has no `expect`.",
        why="It passes whatever the rules do, and looks as if it guarded them.",
        failing=Rules("""\
metric kl: nats in 0.. = "kl"

detector kl_runaway {
  high when mean(kl[20]) > 0.3
}

test "a large divergence" {
  kl = 0.5 x 40
}
"""),
        fixed=Rules("""\
metric kl: nats in 0.. = "kl"

detector kl_runaway {
  high when mean(kl[20]) > 0.3
}

test "a large divergence" {
  kl = 0.5 x 40
  expect kl_runaway.high at 20
}
"""),
    ),
    check,
)
