"""A program judged row by row, with the state that its windows need."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from ptt_rules.backends.history import History, LaggedHistory, Needs, Now
from ptt_rules.backends.rows import Compute, compute
from ptt_rules.backends.streams import Stream, max_steps, stream_of, training_argument
from ptt_rules.backends.windows import ComputeWindow, need_window, window_function
from ptt_rules.ir import nodes
from ptt_rules.ir.windows import FirstWindow, SpanWindow
from ptt_rules.passes.share import Operation, Program
from ptt_rules.rows import Row, packed, unpacked
from ptt_rules.types import Kind, Quantity


class LiveProgram:
    """Values of all operations at the newest row.

    Cost: one function call an operation; windows as in `ptt_rules.backends`
    """

    def __init__(self, program: Program, config: Mapping[str, Any] | None = None) -> None:
        self._config = config or {}
        self._program = program
        self.values: list[Any] = []
        self.failures: dict[int, Exception] = {}
        self.now = Now(0, None)
        self._histories: dict[Stream, History] = {}
        self._remembered: list[int] = []
        self._fresh: set[History] = set()
        self._functions: list[tuple[int, Compute]] = []
        self._row = Row(0, None, None, {})
        self._add(program.operations)

    def advance(self, row: Row) -> None:
        """Computes all operations at a row; one that raises is unknown from then on."""
        self._row = row
        self.now = Now(row.step, later(self.now.clock, row.time))
        values = self.values
        for operation, function in self._functions:
            try:
                values[operation] = function(values)
            except Exception as error:  # a fault of one rule is told, the others go on
                values[operation] = None
                self.failures[operation] = error
        self._fresh.clear()

    def extend(self, numbers: Mapping[int, int]) -> None:
        """Takes operations that the program was extended by, as if they had always been there.

        `numbers` maps those that they stand for, whose past is theirs, to the new ones.
        """
        known = len(self.values)
        self._add(self._program.operations[known:])
        streams = list(self._histories)
        for stream in streams:
            twin = stream.renumbered(numbers)
            if twin != stream and twin in self._histories:
                self._histories[twin].take_over(self._histories[stream])
        for old, new in numbers.items():
            if new >= known:
                self.values[new] = self.values[old]

    # ---- functions -------------------------------------------------------------------------

    def _add(self, operations: list[Operation]) -> None:
        """Functions of operations that follow those that are known already."""
        self.values += [None] * len(operations)
        for stream, needs in _needs(operations).items():
            history = LaggedHistory(needs) if stream.is_lagged else History(needs)
            self._histories[stream] = history
            self._fresh.add(history)
        completed = _by_last_input(self._histories)
        for operation in operations:
            function = self._function(operation)
            for stream in completed.get(operation.number, ()):
                function = self._observed(operation.number, function, stream)
            self._functions.append((operation.number, function))

    def _function(self, operation: Operation) -> Compute:
        node, inputs = operation.node, operation.inputs
        match node:
            case nodes.Column():
                return self._column(node.keys)
            case nodes.FamilyColumn():
                return lambda values: None
            case nodes.Position():
                return self._position(node.quantity)
            case nodes.Config():
                value = training_argument(self._config, node.name)
                return lambda values: value
            case nodes.Latest():
                return self._latest(operation.number, inputs[0])
            case nodes.Streak():
                return self._streak(operation.number, inputs[0])
            case nodes.StepOf():
                return lambda values: None if values[inputs[0]] is None else float(self._row.step)
            case nodes.Aggregate():
                return self._aggregate(operation, node)
        return compute(node, inputs)

    def _column(self, keys: tuple[str, ...]) -> Compute:
        def column(values: list[Any]) -> float | None:
            logged = self._row.values
            for key in keys:
                if key in logged:
                    return logged[key]
            return None

        return column

    def _position(self, quantity: Quantity) -> Compute:
        match quantity:
            case Quantity.STEP:
                return lambda values: float(self._row.step)
            case Quantity.TIME:
                return lambda values: self._row.time
            case Quantity.EPOCH:
                return lambda values: self._row.epoch
            case Quantity.PROGRESS:
                last = max_steps(self._config)
                return lambda values: None if last is None else self._row.step / last

    def _latest(self, operation: int, series: int) -> Compute:
        self._remembered.append(operation)

        def latest(values: list[Any]) -> Any:
            value = values[series]
            return values[operation] if value is None else value

        return latest

    def _streak(self, operation: int, series: int) -> Compute:
        self._remembered.append(operation)

        def streak(values: list[Any]) -> float | None:
            truth = values[series]
            if truth is None:
                before: float | None = values[operation]
                return before
            return (values[operation] or 0.0) + 1.0 if truth else 0.0

        return streak

    def _observed(self, last: int, function: Compute, stream: Stream) -> Compute:
        """The last input of a stream, behind which the row's observation is complete."""
        history = self._histories[stream]
        if len(stream.inputs) > 1:
            return self._observed_pair(last, function, stream.inputs, history)
        is_truth = stream.kind is Kind.TRUTH

        def observe(values: list[Any]) -> Any:
            value = function(values)
            if value is not None and (is_truth or math.isfinite(value)):
                history.append(float(value), self.now.step, self.now.clock)
                self._fresh.add(history)
            return value

        return observe

    def _observed_pair(
        self, last: int, function: Compute, inputs: tuple[int, ...], history: History
    ) -> Compute:
        def observe(values: list[Any]) -> Any:
            value = values[last] = function(values)
            pair = tuple(values[series] for series in inputs)
            if all(one is not None and math.isfinite(one) for one in pair):
                history.append(pair, self.now.step, self.now.clock)
                self._fresh.add(history)
            return value

        return observe

    def _aggregate(self, operation: Operation, node: nodes.Aggregate) -> Compute:
        stream, own = stream_of(operation, node), operation.number
        argument = 0.0
        if node.argument is not None:
            argument = self._program.constant(operation.inputs[-1])
        history = self._histories[stream]
        window = window_function(node, history, argument)
        if isinstance(node.window, SpanWindow):
            return lambda values: window(self.now)
        if isinstance(node.window, FirstWindow):
            return self._frozen(own, window, history, node.window)

        def aggregate(values: list[Any]) -> Any:
            return window(self.now) if history in self._fresh else values[own]

        return aggregate

    def _frozen(
        self, own: int, window: ComputeWindow, history: History, first: FirstWindow
    ) -> Compute:
        """Of a window of the first observations, computed until it is full."""
        end = first.skip + first.count

        def aggregate(values: list[Any]) -> Any:
            value = values[own]
            if history not in self._fresh or (value is not None and history.count > end):
                return value
            return window(self.now)

        return aggregate

    # ---- state -----------------------------------------------------------------------------

    def state(self) -> dict[str, Any]:
        """All that the next rows depend on, as JSON has it."""
        return {
            "clock": self.now.clock,
            "remembered": packed([self.values[operation] for operation in self._remembered]),
            "histories": [history.state() for history in self._histories.values()],
        }

    def restore(self, state: dict[str, Any]) -> None:
        self.now = Now(0, state["clock"])
        for operation, value in zip(self._remembered, state["remembered"], strict=True):
            self.values[operation] = unpacked(value)
        for history, saved in zip(self._histories.values(), state["histories"], strict=True):
            history.restore(saved)
        self._fresh.update(self._histories.values())


def later(clock: float | None, time: float | None) -> float | None:
    """The clock after a row: the greatest time so far."""
    if time is None or (clock is not None and clock >= time):
        return clock
    return time


def _needs(operations: list[Operation]) -> dict[Stream, Needs]:
    """The streams that some operations are the first to read, and how far back."""
    needs: dict[Stream, Needs] = {}
    for operation in operations:
        if isinstance(operation.node, nodes.Aggregate):
            stream = stream_of(operation, operation.node)
            need_window(needs.setdefault(stream, Needs()), operation.node.window)
    return needs


def _by_last_input(streams: Mapping[Stream, History]) -> dict[int, list[Stream]]:
    completed: dict[int, list[Stream]] = {}
    for stream in streams:
        completed.setdefault(max(stream.inputs), []).append(stream)
    return completed
