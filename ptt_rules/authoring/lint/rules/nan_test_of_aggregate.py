"""PTT615: `isnan` of a statistic, which skips NaN."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ptt_rules.authoring.lint.rule import Finding, Rule
from ptt_rules.authoring.lint.subject import Subject
from ptt_rules.language.codes import Code, Rules
from ptt_rules.language.functions import FloatClass
from ptt_rules.language.ir import Aggregate, FloatTest

_CALL = re.compile(r"\w+\((?P<series>.+)(?P<window>\[[^\[\]]+\])(?:,[^,]*)?\)", re.DOTALL)


def check(subject: Subject) -> Iterator[Finding]:
    for placed, test in subject.written(FloatTest):
        if not isinstance(test.operand, Aggregate) or test.float_class is FloatClass.FINITE:
            continue
        text = placed.source.slice(test.operand.span)
        word = test.float_class.value
        message = f"`{placed.text}` is never true: statistics skip what is not finite"
        call = _CALL.fullmatch(text)
        shown = "any(isnan(loss)[20])"
        if call is not None:
            shown = f"any({word}({call['series']}){call['window']})"
        yield Finding(placed.source, test.span, message, f"look at the rows: `{shown}`")


RULE = Rule(
    Code(
        "PTT615",
        "test for NaN of a statistic",
        what="Statistics use finite observations only: NaN and infinities are skipped and do not "
        "count toward the window. So a mean is never NaN, however many of its observations are.",
        why="The rule that should see a broken run is the one that never fires.",
        failing=Rules("""\
metric grad_norm: norm in 0.. = "grad_norm"

detector gradient_lost {
  critical when isnan(mean(grad_norm[10]))
}
"""),
        fixed=Rules("""\
metric grad_norm: norm in 0.. = "grad_norm"

detector gradient_lost {
  critical when any(isnan(grad_norm)[10])
}
"""),
    ),
    check,
)
