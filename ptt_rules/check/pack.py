"""A whole pack: its files together, on top of the packs that it extends."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ptt_rules.check.detectors import check_detector
from ptt_rules.check.policies import check_policy
from ptt_rules.check.scope import Report, Scope, did_you_mean
from ptt_rules.diagnostics import Diagnostic, Label
from ptt_rules.ir.pack import CheckedPack, Detector, Metric, Param, Policy
from ptt_rules.source import Source, Span
from ptt_rules.syntax import tree
from ptt_rules.types import UNIT_WORDS, Level, Unit

_LATER = {
    tree.DeriveDecl: "`derive` is",
    tree.TestDecl: "tests in `.ptt` files are",
    tree.OverrideDetector: "`override detector` is",
    tree.OverrideParam: "`override param` is",
    tree.DisableDecl: "`disable` is",
}


@dataclass
class _PackChecker:
    name: str
    scope: Scope
    params: Mapping[str, float]
    places: dict[tuple[str, str], tuple[Source, Span]] = field(default_factory=dict)
    metrics: dict[str, Metric] = field(default_factory=dict)
    own_params: dict[str, Param] = field(default_factory=dict)
    detectors: dict[str, Detector] = field(default_factory=dict)
    levels: dict[str, frozenset[Level]] = field(default_factory=dict)
    policies: dict[str, Policy] = field(default_factory=dict)
    inherited_detectors: set[str] = field(default_factory=set)

    # ---- names -----------------------------------------------------------------------------

    def is_new(self, report: Report, sort: str, name: tree.Name) -> bool:
        """Whether a name is free; metrics and parameters share one set of names."""
        place = self.places.setdefault((sort, name.word), (report.source, name.span))
        if place == (report.source, name.span):
            return True
        source, span = place
        labels = (Label(span, "first here", source),) if source.text else ()
        where = "twice" if source == report.source else f"in `{source.name}` too"
        message = f"`{name.word}` is declared {where}"
        report.add(
            "PTT102", name.span, message, hint="give one of them another name", labels=labels
        )
        return False

    @property
    def declared_detectors(self) -> set[str]:
        return {word for word in self.levels if "." not in word} - self.inherited_detectors

    # ---- declarations ----------------------------------------------------------------------

    def declare(self, report: Report, item: tree.Item) -> None:
        """What other declarations refer to: metrics and parameters."""
        if isinstance(item, tree.MetricDecl):
            self._metric(report, item)
        elif isinstance(item, tree.ParamDecl):
            self._param(report, item)
        elif isinstance(item, tree.DeriveDecl):
            self.scope.broken.add(item.name.word)
        if type(item) in _LATER:
            first = report.source.slice(item.span).split(maxsplit=1)[0]
            place = Span(item.span.start, item.span.start + len(first))
            report.later(place, _LATER[type(item)])

    def _metric(self, report: Report, item: tree.MetricDecl) -> None:
        unit = self._unit(report, item.unit)
        low, high = self._range(report, item.range)
        if item.label is not None:
            report.later(item.label.span, "metric families are")
            self.scope.broken.add(item.name.word)
            return
        keys = tuple(text.value for text in item.keys.items)
        if self._is_inherited(item.name.word, unit, keys):
            return
        if not self.is_new(report, "name", item.name):
            return
        if not all(keys):
            hint = "write the key as the trainer logs it"
            report.add("PTT108", item.keys.span, "a logged key is not empty", hint=hint)
        description = item.description.value if item.description else ""
        metric = Metric(item.name.word, keys, unit, low, high, description, item.name.span)
        self.metrics[metric.name] = self.scope.metrics[metric.name] = metric

    def _is_inherited(self, word: str, unit: Unit | None, keys: tuple[str, ...]) -> bool:
        """Whether an extended pack has the very same metric: saying it again changes nothing."""
        known = self.scope.metrics.get(word)
        return (
            known is not None
            and word not in self.metrics
            and (known.unit, known.keys) == (unit, keys)
        )

    def _unit(self, report: Report, name: tree.Name) -> Unit | None:
        if name.word not in UNIT_WORDS:
            hint = did_you_mean(name.word, UNIT_WORDS, f"the units are {', '.join(UNIT_WORDS)}")
            report.add("PTT104", name.span, f"`{name.word}` is no unit", hint=hint)
            return None
        unit = Unit(name.word)
        return None if unit is Unit.NONE else unit

    def _range(
        self, report: Report, declared: tree.Range | None
    ) -> tuple[float | None, float | None]:
        if declared is None:
            return None, None
        low = declared.low.value if declared.low else None
        high = declared.high.value if declared.high else None
        if low is not None and high is not None and low > high:
            hint = f"write `{high:g}..{low:g}`"
            report.add("PTT206", declared.span, "this range holds nothing", hint=hint)
            return None, None
        return low, high

    def _param(self, report: Report, item: tree.ParamDecl) -> None:
        low, high = self._range(report, item.range)
        if not self.is_new(report, "name", item.name):
            return
        value = self._param_value(report, item, low, high)
        unit = Unit.RATIO if item.default.form else None
        description = item.description.value if item.description else ""
        word = item.name.word
        param = Param(word, value, unit, low, high, description, item.name.span)
        self.own_params[word] = self.scope.params[word] = param

    def _param_value(
        self, report: Report, item: tree.ParamDecl, low: float | None, high: float | None
    ) -> float:
        """The value from outside if there is one, else the default."""
        word, default = item.name.word, item.default.value
        if item.range is not None and not _within(default, low, high):
            message = f"the default of `{word}` is outside of its range"
            labels = (Label(item.range.span, "the range"),)
            hint = "change one of the two"
            report.add("PTT206", item.default.span, message, hint=hint, labels=labels)
            return default
        value = self.params.get(f"{self.name}.{word}", self.params.get(word, default))
        if item.range is not None and not _within(value, low, high):
            shown = report.source.slice(item.range.span)
            message = f"`{word}` was set to {value:g}, outside of its range `{shown}`"
            hint = "pass a value inside of the range"
            report.add("PTT206", item.name.span, message, hint=hint)
        return value

    def judge(self, report: Report, item: tree.Item) -> None:
        """Detectors, once all metrics and parameters are known."""
        if not isinstance(item, tree.DetectorDecl):
            return
        is_new = self.is_new(report, "detector", item.name)
        detector = check_detector(report, self.scope, self.name, item)
        word = item.name.word
        if is_new:
            self.levels[word] = self.levels[f"{self.name}.{word}"] = _levels(detector)
            if detector is not None:
                self.detectors[word] = detector

    def react(self, report: Report, item: tree.Item) -> None:
        """Policies, once all detectors are known."""
        if isinstance(item, tree.PolicyDecl) and self.is_new(report, "policy", item.name):
            policy = check_policy(report, self.name, self.levels, item)
            if policy is not None:
                self.policies[policy.name] = policy


def _levels(detector: Detector | None) -> frozenset[Level]:
    return frozenset(level.level for level in detector.levels) if detector else frozenset()


def _within(value: float, low: float | None, high: float | None) -> bool:
    return (low is None or value >= low) and (high is None or value <= high)


def check_pack(
    header: tuple[str, str, tree.PackDecl | None],
    modules: Sequence[tuple[Source, tree.Module]],
    *,
    extended: Sequence[CheckedPack] = (),
    params: Mapping[str, float] | None = None,
) -> tuple[CheckedPack, list[Diagnostic]]:
    """The checked pack and everything wrong in its files.

    `header` is the pack's name, its version and its declaration if it has one. `extended` are
    all packs that it builds on, the farthest first; their names are in scope.
    Errors: PTT010, 1xx, 2xx
    """
    name, version, declaration = header
    checker = _PackChecker(name, Scope(), params or {})
    for pack in extended:
        _inherit(checker, pack)
    reports = [(Report(source), module) for source, module in modules]
    for stage in (checker.declare, checker.judge, checker.react):
        for report, module in reports:
            for item in module.items:
                stage(report, item)
    checked = CheckedPack(
        name=name,
        version=version,
        extends=tuple(pack.name for pack in extended),
        metrics=checker.metrics,
        params=checker.own_params,
        detectors=checker.detectors,
        policies=checker.policies,
        **_header_fields(declaration),
    )
    diagnostics = [d for report, _ in reports for d in report.diagnostics]
    assert diagnostics or checker.detectors.keys() == checker.declared_detectors
    return checked, diagnostics


def _inherit(checker: _PackChecker, pack: CheckedPack) -> None:
    """Brings another pack's names in; its detectors can be triggers of policies."""
    checker.scope.metrics.update(pack.metrics)
    checker.scope.params.update(pack.params)
    for sort, spans in (
        ("name", {n: m.span for n, m in pack.metrics.items()}),
        ("name", {n: p.span for n, p in pack.params.items()}),
        ("detector", {n: d.span for n, d in pack.detectors.items()}),
    ):
        for word, span in spans.items():
            checker.places.setdefault((sort, word), (Source(f"pack {pack.name}", ""), span))
    for detector in pack.detectors.values():
        levels = _levels(detector)
        checker.inherited_detectors.add(detector.name)
        checker.levels[detector.name] = checker.levels[detector.qualified] = levels


def _header_fields(declaration: tree.PackDecl | None) -> dict[str, Any]:
    fields: dict[str, Any] = {"title": "", "algorithms": ()}
    for clause in declaration.clauses if declaration else ():
        if isinstance(clause, tree.PackTitle):
            fields["title"] = clause.text.value
        elif isinstance(clause, tree.PackAlgorithms):
            fields["algorithms"] = tuple(name.word for name in clause.names)
    return fields
