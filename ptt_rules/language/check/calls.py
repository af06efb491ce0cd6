"""Calls in expressions: aggregates of windows, functions of numbers, questions about series."""

from __future__ import annotations

from functools import reduce

from ptt_rules.language.check.block import HAVE_ROWS, Block
from ptt_rules.language.check.comparing import is_empty
from ptt_rules.language.check.each import check_each, is_each, over_instances
from ptt_rules.language.check.firing import check_firing
from ptt_rules.language.check.miscalls import has_arity, has_windows, unknown_function
from ptt_rules.language.check.names import is_bare_instance
from ptt_rules.language.check.windows import check_window
from ptt_rules.language.diagnostics import Edit
from ptt_rules.language.functions import (
    FLOAT_TESTS,
    OF_DETECTORS,
    OF_SERIES,
    OF_SIBLINGS,
    POINTWISE,
    STATISTICS,
    Function,
    PointwiseSignature,
    Statistic,
)
from ptt_rules.language.ir import Window, nodes
from ptt_rules.language.syntax import tree
from ptt_rules.language.types import Kind, Quantity, Shape


def check_call(checker: Block, call: tree.Call, place: Shape) -> nodes.Node | None:
    word = call.function.word
    if word in FLOAT_TESTS:
        return _float_test(checker, call, place)
    if word in STATISTICS:
        return _aggregate(checker, call, STATISTICS[word], place)
    if word in POINTWISE:
        return _pointwise(checker, call, POINTWISE[word], place)
    if word == OF_DETECTORS.word:
        return check_firing(checker, call, place)
    if word == OF_SIBLINGS.word:
        return _of_siblings(checker, call, place)
    if word in OF_SERIES:
        return _of_series(checker, call, OF_SERIES[word], place)
    unknown_function(checker, call)
    return None


# ---- functions of numbers ------------------------------------------------------------------


def _float_test(checker: Block, call: tree.Call, place: Shape) -> nodes.Node | None:
    word = call.function.word
    if not has_arity(checker, call, 1, f"{word}({checker.example})"):
        return None
    operand = checker.number_operand(call.arguments[0], place)
    return operand and nodes.FloatTest(call.span, FLOAT_TESTS[word], operand)


def _pointwise(
    checker: Block, call: tree.Call, signature: PointwiseSignature, place: Shape
) -> nodes.Node | None:
    if not has_arity(checker, call, signature, signature.written(checker.example)):
        return None
    if signature.word == "at_least":
        return _at_least(checker, call, place)
    if signature.word == "coalesce":
        return _coalesce(checker, call, place)
    operands = [checker.number_operand(argument, place) for argument in call.arguments]
    known = [operand for operand in operands if operand is not None]
    if len(known) < len(operands) or not _all_of_one_unit(checker, call, known):
        return None
    if signature.word == "clamp":
        return _clamp(checker, call, known)
    function = Function(signature.word)
    keeps_unit = function in (Function.ABS, Function.FLOOR, Function.LEAST, Function.GREATEST)
    unit = next((one.unit for one in known if one.unit), None) if keeps_unit else None
    if not signature.is_open:
        return nodes.Apply(call.span, function, tuple(known), unit)
    return reduce(lambda one, other: nodes.Apply(call.span, function, (one, other), unit), known)


def _all_of_one_unit(checker: Block, call: tree.Call, operands: list[nodes.Node]) -> bool:
    return all(
        checker.same_unit(operands[0], other, (call.arguments[0], written))
        for other, written in zip(operands[1:], call.arguments[1:], strict=True)
    )


def _clamp(checker: Block, call: tree.Call, operands: list[nodes.Node]) -> nodes.Node | None:
    number, low, high = operands
    if is_empty(low, high):
        hint = "write the smaller end first"
        checker.report.add("PTT206", call.arguments[1].span, "this range is empty", hint=hint)
        return None
    raised = nodes.Apply(call.span, Function.GREATEST, (number, low), number.unit)
    return nodes.Apply(call.span, Function.LEAST, (raised, high), number.unit)


def _coalesce(checker: Block, call: tree.Call, place: Shape) -> nodes.Node | None:
    first, *rest = call.arguments
    found = [checker.check(first, place), *(_default(checker, one, place) for one in rest)]
    known = [one for one in found if one is not None]
    if len(known) < len(found):
        return None
    if any(one.kind is Kind.BOOL for one in known):
        truths = [checker.as_truth(*each) for each in zip(known, call.arguments, strict=True)]
        known = [one for one in truths if one is not None]
    if len(known) < len(found) or not _all_of_one_unit(checker, call, known):
        return None
    return reduce(lambda one, other: nodes.Coalesce(call.span, one, other), known)


def _default(checker: Block, written: tree.Expr, place: Shape) -> nodes.Node | None:
    """What counts where the arguments before are unknown: a truth may be written as such."""
    word = written.word if isinstance(written, tree.Name) else ""
    if word.lower() not in ("true", "false") or checker.is_declared(word):
        return checker.check(written, place)
    if word != word.lower():
        edit = Edit(written.span, word.lower())
        message, hint = f"nothing is called `{word}`", f"write `{word.lower()}`"
        checker.report.add("PTT101", written.span, message, hint=hint, edit=edit)
        return None
    return nodes.Literal(written.span, word == "true")


def _at_least(checker: Block, call: tree.Call, place: Shape) -> nodes.Node | None:
    """So many of some truths; the number stands first."""
    head, *conditions = call.arguments
    count = checker.check(head, place)
    if count is None:
        return None
    if not isinstance(count, (nodes.Constant, nodes.Parameter)):
        _number_first(checker, call)
        return None
    truths = [checker.truth_operand(one, place) for one in conditions]
    known = [one for one in truths if one is not None]
    if len(known) < len(truths) or not _is_within_reach(checker, head, count, len(known)):
        return None
    return nodes.AtLeast(call.span, count, tuple(known))


def _number_first(checker: Block, call: tree.Call) -> None:
    """`at_least(a, b, 2)`."""
    texts = [checker.report.source.slice(one.span) for one in call.arguments]
    last = call.arguments[-1]
    is_last = isinstance(last, tree.Number) or texts[-1] in checker.scope.params
    text = f"at_least({', '.join([texts[-1], *texts[:-1]])})" if is_last else ""
    hint = f"write `{text}`" if text else "such as `at_least(2, kl > 0.3, loss > 5)`"
    edit = Edit(call.span, text) if text else None
    message = "`at_least` takes first how many of the conditions are to be true"
    checker.report.add("PTT202", call.arguments[0].span, message, hint=hint, edit=edit)


def _is_within_reach(
    checker: Block, written: tree.Expr, count: nodes.Constant | nodes.Parameter, truths: int
) -> bool:
    """Whether so many of the conditions can be true, and not be so by themselves."""
    if isinstance(count, nodes.Parameter):
        return True
    if count.value == int(count.value) and 1 <= count.value <= truths:
        return True
    message = f"of {truths} conditions `at_least` takes 1 to {truths}, as a whole number"
    hint = "such as `at_least(2, kl > 0.3, loss > 5, entropy < 1)`"
    checker.report.add("PTT206", written.span, message, hint=hint)
    return False


# ---- questions about a series --------------------------------------------------------------


def _of_series(
    checker: Block, call: tree.Call, signature: PointwiseSignature, place: Shape
) -> nodes.Node | None:
    word = signature.word
    if not has_arity(checker, call, signature, signature.written(checker.example)):
        return None
    if word not in HAVE_ROWS and not checker.takes_value(call, place, f"`{word}` gives a value"):
        return None
    series = _series(checker, call.arguments[0], signature)
    if series is None:
        return None
    match word:
        case "observed":
            return nodes.Known(call.span, series)
        case "prev":
            before = nodes.Prev(call.span, series, nodes.Latest(call.span, series))
            return before if place is Shape.SERIES else nodes.Latest(call.span, before)
        case "absent":
            ever = nodes.Known(call.span, nodes.Latest(call.span, series))
            return nodes.Not(call.span, ever)
        case "age":
            last = nodes.Latest(call.span, nodes.StepOf(call.span, series))
            now = nodes.Position(call.span, Quantity.STEP)
            return nodes.Arithmetic(call.span, "-", now, last, last.unit)
    if series.kind is Kind.BOOL:
        checker.looks_back = True
        return nodes.Streak(call.span, series)
    text = checker.report.source.slice(call.arguments[0].span)
    message = f"`streak` takes conditions, `{text}` is a number"
    hint = f"compare it first: `streak({text} > 0.3)`"
    checker.report.add("PTT201", call.arguments[0].span, message, hint=hint)
    return None


def _series(
    checker: Block, expression: tree.Expr, signature: PointwiseSignature
) -> nodes.Node | None:
    text = checker.report.source.slice
    if isinstance(expression, tree.Windowed):
        message = f"`{signature.word}` works row by row: remove the window"
        alone = text(expression.series.span)
        hint = f"write `{signature.word}({alone})`"
        edit = Edit(expression.span, alone)
        checker.report.add("PTT204", expression.span, message, hint=hint, edit=edit)
        return None
    series = checker.inner_series(expression)
    if series is None or series.shape is Shape.SERIES:
        return series
    message = f"`{text(expression.span)}` is a plain number, a series is needed"
    hint = f"name a metric: `{signature.written(checker.example)}`"
    checker.report.add("PTT204", expression.span, message, hint=hint)
    return None


def _of_siblings(checker: Block, call: tree.Call, place: Shape) -> nodes.Node | None:
    """`siblings(x)`, `siblings(x, q)`: of a metric, and not of a formula of some."""
    if not has_arity(checker, call, OF_SIBLINGS, OF_SIBLINGS.written(checker.example)):
        return None
    if not checker.takes_value(call, place, "`siblings` gives a value"):
        return None
    metric, *shares = call.arguments
    series = None if _is_windowed(metric) else checker.inner_series(metric)
    if not isinstance(series, (nodes.Column, nodes.FamilyColumn)):
        if series is not None or _is_windowed(metric):
            _no_metric(checker, call)
        return None
    share = None
    for written in shares:
        share = checker.number_operand(written, Shape.VALUE)
        if share is not None:
            share = _checked_share(checker, written, share, OF_SIBLINGS)
        if share is None:
            return None
    return nodes.OfSiblings(call.span, series, share)


def _is_windowed(expression: tree.Expr) -> bool:
    """Whether it is over a window, or an aggregate."""
    if isinstance(expression, tree.Call):
        return expression.function.word in STATISTICS
    return isinstance(expression, tree.Windowed)


def _no_metric(checker: Block, call: tree.Call) -> None:
    """`siblings(mean(kl[5]))`."""
    inner, text = call.arguments[0], checker.report.source.slice
    message = f"`siblings` takes a metric as sibling runs have logged it, not `{text(inner.span)}`"
    hint = "name a metric, and smooth your own side"
    edit = None
    while isinstance(inner, (tree.Call, tree.Windowed)):
        inner = inner.series if isinstance(inner, tree.Windowed) else inner.arguments[0]
    if isinstance(inner, (tree.Name, tree.Key, tree.Instance)):
        hint += f": `siblings({text(inner.span)})`"
        edit = Edit(call.arguments[0].span, text(inner.span))
    checker.report.add("PTT204", call.arguments[0].span, message, hint=hint, edit=edit)


# ---- aggregates ----------------------------------------------------------------------------


def _aggregate(
    checker: Block, call: tree.Call, statistic: Statistic, place: Shape
) -> nodes.Node | None:
    needed = 1 + statistic.is_of_pairs + (statistic.argument is not None)
    if not has_arity(checker, call, needed, statistic.written(checker.example)):
        return None
    if is_each(call):
        return _over_instances(checker, call, statistic, place)
    if not has_windows(checker, call, statistic):
        return None
    windowed = call.arguments[: 1 + statistic.is_of_pairs]
    parts = [one for one in windowed if isinstance(one, tree.Windowed)]
    if not checker.takes_value(call, place, f"`{statistic.word}` gives a value"):
        return None
    if any(is_bare_instance(checker, one) for one in parts):
        return None
    checker.looks_back = True
    found = [_windowed_series(checker, one) for one in parts]
    series = tuple(one for one in found if one is not None)
    window = _one_window(checker, parts, statistic)
    takes = [
        _takes(checker, statistic, written, one)
        for written, one in zip(parts, found, strict=True)
        if one is not None
    ]
    if window is None or len(series) < len(parts) or not all(takes):
        return None
    if statistic.argument is None:
        return nodes.Aggregate(call.span, statistic, series, window)
    argument = _argument(checker, call, statistic, series[0])
    if argument is None:
        return None
    if isinstance(argument, (nodes.Constant, nodes.Parameter)):
        return nodes.Aggregate(call.span, statistic, series, window, argument)
    # as it is at each observation: the sum of what the series is above it
    (one,), zero = series, nodes.Constant(call.span, 0.0, series[0].unit)
    excess = nodes.Arithmetic(call.span, "-", one, argument, one.unit)
    return nodes.Aggregate(call.span, statistic, (excess,), window, zero)


def _over_instances(
    checker: Block, call: tree.Call, statistic: Statistic, place: Shape
) -> nodes.Node | None:
    operands = check_each(checker, call, statistic, place)
    written = call.arguments[0]
    if operands is None or not isinstance(written, tree.Windowed):
        return None
    if not all(_takes(checker, statistic, written, one) for one in operands):
        return None
    if statistic.argument is None:
        return over_instances(call, statistic, operands, None)
    argument = _argument(checker, call, statistic, operands[0])
    return argument and over_instances(call, statistic, operands, argument)


def _one_window(checker: Block, parts: list[tree.Windowed], statistic: Statistic) -> Window | None:
    """The window, which is the same for both series of a pair."""
    first, *others = (
        check_window(checker.report, checker.scope, part.window, statistic) for part in parts
    )
    for part, other in zip(parts[1:], others, strict=True):
        if first is not None and other is not None and other != first:
            message = f"`{statistic.word}` needs the same window for both series"
            shown = checker.report.source.slice(parts[0].window.span)
            hint = f"write `[{shown}]` here too"
            checker.report.add("PTT202", part.window.span, message, hint=hint)
            return None
    return None if None in others else first


def _windowed_series(checker: Block, windowed: tree.Windowed) -> nodes.Node | None:
    if isinstance(windowed.series, tree.Windowed):
        if is_bare_instance(checker, windowed.series):
            return None
        message = "a series has one window"
        checker.report.add("PTT204", windowed.span, message, hint="leave one of them out")
        return None
    series = checker.inner_series(windowed.series)
    if series is not None and series.shape is not Shape.SERIES:
        text = checker.report.source.slice(windowed.series.span)
        hint = f"put the window on a metric: `mean({checker.example}[20])`"
        message = f"`{text}` is a plain number, a window needs a series"
        checker.report.add("PTT204", windowed.span, message, hint=hint)
        return None
    return series


def _argument(
    checker: Block,
    call: tree.Call,
    statistic: Statistic,
    series: nodes.Node,
) -> nodes.Node | None:
    """The share of a quantile, a number or a parameter, or the allowance of a sum, any value."""
    written = call.arguments[-1]
    node = checker.number_operand(written, Shape.VALUE)
    if node is None:
        return None
    if statistic.argument is not None and statistic.argument.is_share:
        return _checked_share(checker, written, node, statistic)
    at = (call.arguments[0], written)
    return node if checker.same_unit(series, node, at) else None


def _checked_share(
    checker: Block, written: tree.Expr, node: nodes.Node, called: Statistic | PointwiseSignature
) -> nodes.Node | None:
    """The share of a quantile: a number or a parameter."""
    if isinstance(node, (nodes.Constant, nodes.Parameter)):
        return _share(checker, written, node)
    message = f"`{called.word}` takes a number or a parameter here"
    hint = f"`{called.written(checker.example)}`"
    checker.report.add("PTT202", written.span, message, hint=hint)
    return None


def _share(
    checker: Block, written: tree.Expr, node: nodes.Constant | nodes.Parameter
) -> nodes.Node | None:
    text = checker.report.source.slice(written.span)
    edit: Edit | None = None
    if isinstance(node, nodes.Constant):
        if 0 <= node.value <= 1:
            return node
        message, hint = f"a quantile lies in 0..1, not at {text}", "write a share such as `90%`"
        if 1 < node.value <= 100 and isinstance(written, tree.Number) and not written.form:
            hint, edit = f"write `{text}%`", Edit(written.span, f"{text}%")
    else:
        param = checker.scope.params[text]
        if param.low is not None and param.high is not None and 0 <= param.low <= param.high <= 1:
            return node
        message = f"a quantile lies in 0..1, `{text}` may be set to something else"
        hint = f"give the parameter a range: `param {text} = 90% in 0..1`"
    checker.report.add("PTT206", written.span, message, hint=hint, edit=edit)
    return None


def _takes(
    checker: Block,
    statistic: Statistic,
    written: tree.Windowed,
    series: nodes.Node,
) -> bool:
    if series.kind in statistic.takes:
        return True
    word, text = statistic.word, checker.report.source.slice(written.series.span)
    if series.kind is Kind.BOOL:
        message = f"`{word}` takes numbers, `{text}` is true or false"
        hint = "use `share`, `count`, `any` or `all` on conditions"
    else:
        message = f"`{word}` takes conditions, `{text}` is a number"
        hint = f"compare it first: `{word}(({text} > 0.3)[20])`"
    checker.report.add("PTT201", written.series.span, message, hint=hint)
    return False
