"""Declarations of quantities: metrics, families, derived metrics and parameters."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from ptt_rules.language.check.expressions import ExpressionChecker
from ptt_rules.language.check.lets import names_in
from ptt_rules.language.check.scope import POSITIONS, Report, Scope
from ptt_rules.language.diagnostics import Label
from ptt_rules.language.ir import Apply, Arithmetic, Derived, Metric, Node, Param
from ptt_rules.language.source import Source, Span
from ptt_rules.language.syntax import tree
from ptt_rules.language.types import UNIT_WORDS, Kind, Shape, Unit

_LABEL = re.compile(r"\{([^{}]*)\}")


@dataclass
class Places:
    """Where each name was first declared; metrics and parameters share one set of names."""

    _first: dict[tuple[str, str], tuple[Source, Span]] = field(default_factory=dict)
    _owners: dict[tuple[str, str], str] = field(default_factory=dict)

    def inherit(self, sort: str, word: str, pack: str, place: tuple[Source, Span]) -> None:
        """Notes a name of an extended pack."""
        self._first.setdefault((sort, word), place)
        self._owners.setdefault((sort, word), pack)

    def is_new(self, report: Report, sort: str, name: tree.Name) -> bool:
        """Whether a name is free."""
        if sort == "name" and name.word in POSITIONS:
            message = f"`{name.word}` is there in every rule already"
            report.add("PTT102", name.span, message, hint="choose another name")
            return False
        place = self._first.setdefault((sort, name.word), (report.source, name.span))
        if place == (report.source, name.span):
            return True
        source, span = place
        labels = (Label(span, "first here", source),)
        owner = self._owners.get((sort, name.word))
        where = f"in pack `{owner}` too" if owner else f"in `{source.name}` too"
        if source == report.source:
            where = "twice"
        message = f"`{name.word}` is declared {where}"
        hint = "give one of them another name"
        if sort in ("detector", "policy") and owner:
            hint += f", or write `override {sort} {name.word} {{ ... }}`"
        report.add("PTT102", name.span, message, hint=hint, labels=labels)
        return False


@dataclass
class QuantityChecker:
    """Checks the quantities that the files of one pack declare, into its scope."""

    pack: str
    scope: Scope
    places: Places
    metrics: dict[str, Metric] = field(default_factory=dict)
    derived: dict[str, Derived] = field(default_factory=dict)
    params: dict[str, Param] = field(default_factory=dict)
    _waiting: dict[str, tuple[Report, tree.DeriveDecl]] = field(default_factory=dict)

    def declare(self, report: Report, item: tree.Item) -> None:
        match item:
            case tree.MetricDecl():
                self._metric(report, item)
            case tree.ParamDecl():
                self._param(report, item)
            case tree.DeriveDecl():
                if self.places.is_new(report, "name", item.name):
                    self._waiting[item.name.word] = (report, item)

    def finish(self) -> None:
        """Derived metrics, once all others are known, each after those that it reads."""
        open_names: list[str] = []
        for word in list(self._waiting):
            self._derive(word, open_names)

    # ---- metrics ---------------------------------------------------------------------------

    def _metric(self, report: Report, item: tree.MetricDecl) -> None:
        unit = self._unit(report, item.unit)
        low, high = declared_range(report, item.range)
        keys = tuple(text.value for text in item.keys.items)
        if self._is_inherited(item.name.word, unit, keys):
            return
        if not self.places.is_new(report, "name", item.name):
            return
        if not all(keys):
            hint = "write the key as the trainer logs it"
            report.add("PTT108", item.keys.span, "a logged key is not empty", hint=hint)
        if not _labels_fit(report, item):
            self.scope.broken.add(item.name.word)
            return
        metric = Metric(
            name=item.name.word,
            keys=keys,
            unit=unit,
            low=low,
            high=high,
            description=item.description.value if item.description else "",
            label=item.label.word if item.label else None,
            span=item.name.span,
            source=report.source,
        )
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
            message = f"`{name.word}` is not a unit"
            otherwise = f"the units are {', '.join(UNIT_WORDS)}"
            report.misspelt("PTT104", name.span, message, name.word, UNIT_WORDS, otherwise)
            return None
        unit = Unit(name.word)
        return None if unit is Unit.NONE else unit

    # ---- derived metrics -------------------------------------------------------------------

    def _derive(self, word: str, open_names: list[str]) -> None:
        report, item = self._waiting[word]
        if word in self.derived or word in self.scope.broken:
            return
        open_names.append(word)
        for name in names_in(item.formula):
            if name.word in open_names:
                self._report_circle(report, name, open_names)
            elif name.word in self._waiting:
                self._derive(name.word, open_names)
        open_names.pop()
        if word in self.scope.broken:
            return
        derived = self._derived(report, item)
        if derived is None:
            self.scope.broken.add(word)
        else:
            self.derived[word] = self.scope.derived[word] = derived

    def _report_circle(self, report: Report, name: tree.Name, open_names: Sequence[str]) -> None:
        circle = open_names[open_names.index(name.word) :]
        if self.scope.broken.isdisjoint(circle):
            chain = " reads ".join(f"`{word}`" for word in [*circle, name.word])
            message = f"{chain}, in a circle" if len(circle) > 1 else f"{chain}: itself"
            hint = "write one of them with logged metrics only"
            report.add("PTT105", name.span, message, hint=hint)
        self.scope.broken.update(circle)

    def _derived(self, report: Report, item: tree.DeriveDecl) -> Derived | None:
        unit = self._unit(report, item.unit)
        before = len(report.diagnostics)
        checker = ExpressionChecker(report, self.scope)
        formula = checker.number_operand(item.formula, Shape.SERIES)
        if formula is None or len(report.diagnostics) > before:
            return None
        if formula.shape is not Shape.SERIES or formula.kind is not Kind.NUMBER:
            message = f"`{item.name.word}` is the same in every row"
            hint = f"use a parameter: `param {item.name.word} = 0.5`"
            report.add("PTT204", item.formula.span, message, hint=hint)
            return None
        if unit is not None and formula.unit not in (None, unit):
            message = f"`{item.name.word}` is declared in {unit.value}, its formula is "
            message += formula.unit.phrase if formula.unit else ""
            labels = (Label(item.unit.span, unit.value),)
            hint = f"declare `{formula.unit.value}`" if formula.unit else None
            report.add("PTT203", item.formula.span, message, hint=hint, labels=labels)
            return None
        return Derived(
            name=item.name.word,
            unit=unit,
            formula=_in_unit(formula, unit),
            metrics=tuple(checker.metrics.values()),
            description=item.description.value if item.description else "",
            span=item.name.span,
            source=report.source,
        )

    # ---- parameters ------------------------------------------------------------------------

    def _param(self, report: Report, item: tree.ParamDecl) -> None:
        low, high = declared_range(report, item.range)
        if not self.places.is_new(report, "name", item.name):
            return
        param = Param(
            name=item.name.word,
            pack=self.pack,
            value=item.default.value,
            unit=Unit.RATIO if item.default.form else None,
            low=low,
            high=high,
            description=item.description.value if item.description else "",
            span=item.name.span,
            source=report.source,
        )
        if item.range is not None and not param.takes(param.value):
            message = f"the default of `{param.name}` is outside its range"
            labels = (Label(item.range.span, "the range"),)
            hint = f"change one of the two: the range is {param.range_text}"
            report.add("PTT206", item.default.span, message, hint=hint, labels=labels)
        self.params[param.name] = self.scope.params[param.name] = param


def _in_unit(formula: Node, unit: Unit | None) -> Node:
    """The formula in the declared unit, where the units of its parts leave none."""
    if formula.unit is None and isinstance(formula, (Arithmetic, Apply)):
        return replace(formula, result_unit=unit)
    return formula


def declared_range(
    report: Report, declared: tree.Range | None
) -> tuple[float | None, float | None]:
    """The ends of a range; None where it is open."""
    if declared is None:
        return None, None
    low = declared.low.value if declared.low else None
    high = declared.high.value if declared.high else None
    if low is not None and high is not None and low > high:
        message = "this range is empty"
        report.add("PTT206", declared.span, message, hint=f"write `{high:g}..{low:g}`")
        return None, None
    return low, high


def _labels_fit(report: Report, item: tree.MetricDecl) -> bool:
    """Whether each key of a family has its label once, and a plain metric has none."""
    before = len(report.diagnostics)
    if item.label is None:
        return True
    label = item.label.word
    for text in item.keys.items:
        found = _LABEL.findall(text.value)
        if found.count(label) == 1 and len(found) == 1:
            continue
        message = f"each key of a family has its label once, as `{{{label}}}`"
        hint = f'write a key such as `"rewards/{{{label}}}/mean"`'
        report.add("PTT109", text.span, message, hint=hint)
    return len(report.diagnostics) == before
