"""Windows and spans: numbers within limits, and windows that suit their aggregate."""

from __future__ import annotations

from ptt_rules.language.check.scope import Report
from ptt_rules.language.functions import Reach, Statistic
from ptt_rules.language.ir import (
    AllWindow,
    DecayWindow,
    FirstWindow,
    LastWindow,
    Length,
    SpanWindow,
    Window,
)
from ptt_rules.language.syntax import tree
from ptt_rules.language.types import SPAN_SECONDS, Measure

MAX_WINDOW = 100_000

_REFUSED: dict[Reach, tuple[type[Window], ...]] = {
    Reach.ANY: (),
    Reach.NO_DECAY: (DecayWindow,),
    Reach.BOUNDED: (DecayWindow, AllWindow),
    Reach.COUNTED: (DecayWindow, AllWindow, SpanWindow),
}


def check_window(report: Report, window: tree.Window, statistic: Statistic) -> Window | None:
    """The observations that an aggregate is of."""
    checked = read_window(report, window)
    if checked is None or not _suits(report, window, checked, statistic):
        return None
    if isinstance(checked, (LastWindow, FirstWindow)):
        return _within_limits(report, window, checked, statistic)
    return checked


def read_window(report: Report, window: tree.Window) -> Window | None:
    """The window as it is written, whatever it is of."""
    match window:
        case tree.CountWindow(count=count, before=before):
            return _last(report, count, before)
        case tree.BetweenWindow():
            return _between(report, window)
        case tree.FirstWindow(count=count, after=after):
            size, skip = _window_size(report, count), _optional(report, after)
            return None if size is None or skip is None else FirstWindow(size, skip)
        case tree.AllWindow():
            return AllWindow()
        case tree.SpanWindow(amount=amount, unit=unit):
            length = _span(report, amount, unit, "a window")
            return None if length is None else SpanWindow(length.amount, length.measure)
        case tree.DecayWindow(half_life=half_life):
            halving = _window_size(report, half_life)
            return None if halving is None else DecayWindow(halving)


def _last(report: Report, count: tree.Number, before: tree.Number | None) -> LastWindow | None:
    size, skipped = _window_size(report, count), _optional(report, before)
    return None if size is None or skipped is None else LastWindow(size, skipped)


def _between(report: Report, window: tree.BetweenWindow) -> LastWindow | None:
    least, size = _window_size(report, window.known_from), _window_size(report, window.count)
    if least is None or size is None:
        return None
    if least > size:
        message = f"a window of {size} observations is never known from {least}"
        hint = f"write the smaller number first: `[{size}..{least}]`"
        report.add("PTT210", window.span, message, hint=hint)
        return None
    return LastWindow(size, least=None if least == size else least)


def _window_size(report: Report, number: tree.Number) -> int | None:
    return whole(report, number, "a window")


def _optional(report: Report, number: tree.Number | None) -> int | None:
    return 0 if number is None else whole(report, number, "what a window leaves out")


def _suits(report: Report, window: tree.Window, checked: Window, statistic: Statistic) -> bool:
    if not isinstance(checked, _REFUSED[statistic.reach]):
        return True
    word, written = statistic.word, report.source.slice(window.span)
    if isinstance(checked, DecayWindow):
        message = f"`{word}` does not support `[decay N]` windows"
    elif isinstance(checked, AllWindow):
        message = f"`{word}` over all observations would have to keep every one of them"
    else:
        message = f"`{word}` over a span has no bounded cost"
    hint = f"name a number of observations for `[{written}]`: `{statistic.written('kl')}`"
    report.add("PTT211", window.span, message, hint=hint)
    return False


def _within_limits(
    report: Report,
    window: tree.Window,
    checked: LastWindow | FirstWindow,
    statistic: Statistic,
) -> Window | None:
    word = statistic.word
    if checked.count < statistic.least_count:
        message = f"`{word}` is never known over fewer than {statistic.least_count} observations"
        hint = f"widen the window: `{statistic.written('kl')}`"
    elif checked.count > statistic.longest:
        message = f"`{word}` is of at most {statistic.longest:,} observations"
        hint = f"use {statistic.longest:,} or fewer"
    else:
        return checked
    report.add("PTT210", window.span, message, hint=hint)
    return None


def check_length(report: Report, length: tree.SpanOf, clause: str) -> Length | None:
    """The span of `after`, `for`, `keep`, `every` or `pause`."""
    return _span(report, length.amount, length.unit, f"`{clause}`")


def _span(report: Report, number: tree.Number, unit: str | None, what: str) -> Length | None:
    if unit in SPAN_SECONDS:
        if number.form or number.value <= 0:
            message = f"{what} is a time greater than 0"
            report.add("PTT210", number.span, message, hint="write one such as `10 min`")
            return None
        return Length(number.value * SPAN_SECONDS[unit], Measure.SECONDS)
    amount = whole(report, number, what, limit=None)
    if amount is None:
        return None
    return Length(amount, Measure.STEPS if unit else Measure.JUDGEMENTS)


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
