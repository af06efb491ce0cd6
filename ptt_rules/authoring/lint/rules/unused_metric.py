"""PTT661: a metric that no rule reads."""

from __future__ import annotations

from collections.abc import Iterator

from ptt_rules.authoring.lint.rule import Finding, Rule
from ptt_rules.authoring.lint.subject import Subject
from ptt_rules.authoring.lint.used import all_of, nodes_read
from ptt_rules.language.codes import Code, Rules
from ptt_rules.language.ir import columns_of

_HINT = "judge it in a detector, or leave it out"


def check(subject: Subject) -> Iterator[Finding]:
    if subject.is_shared:
        return  # its metrics are there for the packs that extend it
    by_rules = list(nodes_read(subject))
    formulas = [derived.formula for derived in subject.pack.formulas]
    columns = columns_of([*by_rules, *formulas])
    families = set(_families(subject))
    for metric in subject.pack.metrics.values():
        if metric.keys not in columns and metric.name not in families:
            message = f"no rule reads the metric `{metric.name}`"
            yield Finding(metric.source, metric.span, message, _HINT)
    for derived in subject.pack.derived.values():
        others = (formula for formula in formulas if formula is not derived.formula)
        if not any(node is derived.formula for node in all_of([*by_rules, *others])):
            message = f"no rule reads the formula `{derived.name}`"
            yield Finding(derived.source, derived.span, message, _HINT)


def _families(subject: Subject) -> Iterator[str]:
    """Families that detectors are for each of, or read an instance of."""
    for detector in subject.detectors:
        if detector.family is not None:
            yield detector.family.name
            yield from (metric.name for metric in detector.family.metrics)
        yield from (metric.name.partition("[")[0] for metric in detector.metrics)


RULE = Rule(
    Code(
        "PTT661",
        "metric that no rule reads",
        what="A metric or a formula is declared, and no detector and no policy reads it. In a "
        "pack with a header, which others can extend, metrics are there for those too, and are "
        "left alone.",
        why="It looks as if the quantity were guarded, but it is not.",
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
