"""PTT629: the newest value below the least, or above the greatest, of a window that holds it."""

from __future__ import annotations

from collections.abc import Iterator

from ptt_rules.authoring.lint.rule import Finding, Rule
from ptt_rules.authoring.lint.subject import Placed, Subject
from ptt_rules.language.codes import Code, Rules
from ptt_rules.language.ir import Aggregate, AllWindow, Compare, Current, LastWindow, Latest, Node


def check(subject: Subject) -> Iterator[Finding]:
    for placed, compare in subject.written(Compare):
        if compare.operator not in ("<", ">"):
            continue
        is_rising = compare.operator == "<"
        less, more = (compare.left, compare.right)[:: 1 if is_rising else -1]
        for own, end, sign, word in ((less, more, -1, "below"), (more, less, 1, "above")):
            if _is_end(end, sign) and _is_in(subject, own, end):
                yield _finding(placed, own, end, word)


def _is_end(node: Node, sign: int) -> bool:
    """Whether it is the least, or the greatest, of a window that goes up to the newest."""
    if not isinstance(node, Aggregate) or node.statistic.end != sign:
        return False
    window = node.window
    return isinstance(window, (AllWindow, LastWindow)) and window.before is None


def _is_in(subject: Subject, own: Node, end: Node) -> bool:
    """Whether a value lies among the observations of the window."""
    assert isinstance(end, Aggregate)
    own = own.latest if isinstance(own, Current) else own
    if isinstance(own, Latest):
        series, count = own.series, 1
    elif isinstance(own, Aggregate) and own.statistic.is_among_them:
        window = own.window
        if not isinstance(window, LastWindow) or window.before is not None or window.givens:
            return False
        series, count = own.series[0], window.count
    else:
        return False
    if subject.number(series) != subject.number(end.series[0]):
        return False
    window = end.window
    return isinstance(window, AllWindow) or (
        isinstance(window, LastWindow) and not window.givens and window.count >= count
    )


def _finding(placed: Placed, own: Node, end: Node, word: str) -> Finding:
    assert isinstance(end, Aggregate)
    text = placed.source.slice
    message = f"`{text(own.span)}` is never {word} `{text(end.span)}`, which has it in its window"
    hint = f"leave the newest out: `{end.window.text[:-1]} before 1]`"
    return Finding(placed.source, placed.node.span, message, hint)


RULE = Rule(
    Code(
        "PTT629",
        "value beyond the extreme of its own window",
        what="The newest value is compared with the least or the greatest of a window that holds "
        "it: `x < min(x[all])` and `x > max(x[all])` are true of no number.",
        why="A rule for a new low or a new high never fires. The window has to end before the "
        "newest observation.",
        failing=Rules("""\
metric eval_loss: loss = "eval_loss"

detector new_best {
  low when eval_loss < min(eval_loss[all])
}
"""),
        fixed=Rules("""\
metric eval_loss: loss = "eval_loss"

detector new_best {
  low when eval_loss < min(eval_loss[all before 1])
}
"""),
    ),
    check,
)
