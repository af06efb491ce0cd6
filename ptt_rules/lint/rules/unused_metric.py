"""PTT661: a metric that no rule reads."""

from __future__ import annotations

from collections.abc import Iterator

from ptt_rules.codes import Code, Rules
from ptt_rules.ir.nodes import columns_of, walk
from ptt_rules.lint.rule import Finding, Rule
from ptt_rules.lint.subject import Subject
from ptt_rules.lint.used import nodes_read


def check(subject: Subject) -> Iterator[Finding]:
    if subject.is_shared:
        return  # its metrics are there for the packs that extend it
    read = list(nodes_read(subject))
    columns, parts = columns_of(read), {id(node) for node in walk(read)}
    families = {one.family.name for one in subject.detectors if one.family is not None}
    hint = "judge it in a detector, or leave it out"
    for metric in subject.pack.metrics.values():
        instances = {m.name for one in subject.detectors for m in one.metrics}
        is_family = metric.label is not None and any(
            name.startswith(f"{metric.name}[") for name in instances
        )
        if metric.keys not in columns and metric.name not in families and not is_family:
            message = f"no rule reads the metric `{metric.name}`"
            yield Finding(metric.source, metric.span, message, hint)
    for derived in subject.pack.derived.values():
        if id(derived.formula) not in parts:
            message = f"no rule reads the formula `{derived.name}`"
            yield Finding(derived.source, derived.span, message, hint)


RULE = Rule(
    Code(
        "PTT661",
        "metric that no rule reads",
        what="A metric or a formula is declared, and no detector and no policy reads it. In a "
        "pack with a header, which others can extend, metrics are there for those too, and are "
        "left alone.",
        why="It looks as if the quantity were guarded, and it is not.",
        failing=Rules("""\
metric kl: nats in 0.. = "kl"
metric reward: score = "reward"

detector kl_runaway {
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
