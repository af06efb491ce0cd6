"""PTT670: an override that leaves everything as it is."""

from __future__ import annotations

from collections.abc import Iterator

from ptt_rules.authoring.lint.rule import Finding, Rule
from ptt_rules.authoring.lint.subject import Subject
from ptt_rules.language.check import inherited_detectors
from ptt_rules.language.codes import Code, Rules
from ptt_rules.language.ir import Declaration, Detector
from ptt_rules.language.syntax import tree

_HINT = "leave it out, or write the value that you meant"


def check(subject: Subject) -> Iterator[Finding]:
    yield from _detectors(subject)
    yield from _params(subject)


def _detectors(subject: Subject) -> Iterator[Finding]:
    inherited = inherited_detectors(subject.files.extended)
    for source, item in subject.items(tree.OverrideDetector):
        for changed in subject.pack.overrides.values():
            is_meant = item.detector.dotted in (changed.name, changed.qualified)
            if is_meant and _is_same(inherited[changed.qualified], changed):
                message = f"this override leaves `{changed.qualified}` as it is"
                yield Finding(source, item.detector.span, message, _HINT)


def _params(subject: Subject) -> Iterator[Finding]:
    """Overrides with the value that the packs that this one extends leave a parameter."""
    before = {param.qualified: param.value for param in subject.params}
    for pack in subject.files.extended:
        before.update(pack.param_values)
    for source, item in subject.items(tree.OverrideParam):
        for param in subject.params:
            is_meant = item.param.dotted in (param.name, param.qualified)
            if is_meant and before[param.qualified] == item.value.value:
                message = f"`{item.param.dotted}` is {source.slice(item.value.span)} already"
                yield Finding(source, item.value.span, message, _HINT)


def _is_same(before: Detector, after: Detector) -> bool:
    one, other = before.declaration, after.declaration
    return one is not None and other is not None and _words(one) == _words(other)


def _words(declaration: Declaration) -> list[list[str]]:
    """The clauses as written, white space left out."""
    return [placed.source.slice(placed.clause.span).split() for placed in declaration.clauses]


RULE = Rule(
    Code(
        "PTT670",
        "override that changes nothing",
        what="An `override` gives a detector the clauses, or a parameter the value, that it has "
        "already.",
        why="Somebody meant to change the rule. Or the other pack has adopted the change, and the "
        "override only hides its next one.",
        failing=Rules("""\
pack acme 1.0.0 {
  extends grpo "~=1.0"
}

override param entropy_floor = 10%
"""),
        fixed=Rules("""\
pack acme 1.0.0 {
  extends grpo "~=1.0"
}

override param entropy_floor = 20%
"""),
    ),
    check,
)
