"""PTT618: a statistic of something that only grows, compared as if it could fall."""

from __future__ import annotations

from collections.abc import Iterator

from ptt_rules.authoring.lint.rule import Finding, Rule
from ptt_rules.authoring.lint.subject import Placed, Subject
from ptt_rules.language.codes import Code, Rules
from ptt_rules.language.ir import (
    Aggregate,
    Arithmetic,
    Column,
    Compare,
    Constant,
    Node,
    Parameter,
    Position,
    walk,
)
from ptt_rules.language.metrics import only_grows

_NUMBERS = (Arithmetic, Constant, Parameter)


def check(subject: Subject) -> Iterator[Finding]:
    for placed, compare in subject.written(Compare):
        for part in walk([compare.left, compare.right]):
            if isinstance(part, Aggregate) and part.statistic.is_level:
                clock = _clock(placed, part)
                if clock:
                    yield _finding(placed, part, clock)
                    break


def _clock(placed: Placed, part: Aggregate) -> str:
    """The quantity that only grows and is the only input of a statistic; empty if there is none.

    It may be in another unit: what is added to it, or multiplies it, is a number.
    """
    parts = list(walk(part.series))
    leaves = [one for one in parts if not isinstance(one, _NUMBERS)]
    if len(leaves) != 1 or not _grows(leaves[0]):
        return ""
    written = placed.source.slice(part.span)
    return written[written.index("(") + 1 : written.rindex("[")]


def _grows(leaf: Node) -> bool:
    return isinstance(leaf, Position) or (
        isinstance(leaf, Column) and any(map(only_grows, leaf.keys))
    )


def _finding(placed: Placed, part: Aggregate, clock: str) -> Finding:
    goes = "only grows" if len(list(walk(part.series))) == 1 else "only goes one way"
    message = f"`{clock}` {goes}: the length of the run decides this"
    hint = f"compare how fast it goes, such as `slope({clock}[20])`, or the metric that you mean"
    return Finding(placed.source, placed.node.span, message, hint)


RULE = Rule(
    Code(
        "PTT618",
        "statistic of something that only grows",
        what="A mean, a median or another level of `time`, `step`, `epoch`, `progress` or of a "
        "logged counter such as `num_tokens` is compared, with a number or with its own past. "
        "Such a quantity never falls.",
        why="The comparison becomes true at some point of every run that is long enough, healthy "
        "or not, or it never does. Usually the duration of a step was meant, and the clock was "
        "written.",
        failing=Rules("""\
detector slow_steps {
  high when median(time[10]) > 2 * median(time[first 10])
}
"""),
        fixed=Rules("""\
metric step_time: seconds in 0.. = "step_time"

detector slow_steps {
  high when median(step_time[10]) > 2 * median(step_time[first 10])
}
"""),
    ),
    check,
)
