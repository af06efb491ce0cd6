"""Operations as plain Polars expressions, over any frame that has the logged keys as columns.

There is no function of Python in them, so that they can be printed, shipped and optimised. A window
is a slice of the list of all observations of its series, brought back to the rows: each is computed
by itself, so that a value that left it leaves no trace. Sums are in the order of Polars, which is
why they are equal to a replay to 1e-12 and not to the last bit.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import polars as pl
from polars import selectors

from ptt_rules.evaluation.given import given
from ptt_rules.evaluation.polars.expressions import expression
from ptt_rules.language import Kind, Measure, Quantity
from ptt_rules.language.functions import Function
from ptt_rules.language.ir import (
    AllWindow,
    DecayWindow,
    FirstWindow,
    LastWindow,
    Length,
    SpanWindow,
    nodes,
)
from ptt_rules.language.passes import Operation, Program
from ptt_rules.logs import RESUMED, RunContext

MOST_PARTS = 5_000
"""Parts that an expression may have once all that it shares is written out."""

TOO_LARGE = "it is too large once all that its parts share is written out"
REASONS: Mapping[str, str] = {
    "trend": "it counts pairs of observations, for which Polars has no form in a list",
    "robust_slope": "it is of all pairs of observations, for which Polars has no form in a list",
    "[all]": "Polars has no cumulative form of it, and a list for each row would hold all rows",
    "other": "it reads what is in no row of the log, or looks back in a way that Polars cannot say",
}
"""Why something has no plain expression, by statistic, window or sort of operation."""

_STEP = "step"
_CLOCKS = {Measure.SECONDS: "time", Measure.EPOCHS: "epoch"}


NO_INSTANCE = (
    "which instances there are is known from a log: pass its keys, "
    "`pack.expressions(keys=frame.columns)`"
)


class NoForm(Exception):
    """What Polars cannot say, with one of the reasons."""


@dataclass
class PlainProgram:
    """The operations of a program as expressions, each made when it is asked for."""

    program: Program
    context: RunContext
    _made: dict[int, pl.Expr] = field(default_factory=dict)
    _parts: dict[int, int] = field(default_factory=dict)

    def expression(self, number: int) -> pl.Expr:
        """Errors: NoForm"""
        if number not in self._made:
            operation = self.program.operations[number]
            inputs = [self.expression(each) for each in operation.inputs]
            parts = 1 + _copies(operation.node) * sum(self._parts[one] for one in operation.inputs)
            if parts > MOST_PARTS:
                raise NoForm(TOO_LARGE)
            self._parts[number] = parts
            self._made[number] = self._make(operation, inputs)
        return self._made[number]

    def _make(self, operation: Operation, inputs: list[pl.Expr]) -> pl.Expr:
        node = operation.node
        match node:
            case nodes.Constant(value=value):
                return pl.lit(value, dtype=pl.Float64)
            case nodes.Literal(value=value):
                return pl.lit(value, dtype=pl.Boolean)
            case nodes.Given():
                dtype = pl.Boolean if node.kind is Kind.BOOL else pl.Float64
                return pl.lit(given(node, self.context), dtype=dtype)
            case nodes.Column(keys=keys):
                return _logged(*keys)
            case nodes.FamilyColumn():
                raise NoForm(NO_INSTANCE)
            case nodes.Position(quantity=quantity):
                return self._position(quantity)
            case nodes.StepOf():
                return pl.when(inputs[0].is_not_null()).then(_steps())
            case nodes.Latest():
                return inputs[0].forward_fill()
            case nodes.Prev():
                return pl.when(inputs[0].is_not_null()).then(inputs[1].shift(1))
            case nodes.Current():
                return _current(inputs[1], inputs[2:])
            case nodes.Streak():
                return _streak(inputs[0])
            case nodes.Aggregate():
                argument = 0.0
                if node.argument is not None:
                    argument = self.program.constant(operation.inputs[-1])
                return _Aggregated(node, inputs[: len(node.series)], argument).value()
            case nodes.Apply(function=function) if function in _PLAIN:
                return _PLAIN[function](inputs[0])
        try:
            return expression(node, *inputs)
        except TypeError as error:
            raise NoForm(REASONS["other"]) from error

    def _position(self, quantity: Quantity) -> pl.Expr:
        match quantity:
            case Quantity.STEP:
                return _steps()
            case Quantity.TIME:
                return _stamps(Measure.SECONDS)
            case Quantity.EPOCH:
                return _stamps(Measure.EPOCHS)
            case Quantity.PROGRESS:
                last = self.context.max_steps
                return pl.lit(None, dtype=pl.Float64) if last is None else _steps() / last
            case Quantity.SINCE_RESUME:
                resumed = _logged(RESUMED)
                is_marked = resumed.is_not_nan() & (resumed != 0)
                marks = pl.when(is_marked).then(_steps()).forward_fill()
                return _steps() - marks.fill_null(_steps().first())


def _copies(node: nodes.Node) -> int:
    """How often an expression has its inputs in it."""
    return 6 if isinstance(node, nodes.Aggregate) else 3


# ---- what a row has ------------------------------------------------------------------------


def _logged(*keys: str) -> pl.Expr:
    """The first of some columns that a row has; those that the frame lacks are left out."""
    there = [selectors.by_name(key, require_all=False) for key in keys]
    # a single null would stand for a column, and its observations would have another length
    absent = pl.repeat(None, pl.len(), dtype=pl.Float64)
    return pl.coalesce(*there, absent).cast(pl.Float64)


def _steps() -> pl.Expr:
    return pl.col(_STEP).cast(pl.Float64)


def _stamps(measure: Measure) -> pl.Expr:
    """Where each row stands; neither the clock nor the epoch falls."""
    if measure is Measure.STEPS:
        return _steps()
    return _logged(_CLOCKS[measure]).cum_max().forward_fill()


def _safe_log(value: pl.Expr) -> pl.Expr:
    is_wrong = value.is_not_nan() & (value <= 0)
    return pl.when(is_wrong).then(None).otherwise(value.log())


_PLAIN: Mapping[Function, Callable[[pl.Expr], pl.Expr]] = {
    Function.LOG: _safe_log,
    Function.EXP: pl.Expr.exp,
}
"""Functions that a replay computes as Python does; these have the digits of Polars."""


def _current(formula: pl.Expr, series: Sequence[pl.Expr]) -> pl.Expr:
    """A formula, known or not, at the newest row that has one of its series."""
    is_there = pl.any_horizontal(one.is_not_null() for one in series)
    newest = pl.when(is_there).then(pl.int_range(pl.len())).forward_fill()
    return formula.gather(newest)


def _streak(truths: pl.Expr) -> pl.Expr:
    """True observations in a row up to each row; null before the first observation."""
    number = truths.is_not_null().cum_sum().cast(pl.Float64)
    last_false = pl.when(truths.eq(False)).then(number).otherwise(None).forward_fill()
    return pl.when(number > 0).then(number - last_false.fill_null(0.0))


# ---- windows -------------------------------------------------------------------------------


@dataclass
class _Aggregated:
    """One aggregate: its observations, which of them the window of each row has, and its value."""

    node: nodes.Aggregate
    series: list[pl.Expr]
    argument: float

    def __post_init__(self) -> None:
        used = [
            one.is_finite() if self._is_of_numbers else one.is_not_null() for one in self.series
        ]
        self._mask = pl.all_horizontal(*(one.fill_null(False) for one in used))
        self._seen = self._mask.cum_sum().cast(pl.Int64)

    @property
    def _is_of_numbers(self) -> bool:
        return self.node.takes is Kind.NUMBER

    @property
    def _word(self) -> str:
        return self.node.statistic.word

    def _observed(self, values: pl.Expr) -> pl.Expr:
        """Shape: (observations,)"""
        return values.filter(self._mask)

    def _observations(self) -> pl.Expr:
        """The observations with what the statistic reads of them."""
        first = self.series[0].cast(pl.Float64)
        if self._word == "corr":
            return self._observed(pl.struct(x=first, y=self.series[1]))
        if self._word == "slope":
            return self._observed(pl.struct(x=_steps(), y=first))
        return self._observed(first)

    # ---- which of them: from `start` to before `end` ---------------------------------------

    def _ends(self) -> tuple[pl.Expr, pl.Expr]:
        window, seen = self.node.window, self._seen
        match window:
            case FirstWindow(count=count, skip=skip):
                return pl.lit(skip, dtype=pl.Int64), seen.clip(skip, skip + count)
            case SpanWindow():
                start = self._up_to(window.measure, window.far_end, nothing=seen)
                end = self._up_to(window.measure, window.near_end) if window.before else seen
                return start, pl.max_horizontal(start, end)
        end = self._end_before(window.before)
        if isinstance(window, LastWindow):
            return (end - window.count).clip(lower_bound=0), end
        return pl.lit(0, dtype=pl.Int64), end

    def _end_before(self, before: Length | None) -> pl.Expr:
        if before is None:
            return self._seen
        if before.is_counted:
            return (self._seen - int(before.amount)).clip(lower_bound=0)
        return self._up_to(before.measure, before.amount)

    def _up_to(self, measure: Measure, ago: float, nothing: pl.Expr | None = None) -> pl.Expr:
        """How many observations there were so long ago; `nothing` where the log has no clock."""
        stamps = self._observed(_stamps(measure).fill_null(float("-inf")))
        then = _stamps(measure) - ago
        count = stamps.search_sorted(then.fill_null(float("-inf")), side="right").cast(pl.Int64)
        # a row sees no observation of a later one, which may have the same stamp
        count = pl.min_horizontal(count, self._seen)
        return pl.when(then.is_null()).then(0 if nothing is None else nothing).otherwise(count)

    # ---- what it is ------------------------------------------------------------------------

    def value(self) -> pl.Expr:
        """Errors: NoForm"""
        start, end = self._ends()
        length = end - start
        known = length >= max(self.node.window.full_from, self.node.statistic.least_count)
        if not self._is_of_numbers:
            return self._of_truths(start, end, known)
        if self._word == "count":
            return length.cast(pl.Float64)
        window = self.node.window
        if isinstance(window, AllWindow):
            found = self._so_far(end, length)
        elif isinstance(window, DecayWindow):
            found = self._fading(window, end, length)
        else:
            found = self._of_list(self._observations().implode().list.slice(start, length))
        return pl.when(known).then(found)

    def _of_truths(self, start: pl.Expr, end: pl.Expr, known: pl.Expr) -> pl.Expr:
        length = end - start
        if isinstance(self.node.window, DecayWindow) and self._word == "share":
            return pl.when(known).then(self._fading(self.node.window, end, length))
        trues = self._observed(self.series[0]).cast(pl.Int64).cum_sum()
        upto = [self._at_end(trues, at).fill_null(0) for at in (start, end)]
        true = upto[1] - upto[0]
        match self._word:
            case "count":
                return true.cast(pl.Float64)
            case "share":
                return pl.when(known).then(true / length)
            case "any":
                return pl.when(true > 0).then(True).when(known).then(False)
            case "all":
                return pl.when(true < length).then(False).when(known).then(True)
        raise NoForm(REASONS["other"])

    def _at_end(self, values: pl.Expr, end: pl.Expr) -> pl.Expr:
        """What a column over the observations was at the last one of each window."""
        return values.gather(pl.when(end > 0).then(end - 1))

    def _so_far(self, end: pl.Expr, length: pl.Expr) -> pl.Expr:
        values = self._observed(self.series[0])
        forms: dict[str, Callable[[], pl.Expr]] = {
            "sum": lambda: self._at_end(values.cum_sum(), end),
            "mean": lambda: self._at_end(values.cum_sum(), end) / length,
            "min": lambda: self._at_end(values.cum_min(), end),
            "max": lambda: self._at_end(values.cum_max(), end),
            "last": lambda: self._at_end(values, end),
            "delta": lambda: self._at_end(values, end) - values.first(),
            "cusum": lambda: self._at_end(_page(values - self.argument), end),
        }
        if self._word not in forms:
            raise NoForm(REASONS["[all]"])
        return forms[self._word]()

    def _fading(self, window: DecayWindow, end: pl.Expr, length: pl.Expr) -> pl.Expr:
        values, half_life = self._observed(self.series[0].cast(pl.Float64)), window.half_life
        mean = values.ewm_mean(half_life=half_life, adjust=True)
        fade = 0.5 ** (1.0 / half_life)
        forms: dict[str, Callable[[], pl.Expr]] = {
            "mean": lambda: self._at_end(mean, end),
            "share": lambda: self._at_end(mean, end),
            "sum": lambda: self._at_end(mean, end) * ((1 - pl.lit(fade) ** length) / (1 - fade)),
            "var": lambda: self._at_end(_ewm_var(values, half_life), end),
            "std": lambda: self._at_end(_ewm_var(values, half_life), end).sqrt(),
        }
        return forms[self._word]()

    def _of_list(self, found: pl.Expr) -> pl.Expr:
        if self._word in REASONS:
            raise NoForm(REASONS[self._word])
        one = pl.element()
        form = _OF_LISTS.get(self._word)
        if form is None:
            raise NoForm(REASONS["other"])
        return found.list.agg(form(one, self.argument))


def _page(excess: pl.Expr) -> pl.Expr:
    """Page's sum that begins with 0: how far the sum is above its lowest, or above 0."""
    total = excess.cum_sum()
    return total - total.cum_min().clip(upper_bound=0.0)


def _ewm_var(values: pl.Expr, half_life: int) -> pl.Expr:
    return values.ewm_var(half_life=half_life, adjust=True, bias=False)


def _centred(one: pl.Expr) -> pl.Expr:
    """Less the first: deviations of equal numbers are 0 then, and not a last digit."""
    return one - one.first()


def _ratio(above: pl.Expr, below: pl.Expr) -> pl.Expr:
    return pl.when(below == 0).then(None).otherwise(above / below)


def _mean(one: pl.Expr, argument: float = 0.0) -> pl.Expr:
    return one.first() + _centred(one).mean()


def _std(one: pl.Expr, argument: float = 0.0) -> pl.Expr:
    return _centred(one).std(ddof=1)


def _zscore(one: pl.Expr, argument: float) -> pl.Expr:
    others = one.slice(0, pl.len() - 1)
    return _ratio(one.last() - _mean(others), _std(others))


def _correlation(x: pl.Expr, y: pl.Expr) -> pl.Expr:
    x, y = _centred(x), _centred(y)
    x, y = x - x.mean(), y - y.mean()
    found = _ratio((x * y).sum(), (x * x).sum().sqrt() * (y * y).sum().sqrt())
    return found.clip(-1.0, 1.0)


def _autocorr(one: pl.Expr, argument: float) -> pl.Expr:
    return _correlation(one.slice(0, pl.len() - 1), one.slice(1))


def _corr(one: pl.Expr, argument: float) -> pl.Expr:
    return _correlation(one.struct.field("x"), one.struct.field("y"))


def _slope(one: pl.Expr, argument: float) -> pl.Expr:
    x, y = (_centred(one.struct.field(name)) for name in "xy")
    x, y = x - x.mean(), y - y.mean()
    return _ratio((x * y).sum(), (x * x).sum())


_OF_LISTS: Mapping[str, Callable[[pl.Expr, float], pl.Expr]] = {
    "sum": lambda one, argument: one.sum(),
    "mean": _mean,
    "min": lambda one, argument: one.min(),
    "max": lambda one, argument: one.max(),
    "std": _std,
    "var": lambda one, argument: _centred(one).var(ddof=1),
    "median": lambda one, argument: one.median(),
    "mad": lambda one, argument: (one - one.median()).abs().median(),
    "quantile": lambda one, share: one.quantile(share, interpolation="linear"),
    "distinct": lambda one, argument: one.n_unique().cast(pl.Float64),
    "last": lambda one, argument: one.last(),
    "delta": lambda one, argument: one.last() - one.first(),
    "zscore": _zscore,
    "autocorr": _autocorr,
    "corr": _corr,
    "slope": _slope,
    "cusum": lambda one, allowance: _page(one - allowance).last(),
}
"""What a statistic is of the observations of one window."""
