"""`[each]`: an aggregate of what an expression is now for every instance of a family."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from ptt_rules.language.check.block import Block
from ptt_rules.language.check.scope import Scope
from ptt_rules.language.diagnostics import Edit
from ptt_rules.language.functions import SYMMETRIC, Statistic
from ptt_rules.language.ir import ListFamily, Metric, nodes
from ptt_rules.language.syntax import tree
from ptt_rules.language.types import Shape


def is_each(call: tree.Call) -> bool:
    """Whether an argument of a call has the window `[each]`."""
    return any(_each_of(argument) is not None for argument in call.arguments)


def _each_of(expression: tree.Expr) -> tree.Windowed | None:
    if not isinstance(expression, tree.Windowed):
        return None
    if isinstance(expression.window, tree.EachWindow):
        return expression
    return _each_of(expression.series)


def check_each(
    checker: Block, call: tree.Call, statistic: Statistic, place: Shape
) -> tuple[nodes.Node, ...] | None:
    """What the instances are: of logged keys one expression for all, of a list one for each.

    None where something is wrong.
    """
    first = call.arguments[0]
    each = _each_of(first)
    if each is None or not _suits(checker, call, statistic):
        return None
    if each is not first or isinstance(each.series, tree.Windowed):
        _two_windows(checker, call, each)
        return None
    if not checker.takes_value(call, place, f"`{statistic.word}` gives a value"):
        return None
    label = _one_label(checker, each)
    if label is None:
        return None
    words: list[str | None] = [*_words(checker.scope, each.series, label)]
    found = [_operand(checker, each.series, label, word) for word in words or [None]]
    known = [one for one in found if one is not None]
    return None if len(known) < len(found) else tuple(known)


def over_instances(
    call: tree.Call,
    statistic: Statistic,
    operands: tuple[nodes.Node, ...],
    argument: nodes.Node | None,
) -> nodes.Node:
    """The node of an aggregate over what `check_each` has found."""
    first = operands[0]
    families = list(_family_columns(first))
    if not families:
        return nodes.Members(call.span, statistic, operands, argument)
    patterns = tuple(sorted({key for family in families for key in family.patterns}))
    presence = nodes.AnyOf(call.span, families[0].label, patterns)
    return nodes.Each(call.span, statistic, nodes.Template(first), presence, argument)


def _family_columns(operand: nodes.Node) -> Iterator[nodes.FamilyColumn]:
    return (one for one in nodes.walk([operand]) if isinstance(one, nodes.FamilyColumn))


# ---- which families ------------------------------------------------------------------------


def _families(scope: Scope, expression: tree.Expr) -> dict[str, str]:
    """The labels of the families that an expression names, and not one instance of them."""
    match expression:
        case tree.Name(word=word):
            label = scope.label_of(word)
            return {} if label is None else {word: label}
        case tree.Instance():
            return {}
        case tree.Windowed(series=series):
            return _families(scope, series)
    parts = _parts(expression)
    return {word: label for part in parts for word, label in _families(scope, part).items()}


def _parts(expression: tree.Expr) -> tuple[tree.Expr, ...]:
    match expression:
        case tree.Call(arguments=arguments):
            return arguments
        case tree.Within(parts=parts):
            return parts
        case tree.Negative(operand=part) | tree.Not(operand=part):
            return (part,)
        case (
            tree.Arithmetic(left=left, right=right)
            | tree.Compare(left=left, right=right)
            | tree.Logic(left=left, right=right)
        ):
            return (left, right)
    return ()


def _one_label(checker: Block, each: tree.Windowed) -> str | None:
    """The label of the families in an expression: of one or several that share it."""
    families = _families(checker.scope, each.series)
    text = checker.report.source.slice(each.series.span)
    kinds = {word in checker.scope.lists for word in families}
    if len(set(families.values())) == 1 and len(kinds) == 1:
        return next(iter(families.values()))
    message = f"`[each]` is of a family, and `{text}` is none"
    hint = "name a family in it, such as `max(reward_of[each])`"
    if families:
        message = f"`{text}` is of several families, whose instances differ"
        hint = "take families of one label together, and lists and keys by themselves"
    elif not _knows(checker, each.series):
        checker.check(each.series, Shape.VALUE)
        return None
    checker.report.add("PTT109", each.span, message, hint=hint)
    return None


def _knows(checker: Block, expression: tree.Expr) -> bool:
    """Whether all names in an expression are declared rightly; if not, that is reported."""
    if isinstance(expression, tree.Name):
        return checker.is_declared(expression.word)
    return all(_knows(checker, part) for part in _parts(expression))


def _words(scope: Scope, expression: tree.Expr, label: str) -> list[str]:
    """The members of a family by list, in the order of their labels; of one by keys none."""
    lists = [scope.lists[one] for one in _families(scope, expression) if one in scope.lists]
    return sorted({word for family in lists for word in family.members if _in_all(lists, word)})


def _in_all(lists: list[ListFamily], word: str) -> bool:
    return all(word in family.members for family in lists)


# ---- what is computed of them --------------------------------------------------------------


def _operand(
    checker: Block, expression: tree.Expr, label: str, word: str | None
) -> nodes.Node | None:
    """What an expression is now for an instance; all instances call up the detector."""
    metrics: dict[str, Metric] = {}
    inner = replace(
        checker, label=label, word=word, lets={}, metrics=metrics, latest={}, asker=None
    )
    node = inner.check(expression, Shape.VALUE)
    checker.depth = max(checker.depth, inner.depth)
    for metric in metrics.values():
        meant = metric.of_any if metric.label is not None else metric
        checker.metrics[meant.name] = meant
    return node


# ---- what is wrong with it -----------------------------------------------------------------


def _suits(checker: Block, call: tree.Call, statistic: Statistic) -> bool:
    if statistic.word in SYMMETRIC:
        return True
    message = f"`{statistic.word}` depends on an order, and instances have none"
    hint = f"over `[each]` there are {', '.join(f'`{word}`' for word in sorted(SYMMETRIC))}"
    checker.report.add("PTT211", call.span, message, hint=hint)
    return False


def _two_windows(checker: Block, call: tree.Call, each: tree.Windowed) -> None:
    """`mean(reward_of[each][20])`, or the other way round."""
    text = checker.report.source.slice
    inner = each.series
    while isinstance(inner, tree.Windowed):
        inner = inner.series
    name, label = text(inner.span), checker.scope.label_of(text(inner.span)) or "label"
    word = call.function.word
    message = "`[each]` takes what is known of each instance now, and no other window"
    derived = f"derive {word}_of[{label}] = {word}({name}[20])"
    hint = f"declare `{derived}`, and write `{word}({word}_of[each])`"
    checker.report.add("PTT204", call.span, message, hint=hint)


def family_without_window(checker: Block, call: tree.Call, argument: tree.Expr) -> bool:
    """`max(reward_of)`; whether that is what is written."""
    if not isinstance(argument, tree.Name) or call.function.word not in SYMMETRIC:
        return False
    label = checker.scope.label_of(argument.word)
    if label is None or label == checker.label or argument.word in checker.lets:
        return False
    end = argument.span.end
    text = checker.report.source.slice(call.span)
    fixed = f"{text[: end - call.span.start]}[each]{text[end - call.span.start :]}"
    message = f"`{argument.word}` is a family: over all of its instances?"
    edit = Edit(argument.span, f"{argument.word}[each]")
    checker.report.add("PTT205", argument.span, message, hint=f"write `{fixed}`", edit=edit)
    return True
