"""Instances of a family, row by row: one function for all of them, written and compiled once.

What an instance has of its own (its windows, histories, keys, and the place of its values) is in a
list that the function unpacks, so that one more instance costs no source. Instances of which no
key is in a row are passed over, where a row can change nothing of them then.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from ptt_rules.evaluation.row.code import LOCALS, RowCode
from ptt_rules.evaluation.row.expressions import Operand, literal
from ptt_rules.evaluation.row.generated import function_of
from ptt_rules.evaluation.row.history import Needs
from ptt_rules.evaluation.row.streams import Stream, is_carried, stream_of
from ptt_rules.language.ir import nodes
from ptt_rules.language.passes import Operation, Program

Own = list[Any]
"""What an instance has of its own: where its values begin, whether all is new, and by name."""

AdvanceAll = Callable[..., None]
"""`advance(values, row, now, awake, failures)`: computes the instances that are awake."""

_HEAD = "advance(values, row, now, awake, failures)"
BASE, IS_NEW = 0, 1
_FIRST = ("base", "is_new")


class Template:
    """The operations that each instance of a family has its own of."""

    def __init__(
        self,
        program: Program,
        operations: Sequence[Operation],
        streams: Mapping[Stream, Needs],
        names: Mapping[str, Any],
    ) -> None:
        self.operations = tuple(operations)
        self.places = {one.number: place for place, one in enumerate(operations)}
        self.streams = {
            stream: needs
            for stream, needs in streams.items()
            if not self.places.keys().isdisjoint(stream.inputs)
        }
        self.columns = tuple(
            self.places[one.number]
            for one in operations
            if isinstance(one.node, nodes.FamilyColumn)
        )
        self.remembered = tuple(
            self.places[one.number] for one in operations if is_remembered(one.node)
        )
        self.sleeps = all(
            not one.stage and (not _is_stateful(one.node) or _is_absent(program, one))
            for one in operations
        )
        """Whether a row without any of its keys changes nothing of an instance."""
        stages = sorted({one.stage for one in operations})
        self.asked = tuple(
            (self.places[one.number], one)
            for one in operations
            if isinstance(one.node, nodes.OfDetector)
        )
        """What its detectors ask of others, each with its place."""
        codes = [_InstanceCode(program, self, names, stage=stage) for stage in stages]
        try:
            self._write(codes)
        except SyntaxError:  # in which of them is looked for, and told by the function
            codes = [
                _InstanceCode(program, self, names, stage=stage, is_checked=True)
                for stage in stages
            ]
            self._write(codes)

    def _write(self, codes: Sequence[_InstanceCode]) -> None:
        """The function of each stage; all unpack the same list."""
        for code in codes:
            code.write()
        used = {name for code in codes for name in code.used}
        self.names = [name for name in codes[0].own_names if name in used]
        last = codes[-1]
        made = {code.stage: code.made(self.names, is_last=code is last) for code in codes}
        self.advance, self.later = made[0], made

    def numbers(self, base: int) -> dict[int, int]:
        """Where the values of an instance are that begin at a place, by operation."""
        return {number: base + place for number, place in self.places.items()}

    def keys_of(self, word: str) -> Iterator[tuple[str, str]]:
        """The keys of an instance by their names in the source."""
        for one in self.operations:
            if isinstance(one.node, nodes.FamilyColumn):
                yield from zip(
                    _key_names(one.number, one.node), one.node.of(word).keys, strict=True
                )

    def column_of(self, word: str) -> Callable[[nodes.Node], nodes.Node]:
        """What a node is in an instance: the column of its word in the place of the family's."""
        return lambda node: nodes.of_instance(node, word)

    def own(self, base: int, word: str, found: Mapping[str, Any]) -> Own:
        """An instance whose values begin at a place; `found` are its windows and histories."""
        named = {**found, **dict(self.keys_of(word))}
        return [base, True, *(named[name] for name in self.names)]


class _InstanceCode(RowCode):
    """Writes the function of a template; operations of others are read from the values."""

    def __init__(
        self,
        program: Program,
        template: Template,
        names: Mapping[str, Any],
        *,
        stage: int,
        is_checked: bool = False,
    ) -> None:
        # what asks for detectors is in no window
        histories: dict[Stream, Any] = dict.fromkeys(template.streams if stage == 0 else ())
        own = [one for one in template.operations if one.stage == stage]
        super().__init__(own, histories, names, is_checked=is_checked)
        self.stage = stage
        self._program = program
        self._template = template
        self.own_names = [
            *(f"observe{place}" for place in range(len(histories))),
            *(f"history{place}" for place in range(len(histories))),
            *(name for one in template.operations for name in _names_of(one)),
        ]

    def write(self) -> None:
        self._body()
        self.used = set(re.findall(r"\w+", " ".join(self._lines)))

    def made(self, names: Sequence[str], *, is_last: bool) -> AdvanceAll:
        """The function, of instances that have some names in this order."""
        unpacked = ", ".join([*_FIRST, *names])
        ends = [f"    own[{IS_NEW}] = False"] if is_last else []
        body = [f"    {line}" for line in (f"{unpacked} = own", *self._lines)]
        lines = [LOCALS, "for own in awake:", *body, *ends]
        return function_of(_HEAD, lines, self._names)

    def _at(self, number: int) -> str:
        return f"base + {self._slot(number)}"

    def _slot(self, number: int) -> int:
        return self._template.places[number]

    def _operand(self, number: int) -> Operand:
        if number in self._template.places:
            return self._operands.get(number) or Operand(f"values[{self._at(number)}]")
        node = self._program.operations[number].node
        return literal(node.value) if isinstance(node, nodes.Constant) else super()._operand(number)

    def _asked(self, own: int, node: nodes.OfDetector, stage: int) -> None:
        self._operands[own] = Operand(f"values[{self._at(own)}]")

    def _family(self, own: int, node: nodes.FamilyColumn) -> None:
        self._logged(own, list(_key_names(own, node)))


def _names_of(operation: Operation) -> Iterator[str]:
    """What the source of an operation calls that each instance has its own of."""
    node, number = operation.node, operation.number
    if isinstance(node, nodes.FamilyColumn):
        yield from _key_names(number, node)
    elif isinstance(node, nodes.Aggregate) and not is_carried(node):
        yield f"window{number}"
        yield f"sorted{number}"
    elif isinstance(node, nodes.OfSiblings):
        yield f"siblings{number}"


def _key_names(number: int, node: nodes.FamilyColumn) -> Iterator[str]:
    return (f"key{number}_{place}" for place in range(len(node.patterns)))


# ---- what a row without the keys of an instance changes ------------------------------------


def is_remembered(node: nodes.Node) -> bool:
    """Whether its value at the row before is what it needs of the past."""
    carried = isinstance(node, nodes.Aggregate) and is_carried(node)
    return carried or isinstance(node, (nodes.Latest, nodes.Current, nodes.Streak))


def _is_stateful(node: nodes.Node) -> bool:
    return isinstance(node, (nodes.Latest, nodes.Current, nodes.Streak, nodes.Aggregate))


def _is_absent(program: Program, operation: Operation) -> bool:
    """Whether what it takes observations of is unknown in a row without any key of the family."""
    inputs = operation.inputs
    if isinstance(operation.node, nodes.Current):
        return all(_is_unknown(program, number) for number in inputs[2:])
    if isinstance(operation.node, nodes.Aggregate):
        inputs = stream_of(operation, operation.node).inputs
    return any(_is_unknown(program, number) for number in inputs)


def _is_unknown(program: Program, number: int) -> bool:
    operation = program.operations[number]
    unknown = [_is_unknown(program, each) for each in operation.inputs]
    match operation.node:
        case nodes.FamilyColumn():
            return True
        case nodes.And() | nodes.Or() | nodes.Coalesce():
            return all(unknown)
        case nodes.Formula():
            return unknown[0] or all(unknown[1:])
        case nodes.Known() | nodes.Latest() | nodes.Current() | nodes.Streak() | nodes.Aggregate():
            return False
        case nodes.OfSiblings():
            return False
    return any(unknown)
