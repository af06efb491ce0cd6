"""Windows and spans: whole numbers within limits."""

from __future__ import annotations

from ptt_rules.check.scope import Report
from ptt_rules.functions import AggregateSignature
from ptt_rules.ir import nodes
from ptt_rules.ir.nodes import Statistic
from ptt_rules.ir.pack import Length
from ptt_rules.syntax import tree
from ptt_rules.types import Measure

MAX_WINDOW = 100_000


def check_window(
    report: Report, window: tree.Window, signature: AggregateSignature
) -> nodes.Window | None:
    """The observations that an aggregate is of."""
    checked = _window(report, window)
    if isinstance(checked, (nodes.LastWindow, nodes.FirstWindow)):
        return _enough(report, window, checked, signature)
    median_of_many = signature.statistic is Statistic.MEDIAN and checked is not None
    if median_of_many:
        hint = "use a number of observations: `median(kl[50])`"
        report.later(window.span, "`median` over all or over a span of steps is", hint)
        return None
    return checked


def _window(report: Report, window: tree.Window) -> nodes.Window | None:
    match window:
        case tree.CountWindow(count=count, before=None):
            size = whole(report, count, "a window")
            return None if size is None else nodes.LastWindow(size)
        case tree.FirstWindow(count=count, after=None):
            size = whole(report, count, "a window")
            return None if size is None else nodes.FirstWindow(size)
        case tree.AllWindow():
            return nodes.AllWindow()
        case tree.SpanWindow(amount=amount, unit="steps"):
            size = whole(report, amount, "a window", limit=None)
            return None if size is None else nodes.StepsWindow(size)
        case tree.SpanWindow():
            report.later(window.span, "windows of time are", "use `[200 steps]`")
            return None
        case tree.CountWindow():
            report.later(window.span, "windows that end earlier (`before`) are")
            return None
        case tree.FirstWindow():
            report.later(window.span, "first windows that skip some (`after`) are")
            return None
        case tree.BetweenWindow():
            report.later(window.span, "windows known before they are full are")
            return None
        case tree.DecayWindow():
            report.later(window.span, "decaying windows are")
            return None


def _enough(
    report: Report,
    window: tree.Window,
    checked: nodes.LastWindow | nodes.FirstWindow,
    signature: AggregateSignature,
) -> nodes.Window | None:
    if checked.count >= signature.least_count:
        return checked
    word = signature.statistic.value
    message = f"`{word}` is never known over fewer than {signature.least_count} observations"
    report.add("PTT210", window.span, message, hint=f"widen the window: `{word}(kl[20])`")
    return None


def check_length(report: Report, length: tree.SpanOf, clause: str) -> Length | None:
    """The span of `after`, `for`, `keep` or `again every`."""
    if length.unit not in (None, "steps"):
        report.later(length.span, f"`{clause}` with a time is", "use `50 steps`")
        return None
    amount = whole(report, length.amount, f"`{clause}`", limit=None)
    if amount is None:
        return None
    return Length(amount, Measure.STEPS if length.unit else Measure.JUDGEMENTS)


def whole(
    report: Report, number: tree.Number, what: str, *, limit: int | None = MAX_WINDOW
) -> int | None:
    """A whole number of at least 1 and at most `limit`."""
    value = number.value
    if number.form or value != int(value) or value < 1:
        message = f"{what} counts in whole numbers from 1"
        report.add("PTT210", number.span, message, hint="write a number such as `20`")
        return None
    if limit is not None and value > limit:
        message = f"{what} holds at most {limit:,} observations"
        report.add("PTT210", number.span, message, hint=f"use {limit:,} or `[all]`")
        return None
    return int(value)
