"""Names in expressions: lets, metrics, families, derived quantities, parameters, positions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from ptt_rules.language.check.block import Block
from ptt_rules.language.check.scope import PLAIN, POSITIONS, likeness, listed, nearest
from ptt_rules.language.diagnostics import Edit
from ptt_rules.language.ir import Derived, ListFamily, Metric, nodes
from ptt_rules.language.passes import with_leaves
from ptt_rules.language.syntax import tree
from ptt_rules.language.types import RUN_FACTS, Shape, Unit

VERY_NEAR = 0.85
"""How like a declared name a word must be, to be that name and not one that trainers log."""


_TIMES = frozenset({"elapsed", "elapsed_time", "seconds", "wall_time", "walltime", "timestamp"})
"""What the clock of a run is called elsewhere."""


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
    if word in scope.lists:
        return _member(checker, scope.lists[word], name, place)
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
    if owner == "run":
        return _fact(checker, member)
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


def _fact(checker: Block, member: tree.Member) -> nodes.Node | None:
    word = member.member.word
    if word in RUN_FACTS:
        return nodes.RunFact(member.span, word)
    message = f"nothing of a run is recorded as `{word}`"
    otherwise = f"there are {listed(f'run.{name}' for name in RUN_FACTS)}"
    checker.report.misspelt("PTT101", member.member.span, message, word, RUN_FACTS, otherwise)
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
    derived = checker.scope.derived.get(family.word)
    if derived is not None and derived.label is not None:
        return _derived(checker, formula_of(derived, instance.label.value), instance, place)
    if family.word in checker.scope.lists:
        return _named_member(checker, checker.scope.lists[family.word], instance, place)
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


def formula_of(family: Derived, word: str) -> Derived:
    """One instance of a formula over a family as a formula by itself."""

    def of_word(node: nodes.Node) -> nodes.Node:
        if not isinstance(node, nodes.FamilyColumn):
            return node
        keys = nodes.filled(node.patterns, node.label, word)
        return nodes.Column(node.span, keys, node.column_unit)

    metrics = (
        one if one.label is None or one.is_any else instance_of(one, word) for one in family.metrics
    )
    return replace(
        family,
        name=f'{family.name}["{word}"]',
        formula=with_leaves(family.formula, of_word),
        metrics=tuple(metrics),
        label=None,
    )


def _no_family(checker: Block, name: tree.Name) -> None:
    message = f"`{name.word}` is not a family: it has no instances"
    hint = f"leave out the text in brackets: `{name.word}`"
    checker.report.add("PTT109", name.span, message, hint=hint)


def _member(
    checker: Block, family: ListFamily, at: tree.Name | tree.Instance, place: Shape
) -> nodes.Node | None:
    """The member of a family by list that the block is for."""
    word = checker.word if family.label == checker.label else None
    member = family.members.get(word or "")
    if member is None:
        _which_instance(checker, family.name, at)
        return None
    return _as_called(checker, member, at, place, family.name)


def _as_called(
    checker: Block,
    member: Metric | Derived,
    at: tree.Name | tree.Instance,
    place: Shape,
    called: str,
) -> nodes.Node | None:
    if isinstance(member, Derived):
        return _derived(checker, member, at, place, called)
    return _metric(checker, member, at, place, called)


def _named_member(
    checker: Block, family: ListFamily, instance: tree.Instance, place: Shape
) -> nodes.Node | None:
    word = instance.label.value
    member = family.members.get(word)
    if member is None:
        message = f"`{family.name}` has no member `{word}`"
        otherwise = f"it has {listed(family.members)}"
        at = instance.label.span
        checker.report.misspelt("PTT101", at, message, word, family.members, otherwise)
        return None
    return _as_called(checker, member, instance, place, f'{family.name}["{word}"]')


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
    called: str | None = None,
) -> nodes.Node | None:
    """A metric, which events show as it is `called`."""
    if metric.label is not None and (metric.label != checker.label or checker.word is not None):
        _which_instance(checker, metric.name, at)
        return None
    checker.metrics[metric.name] = metric
    column = metric.column(at.span)
    if place is Shape.SERIES:
        return column
    latest = nodes.Latest(at.span, column)
    checker.latest.setdefault(called or metric.name, latest)
    return latest


def _which_instance(checker: Block, family: str, at: tree.Node) -> None:
    of_list = checker.scope.lists.get(family)
    word = "format" if of_list is None else next(iter(of_list.members))
    otherwise = f"judge `for each {family}`"
    if checker.is_formula:
        otherwise = f"declare a family: `derive NAME[{checker.scope.label_of(family)}]`"
    message = f"`{family}` is a family: which of its instances?"
    hint = f'name one, such as `{family}["{word}"]`, or {otherwise}'
    checker.report.add("PTT109", at.span, message, hint=hint)


def _derived(
    checker: Block,
    derived: Derived,
    at: tree.Name | tree.Instance,
    place: Shape,
    called: str | None = None,
) -> nodes.Node | None:
    """The formula row by row, or what it is now; not the formula of latest values."""
    if derived.label is not None and (derived.label != checker.label or checker.word is not None):
        _which_instance(checker, derived.name, at)
        return None
    checker.metrics.update({metric.name: metric for metric in derived.metrics})
    checker.depth = max(checker.depth, derived.depth)
    if place is Shape.SERIES:
        return derived.formula
    latest = nodes.Latest(at.span, derived.formula)
    current = nodes.Current(at.span, latest, derived.formula, derived.series(at.span))
    checker.latest.setdefault(called or derived.name, current)
    return current


def _unknown_name(checker: Block, name: tree.Name, place: Shape) -> None:
    word, scope = name.word, checker.scope
    message = f"nothing is called `{word}`"
    if word.lower() in ("true", "false"):
        hint = (
            "a condition is true or false by itself: join conditions with `and`, `or` and `not`; "
            "what counts where it is unknown is `coalesce(..., false)`"
        )
        checker.report.add("PTT101", name.span, message, hint=hint)
        return
    if word == "resumed":
        message = "`resumed` marks rows of a log, and is not a quantity"
        hint = "write `since_resume`, the steps since the newest resume: `since_resume > 20`"
        edit = Edit(name.span, "since_resume")
        checker.report.add("PTT101", name.span, message, hint=hint, edit=edit)
        return
    if word.lower() in _TIMES and word not in scope.metrics:
        hint = "`time` is the seconds since the run began, of each row that has it"
        checker.report.add("PTT101", name.span, message, hint=hint, edit=Edit(name.span, "time"))
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
        for one in (*scope.metrics, *scope.derived, *scope.lists, *constants)
        if _fits(checker, scope.unit_of(one)) and _is_of_one_run(checker, one)
    ]
    clocks = [one for one in POSITIONS if likeness(word, one) >= PLAIN]
    return list(dict.fromkeys([*lets, *quantities, *clocks]))


def _fits(checker: Block, unit: Unit | None) -> bool:
    return unit is None or checker.beside is None or unit is checker.beside


def _is_of_one_run(checker: Block, word: str) -> bool:
    """Whether a name is not a family, or the one that the block is for each instance of."""
    return checker.scope.label_of(word) in (None, checker.label)


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
