"""Families by list: metrics and formulas that have names, under one name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from ptt_rules.language.check.scope import Report, Scope
from ptt_rules.language.ir import Derived, Family, Formula, ListFamily, Metric
from ptt_rules.language.syntax import tree
from ptt_rules.language.types import Kind, Unit

Member = Metric | Derived


def list_family(report: Report, scope: Scope, item: tree.MetricListDecl) -> ListFamily | None:
    """The family, or None if something in it is wrong."""
    members: dict[str, Member] = {}
    is_whole = True
    for name in item.members.items:
        word = name.word if isinstance(name, tree.Name) else name.key
        member = _member(report, scope, name)
        if member is not None and word in members:
            report.add("PTT102", name.span, f"`{word}` is named twice", hint="keep one of the two")
        is_whole = is_whole and member is not None
        if member is not None:
            members[word] = member
    if not is_whole or not _are_of_one_kind(report, item, members):
        return None
    return family_of(report, item, members, item.description.value if item.description else "")


def family_of_keys(scope: Scope, word: str, excluded: tuple[str, ...] = ()) -> Family | None:
    """What the instances are of a family of logged keys, or of a formula of one."""
    one = scope.metrics.get(word) or scope.derived.get(word)
    if one is None or one.label is None:
        return None
    metrics = (one,) if isinstance(one, Metric) else one.metrics
    families = tuple(each for each in metrics if each.label is not None and not each.is_any)
    return Family(word, one.label, families, (), excluded)


def family_of(
    report: Report,
    item: tree.MetricListDecl | tree.DeriveDecl,
    members: Mapping[str, Member],
    description: str,
) -> ListFamily:
    """Members as a family, in the unit that all of them have, or without one."""
    units = {member.unit for member in members.values()}
    unit = units.pop() if len(units) == 1 else None
    assert item.label is not None
    return ListFamily(
        name=item.name.word,
        label=item.label.word,
        members={word: _in_unit(member, unit) for word, member in members.items()},
        unit=unit,
        description=description,
        span=item.name.span,
        source=report.source,
    )


def _in_unit(member: Member, unit: Unit | None) -> Member:
    """A member in the unit of the family, which has none where those of members differ."""
    if member.unit is unit:
        return member
    if isinstance(member, Metric):
        return replace(member, unit=unit)
    at = member.formula.span
    formula = Formula(at, member.formula, member.series(at), unit or Unit.NONE)
    return replace(member, unit=unit, formula=formula)


def _member(report: Report, scope: Scope, name: tree.Name | tree.Key) -> Member | None:
    if isinstance(name, tree.Key):
        return Metric(name.key, (name.key,), None, span=name.span)
    word = name.word
    found = scope.metrics.get(word) or scope.derived.get(word)
    if found is not None and found.label is None:
        return found
    if found is not None or word in scope.lists:
        message = f"`{word}` is a family itself, and members are single metrics and formulas"
        report.add("PTT109", name.span, message, hint="name what its instances log, in backticks")
    elif word not in scope.broken:
        names = [one for one in (*scope.metrics, *scope.derived) if not scope.label_of(one)]
        message = f"no metric is called `{word}`"
        otherwise = "a family by list is of metrics and formulas that are declared"
        report.misspelt("PTT101", name.span, message, word, names, otherwise)
    return None


def _are_of_one_kind(
    report: Report, item: tree.MetricListDecl, members: Mapping[str, Member]
) -> bool:
    truths = [
        isinstance(member, Derived) and member.kind is not Kind.NUMBER
        for member in members.values()
    ]
    if len(set(truths)) <= 1:
        return True
    message = "some of these are numbers, others are true or false"
    report.add("PTT201", item.members.span, message, hint="make two families of them")
    return False
