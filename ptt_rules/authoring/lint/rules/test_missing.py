"""PTT645: a detector that no test names."""

from __future__ import annotations

from collections.abc import Iterator

from ptt_rules.authoring.lint.rule import Finding, Rule
from ptt_rules.authoring.lint.subject import Subject, name_of
from ptt_rules.language.codes import Code, Rules
from ptt_rules.language.syntax import tree


def check(subject: Subject) -> Iterator[Finding]:
    tested = {word for _, test in subject.items(tree.TestDecl) for word in _named(test)}
    for detector in subject.pack.detectors.values():
        if detector.name not in tested:
            source, span = name_of(detector)
            message = f"no test expects anything of `{detector.name}`"
            worst = f"{detector.name}.{detector.levels[0].level.word}"
            hint = f'add one: `test "..." {{ ... expect {worst} at 20..30 }}`'
            yield Finding(source, span, message, hint)


def _named(test: tree.TestDecl) -> Iterator[str]:
    """The words of all expectations; a detector is one of them, with or without its pack."""
    for clause in test.clauses:
        if isinstance(clause, tree.ExpectClause):
            yield from _words(clause.expectation)


def _words(expectation: tree.Expectation) -> Iterator[str]:
    match expectation:
        case tree.ExpectNo(what=tree.Target() as target) | tree.ExpectMessage(detector=target):
            yield from target.parts
        case tree.ExpectChange(detector=expression) | tree.ExpectIs(detector=expression):
            yield from _names(expression)
        case tree.ExpectThat(what=expression):
            yield from _names(expression)


def _names(expression: tree.Expr) -> Iterator[str]:
    match expression:
        case tree.Name(word=word):
            yield word
        case tree.Member(owner=owner, member=member):
            yield from _names(owner)
            yield member.word
        case tree.Instance(family=family):
            yield from _names(family)


RULE = Rule(
    Code(
        "PTT645",
        "detector without a test",
        what="No `test` of the pack, in its files or in `*_test.ptt` beside them, expects this "
        "detector to fire, to be silent or to resolve. That all is silent (`expect silence`) "
        "counts for none.",
        why="A rule that never fired in a test may never fire at all: a wrong sign, unit or "
        "window is more common than one thinks.",
        failing=Rules("""\
metric kl: nats in 0.. = "kl"

detector kl_runaway {
  high when mean(kl[20]) > 0.3
}
"""),
        fixed=Rules("""\
metric kl: nats in 0.. = "kl"

detector kl_runaway {
  high when mean(kl[20]) > 0.3
}

test "fires once the divergence stays large" {
  kl = 0.1 x 20, 0.5 x 20
  expect kl_runaway.high at 21..40
}
"""),
    ),
    check,
)
