"""Series of tests: what they log, and how long they are."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from ptt_rules.language.check.amounts import whole
from ptt_rules.language.check.expressions import ExpressionChecker
from ptt_rules.language.check.names import instance_of
from ptt_rules.language.check.scope import Report, Scope, did_you_mean
from ptt_rules.language.diagnostics import Label
from ptt_rules.language.ir import Series
from ptt_rules.language.source import Span
from ptt_rules.language.syntax import tree
from ptt_rules.language.types import Quantity

MAX_ROWS = 1_000_000
"""Rows of one series, all repetitions of its groups together."""

_POSITIONS = (Quantity.TIME.value, Quantity.EPOCH.value)
PlacedSeries = tuple[Series, Span]


def check_series(
    report: Report,
    scope: Scope,
    clause: tree.SeriesClause | tree.SiblingClause,
    others: Sequence[PlacedSeries],
) -> Iterator[PlacedSeries]:
    """The series of a clause, if it is one; `others` are those that stand before it.

    Errors: PTT101, PTT102, PTT109, PTT206, PTT210, PTT405
    """
    checker = _SeriesChecker(report, scope)
    key = checker.key(clause.target)
    length = checker.length(clause.pieces)
    if length > MAX_ROWS:
        message = f"a series has at most {MAX_ROWS:,} rows, this one {length:,}"
        report.add("PTT210", clause.span, message, hint="repeat its parts less often")
    name = report.source.slice(clause.target.span)
    if key == Quantity.STEP.value:
        hint = "write `every 10 steps from 0`"
        report.add("PTT405", clause.target.span, "steps are given by `every`", hint=hint)
    elif key is not None:
        _report_same_key(report, name, key, clause.target.span, others)
        yield Series(name, key, clause.pieces), clause.target.span


def _report_same_key(
    report: Report, name: str, key: str, span: Span, others: Iterable[PlacedSeries]
) -> None:
    """Two series of one key under different names."""
    for other, first in others:
        if other.key == key and other.name != name:
            labels = (Label(first, "first here"),)
            message = f"`{other.name}` and `{name}` are both the logged key"
            report.add("PTT102", span, message, hint="keep one of the two", labels=labels)


@dataclass
class _SeriesChecker:
    report: Report
    scope: Scope

    def key(self, target: tree.Name | tree.Key | tree.FamilyInstance) -> str | None:
        """The key that a series logs: the first one of its metric."""
        match target:
            case tree.Key(key=key):
                return key
            case tree.FamilyInstance(family=family, label=label):
                instance = tree.Instance(target.span, family, label)
                if ExpressionChecker(self.report, self.scope).value(instance) is None:
                    return None
                return instance_of(self.scope.metrics[family.word], label.value).keys[0]
        word = target.word
        metric = self.scope.metrics.get(word)
        if metric is None:
            if word in _POSITIONS:
                return word
            if word not in self.scope.broken:
                hint = did_you_mean(word, self.scope.metrics, "write a logged key in backticks")
                self._report("PTT101", target, f"there is no metric `{word}`", hint)
            return None
        if metric.label is not None:
            hint = f'name an instance: `{word}["format"] = ...`'
            self._report("PTT109", target, f"`{word}` is a family: which of its instances?", hint)
        return metric.keys[0]

    def length(self, pieces: Iterable[tree.Piece]) -> int:
        """The rows of some pieces; what is wrong with a piece is reported."""
        return sum(map(self._length, pieces))

    def _length(self, piece: tree.Piece) -> int:
        match piece:
            case tree.RampPiece(start=start, end=end, count=count):
                for sample in (start, end):
                    self._finite(sample, "a ramp goes from one number to another")
                return self._times(count)
            case tree.NoisePiece(mean=mean, std=std, times=times):
                for sample in (mean, std):
                    self._finite(sample, "noise has a number as its mean, and one as its spread")
                if std.value < 0:
                    hint = "write a number of at least 0 after `~`"
                    self._report("PTT206", std, "a spread is not negative", hint)
                return self._times(times)
            case tree.RepeatPiece(times=times) | tree.GapPiece(times=times):
                return self._times(times)
            case tree.GroupPiece(pieces=pieces, times=times):
                return self.length(pieces) * self._times(times)

    def _finite(self, sample: tree.Sample, message: str) -> None:
        if not math.isfinite(sample.value):
            hint = "write the broken number as a piece of its own: `2 -> 1 over 9, nan`"
            self._report("PTT206", sample, message, hint)

    def _times(self, times: tree.Number | None) -> int:
        return 1 if times is None else whole(self.report, times, "a series") or 1

    def _report(self, code: str, node: tree.Node, message: str, hint: str | None) -> None:
        self.report.add(code, node.span, message, hint=hint)
