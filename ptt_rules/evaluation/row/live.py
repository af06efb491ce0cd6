"""A program judged row by row, with the state that its windows need."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NoReturn

from ptt_rules.evaluation.beside import of_siblings, share_of
from ptt_rules.evaluation.faults import Faults, fault_of
from ptt_rules.evaluation.given import given
from ptt_rules.evaluation.row.code import Advance, parts_by_name, row_function
from ptt_rules.evaluation.row.each import Crowded, EachInstance, HasKey, gathering
from ptt_rules.evaluation.row.expressions import NAMES
from ptt_rules.evaluation.row.history import History, Needs, history_of
from ptt_rules.evaluation.row.instances import IS_NEW, Own, Template, is_remembered
from ptt_rules.evaluation.row.running import ReadSorted
from ptt_rules.evaluation.row.streams import (
    Now,
    Stream,
    is_carried,
    later,
    stream_of,
)
from ptt_rules.evaluation.row.views import ComputeWindow, need_window, window_function
from ptt_rules.language.ir import nodes
from ptt_rules.language.passes import Operation, Program
from ptt_rules.logs import NOTHING_KNOWN, Row, RunContext, packed, unpacked


class LiveProgram:
    """Values of all operations at the newest row.

    Cost: a few operations of Python's for each operation; windows as in `ptt_rules.evaluation`
    """

    def __init__(self, program: Program, context: RunContext = NOTHING_KNOWN) -> None:
        self.context = context
        """What is known of the run beside its rows."""
        self._program = program
        self.values: list[Any] = []
        self.failures: Faults = {}
        self.now = Now(0, None)
        self._histories: dict[Stream, History] = {}
        self._kept: dict[Stream, History] = {}
        """All that remember something, those of instances too, in a fixed order."""
        self._remembered: list[int] = []
        self._instances: list[Own] = []
        self._eaches: dict[int, EachInstance] = {}
        self._grown = program
        self._new_words: list[tuple[Template, str]] = []
        """The instances that it was not yet grown by, in their order."""
        self._names = {**NAMES, "fault_of": fault_of, "last_step": context.max_steps}
        self._advance: Advance | None = None
        self._later: dict[int, Advance] = {}
        """Those of later stages."""
        self._is_new = True
        self._prepare(program.operations)

    def advance(self, row: Row, awake: Iterable[tuple[Template, Sequence[Own]]] = ()) -> None:
        """Computes all operations at a row; one that raises is unknown, and named in `failures`.

        `awake` are the instances that the row may change, by their templates. What asks whether
        detectors fire is left to `go_on`.
        """
        _, clock, epoch, resumed = self.now
        if row.resumed or resumed is None:
            resumed = row.step
        clock, epoch = later(clock, row.time), later(epoch, row.epoch)
        self.now = now = Now(row.step, clock, epoch, resumed)
        if self._advance is None:
            self._advance = row_function(self._program.of_stage(0), self._histories, self._names)
        self._advance(self.values, row, now, self._is_new, self.failures)
        self._is_new = False
        for template, owns in awake:
            template.advance(self.values, row, now, owns, self.failures)

    def go_on(self, row: Row, awake: Iterable[tuple[Template, Sequence[Own]]], stage: int) -> None:
        """Computes the operations of a later stage; what it asks for is among the values."""
        if stage not in self._later:
            # no window is of what asks whether detectors fire
            self._later[stage] = row_function(self._program.of_stage(stage), {}, self._names)
        self._later[stage](self.values, row, self.now, False, self.failures)
        for template, owns in awake:
            if stage in template.later:
                template.later[stage](self.values, row, self.now, owns, self.failures)

    def is_known(self, operation: int) -> bool:
        """Whether what is carried from row to row was ever known."""
        each = self._eaches.get(operation)
        return self.values[operation] is not None if each is None else each.was_known

    def crowded(self) -> list[Crowded]:
        """Families of which `[each]` leaves out instances."""
        return [each.crowded for each in self._eaches.values() if each.crowded is not None]

    def observations(self, stream: Stream) -> int:
        """How many observations of a stream there were."""
        history = self._kept.get(stream)
        return 0 if history is None else history.single

    # ---- instances of families -------------------------------------------------------------

    def template(self, operations: Sequence[Operation]) -> Template:
        """What each instance has its own of; some operations of the program."""
        return Template(self._program, operations, _needs(operations), self._names)

    def instantiate(self, template: Template, word: str) -> Own:
        """One more instance, as if it had always been there: its past is that of the template."""
        base = len(self.values)
        for one in template.operations:
            if one.number in self.failures:
                self.failures[len(self.values)] = self.failures[one.number]
            self.values.append(self.values[one.number])
        histories = {
            stream: history_of(stream, needs) for stream, needs in template.streams.items()
        }
        found: dict[str, Any] = {}
        for place, history in enumerate(histories.values()):
            found |= {f"observe{place}": history.append, f"history{place}": history}
        found |= self._windows(template.operations, histories)
        found |= self._of_siblings(template.operations, template.column_of(word))
        for stream, history in histories.items():
            history.take_over(self._histories[stream])
        self._instances.append(template.own(base, word, found))
        numbers = template.numbers(base)
        self._kept |= {one.renumbered(numbers): each for one, each in histories.items()}
        self._new_words.append((template, word))
        self._remembered += [base + place for place in template.remembered]
        return self._instances[-1]

    @property
    def grown(self) -> Program:
        """The program with the operations of all instances, for those that ask what they read.

        Cost: made when it is asked for, and after that only what is new; rows need none of it
        """
        if self._new_words and self._grown is self._program:
            self._grown = self._program.copy()
        for template, word in self._new_words:
            self._grown.repeat(template.operations, template.column_of(word))
        self._new_words.clear()
        return self._grown

    # ---- what source calls -----------------------------------------------------------------

    def _prepare(self, operations: Sequence[Operation]) -> None:
        """What the source of operations refers to, and remembers."""
        self.values += [None] * len(operations)
        for place, (stream, needs) in enumerate(_needs(operations).items()):
            history = self._histories[stream] = history_of(stream, needs)
            self._names |= {f"observe{place}": history.append, f"history{place}": history}
        self._kept |= self._histories
        self._names |= self._windows(operations, self._histories)
        for one in operations:
            if isinstance(one.node, nodes.AnyOf):
                self._names[f"any{one.number}"] = HasKey(one.node)
            elif isinstance(one.node, (nodes.Each, nodes.Members)):
                self._gather(one, one.node)
        self._names |= self._of_siblings(operations)
        self._remembered += [one.number for one in operations if is_remembered(one.node)]
        for one in operations:
            if isinstance(one.node, nodes.Given):
                self._names[f"given_{one.number}"] = given(one.node, self.context)

    def _gather(self, operation: Operation, node: nodes.Each | nodes.Members) -> None:
        argument = 0.0
        if node.argument is not None:
            argument = self._program.constant(operation.inputs[-1])
        gather = gathering(node.statistic, node.takes, argument)
        if isinstance(node, nodes.Each):
            own = Program(self._program.params)
            own.number(node.of.node)
            each = EachInstance(node, own, LiveProgram(own, self.context), gather)
            self._eaches[operation.number] = self._names[f"each{operation.number}"] = each
        else:
            self._names[f"gather{operation.number}"] = gather

    def _windows(
        self, operations: Iterable[Operation], histories: Mapping[Stream, History]
    ) -> dict[str, Any]:
        """The windows over some histories, by their names in the source."""
        found: dict[str, Any] = {}
        for one in operations:
            node = one.node
            if isinstance(node, nodes.Aggregate) and not is_carried(node):
                argument = 0.0
                if node.argument is not None:
                    argument = self._program.constant(one.inputs[-1])
                history = histories[stream_of(one, node)]
                made = found[f"window{one.number}"] = _window(node, history, argument)
                if isinstance(made, ReadSorted):
                    found |= parts_by_name(one.number, made)
        return found

    def _of_siblings(
        self,
        operations: Iterable[Operation],
        replace: Callable[[nodes.Node], nodes.Node] = lambda node: node,
    ) -> dict[str, Any]:
        """What sibling runs have, by its names in the source."""
        found: dict[str, Any] = {}
        for one in operations:
            if isinstance(one.node, nodes.OfSiblings):
                series = replace(self._program.operations[one.inputs[0]].node)
                share = share_of(self._program, one)
                of_step = of_siblings(series, share, self.context.siblings)
                found[f"siblings{one.number}"] = of_step
        return found

    # ---- state -----------------------------------------------------------------------------

    def state(self) -> dict[str, Any]:
        """All that the next rows depend on, as JSON has it."""
        return {
            "now": list(self.now),
            "remembered": packed([self.values[operation] for operation in self._remembered]),
            "histories": [history.state() for history in self._kept.values()],
            "eaches": [each.state() for each in self._eaches.values()],
            "failures": [[operation, fault] for operation, fault in self.failures.items()],
        }

    def restore(self, state: dict[str, Any]) -> None:
        self.now = Now(*state["now"])
        for operation, value in zip(self._remembered, state["remembered"], strict=True):
            self.values[operation] = unpacked(value)
        for history, saved in zip(self._kept.values(), state["histories"], strict=True):
            history.restore(saved)
        for each, saved in zip(self._eaches.values(), state["eaches"], strict=True):
            each.restore(saved)
        self.failures |= dict(state["failures"])
        self._is_new = True
        for own in self._instances:
            own[IS_NEW] = True


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


def _needs(operations: Iterable[Operation]) -> dict[Stream, Needs]:
    """The streams that some operations are the first to read, and how far back."""
    needs: dict[Stream, Needs] = {}
    for operation in operations:
        if isinstance(operation.node, nodes.Aggregate) and not is_carried(operation.node):
            stream = stream_of(operation, operation.node)
            need_window(needs.setdefault(stream, Needs()), operation.node.window)
    return needs
