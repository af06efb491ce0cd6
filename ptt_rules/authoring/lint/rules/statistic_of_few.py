"""PTT624: a spread, a slope or a correlation of a handful of observations."""

from __future__ import annotations

from collections.abc import Iterator

from ptt_rules.authoring.lint.rule import Finding, Rule
from ptt_rules.authoring.lint.subject import Subject
from ptt_rules.language.codes import Code, Rules
from ptt_rules.language.ir import Aggregate, Compare, Constant, FirstWindow, LastWindow

LEAST = 5


def check(subject: Subject) -> Iterator[Finding]:
    exact = {
        subject.number(compare.left)
        for _, compare in subject.written(Compare)
        if compare.operator in ("==", "!=") and isinstance(compare.right, Constant)
    }
    for placed, node in subject.written(Aggregate):
        count = _count(node)
        if node.statistic.needs_many and count < LEAST and subject.number(node) not in exact:
            message = f"`{node.statistic.word}` of {count} observations is mostly chance"
            hint = f"widen the window, to {2 * LEAST} or more"
            yield Finding(placed.source, node.span, message, hint)


def _count(node: Aggregate) -> float:
    """The fewest observations that it is ever of."""
    window = node.window
    is_counted = isinstance(window, (FirstWindow, LastWindow)) or window.least is not None
    return window.full_from if is_counted else float("inf")


RULE = Rule(
    Code(
        "PTT624",
        "statistic of too few observations",
        what="Spreads, slopes, trends and correlations say something from some ten observations "
        "on. This one is known from fewer than five. Comparing it exactly, such as with 0, is "
        "left alone.",
        why="The correlation of three points is near 1 or -1 by chance, and their spread is off "
        "by half. The rule judges noise.",
        failing=Rules("""\
metric kl: nats in 0.. = "kl"

detector kl_rises {
  medium when slope(kl[3]) > 0.01
}
"""),
        fixed=Rules("""\
metric kl: nats in 0.. = "kl"

detector kl_rises {
  medium when slope(kl[30]) > 0.01
}
"""),
        doubt="A metric without noise, such as a schedule, has a slope from two observations on.",
    ),
    check,
)
