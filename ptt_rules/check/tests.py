"""Tests of packs: what they set up and expect must exist."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ptt_rules.check.calls import is_value
from ptt_rules.check.expressions import ExpressionChecker, Let
from ptt_rules.check.policies import Triggers
from ptt_rules.check.scope import Report, Scope, did_you_mean, listed
from ptt_rules.check.windows import whole
from ptt_rules.diagnostics import Label
from ptt_rules.ir.pack import Detector
from ptt_rules.source import Span
from ptt_rules.syntax import tree
from ptt_rules.types import LEVEL_WORDS, ActionKind, Level

_ACTION_WORDS = tuple(kind.value for kind in ActionKind)


@dataclass
class TestChecker:
    """Checks the tests in one file against what the pack declares."""

    __test__ = False

    report: Report
    scope: Scope
    triggers: Triggers
    detectors: Mapping[str, Detector]
    """By qualified name; those with an error of their own are left out."""
    names: dict[str, Span] = field(default_factory=dict)

    def test(self, item: tree.TestDecl) -> None:
        first = self.names.setdefault(item.name.value, item.name.span)
        if first != item.name.span:
            self._twice(f'test "{item.name.value}"', item.name.span, first)
        seen: dict[str, Span] = {}
        for clause in item.clauses:
            self._once(seen, clause)
            self._clause(clause)
        expects = any(isinstance(clause, tree.ExpectClause) for clause in item.clauses)
        if not expects and item.name.value not in self.scope.partial:
            hint = "say what must happen, such as `expect silence`"
            self._tell("PTT405", item.name, "this test expects nothing", hint)

    def _clause(self, clause: tree.TestClause) -> None:
        match clause:
            case tree.WithClause():
                self._with(clause)
            case tree.RowsClause(every=every):
                self._rows(every)
            case tree.SeriesClause():
                self._series(clause)
            case tree.ReplayClause(path=path):
                if not path.value.strip():
                    hint = "give the path of a log, relative to this file"
                    self._tell("PTT405", path, "this path is empty", hint)
            case tree.ExpectClause():
                self._expect(clause)
            case tree.ConfigClause():
                pass  # any training argument may be set

    def _once(self, seen: dict[str, Span], clause: tree.TestClause) -> None:
        """Series, parameters and the like are set once."""
        match clause:
            case tree.WithClause(param=param):
                word, span = f"with {param.word}", param.span
            case tree.ConfigClause(name=name):
                word, span = f"config {name.word}", name.span
            case tree.SeriesClause(target=target):
                word, span = self.report.source.slice(target.span), target.span
            case tree.RowsClause():
                word, span = "every", clause.span
            case tree.ReplayClause():
                word, span = "replay", clause.span
            case tree.ExpectClause():
                return
        if seen.setdefault(word, span) != span:
            self._twice(word, span, seen[word])

    # ---- what a test sets up ---------------------------------------------------------------

    def _with(self, clause: tree.WithClause) -> None:
        word = clause.param.word
        param = self.scope.params.get(word)
        if param is None:
            if word not in self.scope.broken:
                hint = did_you_mean(word, self.scope.params)
                self._tell("PTT101", clause.param, f"there is no parameter `{word}`", hint)
        elif not param.takes(clause.value.value):
            message = f"`{word}` takes {param.range_text}"
            self._tell("PTT206", clause.value, message, "choose a value in that range")

    def _rows(self, every: tree.SpanOf) -> None:
        if every.unit != "steps":
            hint = "write `every 10 steps from 0`"
            self._tell("PTT405", every, "rows of a test are spaced in steps", hint)
        else:
            whole(self.report, every.amount, "`every`", limit=None)

    def _series(self, clause: tree.SeriesClause) -> None:
        match clause.target:
            case tree.Name(word=word) if word not in self.scope.metrics:
                if word not in self.scope.broken:
                    self._no_metric(clause.target, word)
            case tree.Name(word=word) if self.scope.metrics[word].label is not None:
                hint = f'name an instance: `{word}["format"] = ...`'
                message = f"`{word}` is a family: which of its instances?"
                self._tell("PTT109", clause.target, message, hint)
            case tree.FamilyInstance(family=family):
                checker = ExpressionChecker(self.report, self.scope)
                instance = tree.Instance(clause.target.span, family, clause.target.label)
                checker.value(instance)
        for piece in clause.pieces:
            self._piece(piece)

    def _no_metric(self, target: tree.Name, word: str) -> None:
        hint = did_you_mean(word, self.scope.metrics, "write a logged key in backticks")
        self._tell("PTT101", target, f"there is no metric `{word}`", hint)

    def _piece(self, piece: tree.Piece) -> None:
        match piece:
            case tree.RampPiece(count=count):
                whole(self.report, count, "a series")
            case tree.NoisePiece(std=std, times=times):
                if std.value < 0:
                    hint = "write a number of at least 0 behind `~`"
                    self._tell("PTT206", std, "a spread is not negative", hint)
                self._times(times)
            case tree.RepeatPiece(times=times) | tree.GapPiece(times=times):
                self._times(times)

    def _times(self, times: tree.Number | None) -> None:
        if times is not None:
            whole(self.report, times, "a series")

    # ---- what a test expects ---------------------------------------------------------------

    def _expect(self, clause: tree.ExpectClause) -> None:
        match clause.expectation:
            case tree.ExpectNo(what=what):
                self._event(what.parts, what)
            case tree.ExpectAction(action=action):
                if action.word not in _ACTION_WORDS:
                    hint = did_you_mean(action.word, _ACTION_WORDS, f"use {listed(_ACTION_WORDS)}")
                    self._tell("PTT101", action, f"there is no action `{action.word}`", hint)
            case tree.ExpectResolves(detector=detector):
                self._resolves(detector)
            case tree.ExpectThat(what=that):
                self._that(that, clause)
        if clause.at is not None:
            self._steps(clause.at)

    def _steps(self, at: tree.Steps) -> None:
        if at.end is not None and at.end.value < at.start.value:
            hint = f"write `{at.end.value:g}..{at.start.value:g}`"
            self._tell("PTT206", at, "this range holds nothing", hint)

    def _resolves(self, expression: tree.Expr) -> None:
        parts = _parts(expression)
        if parts is None:
            hint = "name the detector, such as `expect kl_runaway resolves at 120..`"
            self._tell("PTT405", expression, "only a detector resolves", hint)
        else:
            self._event(parts, expression)

    def _that(self, expression: tree.Expr, clause: tree.ExpectClause) -> None:
        """An event of a detector, or any condition on the pack's quantities at a step."""
        parts = _parts(expression)
        if parts is not None and (len(parts) > 1 or not self._is_quantity(parts[0])):
            self._event(parts, expression)
            return
        checker = ExpressionChecker(self.report, self.scope, lets=self._lets())
        checker.truth(expression)
        if clause.at is None:
            hint = "say where, such as `expect now == 0.4 at 100`"
            self._tell("PTT405", expression, "a condition is expected at a step", hint)

    def _is_quantity(self, word: str) -> bool:
        return word in self.scope or word in self.scope.broken or word in self._lets()

    def _lets(self) -> dict[str, Let]:
        """Names of all detectors' blocks; the first detector that has a name gives it."""
        lets: dict[str, Let] = {}
        for detector in self.detectors.values():
            clauses = detector.declaration.clauses if detector.declaration else ()
            for placed in clauses:
                clause = placed.clause
                if isinstance(clause, tree.LetClause) and clause.name.word not in lets:
                    value = detector.values.get(clause.name.word)
                    of_value = is_value(clause.value, lets)
                    lets[clause.name.word] = Let(clause.value, self.report, of_value, value)
        return lets

    def _event(self, parts: tuple[str, ...], at: tree.Node) -> None:
        """A detector, a detector at a level, or a level."""
        *head, last = parts
        qualified = self.triggers.qualified
        if ".".join(parts) in qualified or (not head and last in LEVEL_WORDS):
            return
        owner = qualified.get(".".join(head))
        if owner is not None and last in LEVEL_WORDS:
            levels = self.triggers.levels.get(owner, frozenset())
            if levels and Level.of(last) not in levels:
                has = listed(known.word for known in sorted(levels, reverse=True))
                self._tell(
                    "PTT101", at, f"`{'.'.join(head)}` has no level `{last}`", f"it has {has}"
                )
            return
        word = ".".join(parts)
        hint = did_you_mean(word, [name for name in qualified if "." not in name])
        self._tell("PTT101", at, f"`{word}` is no level and no detector", hint)

    def _twice(self, word: str, span: Span, first: Span) -> None:
        labels = (Label(first, "first here"),)
        message = f"`{word}` is given twice"
        self.report.add("PTT102", span, message, hint="keep one of the two", labels=labels)

    def _tell(self, code: str, node: tree.Node, message: str, hint: str | None) -> None:
        self.report.add(code, node.span, message, hint=hint)


def _parts(expression: tree.Expr) -> tuple[str, ...] | None:
    """A plain or dotted name as its words."""
    match expression:
        case tree.Name(word=word):
            return (word,)
        case tree.Member(owner=owner, member=member) if owner.word != "config":
            return (owner.word, member.word)
    return None
