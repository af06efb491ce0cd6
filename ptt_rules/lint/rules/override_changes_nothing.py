"""PTT670: an override that leaves everything as it is."""

from __future__ import annotations

from collections.abc import Iterator

from ptt_rules.check import inherited_detectors
from ptt_rules.codes import Code, Rules
from ptt_rules.ir.pack import Declaration, Detector
from ptt_rules.lint.rule import Finding, Rule
from ptt_rules.lint.subject import Subject
from ptt_rules.syntax import tree

_HINT = "leave it out, or write the value that you meant"


def check(subject: Subject) -> Iterator[Finding]:
    inherited = inherited_detectors(subject.files.extended)
    for source, item in subject.items(tree.OverrideDetector):
        changed = _find(subject.pack.overrides, item.detector)
        if changed is not None and _is_same(inherited[changed.qualified], changed):
            message = f"this override leaves `{changed.qualified}` as it is"
            yield Finding(source, item.detector.span, message, _HINT)
    before = _values(subject)
    for source, param in subject.items(tree.OverrideParam):
        known = [name for name in before if name.endswith(param.param.dotted)]
        if any(
            name.rpartition(".")[2] == param.param.parts[-1] and before[name] == param.value.value
            for name in known
        ):
            message = f"`{param.param.dotted}` is {before[known[0]]:g} already"
            yield Finding(source, param.value.span, message, _HINT)


def _find(overrides: object, reference: tree.Reference) -> Detector | None:
    assert isinstance(overrides, dict)
    found = [one for one in overrides.values() if reference.dotted in (one.name, one.qualified)]
    return found[0] if len(found) == 1 else None


def _values(subject: Subject) -> dict[str, float]:
    """Parameters by qualified name, as the packs that this one extends leave them."""
    found = {param.qualified: param.value for param in subject.params}
    for pack in subject.files.extended:
        found.update(pack.param_values)
    return found


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
        why="Somebody meant to change the rule. Or the other pack has taken the change over, and "
        "the override only hides its next one.",
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
