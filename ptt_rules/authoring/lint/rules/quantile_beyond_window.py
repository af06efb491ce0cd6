"""PTT623: a quantile that its window is too short for."""

from __future__ import annotations

import math
from collections.abc import Iterator

from ptt_rules.authoring.lint.rule import Finding, Rule
from ptt_rules.authoring.lint.subject import Subject
from ptt_rules.language.codes import Code, Rules
from ptt_rules.language.ir import Aggregate, FirstWindow, LastWindow


def check(subject: Subject) -> Iterator[Finding]:
    for placed, node in subject.written(Aggregate):
        window, taken = node.window, node.statistic.argument
        if taken is None or not taken.is_share or node.argument is None:
            continue
        if not isinstance(window, (LastWindow, FirstWindow)):
            continue
        share = subject.bounds.number(node.argument).low
        tail = min(share, 1 - share)
        if window.count * tail >= 1 - 1e-9:
            continue
        end = "max" if share > 1 / 2 else "min"
        message = (
            f"of {window.count} observations none lies beyond the {share:.4g} quantile: this is "
            f"close to `{end}`"
        )
        needed = f"widen the window to {math.ceil(1 / tail - 1e-9)} or more, or " if tail else ""
        yield Finding(placed.source, node.span, message, f"{needed}write `{end}(...)`")


RULE = Rule(
    Code(
        "PTT623",
        "quantile of a window that is too short for it",
        what="A quantile leaves a share of the observations beyond it. In a window this short "
        "that share is less than one observation, so that the quantile lies between the two "
        "outermost ones.",
        why="It is no more robust than the maximum or the minimum: one outlier moves it.",
        failing=Rules("""\
metric grad_norm: norm in 0.. = "grad_norm"

detector gradient_tail {
  medium when quantile(grad_norm[20], 99%) > 50
}
"""),
        fixed=Rules("""\
metric grad_norm: norm in 0.. = "grad_norm"

detector gradient_tail {
  medium when quantile(grad_norm[200], 99%) > 50
}
"""),
    ),
    check,
)
