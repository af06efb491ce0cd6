"""PTT656: two metrics that read the same key."""

from __future__ import annotations

from collections.abc import Iterator

from ptt_rules.authoring.lint.rule import Finding, Rule
from ptt_rules.authoring.lint.subject import Subject
from ptt_rules.language import Label
from ptt_rules.language.codes import Code, Rules
from ptt_rules.language.ir import Metric


def check(subject: Subject) -> Iterator[Finding]:
    first: dict[str, Metric] = {}
    for pack in subject.everything:
        for metric in pack.metrics.values():
            known = first.setdefault(metric.keys[0], metric)
            if known.name != metric.name and metric.source in subject.sources:
                message = f"`{metric.name}` reads `{metric.keys[0]}`, as `{known.name}` does"
                labels = (Label(known.span, "the same key", known.source),)
                hint = f"use `{known.name}`"
                yield Finding(metric.source, metric.span, message, hint, labels=labels)


RULE = Rule(
    Code(
        "PTT656",
        "two metrics for one key",
        what="Two metrics of this pack, or of it and one that it extends, have the same first key.",
        why="Both are the same column, under two names and perhaps in two units or ranges. Rules "
        "on the one look as if they had nothing to do with rules on the other.",
        failing=Rules("""\
metric kl: nats in 0.. = "kl"
metric divergence: nats in 0.. = "kl"

detector kl_runaway {
  high when mean(kl[20]) > 3 * mean(divergence[200])
}
"""),
        fixed=Rules("""\
metric kl: nats in 0.. = "kl"

detector kl_runaway {
  high when mean(kl[20]) > 3 * mean(kl[200])
}
"""),
    ),
    check,
)
