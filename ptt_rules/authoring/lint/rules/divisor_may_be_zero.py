"""PTT613: a divisor that can be 0, where the quotient is unknown."""

from __future__ import annotations

from collections.abc import Iterator

from ptt_rules.authoring.lint.rule import Finding, Rule
from ptt_rules.authoring.lint.subject import Subject
from ptt_rules.language.codes import Code, Rules
from ptt_rules.language.ir import Arithmetic, Compare


def check(subject: Subject) -> Iterator[Finding]:
    guarded = {
        subject.number(side)
        for _, compare in subject.written(Compare)
        for side in (compare.left, compare.right)
    }
    for placed, division in subject.written(Arithmetic):
        if division.operator != "/":
            continue
        divisor = division.right
        interval = subject.wide_bounds.number(divisor)
        if 0.0 not in interval or not interval.is_bounded or subject.number(divisor) in guarded:
            continue
        text = placed.source.slice(divisor.span)
        message = f"`{text}` can be 0, and then `{placed.text}` is unknown and fires nothing"
        above = f"`greatest({text}, 1e-6)`" if interval.low == 0 else f"`{text} != 0 and ...`"
        hint = f"guard it: {above}"
        yield Finding(placed.source, divisor.span, message, hint, note="can be 0")


RULE = Rule(
    Code(
        "PTT613",
        "divisor that can be 0",
        what="By the declared ranges the divisor can be 0. A quotient by zero is unknown, and an "
        "unknown condition does not fire. Divisors without a range, and divisors that the rule "
        "compares with something, are left alone.",
        why="The rule goes silent exactly where the divisor vanishes, which is often the fault "
        "that it looks for: a spread of 0, a reward that is always 0.",
        failing=Rules("""\
metric grad_norm: norm in 0.. = "grad_norm"

detector gradient_spike {
  high when max(grad_norm[5]) / median(grad_norm[50]) > 20
}
"""),
        fixed=Rules("""\
metric grad_norm: norm in 0.. = "grad_norm"

detector gradient_spike {
  let base = median(grad_norm[50])
  high when max(grad_norm[5]) > 20 * base and base > 0
}
"""),
        doubt="The range may include a 0 that never occurs in a run.",
    ),
    check,
)
