"""The row at which a detector that never fired came nearest to it.

If a level held at some judgement, though not for long enough, it is the judgement at which one
had held for the greatest share of `for`. Otherwise the conditions are compared, at every
judged row: known ones before those of which a part is unknown; then by the share of their
parts that held, where `and` has the mean of its parts and `or` the best of them; then by how
far the comparisons missed that did not hold. A miss is the distance of the two sides against
the greatest such distance of this comparison in the log, so that misses of different
quantities can be compared and added. Of equal rows it is the first.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from ptt_rules.evaluation.compiled import CompiledDetector
from ptt_rules.evaluation.replay import FrameReplay
from ptt_rules.evaluation.why.lived import Past
from ptt_rules.evaluation.why.parts import Placed, conditions_of, lets_of, operands_of
from ptt_rules.evaluation.why.waits import done_of
from ptt_rules.language import Level
from ptt_rules.language.ir import nodes
from ptt_rules.language.syntax import tree

_FULL_MISS = 1.0
"""The miss of what has no distance, such as `isnan(loss)`."""


class Closeness(NamedTuple):
    """How near a condition came at a row; the greater the nearer."""

    is_known: bool
    share: float
    nearness: float
    """The sum of its misses, negated."""


class Miss(NamedTuple):
    """A row at which a detector came near, with what makes it nearer than others."""

    held: float
    """How much of `for` a level had held, from 0 to 1."""
    closeness: Closeness
    row: int
    text: str


@dataclass(frozen=True, slots=True)
class _Test:
    """A part that is no `and` or `or`: its truth and its miss at each judged row."""

    truths: Sequence[bool | None]
    misses: Sequence[float]

    def at(self, index: int) -> Closeness:
        truth = self.truths[index]
        if truth is None:
            return Closeness(False, 0.0, -_FULL_MISS)
        return Closeness(True, float(truth), 0.0 if truth else -self.misses[index])


@dataclass(frozen=True, slots=True)
class _Chain:
    """Parts joined by `and`, or by `or`."""

    operator: str
    parts: Sequence[_Test | _Chain]

    def at(self, index: int) -> Closeness:
        parts = [part.at(index) for part in self.parts]
        is_known = all(part.is_known for part in parts)
        if self.operator == "or":
            return max(parts)._replace(is_known=is_known)
        share = sum(part.share for part in parts) / len(parts)
        return Closeness(is_known, share, sum(part.nearness for part in parts))


def nearest_miss(whole: FrameReplay, compiled: CompiledDetector, past: Past) -> Miss | None:
    """The nearest miss of a detector that never fired; None if nothing was ever known."""
    return _longest_held(compiled, past) or _closest(whole, compiled, past)


def _longest_held(compiled: CompiledDetector, past: Past) -> Miss | None:
    holds, best = {one.level: one.hold for one in compiled.detector.levels}, None
    for row, moment, life in past.walk():
        for level, since in life.held_since.items():
            done = done_of(holds[level], since, moment, is_counted_in=True) or 0.0
            held = min(1.0, done / holds[level].amount)
            if best is None or held > best.held:
                text = f"`{level.word}` held longest, though not long enough"
                best = Miss(held, Closeness(True, 1.0, 0.0), row, text)
    return best


def _closest(whole: FrameReplay, compiled: CompiledDetector, past: Past) -> Miss | None:
    best = None
    for level, placed in conditions_of(compiled):
        truths = whole.columns[placed[2]].gather(past.rows)
        if truths.null_count() == len(truths):
            continue
        tests = _Tests(whole, compiled, past.rows).of(placed)
        for index, row in enumerate(past.rows):
            closeness = tests.at(index)
            if best is None or closeness > best.closeness:
                best = Miss(0.0, closeness, row, _text(level, tests, index))
    return best


def _text(level: Level, tests: _Test | _Chain, index: int) -> str:
    text = f"it came nearest to `{level.word}`"
    if isinstance(tests, _Test) or tests.operator == "or":
        return text
    held = sum(part.at(index).share == 1 for part in tests.parts)
    return f"{text}: {held} of its {len(tests.parts)} parts held"


class _Tests:
    """Turns conditions into what can be compared row by row."""

    def __init__(self, whole: FrameReplay, compiled: CompiledDetector, rows: list[int]) -> None:
        self._whole = whole
        self._rows = rows
        self._lets = lets_of(compiled.detector.declaration)

    def of(self, placed: Placed) -> _Test | _Chain:
        _, expression, number = placed
        if isinstance(expression, tree.Name) and expression.word in self._lets:
            return self.of((*self._lets[expression.word], number))
        if isinstance(expression, tree.Logic):
            operands = operands_of(self._whole.program, placed, expression.operator)
            return _Chain(expression.operator, [self.of(operand) for operand in operands])
        return _Test(self._column(number), self._misses(number))

    def _misses(self, number: int) -> Sequence[float]:
        """How far a test missed, as a share of the farthest that it did in the log."""
        distances = self._distances(number)
        farthest = max(filter(math.isfinite, distances), default=0.0)
        if not farthest:
            return [_FULL_MISS] * len(distances)
        return [min(distance / farthest, _FULL_MISS) for distance in distances]

    def _distances(self, number: int) -> list[float]:
        """Distances of the sides of a comparison, or of the two that a range is."""
        operation = self._whole.program.operations[number]
        match operation.node:
            case nodes.Compare():
                left, right = map(self._column, operation.inputs)
                return [_distance(a, b) for a, b in zip(left, right, strict=True)]
            case nodes.Not():
                return self._distances(operation.inputs[0])
            case nodes.And():
                ends = map(self._distances, operation.inputs)
                return [min(both) for both in zip(*ends, strict=True)]
        return [math.inf] * len(self._rows)

    def _column(self, number: int) -> list[Any]:
        values: list[Any] = self._whole.columns[number].gather(self._rows).to_list()
        return values


def _distance(left: float | None, right: float | None) -> float:
    """The distance of two numbers; infinite where one is unknown or NaN."""
    if left is None or right is None or math.isnan(left) or math.isnan(right):
        return math.inf
    return 0.0 if left == right else abs(left - right)
