"""Numbers of windows and spans, written or set by parameters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ptt_rules.language.check.scope import Report, Scope, did_you_mean
from ptt_rules.language.ir import Length, Param, SetBy
from ptt_rules.language.syntax import tree
from ptt_rules.language.types import SPAN_MEASURES, SPAN_SECONDS, Measure, Unit
from ptt_rules.language.who import Who

MAX_WINDOW = 100_000

_IN_BRACKETS = frozenset({"a window", "what a window leaves out"})
"""What the observations of are kept, so that it needs an upper end."""


@dataclass(frozen=True, slots=True)
class Amount:
    """A number of a window or span, and the most that its parameter may be set to."""

    value: float
    most: float = 0.0
    given: SetBy | None = None


def check_length(report: Report, scope: Scope, length: tree.SpanOf, clause: str) -> Length | None:
    """The span of `after`, `for`, `keep`, `every` or `pause`."""
    return check_span(report, scope, length, f"`{clause}`")


def check_span(report: Report, scope: Scope, span: tree.SpanOf, what: str) -> Length | None:
    """A span of observations or judgements, steps, epochs or time."""
    measure = SPAN_MEASURES[span.unit]
    if measure in (Measure.SECONDS, Measure.EPOCHS):
        return _measured(report, scope, span, measure, what)
    limit = MAX_WINDOW if what in _IN_BRACKETS and measure is Measure.JUDGEMENTS else None
    amount = whole_amount(report, scope, span.amount, what, limit=limit)
    return None if amount is None else Length(int(amount.value), measure, amount.given)


def _measured(
    report: Report, scope: Scope, span: tree.SpanOf, measure: Measure, what: str
) -> Length | None:
    """A span of time or epochs, which need not be whole."""
    unit = Unit.SECONDS if span.unit == "s" else None
    factor = SPAN_SECONDS.get(span.unit or "", 1.0)
    amount = _amount(report, scope, span.amount, what, unit)
    if amount is None:
        return None
    is_written = isinstance(span.amount, tree.Number) and not span.amount.form
    if amount.value <= 0 or not (is_written or amount.given):
        noun = "a time" if measure is Measure.SECONDS else "a number of epochs"
        example = "10 min" if measure is Measure.SECONDS else "1 epoch"
        message = f"{what} is {noun} greater than 0"
        report.add("PTT210", span.amount.span, message, hint=f"write one such as `{example}`")
        return None
    given = amount.given and SetBy(amount.given.parameter, factor)
    if given is not None:
        scope.sizes.setdefault(given.parameter, False)
    return Length(amount.value * factor, measure, given)


def whole_amount(
    report: Report,
    scope: Scope,
    amount: tree.Amount,
    what: str,
    *,
    limit: int | None = MAX_WINDOW,
) -> Amount | None:
    """A whole number of at least 1 and at most `limit`, or a parameter that is one."""
    found = _amount(report, scope, amount, what, Unit.COUNT)
    if found is None:
        return None
    if found.given is not None:
        return _whole_parameter(report, scope, amount, found, what, limit)
    assert isinstance(amount, tree.Number)
    value = whole(report, amount, what, limit=limit)
    return None if value is None else Amount(value, value)


def _whole_parameter(
    report: Report,
    scope: Scope,
    at: tree.Amount,
    found: Amount,
    what: str,
    limit: int | None,
) -> Amount | None:
    """A parameter that counts observations, judgements or steps."""
    assert found.given is not None
    word = report.source.slice(at.span)
    if not is_size(found.value, is_whole=True):
        message = f"{what} is a whole number of at least 1, `{word}` is {found.value:g}"
        hint = f"give `{word}` a whole number as its default"
    elif limit is not None and found.most > limit:
        message = f"{what} holds at most {limit:,} observations, `{word}` may be {found.most:,g}"
        hint = f"let the range of `{word}` end at {limit:,} or before"
    else:
        scope.sizes[found.given.parameter] = True
        return found
    report.add("PTT210", at.span, message, hint=hint)
    return None


def _amount(
    report: Report, scope: Scope, amount: tree.Amount, what: str, unit: Unit | None
) -> Amount | None:
    """A number, or the value of a parameter that fits."""
    if isinstance(amount, tree.Number):
        return Amount(amount.value, amount.value)
    word = amount.word
    param = scope.params.get(word)
    if param is None:
        if word not in scope.broken:
            _report_no_parameter(report, scope, amount, what)
        return None
    if param.unit is not None and param.unit is not unit:
        message = f"{what} is a plain number, and `{word}` is {param.unit.phrase}"
        report.add("PTT203", amount.span, message, hint="name a parameter without a unit")
        return None
    if param.high is None and what in _IN_BRACKETS:
        message = f"a window needs an upper end, and `{word}` has none"
        hint = f"give it a range: `param {word} = {param.value:g} in {_range(param)}`"
        report.add("PTT210", amount.span, message, hint=hint)
        return None
    most = param.value if param.high is None else param.high
    return Amount(param.value, most, SetBy(param.qualified))


def _range(param: Param) -> str:
    low = 1 if param.low is None else param.low
    return f"{low:g}..{max(10 * param.value, 100):g}"


def _report_no_parameter(report: Report, scope: Scope, name: tree.Name, what: str) -> None:
    word = name.word
    message = f"{what} is a number or a parameter, and there is no parameter `{word}`"
    otherwise = f"declare it: `param {word} = 20 in 1..200`"
    if what in _IN_BRACKETS:
        otherwise += f', or write an instance of a family as a text: `["{word}"]`'
    hint = did_you_mean(word, scope.params, otherwise)
    report.add("PTT101", name.span, message, hint=hint)


def is_size(value: float, *, is_whole: bool) -> bool:
    """Whether a parameter may be so much where it is a number of a window or span."""
    return value >= 1 and float(value).is_integer() if is_whole else value > 0


def whole(
    report: Report, number: tree.Number, what: str, *, limit: int | None = MAX_WINDOW
) -> int | None:
    """A whole number of at least 1 and at most `limit`."""
    value = number.value
    if number.form or value != int(value) or value < 1:
        message = f"{what} is a whole number of at least 1"
        report.add("PTT210", number.span, message, hint="write a number such as `20`")
        return None
    if limit is not None and value > limit:
        message = f"{what} holds at most {limit:,} observations"
        report.add("PTT210", number.span, message, hint=f"use {limit:,} or `[all]`")
        return None
    return int(value)


def size_fault(sizes: Mapping[str, bool], name: str, value: float) -> str | None:
    """What is wrong with a value of a parameter, by qualified name, as a number of a window."""
    is_whole = sizes.get(name)
    if is_whole is None or is_size(value, is_whole=is_whole):
        return None
    needed = "a whole number of at least 1" if is_whole else "greater than 0"
    return f"`{Who.parse(name).name}` is a number of a window or span: {needed}, not {value:g}"
