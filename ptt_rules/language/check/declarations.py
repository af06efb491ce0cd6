"""Declarations of quantities: metrics, families, derived metrics and parameters."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from ptt_rules.language.check.expressions import ExpressionChecker, unit_of
from ptt_rules.language.check.lets import names_in
from ptt_rules.language.check.lists import family_of, list_family
from ptt_rules.language.check.scope import POSITIONS, Report, Scope
from ptt_rules.language.diagnostics import Edit, Label
from ptt_rules.language.ir import (
    Derived,
    FamilyColumn,
    Formula,
    ListFamily,
    Metric,
    Node,
    OfSiblings,
    Param,
    follows_family,
    follows_rows,
    walk,
)
from ptt_rules.language.source import Source, Span
from ptt_rules.language.syntax import tree
from ptt_rules.language.types import MEASURE_UNITS, UNIT_WORDS, Kind, Unit

_Waiting = tree.DeriveDecl | tree.MetricListDecl
"""What reads other names, and is declared after them."""

_POLICY_WORD = re.compile(r"\bpolicy\s+\Z")
_LABEL = re.compile(r"\{([^{}]*)\}")
_LABEL_OF_NO_ESCAPE = re.compile(r"(?<!\\N)\{([^{}]*)\}")


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
        edit = None
        if sort == "policy" and owner:
            hint = f"to replace it, write `override policy {owner}.{name.word}`"
            edit = _override(report.source, name, owner)
        elif sort == "detector" and owner:
            hint += f", or write `override detector {name.word} {{ ... }}`"
        report.add("PTT102", name.span, message, hint=hint, labels=labels, edit=edit)
        return False


def _override(source: Source, name: tree.Name, owner: str) -> Edit | None:
    """A policy made to one that replaces that of another pack."""
    found = _POLICY_WORD.search(source.text, 0, name.span.start)
    if found is None:
        return None
    return Edit(Span(found.start(), name.span.end), f"override policy {owner}.{name.word}")


@dataclass
class QuantityChecker:
    """Checks the quantities that the files of one pack declare, into its scope."""

    pack: str
    scope: Scope
    places: Places
    metrics: dict[str, Metric] = field(default_factory=dict)
    derived: dict[str, Derived] = field(default_factory=dict)
    lists: dict[str, ListFamily] = field(default_factory=dict)
    params: dict[str, Param] = field(default_factory=dict)
    _waiting: dict[str, tuple[Report, _Waiting]] = field(default_factory=dict)

    def declare(self, report: Report, item: tree.Item) -> None:
        match item:
            case tree.MetricDecl():
                self._metric(report, item)
            case tree.ParamDecl():
                self._param(report, item)
            case tree.DeriveDecl() | tree.MetricListDecl():
                if self.places.is_new(report, "name", item.name):
                    self._waiting[item.name.word] = (report, item)

    def finish(self) -> None:
        """Formulas and lists, once all metrics are known, each after those that it reads."""
        open_names: list[str] = []
        for word in list(self._waiting):
            self._derive(word, open_names)

    # ---- metrics ---------------------------------------------------------------------------

    def _metric(self, report: Report, item: tree.MetricDecl) -> None:
        unit = self._unit(report, item.unit)
        low, high = declared_range(report, item.range)
        for end in ends_of(item.range):
            fits_unit(report, end, unit)
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
        if word in self.derived or word in self.lists or word in self.scope.broken:
            return
        open_names.append(word)
        for name in _names_in(item):
            if name.word in open_names:
                self._report_circle(report, name, open_names)
            elif name.word in self._waiting:
                self._derive(name.word, open_names)
        open_names.pop()
        if word in self.scope.broken:
            return
        found = self._found(report, item)
        if found is None:
            self.scope.broken.add(word)
        elif isinstance(found, ListFamily):
            self.lists[word] = self.scope.lists[word] = found
        else:
            self.derived[word] = self.scope.derived[word] = found

    def _found(self, report: Report, item: _Waiting) -> Derived | ListFamily | None:
        if isinstance(item, tree.MetricListDecl):
            return list_family(report, self.scope, item)
        words = self._words(item)
        if not words:
            return self._derived(report, item)
        members = {word: self._derived(report, item, word) for word in words}
        whole = {word: member for word, member in members.items() if member is not None}
        if len(whole) < len(members):
            return None
        return family_of(report, item, whole, _description(item))

    def _words(self, item: tree.DeriveDecl) -> list[str]:
        """Those of the families by list that a formula of their label names."""
        label = item.label.word if item.label else None
        named = (self.scope.lists.get(name.word) for name in names_in(item.formula))
        families = [one for one in named if one is not None and one.label == label]
        return list(dict.fromkeys(word for family in families for word in family.members))

    def _report_circle(self, report: Report, name: tree.Name, open_names: Sequence[str]) -> None:
        circle = open_names[open_names.index(name.word) :]
        if self.scope.broken.isdisjoint(circle):
            chain = " reads ".join(f"`{word}`" for word in [*circle, name.word])
            message = f"{chain}, in a circle" if len(circle) > 1 else f"{chain}: itself"
            hint = "write one of them with logged metrics only"
            report.add("PTT105", name.span, message, hint=hint)
        self.scope.broken.update(circle)

    def _derived(
        self, report: Report, item: tree.DeriveDecl, word: str | None = None
    ) -> Derived | None:
        """A formula; of a family by list that of one member."""
        before = len(report.diagnostics)
        unit = None if item.unit is None else self._unit(report, item.unit)
        label = None if item.label is None else item.label.word
        checker = ExpressionChecker(report, self.scope, label, word=word, is_formula=True)
        formula = checker.series(item.formula)
        if formula is None or len(report.diagnostics) > before:
            return None
        metrics = tuple(checker.metrics.values())
        depth = checker.depth + checker.looks_back
        if not (
            _has_rows(report, item, metrics)
            and (word is not None or _fits_label(report, item, metrics))
            and _fits_unit(report, item, formula)
            and _is_shallow(report, item, depth)
        ):
            return None
        series = tuple(metric.column(item.formula.span) for metric in metrics)
        if not follows_rows(formula) or (unit is not None and formula.unit is None):
            formula = Formula(item.formula.span, formula, series, unit)
        if label is not None and word is None and not _begins_with_instance(report, item, formula):
            return None
        return Derived(
            name=item.name.word if word is None else f'{item.name.word}["{word}"]',
            unit=formula.unit,
            formula=formula,
            metrics=metrics,
            depth=depth,
            label=label if word is None else None,
            description=_description(item),
            span=item.name.span,
            source=report.source,
        )

    # ---- parameters ------------------------------------------------------------------------

    def _param(self, report: Report, item: tree.ParamDecl) -> None:
        low, high = declared_range(report, item.range)
        if not self.places.is_new(report, "name", item.name):
            return
        unit = unit_of(item.default) if item.unit is None else self._unit(report, item.unit)
        for end in (item.default, *ends_of(item.range)):
            fits_unit(report, end, unit)
        param = Param(
            name=item.name.word,
            pack=self.pack,
            value=item.default.value,
            unit=unit,
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


def _description(item: tree.DeriveDecl | tree.MetricListDecl) -> str:
    return item.description.value if item.description else ""


def _names_in(item: _Waiting) -> list[tree.Name]:
    if isinstance(item, tree.DeriveDecl):
        return names_in(item.formula)
    return [name for name in item.members.items if isinstance(name, tree.Name)]


def _has_rows(report: Report, item: tree.DeriveDecl, metrics: Sequence[Metric]) -> bool:
    """Whether a formula names a metric, whose rows it has."""
    if metrics:
        return True
    message = f"`{item.name.word}` names no metric, so that it has no rows"
    hint = "name what is logged in it, or write a `let` where it is used"
    report.add("PTT204", item.formula.span, message, hint=hint)
    return False


def _fits_label(report: Report, item: tree.DeriveDecl, metrics: Sequence[Metric]) -> bool:
    """Whether a formula with a label is over a family of that label."""
    if item.label is None or any(one.label is not None and not one.is_any for one in metrics):
        return True
    word, label = item.name.word, item.label.word
    message = f"`{word}` is a family, and its formula names none with the label `{label}`"
    hint = f"name a family in it, or leave out `[{label}]`"
    report.add("PTT109", item.label.span, message, hint=hint)
    return False


def _fits_unit(report: Report, item: tree.DeriveDecl, formula: Node) -> bool:
    """Whether the declared unit is that of the formula."""
    if item.unit is None or item.unit.word == Unit.NONE.value:
        return True
    word, name = item.name.word, item.unit.word
    if formula.kind is Kind.BOOL:
        named = (item.label or item.name).span.end
        colon = named + report.source.slice(Span(named, item.unit.span.start)).index(":")
        edit = Edit(Span(colon, item.unit.span.end), "")
        message = f"`{word}` is declared in {name}, its formula is true or false"
        hint = "leave the unit out"
        report.add("PTT203", item.unit.span, message, hint=hint, edit=edit)
        return False
    if formula.unit is None or formula.unit.value == name:
        return True
    message = f"`{word}` is declared in {name}, its formula is {formula.unit.phrase}"
    labels = (Label(item.unit.span, name),)
    hint = f"declare `{formula.unit.value}`, or leave the unit out"
    report.add("PTT203", item.formula.span, message, hint=hint, labels=labels)
    return False


MOST_FORMULAS = 3
"""How deep formulas that look back may stand in one another."""


def _begins_with_instance(report: Report, item: tree.DeriveDecl, formula: Node) -> bool:
    """Whether rows before those of an instance give nothing, so that it may begin where it is
    first met; what siblings had of it is known before.
    """
    found = [
        node
        for node in walk([formula])
        if isinstance(node, OfSiblings) and isinstance(node.series, FamilyColumn)
    ]
    if not found or follows_family(formula):
        return True
    message = "rows without the instance would have what its siblings had"
    hint = "join it with a metric of the family: `part - siblings(part)`"
    report.add("PTT109", found[0].span, message, hint=hint)
    return False


def _is_shallow(report: Report, item: tree.DeriveDecl, depth: int) -> bool:
    if depth <= MOST_FORMULAS:
        return True
    message = f"formulas that look back stand in one another at most {MOST_FORMULAS} deep, and "
    message += f"`{item.name.word}` is the {depth}th"
    hint = "state it with fewer windows over windows"
    report.add("PTT005", item.formula.span, message, hint=hint)
    return False


def fits_unit(report: Report, number: tree.Number, unit: Unit | None) -> bool:
    """Whether the unit after a number is that of the parameter or metric that it is for."""
    shown = MEASURE_UNITS.get(number.measure)
    if shown is None or shown is unit:
        return True
    message = f"`{report.source.slice(number.span)}` is {shown.phrase}"
    wanted = "a plain number" if unit is None else unit.a_number
    hint = f"write {wanted}"
    report.add("PTT203", number.span, message, hint=hint, note=shown.value)
    return False


def ends_of(declared: tree.Range | None) -> tuple[tree.Number, ...]:
    """The ends that a range has."""
    both = (declared.low, declared.high) if declared else ()
    return tuple(end for end in both if end is not None)


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
        return not any(_is_pattern(report, item, text) for text in item.keys.items)
    label = item.label.word
    for text in item.keys.items:
        found = _LABEL.findall(text.value)
        if found.count(label) == 1 and len(found) == 1:
            continue
        message = f"each key of a family has its label once, as `{{{label}}}`"
        hint = f'write a key such as `"rewards/{{{label}}}/mean"`'
        report.add("PTT109", text.span, message, hint=hint)
    return len(report.diagnostics) == before


def _is_pattern(report: Report, item: tree.MetricDecl, key: tree.Text) -> bool:
    """Whether a key of one metric is written as if it were of many."""
    found = _LABEL_OF_NO_ESCAPE.findall(key.value)  # a wrong `\N{...}` is reported as that
    if not found and "*" not in key.value:
        return False
    word = found[0] if found else "name"
    written = key.value.replace("*", f"{{{word}}}", 1)
    hint = f'write `metric {item.name.word}[{word}]: {item.unit.word} = "{written}"`'
    message = "this key stands for many, and this metric is one"
    report.add("PTT109", key.span, message, hint=hint)
    return True
