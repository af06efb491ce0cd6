"""Names in expressions: lets, metrics, families, derived quantities, parameters, positions."""

from __future__ import annotations

from collections.abc import Mapping

from ptt_rules.language.check.block import Block
from ptt_rules.language.check.scope import PLAIN, POSITIONS, likeness, nearest
from ptt_rules.language.diagnostics import Edit
from ptt_rules.language.ir import Derived, Metric, nodes
from ptt_rules.language.syntax import tree
from ptt_rules.language.types import Shape, Unit

VERY_NEAR = 0.85
"""How like a declared name a word must be, to be that name and not one that trainers log."""


def check_name(checker: Block, name: tree.Name, place: Shape) -> nodes.Node | None:
    word, scope = name.word, checker.scope
    if word in checker.lets:
        return _let(checker, name, place)
    if word == checker.hyperparameter:
        return nodes.Hyperparameter(name.span, word)
    if word in scope.metrics:
        return _metric(checker, scope.metrics[word], name, place)
    if word in scope.derived:
        return _derived(checker, scope.derived[word], name, place)
    if word in scope.params:
        param = scope.params[word]
        return nodes.Parameter(name.span, param.qualified, param.unit)
    if word in POSITIONS:
        return nodes.Position(name.span, POSITIONS[word])
    if word not in scope.broken:
        _unknown_name(checker, name, place)
    return None


def check_key(checker: Block, key: tree.Key, place: Shape) -> nodes.Node | None:
    """A logged key in backticks, which no `metric` need name."""
    return _metric(checker, Metric(key.key, (key.key,), None, span=key.span), key, place)


def check_member(checker: Block, member: tree.Member, place: Shape) -> nodes.Node | None:
    owner = dotted(member.owner)
    if owner == "config":
        return nodes.Config(member.span, member.member.word)
    name = checker.report.source.slice(member.span)
    value = checker.blocks.get(owner or "", {}).get(member.member.word)
    if value is not None and place is Shape.SERIES:
        checker.no_series(member, f"`{name}` is a value")
        return None
    if value is not None:
        return value
    message = f"`{name}` is not a quantity"
    hint = "metrics and parameters have plain names; write a logged key in backticks"
    checker.report.add("PTT101", member.span, message, hint=hint)
    return None


def dotted(expression: tree.Expr) -> str | None:
    """The words of names joined by dots, as they are written; None for anything else."""
    match expression:
        case tree.Name(word=word):
            return word
        case tree.Member(owner=owner, member=member):
            before = dotted(owner)
            return None if before is None else f"{before}.{member.word}"
    return None


def reference_of(expression: tree.Expr) -> tuple[tuple[str, ...] | None, str | None]:
    """The words of a plain or dotted name, and the text in brackets between or after them."""
    match expression:
        case tree.Name(word=word):
            return (word,), None
        case tree.Member(owner=tree.Name(word="config")):
            return None, None
        case tree.Member(owner=owner, member=member):
            parts, instance = reference_of(owner)
            return None if parts is None else (*parts, member.word), instance
        case tree.Instance(family=family, label=label):
            parts, instance = reference_of(family)
            return None if instance is not None else parts, label.value
    return None, None


def check_instance(checker: Block, instance: tree.Instance, place: Shape) -> nodes.Node | None:
    """`family["word"]`: the metric of one instance."""
    family = instance.family
    if not isinstance(family, tree.Name):
        message = "a text in brackets picks an instance of a family by its name"
        checker.report.add("PTT109", instance.span, message, hint='write `reward_of["format"]`')
        return None
    metric = checker.scope.metrics.get(family.word)
    if metric is None:
        if family.word not in checker.scope:
            check_name(checker, family, place)
        elif family.word not in checker.scope.broken:
            _no_family(checker, family)
        return None
    if metric.label is None:
        _no_family(checker, family)
        return None
    return _metric(checker, instance_of(metric, instance.label.value), instance, place)


def is_bare_instance(checker: Block, windowed: tree.Windowed) -> bool:
    """Whether `family[word]` stands for `family["word"]`, which is reported."""
    word = word_in_window(windowed.window)
    if word is None or not isinstance(windowed.series, tree.Name) or word in checker.scope:
        return False
    metric = checker.scope.metrics.get(windowed.series.word)
    if metric is None or metric.label is None:
        return False
    text = f'{metric.name}["{word}"]'
    edit = Edit(windowed.span, text)
    message = "an instance of a family is a text"
    checker.report.add("PTT109", windowed.span, message, hint=f"write `{text}`", edit=edit)
    return True


def word_in_window(window: tree.Window) -> str | None:
    """The only word of a window, which stands for a number."""
    if not isinstance(window, tree.RecentWindow) or window.known_from or window.before:
        return None
    extent = window.extent
    if not isinstance(extent, tree.SpanOf) or extent.unit:
        return None
    return extent.amount.word if isinstance(extent.amount, tree.Name) else None


def instance_of(family: Metric, word: str) -> Metric:
    """One instance of a family as a metric by itself."""
    assert family.label is not None
    return Metric(
        name=f'{family.name}["{word}"]',
        keys=nodes.filled(family.keys, family.label, word),
        unit=family.unit,
        low=family.low,
        high=family.high,
        description=family.description,
        span=family.span,
        source=family.source,
    )


def _no_family(checker: Block, name: tree.Name) -> None:
    message = f"`{name.word}` is not a family: it has no instances"
    hint = f"leave out the text in brackets: `{name.word}`"
    checker.report.add("PTT109", name.span, message, hint=hint)


def _let(checker: Block, name: tree.Name, place: Shape) -> nodes.Node | None:
    let = checker.lets[name.word]
    if place is Shape.VALUE or let.value is None:
        return let.value
    if let.is_value:
        checker.no_series(name, f"`{name.word}` is a value")
        return None
    if not let.series_checked:
        let.series_checked = True
        outer, checker.report = checker.report, let.report
        let.series = checker.check(let.expression, Shape.SERIES)
        checker.report = outer
    return let.series


def _metric(
    checker: Block,
    metric: Metric,
    at: tree.Name | tree.Key | tree.Instance,
    place: Shape,
) -> nodes.Node | None:
    if metric.label is not None and metric.label != checker.label:
        message = f"`{metric.name}` is a family: which of its instances?"
        hint = f'name one, such as `{metric.name}["format"]`, or judge `for each {metric.name}`'
        checker.report.add("PTT109", at.span, message, hint=hint)
        return None
    checker.metrics[metric.name] = metric
    column = metric.column(at.span)
    if place is Shape.SERIES:
        return column
    latest = nodes.Latest(at.span, column)
    checker.latest.setdefault(metric.name, latest)
    return latest


def _derived(checker: Block, derived: Derived, at: tree.Name, place: Shape) -> nodes.Node:
    """The formula row by row, or its latest value; not the formula of latest values."""
    checker.metrics.update({metric.name: metric for metric in derived.metrics})
    if place is Shape.SERIES:
        return derived.formula
    latest = nodes.Latest(at.span, derived.formula)
    checker.latest.setdefault(derived.name, latest)
    return latest


def _unknown_name(checker: Block, name: tree.Name, place: Shape) -> None:
    word, scope = name.word, checker.scope
    message = f"nothing is called `{word}`"
    if word.lower() in ("true", "false"):
        hint = "a condition is true or false by itself: join conditions with `and`, `or` and `not`"
        checker.report.add("PTT101", name.span, message, hint=hint)
        return
    if word in scope.detectors:
        message = f"`{word}` is a detector, which is not a quantity"
        hint = f"ask whether it fires: `firing({word})`"
        checker.report.add("PTT101", name.span, message, hint=hint)
        return
    names = _candidates(checker, word, place)
    vocabulary = scope.vocabulary()
    is_logged = word in vocabulary and nearest(word, names, VERY_NEAR) is None
    otherwise = _declaration(word, vocabulary)
    names = [] if is_logged else names
    checker.report.misspelt("PTT101", name.span, message, word, names, otherwise)


def _candidates(checker: Block, word: str, place: Shape) -> list[str]:
    """Names that can stand here; a clock for a metric gives a rule that always fires."""
    lets = [n for n, let in checker.lets.items() if place is Shape.VALUE or not let.is_value]
    scope = checker.scope
    constants = scope.params if place is Shape.VALUE else ()
    quantities = [
        one
        for one in (*scope.metrics, *scope.derived, *constants)
        if _fits(checker, scope.unit_of(one)) and _is_of_one_run(checker, one)
    ]
    clocks = [one for one in POSITIONS if likeness(word, one) >= PLAIN]
    return list(dict.fromkeys([*lets, *quantities, *clocks]))


def _fits(checker: Block, unit: Unit | None) -> bool:
    return unit is None or checker.beside is None or unit is checker.beside


def _is_of_one_run(checker: Block, word: str) -> bool:
    """Whether a name is not a family, or the one that the block is for each instance of."""
    metric = checker.scope.metrics.get(word)
    return metric is None or metric.label is None or metric.label == checker.label


def _declaration(word: str, vocabulary: Mapping[str, str]) -> str:
    """How to declare what was meant: as others name what trainers log, if one of them is near."""
    known = word if word in vocabulary else nearest(word, vocabulary, VERY_NEAR)
    if known is not None:
        line = vocabulary[known].replace(f"metric {known}", f"metric {word}", 1)
        return f"declare what the trainer logs: `{line}`"
    return (
        f'declare it: `metric {word}: none = "the/logged/key"`, '
        "or write the logged key in backticks"
    )
