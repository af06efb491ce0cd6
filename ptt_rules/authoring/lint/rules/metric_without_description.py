"""PTT652: a metric or a parameter that nobody describes."""

from __future__ import annotations

from collections.abc import Iterator

from ptt_rules.authoring.lint.rule import Finding, Rule
from ptt_rules.authoring.lint.subject import Subject
from ptt_rules.language import Edit, Span
from ptt_rules.language.codes import Code, Rules
from ptt_rules.language.metrics import EVAL, meanings
from ptt_rules.language.syntax import tree

_Described = tree.MetricDecl | tree.MetricListDecl | tree.DeriveDecl | tree.ParamDecl


def check(subject: Subject) -> Iterator[Finding]:
    for source, item in subject.items(tree.Node):
        if isinstance(item, _Described) and item.description is None:
            message = f"`{item.name.word}` has no description"
            known = _known(subject, item)
            hint = "add a text that says what it averages over, and when it is logged"
            edit = None
            if known:
                hint = f"it is, as trainers log it: {known}"
                edit = Edit(Span(item.span.end, item.span.end), f'\n  "{known}"')
            yield Finding(source, item.name.span, message, hint, edit=edit)


def _known(subject: Subject, item: _Described) -> str:
    """The vocabulary's text for a metric's keys, if they mean the same to all trainers.

    A key of an evaluation is not the mean of a logging window, as that of training is.
    """
    if not isinstance(item, tree.MetricDecl):
        return ""
    keys = [text.value for text in item.keys.items]
    if any(key.startswith(EVAL) for key in keys):
        return ""
    about = {row.about for key in keys for row in meanings(key, subject.trainers)}
    return about.pop() if len(about) == 1 and meanings(keys[0], subject.trainers) else ""


RULE = Rule(
    Code(
        "PTT652",
        "metric or parameter without a description",
        what="A text after the declaration says what a metric measures, or what a parameter "
        "decides. It is shown in editors, reports and by `ptt explain`.",
        why="`kl` is per token in one trainer and per sequence in another, and nobody can choose "
        "a bound without knowing.",
        failing=Rules("""\
metric grad_norm: norm in 0.. = "grad_norm"

detector gradient_explosion {
  high when median(grad_norm[20]) > 100
}
"""),
        fixed=Rules("""\
metric grad_norm: norm in 0.. = "grad_norm"
  "Gradient norm before clipping, of the last step in the logging window."

detector gradient_explosion {
  high when median(grad_norm[20]) > 100
}
"""),
    ),
    check,
    is_fixable=True,
)
