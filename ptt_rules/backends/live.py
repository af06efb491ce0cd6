"""A program judged row by row, with the state that its windows need."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

from ptt_rules.backends.history import History
from ptt_rules.backends.rows import compute
from ptt_rules.backends.windows import window_function
from ptt_rules.ir import nodes
from ptt_rules.passes.share import Operation, Program
from ptt_rules.rows import Row, number
from ptt_rules.types import Kind, Shape


class LiveProgram:
    """Values of all operations at the newest row.

    Cost: one function call an operation; windows as in `ptt_rules.backends`
    """

    def __init__(self, program: Program, config: Mapping[str, Any] | None = None) -> None:
        self._config = config or {}
        self.values: list[Any] = [None] * len(program.operations)
        self.failures: dict[int, Exception] = {}
        self._histories: dict[int, History] = {}
        self._latest: list[int] = []
        self._fresh: set[int] = set()
        self._row = Row(0, None, None, {})
        for series, windows in _windows_by_series(program).items():
            self._histories[series] = _history(windows)
        self._functions = [(op.number, self._function(op)) for op in program.operations]
        self._fresh.update(self._histories)

    def advance(self, row: Row) -> None:
        """Computes all operations at a row; one that raises is unknown from then on."""
        self._row = row
        values = self.values
        for operation, function in self._functions:
            try:
                values[operation] = function(values)
            except Exception as error:  # a fault of one rule is told, the others go on
                values[operation] = None
                self.failures[operation] = error
        self._fresh.clear()

    # ---- functions -------------------------------------------------------------------------

    def _function(self, operation: Operation) -> Callable[[list[Any]], Any]:
        node, inputs = operation.node, operation.inputs
        if isinstance(node, nodes.Column):
            function = self._column(node)
        elif isinstance(node, nodes.Config):
            argument = number(self._config[node.name]) if node.name in self._config else None
            return lambda values: argument
        elif isinstance(node, nodes.Latest):
            return self._remembered(operation.number, inputs[0])
        elif isinstance(node, nodes.Aggregate):
            return self._aggregate(operation)
        else:
            function = compute(node, inputs)
        if operation.number in self._histories and node.shape is Shape.SERIES:
            return self._observed(operation.number, function, node.kind)
        return function

    def _column(self, node: nodes.Column) -> Callable[[list[Any]], Any]:
        keys = node.keys

        def column(values: list[Any]) -> float | None:
            logged = self._row.values
            for key in keys:
                if key in logged:
                    return logged[key]
            return None

        return column

    def _remembered(self, operation: int, series: int) -> Callable[[list[Any]], Any]:
        self._latest.append(operation)

        def latest(values: list[Any]) -> Any:
            value = values[series]
            return values[operation] if value is None else value

        return latest

    def _observed(
        self, series: int, function: Callable[[list[Any]], Any], kind: Kind
    ) -> Callable[[list[Any]], Any]:
        """The series, whose observations go into its history."""
        history = self._histories[series]
        is_truth = kind is Kind.TRUTH

        def observe(values: list[Any]) -> Any:
            value = function(values)
            if value is not None and (is_truth or math.isfinite(value)):
                history.append(float(value), self._row.step)
                self._fresh.add(series)
            return value

        return observe

    def _aggregate(self, operation: Operation) -> Callable[[list[Any]], Any]:
        assert isinstance(operation.node, nodes.Aggregate)
        own, series = operation.number, operation.inputs[0]
        window = window_function(operation.node, self._histories[series])
        moves = isinstance(operation.node.window, nodes.StepsWindow)

        def aggregate(values: list[Any]) -> Any:
            if moves or series in self._fresh:
                return window(self._row.step)
            return values[own]

        return aggregate

    # ---- state -----------------------------------------------------------------------------

    def state(self) -> dict[str, Any]:
        """All that the next rows depend on, as JSON has it."""
        return {
            "latest": [_packed(self.values[operation]) for operation in self._latest],
            "histories": [history.state() for history in self._histories.values()],
        }

    def restore(self, state: dict[str, Any]) -> None:
        for operation, value in zip(self._latest, state["latest"], strict=True):
            self.values[operation] = float(value) if isinstance(value, str) else value
        for history, saved in zip(self._histories.values(), state["histories"], strict=True):
            history.restore(saved)


def _windows_by_series(program: Program) -> dict[int, list[nodes.Window]]:
    windows: dict[int, list[nodes.Window]] = {}
    for operation in program.operations:
        if isinstance(operation.node, nodes.Aggregate):
            windows.setdefault(operation.inputs[0], []).append(operation.node.window)
    return windows


def _history(windows: list[nodes.Window]) -> History:
    """A history that reaches as far back as the windows of its series."""
    counts = [window.count for window in windows if isinstance(window, nodes.LastWindow)]
    spans = [window.steps for window in windows if isinstance(window, nodes.StepsWindow)]
    return History(reach=max(counts, default=1), span_steps=max(spans, default=0))


def _packed(value: Any) -> Any:
    return str(value) if isinstance(value, float) and not math.isfinite(value) else value
