"""PTT650: a name in another form than snake case."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ptt_rules.authoring.lint.rule import Finding, Rule
from ptt_rules.authoring.lint.subject import Subject
from ptt_rules.language.codes import Code, Rules
from ptt_rules.language.syntax import tree

_SNAKE = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
_STEP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|_+")


def check(subject: Subject) -> Iterator[Finding]:
    for source, item in subject.items(tree.Node):
        for name in _names(item):
            if not _SNAKE.fullmatch(name.word):
                words = (word for word in _STEP.split(name.word) if word)
                instead = "_".join(words).lower()
                message = f"`{name.word}` is not in snake case"
                yield Finding(source, name.span, message, f"call it `{instead}`")


def _names(item: tree.Node) -> Iterator[tree.Name]:
    """The names that a declaration gives; a pack's is that of its folder."""
    match item:
        case (
            tree.MetricDecl()
            | tree.MetricListDecl()
            | tree.DeriveDecl()
            | tree.ParamDecl()
            | tree.PolicyDecl()
        ):
            yield item.name
        case tree.DetectorDecl():
            yield item.name
            lets = (one for one in item.clauses if isinstance(one, tree.LetClause))
            yield from (let.name for let in lets)


RULE = Rule(
    Code(
        "PTT650",
        "name that is not in snake case",
        what="Names of metrics, parameters, detectors, policies and `let`s are small letters, "
        "digits and single underscores.",
        why="Names are typed on the command line and in settings, where `KLRunaway` is not found "
        "if `kl_runaway` is meant.",
        failing=Rules("""\
metric kl: nats in 0.. = "kl"

detector KLRunaway {
  high when mean(kl[20]) > 0.3
}
"""),
        fixed=Rules("""\
metric kl: nats in 0.. = "kl"

detector kl_runaway {
  high when mean(kl[20]) > 0.3
}
"""),
    ),
    check,
)
