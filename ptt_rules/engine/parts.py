"""The parts of a condition at one row: as they are written, with their values and reasons."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ptt_rules.engine.compiled import CompiledDetector
from ptt_rules.engine.events import json_number
from ptt_rules.engine.replay import FrameReplay
from ptt_rules.ir import nodes
from ptt_rules.ir.pack import LevelCondition
from ptt_rules.ir.windows import FirstWindow, LastWindow, Window
from ptt_rules.source import Source
from ptt_rules.syntax import tree
from ptt_rules.types import Kind


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a condition; `name` is that of a `let`, `value` None is unknown."""

    text: str
    value: float | bool | None
    detail: str = ""
    name: str = ""
    children: tuple[Part, ...] = ()

    def to_json(self) -> dict[str, Any]:
        return {
            "text": self.text,
            "name": self.name,
            "value": json_number(self.value),
            "detail": self.detail,
            "parts": [child.to_json() for child in self.children],
        }


class PartMaker:
    """Makes the parts of one detector's conditions over a log."""

    def __init__(self, replay: FrameReplay, compiled: CompiledDetector) -> None:
        self._replay = replay
        self._compiled = compiled
        self._lets = {id(node): name for name, node in compiled.detector.values.items()}
        self._sources: dict[str, Source] = {}
        self._let_sources: dict[str, Source] = {}
        declaration = compiled.detector.declaration
        for placed in declaration.clauses if declaration else ():
            match placed.clause:
                case tree.LevelClause(level=word):
                    self._sources[word] = placed.source
                case tree.UntilClause():
                    self._sources["until"] = placed.source
                case tree.LetClause(name=name):
                    self._let_sources[name.word] = placed.source

    # ---- conditions ------------------------------------------------------------------------

    def of_level(self, level: LevelCondition, row: int) -> Part:
        source = self._sources[level.level.word]
        return _Row(self, row).part(level.condition, source)

    def of_until(self, row: int) -> Part | None:
        until = self._compiled.detector.until
        return None if until is None else _Row(self, row).part(until, self._sources["until"])

    def nearness(self, truth: int, row: int) -> tuple[float, float]:
        """The share of a condition's comparisons that hold, and minus how far the others are."""
        found = [self._replay.columns[number][row] for number in self._leaves(truth)]
        distance = sum(
            self._distance(number, row)
            for number, value in zip(self._leaves(truth), found, strict=True)
            if value is not True
        )
        return sum(value is True for value in found) / max(len(found), 1), -distance

    def _leaves(self, truth: int) -> Iterator[int]:
        operation = self._replay.program.operations[truth]
        if isinstance(operation.node, (nodes.Both, nodes.Either)):
            for number in operation.inputs:
                yield from self._leaves(number)
        else:
            yield truth

    def _distance(self, number: int, row: int) -> float:
        """How far a comparison is from holding, from 0 to 1; 1 for what is no comparison."""
        operation = self._replay.program.operations[number]
        if not isinstance(operation.node, nodes.Compare):
            return 1.0
        left, right = (self._replay.columns[side][row] for side in operation.inputs)
        if left is None or right is None or not math.isfinite(left) or not math.isfinite(right):
            return 1.0
        size = abs(left) + abs(right)
        return abs(left - right) / size if size else 0.0

    # ---- what the parts of a row ask -------------------------------------------------------

    def number(self, node: nodes.Node) -> int:
        number = self._replay.program.number(node)
        return self._compiled.stands_for.get(number, number)

    def let(self, node: nodes.Node) -> str:
        return self._lets.get(id(node), "")

    def source_of(self, let: str, otherwise: Source) -> Source:
        return self._let_sources.get(let, otherwise)

    @property
    def replay(self) -> FrameReplay:
        return self._replay


@dataclass
class _Row:
    """Parts at one row; a `let` is taken apart where it is first used."""

    maker: PartMaker
    row: int

    def __post_init__(self) -> None:
        self._shown: set[str] = set()

    def part(self, node: nodes.Node, source: Source) -> Part:
        let = self.maker.let(node)
        source = self.maker.source_of(let, source)
        text = " ".join(source.slice(node.span).split())
        value = self._value(node)
        is_known_let = bool(let) and let in self._shown
        self._shown.add(let)
        name = "" if let == text else let
        if is_known_let:
            return Part(text, value, "as above", name)
        children = tuple(self.part(child, source) for child in _told_apart(node))
        return Part(text, value, self._detail(node), name, children)

    def _value(self, node: nodes.Node) -> Any:
        return self.maker.replay.columns[self.maker.number(node)][self.row]

    # ---- details ---------------------------------------------------------------------------

    def _detail(self, node: nodes.Node) -> str:
        value = self._value(node)
        match node:
            case nodes.Aggregate():
                return self._window(node)
            case nodes.Latest(series=series):
                return self._latest(series)
            case nodes.Parameter():
                return "parameter"
            case nodes.Streak() if value is None:
                return "not observed so far"
            case nodes.Config() if value is None:
                return "not among the training arguments, or no number"
            case nodes.Position() if value is None:
                return "the log does not tell it"
            case nodes.Arithmetic(operator="/", right=right) if self._value(right) == 0:
                return "the divisor is 0"
            case nodes.Apply() if value is None and self._are_known(node):
                return "it has no value of this number"
            case nodes.Compare() if value is None and self._are_known(node):
                return "nothing compares with NaN"
        return ""

    def _are_known(self, node: nodes.Node) -> bool:
        return all(self._value(child) is not None for child in node.children)

    def _latest(self, series: nodes.Node) -> str:
        column = self.maker.replay.columns[self.maker.number(series)].slice(0, self.row + 1)
        seen = column.is_not_null().arg_true()
        if not len(seen):
            return "not logged so far"
        step, now = self.maker.replay.steps[int(seen[-1])], self.maker.replay.steps[self.row]
        return "" if step == now else f"as of step {step}"

    def _window(self, node: nodes.Aggregate) -> str:
        operation = self.maker.replay.program.operations[self.maker.number(node)]
        found = self.maker.replay.computed.window_at(operation, self.row)
        held = f"{found.length}{_needed(node.window)}"
        held += " observation" if held == "1" else " observations" if held.isdigit() else ""
        steps = f", steps {found.first_step}..{found.last_step}" if found.length else ""
        skipped = self._skipped(operation.inputs[: len(node.series)], found.first_step, node.takes)
        if self._value(node) is not None:
            return f"{held}{steps}{skipped}"
        reason = "" if found.is_full else "not full: "
        too_alike = ": too few or alike" if found.is_full else ""
        return f"{reason}{held}{steps}{too_alike}{skipped}"

    def _skipped(self, inputs: tuple[int, ...], first_step: int | None, kind: Kind) -> str:
        """How many broken numbers statistics left out since the window's first observation."""
        if kind is Kind.TRUTH:
            return ""
        column = self.maker.replay.columns[inputs[0]].slice(0, self.row + 1)
        broken = column.is_not_null() & ~column.is_finite().fill_null(True)
        if first_step is not None:
            broken &= self.maker.replay.steps.slice(0, self.row + 1) >= first_step
        count = int(broken.sum())
        return f", {count} NaN or infinite skipped" if count else ""


def _needed(window: Window) -> str:
    match window:
        case LastWindow(count=count) | FirstWindow(count=count):
            return f" of {count}"
    return ""


def _told_apart(node: nodes.Node) -> list[nodes.Node]:
    """The parts of a node that are written by themselves: no numbers, no insides of windows.

    What one word was lowered to (`in`, `age`, `clamp`) has the span of the word and is one
    part with it; a chain of `and` or of `or` is one level.
    """
    if isinstance(node, (nodes.Latest, nodes.Aggregate, nodes.Streak)):
        return []
    parts: list[nodes.Node] = []
    for child in node.children:
        if isinstance(child, (nodes.Constant, nodes.Column, nodes.FamilyColumn)):
            continue
        is_link = type(child) is type(node) and isinstance(node, (nodes.Both, nodes.Either))
        found = [child]
        if child.span == node.span or (is_link and not _is_range(child)):
            found = _told_apart(child)
        parts += [one for one in found if one not in parts]
    return parts


def _is_range(node: nodes.Node) -> bool:
    """Whether two comparisons are one `x in a..b`."""
    return all(child.span == node.span for child in node.children)
