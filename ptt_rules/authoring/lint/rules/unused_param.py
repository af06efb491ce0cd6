"""PTT660: a parameter that changes nothing."""

from __future__ import annotations

from collections.abc import Iterator

from ptt_rules.authoring.lint.rule import Finding, Rule
from ptt_rules.authoring.lint.subject import Subject
from ptt_rules.authoring.lint.used import all_of, nodes_read
from ptt_rules.language.codes import Code, Rules
from ptt_rules.language.ir import Parameter


def check(subject: Subject) -> Iterator[Finding]:
    formulas = [derived.formula for derived in subject.pack.formulas]
    nodes = (*nodes_read(subject), *all_of(formulas))
    read = {node.name for node in nodes if isinstance(node, Parameter)}
    read.update(subject.pack.sizes)
    for param in subject.pack.params.values():
        if param.qualified not in read:
            message = f"nothing reads the parameter `{param.name}`: setting it changes nothing"
            yield Finding(param.source, param.span, message, "use it in a rule, or leave it out")


RULE = Rule(
    Code(
        "PTT660",
        "parameter that nothing reads",
        what="No condition, window, span, formula, text or policy of the pack reads the parameter.",
        why="Users who set it believe that a bound has changed, but it has not: the rule has a "
        "number where the parameter was meant.",
        failing=Rules("""\
metric kl: nats in 0.. = "kl"
param limit = 0.3 in 0.05..2

detector kl_runaway {
  high when mean(kl[20]) > 0.3
}
"""),
        fixed=Rules("""\
metric kl: nats in 0.. = "kl"
param limit = 0.3 in 0.05..2

detector kl_runaway {
  high when mean(kl[20]) > limit
}
"""),
    ),
    check,
)
