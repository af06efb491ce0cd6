"""A whole pack: its files together, on top of the packs that it extends."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from ptt_rules.language.check.amounts import size_fault
from ptt_rules.language.check.conditions import Asked, ConditionChecker
from ptt_rules.language.check.declarations import Places, QuantityChecker
from ptt_rules.language.check.detectors import DetectorNames, check_detector, declaration_of
from ptt_rules.language.check.firing import check_questions, circle_from
from ptt_rules.language.check.limits import check_limits
from ptt_rules.language.check.overrides import OverrideChecker, inherited_detectors
from ptt_rules.language.check.policies import PolicyChecker, Triggers
from ptt_rules.language.check.scope import Report, Reports, Scope
from ptt_rules.language.check.subjects import Subjects
from ptt_rules.language.check.tests import TestChecker
from ptt_rules.language.diagnostics import Diagnostic
from ptt_rules.language.ir import (
    CheckedPack,
    Declaration,
    Derived,
    Detector,
    ListFamily,
    Metric,
    Param,
    Policy,
    Test,
)
from ptt_rules.language.source import Source, Span
from ptt_rules.language.syntax import tree
from ptt_rules.language.trainers import known_of
from ptt_rules.language.types import Level

Stage = Callable[[Report, tree.Item], None]


@dataclass
class _PackChecker:
    """Stages of the check, each over all files, since order in files means nothing."""

    name: str
    extended: Sequence[CheckedPack]
    reports: Reports
    scope: Scope = field(default_factory=Scope)
    shipped_policies: Callable[[], Mapping[str, Policy]] = dict
    places: Places = field(default_factory=Places)
    names: dict[str, str] = field(default_factory=dict)
    levels: dict[str, frozenset[Level]] = field(default_factory=dict)
    detectors: dict[str, Detector] = field(default_factory=dict)
    policies: dict[str, Policy] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.quantities = QuantityChecker(self.name, self.scope, self.places)
        self.inherited = inherited_detectors(self.extended)
        for pack in self.extended:
            self._inherit(pack)
        self.overrides = OverrideChecker(
            pack=self.name,
            scope=self.scope,
            names=DetectorNames(self.names),
            inherited=self.inherited,
            params={
                name: param
                for pack in self.extended
                for param in pack.params.values()
                for name in (param.name, param.qualified)
            },
            policies=[one for pack in self.extended for one in pack.policies.values()],
            shipped_policies=self.shipped_policies,
        )

    def _inherit(self, pack: CheckedPack) -> None:
        """Brings another pack's names in; its detectors can be triggers of policies."""
        self.scope.metrics.update(pack.metrics)
        self.scope.derived.update(pack.derived)
        self.scope.lists.update(pack.lists)
        self.scope.params.update(pack.params)
        self.scope.sizes.update(pack.sizes)
        quantities: list[Metric | Derived | ListFamily | Param] = [
            *pack.metrics.values(),
            *pack.derived.values(),
            *pack.lists.values(),
            *pack.params.values(),
        ]
        for one in quantities:
            self.places.inherit("name", one.name, pack.name, (one.source, one.span))
        for detector in pack.detectors.values():
            if detector.declaration is not None:
                place = (detector.declaration.source, detector.declaration.name.span)
                self.places.inherit("detector", detector.name, pack.name, place)
            family = detector.family.name if detector.family else None
            self._name(detector.name, detector.qualified, family)
            self.levels[detector.qualified] = _levels(self.inherited[detector.qualified])
        for policy in pack.policies.values():
            self.places.inherit("policy", policy.name, pack.name, (policy.source, policy.span))

    def _name(self, plain: str, qualified: str, family: str | None = None) -> None:
        self.names[plain] = self.names[qualified] = qualified
        self.scope.detectors[plain] = self.scope.detectors[qualified] = qualified
        self.scope.family_of[qualified] = family

    def expect(self, broken: Sequence[tree.BrokenDecl]) -> None:
        """Names whose declaration has a syntax error: using them is not a second error."""
        for one in broken:
            self.scope.broken.update(one.lets)
            if one.sort in ("metric", "derive", "param"):
                self.scope.broken.add(one.name.word)
            else:
                self.scope.partial.add(one.name.word)
            if one.sort == "detector":
                self._name(one.name.word, f"{self.name}.{one.name.word}")

    # ---- stages ----------------------------------------------------------------------------

    def declare(self, report: Report, item: tree.Item) -> None:
        """Declares the names that others refer to: quantities and detectors."""
        self.quantities.declare(report, item)
        if isinstance(item, tree.DetectorDecl):
            family = item.family.word if item.family else None
            self._name(item.name.word, f"{self.name}.{item.name.word}", family)

    def judge(self, report: Report, item: tree.Item) -> None:
        """Detectors, once all quantities and names are known."""
        if not isinstance(item, tree.DetectorDecl):
            return
        is_new = self.places.is_new(report, "detector", item.name)
        declaration = declaration_of(report.source, item)
        names = DetectorNames(self.names)
        detector = check_detector(self.reports, self.scope, names, self.name, declaration)
        if is_new:
            self.levels[f"{self.name}.{item.name.word}"] = _levels(detector)
            if detector is not None:
                self.detectors[item.name.word] = detector

    def override(self, report: Report, item: tree.Item) -> None:
        self.overrides.change(report, item)
        for qualified, detector in self.overrides.detectors.items():
            self.levels[qualified] = _levels(detector)

    def react(self, report: Report, item: tree.Item) -> None:
        """Policies, once all detectors are known."""
        if not isinstance(item, tree.PolicyDecl | tree.OverridePolicy):
            return
        replaces = ""
        if isinstance(item, tree.OverridePolicy):
            replaces = self.overrides.policy(report, item)
            is_wanted = bool(replaces)
        else:
            is_wanted = self.places.is_new(report, "policy", item.name)
        checker = PolicyChecker(report, self.scope, self.triggers())
        policy = checker.policy(self.name, item)
        if policy is not None and is_wanted:
            self.policies[policy.name] = replace(policy, replaces=replaces)

    def report_sizes(self) -> None:
        """Values set to parameters that do not fit where these are numbers of windows or spans."""
        for name, value in self.overrides.param_values.items():
            fault = size_fault(self.scope.sizes, name, value)
            if fault is not None:
                source, span = self.overrides.param_places[name]
                self.reports.of(source).add("PTT206", span, fault, hint="choose another value")

    def triggers(self) -> Triggers:
        """What policies and tests can name, once all detectors are known."""
        each = {name for name, one in self.all_detectors().items() if one.family is not None}
        return Triggers(self.names, self.levels, each)

    def all_detectors(self) -> dict[str, Detector]:
        """Own and inherited detectors, as overridden, by qualified name."""
        own = {detector.qualified: detector for detector in self.detectors.values()}
        return {**own, **self.inherited, **self.overrides.detectors}

    def report_circles(self) -> None:
        """Detectors that suppress each other would hide a fault from everyone."""
        suppresses = {name: one.suppresses for name, one in self.all_detectors().items()}
        own = {detector.qualified: detector for detector in self.detectors.values()}
        reported: set[str] = set()
        for name in sorted(suppresses):
            circle = circle_from(name, suppresses)
            detector = own.get(name) if circle else None
            if detector is None or detector.declaration is None or not reported.isdisjoint(circle):
                continue
            reported.update(circle)
            chain = " suppresses ".join(f"`{one}`" for one in [*circle, circle[0]])
            hint = "leave one `suppresses` out"
            following = [*circle[1:], circle[0]][0]
            report, place = self._suppressing(detector.declaration, following)
            report.add("PTT105", place, chain, hint=hint)

    def _suppressing(self, declaration: Declaration, suppressed: str) -> tuple[Report, Span]:
        """Where a detector says that it suppresses another."""
        for placed in declaration.clauses:
            clause = placed.clause
            for reference in clause.detectors if isinstance(clause, tree.SuppressesClause) else ():
                if self.names.get(reference.dotted) == suppressed:
                    return self.reports.of(placed.source), reference.span
        return self.reports.of(declaration.source), declaration.name.span


def _levels(detector: Detector | None) -> frozenset[Level]:
    return frozenset(level.level for level in detector.levels) if detector else frozenset()


def check_pack(
    header: tuple[str, str, tree.PackDecl | None],
    modules: Sequence[tuple[Source, tree.Module]],
    *,
    extended: Sequence[CheckedPack] = (),
    vocabulary: Callable[[], Mapping[str, str]] = dict,
    shipped_policies: Callable[[], Mapping[str, Policy]] = dict,
) -> tuple[CheckedPack, list[Diagnostic]]:
    """The checked pack and everything wrong in its files.

    `header` is the pack's name, its version and its declaration if it has one. `extended` are
    all packs that it builds on, the farthest first; their names are in scope. `vocabulary`
    are declarations of what trainers log, by name, for hints. `shipped_policies` can be replaced
    by any pack.
    Errors: 1xx, 2xx, PTT309, PTT311, PTT405
    """
    name, version, declaration = header
    reports = Reports()
    fields = _header_fields(declaration)
    scope = Scope(vocabulary=vocabulary, trainers=known_of(fields["algorithms"]))
    checker = _PackChecker(name, extended, reports, scope, shipped_policies)
    for _, module in modules:
        checker.expect(module.broken)
    _run(checker.declare, reports, modules)
    checker.quantities.finish()
    for stage in (checker.judge, checker.override, checker.react):
        _run(stage, reports, modules)
    checker.report_circles()
    files = (source.name for source, _ in modules)
    check_questions(reports, checker.scope.questions, checker.all_detectors(), files)
    check_limits(reports, checker.detectors.values(), checker.scope.params)
    checker.report_sizes()
    tests = tuple(_check_tests(checker, modules))
    checked = CheckedPack(
        name=name,
        version=version,
        extends=tuple(pack.name for pack in extended),
        metrics=checker.quantities.metrics,
        derived=checker.quantities.derived,
        lists=checker.quantities.lists,
        params=checker.quantities.params,
        detectors=checker.detectors,
        policies=checker.policies,
        overrides=checker.overrides.detectors,
        param_values=checker.overrides.param_values,
        disabled=tuple(checker.overrides.disabled),
        tests=tests,
        param_places=checker.overrides.param_places,
        sizes=checker.scope.sizes,
        **fields,
    )
    return checked, reports.diagnostics


def check_expression(
    source: Source, expression: tree.Expr, packs: Sequence[CheckedPack]
) -> tuple[Asked | None, list[Diagnostic]]:
    """An expression of the quantities of packs, and of what their detectors name.

    Errors: PTT1xx, PTT2xx, PTT405
    """
    reports = Reports()
    checker = _PackChecker("", packs, reports, Scope())
    subjects = Subjects("", checker.triggers(), checker.all_detectors())
    asked = ConditionChecker(reports.of(source), checker.scope, subjects).value(expression)
    return asked, reports.diagnostics


def _run(stage: Stage, reports: Reports, modules: Sequence[tuple[Source, tree.Module]]) -> None:
    for source, item in _items(modules):
        stage(reports.of(source), item)


def _items(
    modules: Sequence[tuple[Source, tree.Module]],
) -> Iterator[tuple[Source, tree.Item]]:
    return ((source, item) for source, module in modules for item in module.items)


def _check_tests(
    checker: _PackChecker, modules: Sequence[tuple[Source, tree.Module]]
) -> Iterator[Test]:
    """The tests in which nothing is wrong, in the order of the files."""
    subjects = Subjects(checker.name, checker.triggers(), checker.all_detectors())
    checkers: dict[str, TestChecker] = {}
    for source, item in _items(modules):
        if isinstance(item, tree.TestDecl):
            report = checker.reports.of(source)
            tests = checkers.setdefault(
                source.name, TestChecker(report, checker.scope, subjects, checker.policies)
            )
            test = tests.test(item)
            if test is not None:
                yield test


def _header_fields(declaration: tree.PackDecl | None) -> dict[str, Any]:
    fields: dict[str, Any] = {"title": "", "algorithms": ()}
    for clause in declaration.clauses if declaration else ():
        if isinstance(clause, tree.PackTitle):
            fields["title"] = clause.text.value
        elif isinstance(clause, tree.PackAlgorithms):
            fields["algorithms"] = tuple(name.word for name in clause.names)
    return fields
