"""PTT646: a message that shows no number, of a rule that compares some."""

from __future__ import annotations

from collections.abc import Iterator

from ptt_rules.authoring.lint.rule import Finding, Rule
from ptt_rules.authoring.lint.subject import Subject, clauses_of
from ptt_rules.language.codes import Code, Rules
from ptt_rules.language.ir import Compare, Detector, Placeholder, Template, walk
from ptt_rules.language.syntax import tree

_EXACT = ("==", "!=")


def check(subject: Subject) -> Iterator[Finding]:
    for detector in subject.detectors:
        templates = (detector.texts, *(level.texts for level in detector.levels))
        messages = [texts["message"] for texts in templates if "message" in texts]
        if not _compares(detector) or any(map(_shows_a_number, messages)):
            continue
        for source, clause in clauses_of(detector, tree.TextClause):
            if clause.word == "message":
                message = "this message shows none of the numbers that the rule compares"
                hint = "name a quantity with `let`, and show it: `{now:.3f}`"
                yield Finding(source, clause.text.span, message, hint)


def _shows_a_number(message: Template) -> bool:
    return any(isinstance(part, Placeholder) and part.node is not None for part in message)


def _compares(detector: Detector) -> bool:
    """Whether a condition bounds a number, rather than asking for exactly one, or for NaN."""
    conditions = [level.condition for level in detector.levels]
    return any(
        isinstance(part, Compare) and part.operator not in _EXACT for part in walk(conditions)
    )


RULE = Rule(
    Code(
        "PTT646",
        "message that shows no number",
        what="The rule bounds a quantity, and its message does not show one. Rules that ask for "
        "NaN or for exactly one number are left alone.",
        why="The distance from the bound decides what to do, and is the first number that "
        "somebody looks up.",
        failing=Rules("""\
metric kl: nats in 0.. = "kl"

detector kl_runaway {
  high when mean(kl[20]) > 0.3
  message "The KL divergence is too large."
}
"""),
        fixed=Rules("""\
metric kl: nats in 0.. = "kl"

detector kl_runaway {
  let now = mean(kl[20])
  high when now > 0.3
  message "The KL divergence is {now:.3f} nats a token."
}
"""),
    ),
    check,
)
