"""PTT625: an aggregate of a single observation."""

from __future__ import annotations

from collections.abc import Iterator

from ptt_rules.authoring.lint.rule import Finding, Rule
from ptt_rules.authoring.lint.subject import Subject
from ptt_rules.language.codes import Code, Rules
from ptt_rules.language.ir import Aggregate, LastWindow


def check(subject: Subject) -> Iterator[Finding]:
    for placed, node in subject.written(Aggregate):
        window = node.window
        if not isinstance(window, LastWindow) or window.count != 1:
            continue
        if window.before or window.givens:
            continue
        statistic, series = node.statistic, placed.source.slice(node.series[0].span)
        word = statistic.word
        if statistic.of_one is not None:
            message = f"`{word}` of one observation is always {statistic.of_one}"
            yield Finding(placed.source, node.span, message, "widen the window")
        elif statistic.is_level:
            message = f"`{word}` of one observation is that observation"
            hint = f"write `{series}`, or `last({series}[1])` for the last finite one, or widen it"
            yield Finding(placed.source, node.span, message, hint)


RULE = Rule(
    Code(
        "PTT625",
        "aggregate of a single observation",
        what="The window holds one observation. Its mean, sum, median, minimum and maximum are "
        "that observation; its change is always 0.",
        why="A window is there to calm noise or to see a change, and this one does neither.",
        failing=Rules("""\
metric reward: score = "reward"

detector reward_drop {
  medium when delta(reward[1]) < -1
}
"""),
        fixed=Rules("""\
metric reward: score = "reward"

detector reward_drop {
  medium when delta(reward[20]) < -1
}
"""),
    ),
    check,
)
