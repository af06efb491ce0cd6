"""A program as one Python function of a row: what the live engine runs.

Each operation is a local variable, what it reads are the variables before it. A call of its own
for each operation would take longer than what it computes. Variables are taken again for later
operations once nothing reads them: where a frame is as large as a piece of its interpreter's stack,
each call in it would make a piece anew, which takes longer than the call.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from ptt_rules.evaluation.faults import fault_of
from ptt_rules.evaluation.row.expressions import UNKNOWN, Operand, any_known, literal, source
from ptt_rules.evaluation.row.generated import function_of
from ptt_rules.evaluation.row.history import History
from ptt_rules.evaluation.row.running import ReadSorted
from ptt_rules.evaluation.row.streams import Stream, is_carried, stream_of
from ptt_rules.language import Kind, Quantity
from ptt_rules.language.ir import FirstWindow, nodes
from ptt_rules.language.passes import Operation

Advance = Callable[..., None]
"""`advance(values, row, now, is_new, failures)`: computes some operations at a row into `values`.

What a window gives is computed again where its stream has a new observation, or where all is new.
"""

_HEAD = "advance(values, row, now, is_new, failures)"

LOCALS = "logged, step = row.values.get, row.step"

_BLOCK = 32
"""So many operations are written into the values at a time."""

_ALWAYS = frozenset({Quantity.STEP, Quantity.SINCE_RESUME})
"""Positions that each row has."""

_POSITIONS = {
    Quantity.STEP: "float(step)",
    Quantity.TIME: "now.clock",
    Quantity.EPOCH: "now.epoch",
    Quantity.PROGRESS: "None if last_step is None else step / last_step",
    Quantity.SINCE_RESUME: "float(step - now.resumed)",
}


def row_function(
    operations: Sequence[Operation], histories: Mapping[Stream, History], names: Mapping[str, Any]
) -> Advance:
    """The function of consecutive operations; others are read from the values.

    `histories` take the observations, by stream; `names` has what the source calls: windows,
    histories, training arguments, functions. An operation that cannot be written is unknown, and
    the function tells so at each row.
    """
    try:
        return RowCode(operations, histories, names).function()
    except SyntaxError:  # in which of them is looked for, and told by the function
        return RowCode(operations, histories, names, is_checked=True).function()


class RowCode:
    """Writes the function; where it `is_checked`, with each operation compiled by itself first."""

    def __init__(
        self,
        operations: Sequence[Operation],
        histories: Mapping[Stream, History],
        names: Mapping[str, Any],
        *,
        is_checked: bool = False,
    ) -> None:
        self._is_checked = is_checked
        self._operations = operations
        own = {operation.number for operation in operations}
        self._operands: dict[int, Operand] = {}
        self._lines: list[str] = []
        self._names = dict(names)
        self._places = {stream: place for place, stream in enumerate(histories)}
        self._readers = _readers(operations)
        self._asked_before = {
            one.inputs[1] for one in operations if isinstance(one.node, nodes.Prev)
        }
        """The newest observations of which those of the row before are asked for."""
        # by the last operation that a stream reads: after it, and no earlier, its observation is
        # complete
        self._completed: dict[int, list[Stream]] = {}
        for stream in histories:
            if not own.isdisjoint(stream.inputs):
                self._completed.setdefault(max(own & set(stream.inputs)), []).append(stream)
        self._last_reader = self._last_readers()
        self._variables: dict[int, str] = {}
        """Of the operations that have one, until it is free again."""
        self._free: list[str] = []
        self._made = 0

    def _last_readers(self) -> dict[int, int]:
        readers: dict[int, int] = {}
        for operation in self._operations:
            readers.update(dict.fromkeys(operation.inputs, operation.number))
            for stream in self._completed.get(operation.number, ()):
                readers.update(dict.fromkeys(stream.inputs, operation.number))
        return readers

    def function(self) -> Advance:
        self._body()
        return function_of(_HEAD, [LOCALS, *self._lines], self._names)

    def _body(self) -> None:
        # one slice assignment a block: cheaper than an assignment for each operation, and with one
        # for all of them every variable would stay alive until the end
        for block in self._blocks():
            for operation in block:
                self._write_or_tell(operation)
                for stream in self._completed.get(operation.number, ()):
                    self._observe(stream)
            self._keep(block)

    def _blocks(self) -> Iterator[Sequence[Operation]]:
        """The operations in pieces whose values stand one after the other."""
        block: list[Operation] = []
        for operation in self._operations:
            follows = block and self._slot(operation.number) == self._slot(block[-1].number) + 1
            if not follows or len(block) == _BLOCK:
                if block:
                    yield block
                block = []
            block.append(operation)
        if block:
            yield block

    def _keep(self, block: Sequence[Operation]) -> None:
        """Writes a block into the values; variables that nothing reads behind it are free."""
        first, last = block[0].number, block[-1].number
        results = ", ".join(self._operands[operation.number].text for operation in block)
        self._lines.append(f"values[{self._at(first)}:{self._at(last)} + 1] = ({results},)")
        # the values have them now, so a later block reads `values[n]` and the name can be used
        # again
        for number in [one for one in self._variables if self._last_reader.get(one, 0) <= last]:
            self._free.append(self._variables.pop(number))

    def _at(self, number: int) -> str:
        """The place of one of the operations in the values, as source."""
        return f"{self._slot(number)}"

    def _slot(self, number: int) -> int:
        """The place of one of the operations among the values of all of them."""
        return number

    def _operand(self, number: int) -> Operand:
        return self._operands.get(number) or Operand(f"values[{number}]")

    def _variable(self, own: int, *, is_known: bool = False) -> str:
        """The variable of an operation, which it gets when it is asked for first."""
        if own not in self._variables:
            if not self._free:
                self._free.append(f"x{self._made}")
                self._made += 1
            self._variables[own] = self._free.pop()
            self._operands[own] = Operand(self._variables[own], is_known)
        return self._variables[own]

    def _write_or_tell(self, operation: Operation) -> None:
        """An operation; nothing but its fault where that fails, and all others are written."""
        own, written = operation.number, len(self._lines)
        try:
            self._write(operation)
            # compiled alone, since a syntax error in the whole function does not say which
            # operation it is
            if self._is_checked:
                source = "\n".join([*self._lines[written:], self._operands[own].text])
                compile(source, "<operation>", "exec")
        except Exception as error:  # told at each row
            self._lines[written:] = [f"failures[{self._at(own)}] = {fault_of(error)!r}"]
            self._operands[own] = UNKNOWN
            if own in self._variables:
                self._free.append(self._variables.pop(own))

    def _write(self, operation: Operation) -> None:
        node, own = operation.node, operation.number
        operands = [self._operand(each) for each in operation.inputs]
        match node:
            case nodes.Constant() | nodes.Literal():
                self._operands[own] = literal(node.value)
            case nodes.FamilyColumn():
                self._family(own, node)
            case nodes.OfDetector():
                self._asked(own, node, operation.stage)
            case nodes.Column():
                self._column(own, node.keys)
            case nodes.Given():
                self._operands[own] = Operand(f"given_{own}", is_settled=True)
            case nodes.OfSiblings():
                self._set(own, f"siblings{own}(step)")
            case nodes.Position():
                self._variable(own, is_known=node.quantity in _ALWAYS)
                self._set(own, _POSITIONS[node.quantity])
            # before the cases that carry a value on: an operand that is never known gives none to
            # carry
            case _ if _is_remembered(node) and operands[0].is_unknown:
                self._operands[own] = UNKNOWN
            case nodes.Latest():
                if own in self._asked_before:
                    self._lines.append(f"before{own} = values[{self._at(own)}]")
                self._set(
                    own, _where_known(operands[0], operands[0].text, f"values[{self._at(own)}]")
                )
            case nodes.Current():
                self._current(own, operands)
            case nodes.AnyOf():
                self._set(own, f"any{own}(row.values)")
            case nodes.Each():
                self._set(own, f"each{own}(row)")
            case nodes.Members():
                members = ", ".join(one.text for one in operands[: len(node.members)])
                self._set(own, f"gather{own}(({members},))")
            case nodes.Prev():
                self._set(own, _where_known(operands[0], f"before{operation.inputs[1]}", "None"))
            case nodes.Streak():
                longer = f"(values[{self._at(own)}] or 0.0) + 1.0 if {operands[0].text} else 0.0"
                self._set(own, _where_known(operands[0], longer, f"values[{self._at(own)}]"))
            case nodes.StepOf():
                self._set(own, _where_known(operands[0], "float(step)", "None"))
            case nodes.Aggregate() if is_carried(node):
                decided_by = node.statistic.decided_by is True
                carried = _carried(decided_by, operands[0].text, f"values[{self._at(own)}]")
                self._set(own, _where_known(operands[0], carried, f"values[{self._at(own)}]"))
            case nodes.Aggregate():
                self._aggregate(operation, node)
            case _:
                self._elementwise(own, node, operands)

    def _current(self, own: int, operands: Sequence[Operand]) -> None:
        """In a row of its series what a formula is there, known or not, and what it was in others.

        The operands are the newest that is known of it, the formula itself, and its series.
        """
        there = any_known(operands[2:])
        self._set(own, f"{operands[1].text} if {there} else values[{self._at(own)}]")

    def _set(self, own: int, expression: str) -> None:
        """A fault of one operation is told, and it is unknown; all others go on."""
        own_name = self._variable(own)
        fault = f"failures[{self._at(own)}] = fault_of(error)"
        self._lines += [
            "try:",
            f"    {own_name} = {expression}",
            f"except Exception as error: {own_name} = None; {fault}",
        ]

    def _family(self, own: int, node: nodes.FamilyColumn) -> None:
        """The column of an instance that is never observed."""
        self._operands[own] = UNKNOWN

    def _asked(self, own: int, node: nodes.OfDetector, stage: int) -> None:
        """What detectors were found to be at this row: who judges them has put it there.

        One that is not judged at all does not fire.
        """
        if stage == 0 or node.is_same:
            self._operands[own] = literal(False) if isinstance(node, nodes.Firing) else UNKNOWN
        else:
            self._operands[own] = Operand(f"values[{self._at(own)}]")

    def _column(self, own: int, keys: Sequence[str]) -> None:
        self._logged(own, [repr(key) for key in keys])

    def _logged(self, own: int, keys: Sequence[str]) -> None:
        """What the first of some keys, given as source, has in the row."""
        column = self._variable(own)
        for place, key in enumerate(keys):
            # `logged` gives None for an absent key, while a logged None arrives here as NaN
            otherwise = f"if {column} is None: " if place else ""
            self._lines.append(f"{otherwise}{column} = logged({key})")

    def _elementwise(self, own: int, node: nodes.Node, operands: Sequence[Operand]) -> None:
        is_strict = not isinstance(node, _LENIENT)
        if is_strict and any(operand.is_unknown for operand in operands):
            self._operands[own] = UNKNOWN
            return
        if all(each.is_settled for each in operands) and not isinstance(node, nodes.Apply):
            self._settle(own, node, operands)
            return
        self._set(own, source(node, operands))

    def _settle(self, own: int, node: nodes.Node, operands: Sequence[Operand]) -> None:
        """What is the same in all rows is computed now, and known by name if the run's is its own.

        Source that told what the arguments of the run are would be compiled for each run anew.
        """
        value = eval(source(node, operands), self._names)
        if all(each.is_literal for each in operands):
            self._operands[own] = literal(value)
        else:
            self._operands[own] = Operand(f"settled_{own}", is_settled=True)
            self._names[f"settled_{own}"] = value

    # ---- observations and windows ----------------------------------------------------------

    def _observe(self, stream: Stream) -> None:
        """A row's observation, behind the last operation that it is made of.

        Where a history fails, it may have taken a part of it: all windows over it are lost.
        """
        place = self._places[stream]
        operands = [self._operand(each) for each in stream.inputs]
        self._lines.append(f"new{place} = is_new")
        if any(each.is_unknown for each in operands):
            return
        tests = [f"{each.text} is not None" for each in operands if not each.is_known]
        # statistics skip NaN and infinities, so these are no observations of the window; truths
        # that are known always are
        if stream.kind is not Kind.BOOL:
            tests += [f"isfinite({each.text})" for each in operands]
        texts = [each.text for each in operands]
        value = texts[0] if len(texts) == 1 else f"({', '.join(texts)})"
        lost = "; ".join(
            f"failures[{self._at(one)}] = fault" for one in self._readers.get(stream, ())
        )
        self._lines += [
            "try:",
            f"    if {' and '.join(tests) or 'True'}:",
            f"        observe{place}({value}, now)",
            f"        new{place} = True",
            f"except Exception as error: fault = fault_of(error); {lost}",
        ]

    def _aggregate(self, operation: Operation, node: nodes.Aggregate) -> None:
        own, window = operation.number, node.window
        place = self._places[stream_of(operation, node)]
        # what moves with every row is never reused from the row before
        if window.follows_rows:
            self._set(own, f"window{own}(now)")
            return
        is_due = f"new{place}"
        if isinstance(window, FirstWindow):
            # frozen once it is full
            end = window.skip + window.count
            is_due += f" and (values[{self._at(own)}] is None or history{place}.count <= {end})"
        value = f"window{own}(now)"
        if f"sorted{own}" in self._names:
            is_known = f"len(sorted{own}) >= least{own}"
            value = f"(of{own}(sorted{own}, share{own}) if {is_known} else None)"
        self._set(own, f"{value} if {is_due} else values[{self._at(own)}]")


def parts_by_name(own: int, window: ReadSorted) -> dict[str, Any]:
    """What the source reads of a sorted window in the place of a call, by name."""
    parts = {"of": window.of, "sorted": window.ordered, "share": window.argument}
    return {f"{name}{own}": part for name, part in (*parts.items(), ("least", window.least))}


def _readers(operations: Sequence[Operation]) -> dict[Stream, list[int]]:
    """The aggregates that read the history of each stream."""
    found: dict[Stream, list[int]] = {}
    for operation in operations:
        node = operation.node
        if isinstance(node, nodes.Aggregate) and not is_carried(node):
            found.setdefault(stream_of(operation, node), []).append(operation.number)
    return found


_LENIENT = (nodes.And, nodes.Or, nodes.AtLeast, nodes.Coalesce, nodes.Known, nodes.Formula)
"""What may be known though a part of it is not."""


def _is_remembered(node: nodes.Node) -> bool:
    """Whether it depends on the observations of its operand alone; of none it stays unknown."""
    if isinstance(node, nodes.Aggregate):
        return is_carried(node)
    return isinstance(node, (nodes.Latest, nodes.Current, nodes.Prev, nodes.Streak, nodes.StepOf))


def _where_known(operand: Operand, known: str, unknown: str) -> str:
    return known if operand.is_known else f"{unknown} if {operand.text} is None else {known}"


def _carried(decided_by: bool, truth: str, before: str) -> str:
    """Whether a truth that one is enough of was ever met, with the newest one."""
    if decided_by:
        return f"{truth} or {before} is True"
    return f"{truth} and {before} is not False"
