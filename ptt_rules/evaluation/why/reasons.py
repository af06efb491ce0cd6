"""Why something is unknown at a row, in words.

Each reason is that of one operation whose own inputs are no excuse: what is unknown only
because a part of it is has no reason of its own.
"""

from __future__ import annotations

from collections.abc import Iterable

from ptt_rules.evaluation.beside import why_none
from ptt_rules.evaluation.given import why_unknown
from ptt_rules.evaluation.polars import Held
from ptt_rules.evaluation.replay import FrameReplay
from ptt_rules.language import Measure, Quantity
from ptt_rules.language.functions import Function
from ptt_rules.language.ir import FirstWindow, SpanWindow, nodes


class Reasons:
    """Why operations of a replay are unknown at one row."""

    def __init__(self, whole: FrameReplay, row: int) -> None:
        self._whole = whole
        self._row = row

    def of(self, number: int, series: str) -> str | None:
        """Why an operation is unknown by itself; `series` is what it is of, as it is written."""
        node, inputs = self._operation(number)
        values = [self._value(one) for one in inputs]
        match node:
            case nodes.Given():
                return why_unknown(node, self._whole.context)
            case nodes.OfSiblings():
                why_not = why_none(self._operation(inputs[0])[0], self._whole.context.siblings)
                return why_not or f"no sibling run has a number of `{series}` at this step"
            case nodes.Position():
                return self._position(node.quantity)
            case nodes.Latest(series=nodes.Prev()):
                of = self._operation(inputs[0])[1][0]
                if self._is_observed(of):
                    return f"`{series}` has no observation before its first"
                return self.never_observed(of, series)
            case nodes.Current() if self._value(inputs[0]) is not None:
                here = self.of(inputs[1], series)
                return f"`{series}` is unknown since the newest row{f': {here}' if here else ''}"
            case nodes.Current():
                return self.never_observed(inputs[1], series)
            case nodes.Latest() | nodes.Streak():
                return self.never_observed(inputs[0], series)
            case nodes.Compare() if None not in values:
                return "a comparison with NaN"
            case nodes.Arithmetic() if None not in values:
                return "divisor is 0"
            case nodes.Apply(function=Function.LOG) if None not in values:
                return "logarithm of a number that is not above 0"
            case nodes.Apply(function=Function.SQRT) if None not in values:
                return "root of a negative number"
            case nodes.Arithmetic(right=nodes.Latest(series=nodes.StepOf())):
                of_step = self._operation(inputs[1])[1][0]
                return self.never_observed(self._operation(of_step)[1][0], series)
        return None

    def of_window(self, number: int, series: str, held: Held) -> str:
        """Why an aggregate is unknown."""
        node, inputs = self._operation(number)
        assert isinstance(node, nodes.Aggregate)
        least = node.statistic.least_count
        if held.count == 0 and (found := self._empty(node, inputs, series, held)):
            return found
        if held.needed is not None and held.count < held.needed:
            return self._not_full(node, held)
        if held.count < least:
            return f"fewer than {least} finite observations{skipped_text(held)}"
        return node.statistic.why_unknown

    def _empty(
        self, node: nodes.Aggregate, inputs: tuple[int, ...], series: str, held: Held
    ) -> str | None:
        window, of = node.window, inputs[: len(node.series)]
        for measure in window.measures:
            if self._whole.rows.stamps(measure)[self._row] is None:
                return f"the log has no {'epoch' if measure is Measure.EPOCHS else 'time'} so far"
        if isinstance(window, SpanWindow) and all(self._is_observed(one) for one in of):
            return f"no observation of `{series}` in this span{skipped_text(held)}"
        for one in of:
            if not self._is_observed(one):
                return self.never_observed(one, series)
        if len(of) > 1 and not held.skipped:
            return f"{series} were in no row together so far"
        return None if held.needed is not None else f"no finite one so far{skipped_text(held)}"

    def _not_full(self, node: nodes.Aggregate, held: Held) -> str:
        left_out, window = "", node.window
        if isinstance(window, FirstWindow) and window.skip:
            left_out = f" after the first {window.skip}"
        elif window.before is not None:
            left_out = f" before the newest {window.before.written}"
        count = f"{held.count} of {held.needed} observations"
        return f"window not full: {count}{left_out}{skipped_text(held)}"

    def never_observed(self, number: int, series: str) -> str:
        """Why a series was in no row so far."""
        missing = [
            column
            for column in sorted(self._whole.program.reached_from([number]))
            if isinstance(self._operation(column)[0], (nodes.Column, nodes.FamilyColumn))
            and not self._is_observed(column)
        ]
        if missing:
            return "; ".join(map(self._not_logged, missing))
        here = self.of(number, series) if self._value(number) is None else None
        return f"`{series}` was known in no row so far{f', here: {here}' if here else ''}"

    def _not_logged(self, column: int) -> str:
        node, _ = self._operation(column)
        if isinstance(node, nodes.FamilyColumn):
            return f"no instance of {keys_text(node.patterns)} was logged"
        assert isinstance(node, nodes.Column)
        is_never = self._whole.columns[column].null_count() == self._whole.frame.height
        return f"{keys_text(node.keys)} was {'never logged' if is_never else 'not logged so far'}"

    def _position(self, quantity: Quantity) -> str:
        if quantity is Quantity.PROGRESS and self._whole.context.max_steps is None:
            return "`config.max_steps` is not set"
        return "the log does not have it in this row"

    def _operation(self, number: int) -> tuple[nodes.Node, tuple[int, ...]]:
        operation = self._whole.program.operations[number]
        return operation.node, operation.inputs

    def _value(self, number: int) -> float | bool | None:
        value: float | bool | None = self._whole.columns[number][self._row]
        return value

    def _is_observed(self, number: int) -> bool:
        """Whether a series was observed in a row so far."""
        so_far = self._whole.columns[number].head(self._row + 1)
        return so_far.null_count() < len(so_far)


def keys_text(keys: Iterable[str]) -> str:
    return " or ".join(f"`{key}`" for key in keys)


def skipped_text(held: Held) -> str:
    return f", {held.skipped} NaN or inf skipped" if held.skipped else ""
