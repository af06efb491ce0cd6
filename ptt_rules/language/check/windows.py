"""Windows: the observations that an aggregate is of, and those that suit it."""

from __future__ import annotations

from ptt_rules.language.check.amounts import (
    Amount,
    check_span,
    whole_amount,
)
from ptt_rules.language.check.scope import Report, Scope
from ptt_rules.language.diagnostics import Edit
from ptt_rules.language.functions import Reach, Statistic
from ptt_rules.language.ir import (
    AllWindow,
    DecayWindow,
    FirstWindow,
    LastWindow,
    Length,
    SetBy,
    SpanWindow,
    Window,
    resolved,
)
from ptt_rules.language.source import Span
from ptt_rules.language.syntax import tree

_REFUSED: dict[Reach, tuple[type[Window], ...]] = {
    Reach.ANY: (),
    Reach.NO_DECAY: (DecayWindow,),
    Reach.BOUNDED: (DecayWindow, AllWindow),
}


def check_window(
    report: Report, scope: Scope, window: tree.Window, statistic: Statistic
) -> Window | None:
    """The observations that an aggregate is of."""
    checked = read_window(report, scope, window)
    if checked is None or not _suits(report, window, checked, statistic):
        return None
    if isinstance(checked, (LastWindow, FirstWindow)):
        return _within_limits(report, scope, window, checked, statistic)
    return checked


def read_window(report: Report, scope: Scope, window: tree.Window) -> Window | None:
    """The window as it is written, whatever it is of."""
    if isinstance(window, tree.EachWindow):
        return None  # of instances, and checked as such
    if isinstance(window, tree.FirstWindow):
        return _first(report, scope, window)
    return _Recent(report, scope, window).read()


def _first(report: Report, scope: Scope, window: tree.FirstWindow) -> FirstWindow | None:
    count = whole_amount(report, scope, window.count, "a window")
    skip = Amount(0)
    if window.after is not None:
        after = whole_amount(report, scope, window.after, "what a window leaves out")
        if after is None:
            return None
        skip = after
    if count is None:
        return None
    return FirstWindow(int(count.value), int(skip.value), givens=_givens(count=count, skip=skip))


def _givens(**amounts: Amount | None) -> tuple[tuple[str, SetBy], ...]:
    """The parameters among the numbers of a window, by field."""
    return tuple((name, one.given) for name, one in amounts.items() if one and one.given)


class _Recent:
    """Reads a window that moves."""

    def __init__(self, report: Report, scope: Scope, window: tree.RecentWindow) -> None:
        self.report, self.scope, self.window = report, scope, window

    def read(self) -> Window | None:
        window, before = self._length("a window"), self.window.before
        moved, least = None, Amount(0)
        if before is not None:
            moved = check_span(self.report, self.scope, before, "what a window leaves out")
        if self.window.known_from is not None:
            found = whole_amount(self.report, self.scope, self.window.known_from, "a window")
            if found is None:
                return None
            least = found
        if window is None or (before is not None and moved is None):
            return None
        known_from = int(least.value) or None
        checked = self._window(window, known_from, moved, least)
        fits = self._least_fits(window, least) and self._shift_fits(checked)
        return checked if fits else None

    def _length(self, what: str) -> Length | Amount | None:
        """The span, the half-life, or, of all observations, 0."""
        extent = self.window.extent
        if isinstance(extent, tree.All):
            return Amount(0)
        if isinstance(extent, tree.Decay):
            return whole_amount(self.report, self.scope, extent.half_life, what)
        return check_span(self.report, self.scope, extent, what)

    def _window(
        self, extent: Length | Amount, least: int | None, before: Length | None, known: Amount
    ) -> LastWindow | SpanWindow | AllWindow | DecayWindow:
        if isinstance(self.window.extent, tree.All):
            return AllWindow(least=least, before=before, givens=_givens(least=known))
        if isinstance(extent, Amount):
            givens = _givens(half_life=extent, least=known)
            return DecayWindow(int(extent.value), least=least, before=before, givens=givens)
        own = Amount(extent.amount, given=extent.given)
        if not extent.is_counted:
            givens = _givens(amount=own, least=known)
            return SpanWindow(
                extent.amount, extent.measure, least=least, before=before, givens=givens
            )
        count, givens = int(extent.amount), _givens(count=own, least=known)
        least = None if least == count and not givens else least
        return LastWindow(count, least=least, before=before, givens=givens)

    # ---- what does not go together ---------------------------------------------------------

    def _least_fits(self, extent: Length | Amount, least: Amount) -> bool:
        """Whether a window ever holds as many as it waits for."""
        written, known_from = self.window.extent, self.window.known_from
        if not isinstance(extent, Length) or not extent.is_counted or known_from is None:
            return True
        fewest = extent.amount
        if extent.given is not None and isinstance(written, tree.SpanOf):
            param = self.scope.params[self._text(written)]
            fewest = min(fewest, fewest if param.low is None else param.low)
        if max(least.value, least.most) <= fewest:
            return True
        first, last = self._text(known_from), self._text(written)
        message = f"a window of {last} observations is never known from {first}"
        if least.given or extent.given:
            message = f"`{last}` observations may be fewer than the `{first}` it is known from"
            self.report.add("PTT210", self.window.span, message, hint="let the ranges not overlap")
            return False
        edit = Edit(Span(known_from.span.start, written.span.end), f"{last}..{first}")
        hint = f"write the smaller number first: `[{last}..{first}]`"
        self.report.add("PTT210", self.window.span, message, hint=hint, edit=edit)
        return False

    def _shift_fits(self, window: LastWindow | SpanWindow | AllWindow | DecayWindow) -> bool:
        """Whether a span is moved by a span of its own measure."""
        moved, written = window.before, self.window.before
        if moved is None or written is None or not isinstance(window, SpanWindow):
            return True
        if moved.measure is window.measure:
            return True
        extent = self._text(self.window.extent)
        message = f"a span is moved by a span of its own measure, not by `{self._text(written)}`"
        hint = f"write `[{extent} before {extent}]`"
        self.report.add("PTT210", written.span, message, hint=hint)
        return False

    def _text(self, node: tree.Node) -> str:
        return self.report.source.slice(node.span)


# ---- windows and their statistics ----------------------------------------------------------


def _suits(report: Report, window: tree.Window, checked: Window, statistic: Statistic) -> bool:
    if not isinstance(checked, _REFUSED[statistic.reach]):
        return True
    word, written = statistic.word, report.source.slice(window.span)
    if isinstance(checked, DecayWindow):
        message = f"`{word}` does not support `[decay N]` windows"
    else:
        message = f"`{word}` over all observations would have to keep every one of them"
    hint = f"name a number of observations for `[{written}]`: `{statistic.written('kl')}`"
    report.add("PTT211", window.span, message, hint=hint)
    return False


def _within_limits(
    report: Report,
    scope: Scope,
    window: tree.Window,
    checked: LastWindow | FirstWindow,
    statistic: Statistic,
) -> Window | None:
    word = statistic.word
    largest = resolved(checked, scope.most) if checked.givens else checked
    assert isinstance(largest, (LastWindow, FirstWindow))
    if checked.count < statistic.least_count:
        message = f"`{word}` is never known over fewer than {statistic.least_count} observations"
        hint = f"widen the window: `{statistic.written('kl')}`"
    elif largest.count > statistic.longest:
        message = f"`{word}` is of at most {statistic.longest:,} observations"
        hint = f"use {statistic.longest:,} or fewer"
    else:
        return checked
    report.add("PTT210", window.span, message, hint=hint)
    return None
