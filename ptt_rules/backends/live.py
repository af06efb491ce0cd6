"""A program judged row by row, with the state that its windows need."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NoReturn

from ptt_rules.backends.faults import Faults, fault_of
from ptt_rules.backends.generated import MOST_FUNCTIONS
from ptt_rules.backends.history import History, Needs, history_of
from ptt_rules.backends.rowcode import Advance, row_function
from ptt_rules.backends.rows import NAMES
from ptt_rules.backends.streams import (
    Now,
    Stream,
    is_carried,
    max_steps,
    named_arguments,
    stream_of,
    training_argument,
)
from ptt_rules.backends.windows import ComputeWindow, need_window, window_function
from ptt_rules.ir import nodes
from ptt_rules.passes.share import Operation, Program
from ptt_rules.rows import Row, packed, unpacked


class LiveProgram:
    """Values of all operations at the newest row.

    Cost: a few operations of Python's for each operation; windows as in `ptt_rules.backends`
    """

    def __init__(self, program: Program, config: Mapping[str, Any] | None = None) -> None:
        self._config = named_arguments(config)
        self._program = program
        self.values: list[Any] = []
        self.failures: Faults = {}
        self.now = Now(0, None)
        self._histories: dict[Stream, History] = {}
        self._remembered: list[int] = []
        self._names = {**NAMES, "fault_of": fault_of, "last_step": max_steps(self._config)}
        self._waiting: list[Operation] = []
        self._functions: list[Advance] = []
        self._is_new = True
        self._add(program.operations)

    def advance(self, row: Row) -> None:
        """Computes all operations at a row; one that raises is unknown, and named in `failures`."""
        self.now = now = Now(row.step, later(self.now.clock, row.time))
        if self._waiting:
            self._write()
            self._is_new = True
        for function in self._functions:
            function(self.values, row, now, self._is_new, self.failures)
        self._is_new = False

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
                if old in self.failures:
                    self.failures[new] = self.failures[old]

    def is_set(self, argument: str) -> bool:
        """Whether the run has a training argument that is a number."""
        return training_argument(self._config, argument) is not None

    @property
    def has_end(self) -> bool:
        """Whether the last step of the run is known."""
        return max_steps(self._config) is not None

    def observations(self, stream: Stream) -> int:
        """How many observations of a stream there were."""
        history = self._histories.get(stream)
        return 0 if history is None else history.single

    # ---- functions -------------------------------------------------------------------------

    def _add(self, operations: list[Operation]) -> None:
        """Operations that follow those that are known already; they are new at the next row."""
        self.values += [None] * len(operations)
        for stream, needs in _needs(operations).items():
            place, history = len(self._histories), history_of(stream, needs)
            self._histories[stream] = history
            self._names |= {f"observe{place}": history.append, f"history{place}": history}
        for operation in operations:
            self._name(operation)
        self._waiting += operations

    def _name(self, operation: Operation) -> None:
        """What the source of an operation refers to."""
        node, own = operation.node, operation.number
        match node:
            case nodes.Config():
                self._names[f"argument_{own}"] = training_argument(self._config, node.name)
            case nodes.Latest() | nodes.Streak():
                self._remembered.append(own)
            case nodes.Aggregate() if is_carried(node):
                self._remembered.append(own)
            case nodes.Aggregate():
                argument = 0.0
                if node.argument is not None:
                    argument = self._program.constant(operation.inputs[-1])
                history = self._histories[stream_of(operation, node)]
                self._names[f"window{own}"] = _window(node, history, argument)

    def _write(self) -> None:
        """Functions of the operations that have none; of all in one when they get many."""
        if len(self._functions) < MOST_FUNCTIONS:
            operations, self._waiting = self._waiting, []
        else:
            operations, self._waiting = self._program.operations, []
            self._functions.clear()
        self._functions.append(row_function(operations, self._histories, self._names))

    # ---- state -----------------------------------------------------------------------------

    def state(self) -> dict[str, Any]:
        """All that the next rows depend on, as JSON has it."""
        return {
            "clock": self.now.clock,
            "remembered": packed([self.values[operation] for operation in self._remembered]),
            "histories": [history.state() for history in self._histories.values()],
            "failures": [[operation, fault] for operation, fault in self.failures.items()],
        }

    def restore(self, state: dict[str, Any]) -> None:
        self.now = Now(0, state["clock"])
        for operation, value in zip(self._remembered, state["remembered"], strict=True):
            self.values[operation] = unpacked(value)
        for history, saved in zip(self._histories.values(), state["histories"], strict=True):
            history.restore(saved)
        self.failures |= dict(state["failures"])
        self._is_new = True


def _window(node: nodes.Aggregate, history: History, argument: float) -> ComputeWindow:
    """A window; one that cannot be made raises where it is asked, as any other operation does."""
    try:
        return window_function(node, history, argument)
    except Exception as error:
        return _failing(error)


def _failing(error: Exception) -> ComputeWindow:
    def fail(now: Now) -> NoReturn:
        raise error

    return fail


def later(clock: float | None, time: float | None) -> float | None:
    """The clock after a row: the greatest time so far."""
    if time is None or (clock is not None and clock >= time):
        return clock
    return time


def _needs(operations: list[Operation]) -> dict[Stream, Needs]:
    """The streams that some operations are the first to read, and how far back."""
    needs: dict[Stream, Needs] = {}
    for operation in operations:
        if isinstance(operation.node, nodes.Aggregate) and not is_carried(operation.node):
            stream = stream_of(operation, operation.node)
            need_window(needs.setdefault(stream, Needs()), operation.node.window)
    return needs
